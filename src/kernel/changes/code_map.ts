/**
 * Where the code of an engine stands in its tree, as plain data for the cache: every definition that was extracted,
 * what its counters count, and which names the shim has its own of.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { KERNEL_ARCHS } from '../config.js';
import { blankComments } from '../extract/conditions.js';
import type { EngineSource } from '../source.js';

const DefinitionSchema = z.strictObject({
  name: z.string(),
  kind: z.enum(['function', 'macro', 'type', 'enum', 'struct', 'variable']),
  file: z.string(),
  line: z.int(),
  end: z.int(),
  text: z.string(),
  active: z.string(),
});

const counted = { function: z.string(), file: z.string() };

const CounterSchema = z.union([
  z.strictObject({ kind: z.literal('statement'), ...counted, lines: z.array(z.int()), declares: z.boolean() }),
  z.strictObject({
    kind: z.literal('outcome'),
    ...counted,
    ...{ line: z.int(), column: z.int(), asks: z.string(), outcome: z.string() },
  }),
]);

export const CodeMapSchema = z.strictObject({
  arch: z.enum(KERNEL_ARCHS),
  /** the same for the same code, wherever it stands */
  code: z.string(),
  extracted: z.strictObject({ definitions: z.array(DefinitionSchema), counters: z.array(CounterSchema) }),
  supplied: z.array(z.string()),
});

export type CodeMap = z.infer<typeof CodeMapSchema>;

/** @param source extracted with coverage where its lines have to be reached */
export function codeMap(source: EngineSource): CodeMap {
  const { arch, extracted, supplied } = source;
  const definitions = extracted.definitions.map(({ name, kind, file, line, end, text, active }) => ({
    ...{ name, kind, file, line, end, text, active },
  }));
  const counters = extracted.counters.map((counter) =>
    counter.kind === 'statement' ? { ...counter, lines: [...counter.lines] } : { ...counter },
  );
  return { arch, code: codeHash(source), extracted: { definitions, counters }, supplied: [...supplied] };
}

/** Comments, white space and the places of lines have no part in it. */
function codeHash({ arch, extracted, config, files, main }: EngineSource): string {
  const hash = createHash('sha256').update(JSON.stringify([arch, [...config]]));
  for (const { active } of extracted.definitions) hash.update(`${squeezed(blankComments(active))}\n`);
  for (const [name, text] of Object.entries(files)) if (name !== main) hash.update(`${name}\n${text}\n`);
  return hash.digest('hex');
}

const squeezed = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
