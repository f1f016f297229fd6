/** The report of a self-test; its schema is the source of the types and of the published JSON Schema. */
import { z } from 'zod';

const count = z.int().min(0);

const SignSchema = z
  .strictObject({
    kind: z.enum(['class', 'missing', 'invariant', 'died']).describe('missing: a promise of the allowlist'),
    id: z.string().describe('class, invariant, or message of the engine that died'),
    first: z.string().describe('address of the case'),
  })
  .describe('what a user would be told');

const TargetSchema = z.strictObject({
  id: z.string().describe('canary, planted bug, or revision'),
  kind: z.enum(['control', 'canary', 'mutant', 'known-bug', 'revision']),
  title: z.string().describe('what is wrong with the engine; of a control, what must not be found'),
  legacy: z.string(),
  batched: z.string(),
  architectures: z.array(z.string()).describe('those that can show it'),
  spans: z.array(z.int()),
  races: z.boolean().describe('other threads acted during faults'),
  passed: z.boolean().describe('killed; of a control, nothing found'),
  sign: SignSchema.nullable().describe('what it was killed by'),
  faults: count.describe('faults until it was killed'),
});

const PairSchema = z.strictObject({
  id: z.string(),
  classes: count.describe('classes and invariants that the two witnesses show'),
  covered: z.string().nullable().describe('the bug that shows nothing beyond the other one'),
});

export const SelftestSchema = z.strictObject({
  schemaVersion: z.literal(1),
  version: z.string().describe('version of ptediff'),
  generatorVersion: z.int(),
  seed: z.int(),
  quick: z.boolean(),
  targets: z.array(TargetSchema),
  pairs: z
    .strictObject({
      checked: count,
      failed: z.array(PairSchema).describe('pairs that show fewer than two classes'),
      covered: z.array(PairSchema).describe('pairs of which one bug shows nothing beyond the other'),
    })
    .describe('two bugs planted together'),
  stopped: z.enum(['complete', 'interrupted']),
  passed: z.boolean().describe('everything was looked at, and passed'),
  timing: z.strictObject({
    seconds: z.number(),
    targets: z.record(z.string(), z.number()).describe('seconds until each target was killed'),
  }),
});

export type SelftestReport = z.infer<typeof SelftestSchema>;
export type SelftestTarget = z.infer<typeof TargetSchema>;
