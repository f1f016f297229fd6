/**
 * A part of a campaign that was spread over machines: the whole plan, which shard of it this is, and what was counted.
 * Parts are joined into a report; alone they have no verdict. The schema is the source of the types and of the
 * published JSON Schema.
 */
import { z } from 'zod';
import { MARKS } from '../mm/marks.js';
import { SCHEMA_VERSION } from './schema_version.js';
import { MAX_SHARDS } from './shard.js';

const count = z.int().min(0);
const position = count.describe('place of the case in the plan: the first occurrence is the one with the smallest');
const marks = z.array(count).length(MARKS.length).describe('passes of each mark, in the order of the reference page');

const ClassCountSchema = z.strictObject({
  id: z.string().describe('stable name of the class'),
  kind: z.enum(['difference', 'missing']),
  field: z.string(),
  legacy: z.int().describe('value of the legacy engine at the first occurrence, as a number'),
  batched: z.int(),
  facts: z.array(z.string()),
  entry: z.string().nullable().describe('allowlist entry that explains the class'),
  count: count.describe('faults that show the class'),
  first: z.string().describe('address of the first occurrence in this part'),
  position,
});

const CountsSchema = z.strictObject({
  cases: count.describe('cases played'),
  run: z.record(z.string(), count).describe('faults run, by architecture'),
  effective: count,
  marks: z.strictObject({ legacy: marks, batched: marks }),
  classes: z.array(ClassCountSchema),
  entryHits: z.record(z.string(), count).describe('faults that each entry explained'),
  violations: z.array(
    z.strictObject({ invariant: z.string(), engine: z.string(), count, first: z.string(), position }),
  ),
  died: z
    .array(z.strictObject({ engine: z.string(), address: z.string(), message: z.string(), position }))
    .describe('cases in which an engine died, the first 100 of them'),
  deaths: count.describe('cases in which an engine died, all of them'),
});

const engines = z.strictObject({ legacy: z.string(), batched: z.string() });

const kernels = z
  .record(z.string(), z.string())
  .optional()
  .describe('of each engine that is compiled from a kernel tree: the hash of its text, configuration and compiler');

const FuzzPlanSchema = z.strictObject({
  kind: z.literal('fuzz'),
  engines,
  kernels,
  architectures: z.array(z.string()),
  spans: z.array(z.int()),
  faults: z.int().min(1),
  seed: count,
  races: z.boolean(),
  invariants: z.enum(['sampled', 'all']),
});

const SweepPlanSchema = z.strictObject({
  kind: z.literal('sweep'),
  engines,
  kernels,
  scope: z.string(),
  size: count.describe('cases of the scope: another number is another scope'),
  ranges: z
    .array(z.strictObject({ arch: z.string(), from: count, to: count.describe('the first index behind the range') }))
    .min(1)
    .describe('indexes that were asked for'),
});

/** Everything that decides what a campaign does. */
const PlanSchema = z.discriminatedUnion('kind', [FuzzPlanSchema, SweepPlanSchema]);

export const PartSchema = z.strictObject({
  kind: z.literal('part'),
  schemaVersion: z.literal(SCHEMA_VERSION),
  version: z.string().describe('version of ptediff'),
  generatorVersion: z.int(),
  plan: PlanSchema.describe('the whole campaign, not only this part'),
  allowlist: z.string().describe('SHA-256 of what the allowlist entries said when the part was started'),
  shard: z.strictObject({
    index: z.int().min(1).max(MAX_SHARDS),
    of: z.int().min(1).max(MAX_SHARDS),
  }),
  counts: CountsSchema,
  stopped: z.enum(['complete', 'interrupted', 'engine-died']),
  timing: z.strictObject({ seconds: z.number() }),
  digest: z.string().describe('SHA-256 of all of the above'),
});

export type Part = z.infer<typeof PartSchema>;
export type Plan = z.infer<typeof PlanSchema>;
