/**
 * The one model of a report; every output format renders it and computes nothing. The schema is the source of the
 * types and of the published JSON Schema. When `schemaVersion` rises is said in the reference of the JSON report.
 */
import { z } from 'zod';
import { CaseSchema } from '../cases/case.js';
import { SCHEMA_VERSION } from './schema_version.js';

export const VERDICTS = ['agree', 'explained', 'divergent', 'undecided'] as const;
export type Verdict = (typeof VERDICTS)[number];

const NOT_HIT = ['races', 'architecture', 'span', 'other-spans', 'faults'] as const;
const NOT_HIT_MEANING =
  'races: shows with races only; architecture: none that was run can show it; span: it is about PMD mappings, and no ' +
  'span was run that can have one; other-spans: not all default spans were run; faults: too few of them could show it';

const count = z.int().min(0);
const value = z.union([z.number(), z.string()]);

export const ClassSchema = z.strictObject({
  id: z.string().describe('stable name of the class: field, site kind, direction and classifying facts'),
  kind: z.enum(['difference', 'missing']).describe('missing: an allowlisted difference that did not show'),
  field: z.string(),
  site: z.enum(['page', 'folio', 'mm']),
  legacy: value.describe('value of the legacy engine at the first occurrence'),
  batched: value,
  facts: z.array(z.string()).describe('classifying facts that hold'),
  count: count.describe('faults that show the class; cases in a sweep'),
  share: z.number().min(0).max(1).describe('share of the effective faults; of the cases in a sweep'),
  first: z.string().describe('address of the first occurrence'),
  shrunk: CaseSchema.nullable().describe('smallest case found that shows the class'),
  entry: z.string().nullable().describe('allowlist entry that explains the class'),
  underReview: z.boolean().describe('the entry that explains it is still under review'),
});

export const ViolationSchema = z.strictObject({
  invariant: z.string(),
  sentence: z.string(),
  engine: z.string(),
  count,
  first: z.string(),
  shrunk: CaseSchema.nullable(),
});

/** Indexes of a scope. */
const IndexRangeSchema = z.strictObject({ from: count, to: count.describe('the first index behind the range') });

const SweepSchema = z.strictObject({
  scope: z.string(),
  size: count.describe('cases of the scope'),
  indexes: z.array(IndexRangeSchema).describe('indexes that were asked for'),
  planned: count.describe('cases that were asked for'),
  run: count.describe('cases that were played'),
  rest: IndexRangeSchema.nullable().describe('where to go on after an interrupted sweep'),
});

export const ReportSchema = z.strictObject({
  schemaVersion: z.literal(SCHEMA_VERSION),
  version: z.string().describe('version of ptediff'),
  generatorVersion: z.int(),
  engines: z.strictObject({ legacy: z.string(), batched: z.string() }),
  architectures: z.array(z.string()),
  spans: z.array(z.int()),
  seed: z.int().nullable().describe('null for a sweep'),
  sweep: SweepSchema.nullable().describe('what was enumerated; null where cases were drawn'),
  races: z.boolean(),
  invariants: z.enum(['sampled', 'all']),
  faults: z.strictObject({ planned: count.nullable(), run: count, effective: count }),
  marks: z.record(z.string(), count),
  coldMarks: z.array(z.string()).describe('required marks that stayed cold although the plan can reach them'),
  classes: z
    .array(ClassSchema)
    .describe(
      'those without an entry first; then by field in the order of the reference of fields, by count from the most ' +
        'frequent down, by id and by entry',
    ),
  violations: z.array(ViolationSchema),
  died: z
    .array(z.strictObject({ engine: z.string(), address: z.string(), message: z.string() }))
    .describe('cases in which an engine died, the first 100 of them'),
  deaths: count.describe('cases in which an engine died, all of them'),
  allowlist: z.record(z.string(), count).describe('faults that each entry explained; cases in a sweep'),
  staleEntries: z.array(z.string()).describe('entries that this campaign could hit and did not'),
  expiredEntries: z.array(z.string()).describe('entries for these engines whose day has passed, hit or not'),
  notHit: z
    .array(z.strictObject({ entry: z.string(), why: z.enum(NOT_HIT).describe(NOT_HIT_MEANING) }))
    .describe('entries for these engines that were not hit and are not stale: the campaign cannot judge them'),
  stopped: z.enum(['complete', 'interrupted', 'fail-fast', 'time', 'engine-died']),
  verdict: z.enum(VERDICTS),
  timing: z.strictObject({ seconds: z.number(), faultsPerSecond: z.number() }),
});

export type Report = z.infer<typeof ReportSchema>;
export type ReportClass = z.infer<typeof ClassSchema>;
export type ReportViolation = z.infer<typeof ViolationSchema>;

/** One side-by-side row of a replay: an event of each engine, or none. */
export interface TraceEvent {
  /** fault number within the case, from 1 */
  readonly fault: number;
  readonly name: string;
  /** first slot, folio or counter that it concerns, as text */
  readonly at: string;
  readonly detail: string;
  /** file:line in the source of compiled code; absent for models */
  readonly place?: string;
}

export interface ReplayDifference {
  readonly field: string;
  readonly site: 'page' | 'folio' | 'mm';
  /** slot, folio index, or 0 for the mm */
  readonly at: number;
  readonly legacy: string;
  readonly batched: string;
  readonly kind: 'difference' | 'missing';
  readonly classId: string;
  readonly entry: string | null;
  /** plain words: what each engine decided and why */
  readonly explanation: string;
}

/** What one fault left behind in both engines, ready to print. */
export interface ReplayFault {
  readonly access: string;
  /** page-table rows as page art, one character a slot */
  readonly before: string;
  readonly legacyRow: string;
  readonly batchedRow: string;
  readonly legacyReturn: string;
  readonly batchedReturn: string;
  readonly differences: readonly ReplayDifference[];
}

export interface Replay {
  readonly address: string | null;
  readonly case: z.infer<typeof CaseSchema>;
  readonly legacy: string;
  readonly batched: string;
  /** the faults that were compared: those up to the first difference */
  readonly faults: readonly ReplayFault[];
  /** faults that each engine took alone after it */
  readonly alone: { readonly legacy: number; readonly batched: number };
  readonly legacyTrace: readonly TraceEvent[];
  readonly batchedTrace: readonly TraceEvent[];
  /** final states, one line for each field that is not zero, for a unified diff */
  readonly legacyState: readonly string[];
  readonly batchedState: readonly string[];
  readonly violations: readonly { readonly invariant: string; readonly engine: string; readonly sentence: string }[];
  /** entries for these engines whose day has passed, whether they explain something here or not */
  readonly expiredEntries: readonly string[];
  readonly verdict: Verdict;
}
