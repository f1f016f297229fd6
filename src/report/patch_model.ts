/** The report of `ptediff patch`; its schema is the source of the types and of the published JSON Schema. */
import { z } from 'zod';
import { CaseSchema } from '../cases/case.js';
import { ClassSchema, VERDICTS } from './model.js';

const count = z.int().min(0);

const EnginesSchema = z
  .strictObject({ legacy: z.string(), batched: z.string() })
  .describe('the two trees that show it: --legacy and --batched of ptediff replay');

const FoundSchema = z.strictObject({ engines: EnginesSchema, class: ClassSchema });

const BrokenSchema = z.strictObject({
  engines: EnginesSchema,
  invariant: z.string(),
  sentence: z.string(),
  first: z.string().describe('address of the first case that breaks it'),
  shrunk: CaseSchema.nullable(),
});

export const ColdSchema = z.strictObject({
  file: z.string(),
  line: z.int().describe('in the tree of the patch'),
  function: z.string(),
  removal: z.boolean().describe('lines were removed in front of it'),
  text: z.string().describe('the changed line; of a removal the first that is gone'),
});

export const UnseenSchema = z.strictObject({
  file: z.string(),
  line: z.int().nullable().describe('the first of them; null for a whole file'),
  name: z.string().nullable().describe('function, macro or type'),
  why: z
    .enum(['outside', 'replaced', 'inactive', 'condition', 'file', 'no-text'])
    .describe(
      'outside: not part of the fault path that is run; replaced: the shim has its own; inactive: in a branch of #if ' +
        'that is not compiled; condition: a condition of the preprocessor; file: no engine is made from the file; ' +
        'no-text: binary content, a link or a submodule',
    ),
});

const PatchSchema = z.strictObject({
  number: z.int().min(1),
  title: z.string(),
  file: z.string().describe('the input that it was read from'),
  quoted: z.boolean().describe('it was read from a reply that quotes it'),
  engine: z.string().describe('the tree with all patches up to this one'),
  compared: z.boolean().describe('false where the run was interrupted before'),
  sameCode: z.boolean().describe('the code that is run is that of the tree before the patch'),
  faults: z.strictObject({ run: count, effective: count }).describe('against the base'),
  introduces: z.array(FoundSchema).describe('classes that the tree before the patch does not show against the base'),
  removes: z.array(FoundSchema).describe('classes that only the tree before the patch shows against the base'),
  changes: z.array(FoundSchema).describe('other classes that the trees before and behind the patch show'),
  breaks: z.array(BrokenSchema).describe('invariants that the tree before the patch does not break'),
  mends: z.array(BrokenSchema).describe('invariants that only the tree before the patch breaks'),
  explained: z.array(z.string()).describe('allowlist entries that explain classes against the base'),
  underReview: z.array(z.string()).describe('those of them that are still under review'),
  died: z.array(z.strictObject({ engine: z.string(), address: z.string(), message: z.string() })),
  deaths: count.describe('cases in which an engine died'),
  reached: count.describe('changed lines of functions that ran'),
  defined: count.describe('changed lines of macros, types and constants that are compiled'),
  cold: z.array(ColdSchema).describe('changed lines of functions that did not run'),
  unseen: z.array(UnseenSchema).describe('what is changed and was not looked at'),
  notes: z.array(z.string()).describe('what had to be guessed when the patch was read'),
});

export const PatchReportSchema = z.strictObject({
  schemaVersion: z.literal(1),
  version: z.string().describe('version of ptediff'),
  generatorVersion: z.int(),
  base: z.strictObject({ engine: z.string(), source: z.string() }),
  architectures: z.array(z.string()),
  spans: z.array(z.int()),
  seed: z.int(),
  races: z.boolean(),
  faults: count.describe('that each comparison was to run'),
  patches: z.array(PatchSchema),
  left: z.array(z.string()).describe('classes and invariants that the whole series shows against the base'),
  expiredEntries: z
    .array(z.string())
    .describe('entries for the trees that were compared whose day has passed, hit or not'),
  stopped: z.enum(['complete', 'interrupted']),
  verdict: z.enum(VERDICTS),
  timing: z.strictObject({ seconds: z.number().describe('of the search, all comparisons together') }),
});

export type PatchReport = z.infer<typeof PatchReportSchema>;
export type PatchEntry = z.infer<typeof PatchSchema>;
export type FoundClass = z.infer<typeof FoundSchema>;
export type FoundBroken = z.infer<typeof BrokenSchema>;
export type ColdEntry = z.infer<typeof ColdSchema>;
export type UnseenEntry = z.infer<typeof UnseenSchema>;
