/**
 * Recorded answers of a real kernel: what its functions did to each of some thousand cases, as a file with a line for
 * each case, so that models are checked against the kernel where there is no tree. States are stored, nothing of the
 * kernel's text.
 */
import { z } from 'zod';
import { formatAddress, parseAddress } from '../../cases/address.js';
import { InputError, readWhole } from '../../cases/files.js';
import { GENERATOR_VERSION } from '../../cases/space.js';

/** How the file is written. */
const FORMAT = 'ptediff-kernel-answers-1';

/** Records the answers again. */
export const RECORD_COMMAND = 'npm run generate:kernel';

const HeaderSchema = z.strictObject({
  format: z.literal(FORMAT),
  kernel: z.string().describe('version, as the Makefile has it'),
  source: z.string().describe('package and its version, or what else the tree came from'),
  generator: z.int().describe('version of the case generator that the addresses are of'),
  setter: z.enum(['set_pte_range', 'do_set_pte']).describe('which family of models answers are compared with'),
  features: z.record(z.string(), z.string()).describe('features that were read from the text'),
});

/** Address, and for each fault of the case the words that it changed. */
const LineSchema = z.tuple([z.string()], z.string());

export type Header = Omit<z.infer<typeof HeaderSchema>, 'format' | 'generator'>;

export interface Answer {
  readonly address: string;
  /** for each fault of the case, as changesOf() writes it */
  readonly faults: readonly string[];
}

export interface Answers extends Header {
  readonly answers: readonly Answer[];
}

/** The text of the file: a line with what the answers are of, and a line for each case. */
export function answersText({ kernel, source, setter, features, answers }: Answers): string {
  const sorted = Object.fromEntries(Object.entries(features).sort(([a], [b]) => (a < b ? -1 : 1)));
  const header = { format: FORMAT, kernel, source, generator: GENERATOR_VERSION, setter, features: sorted };
  const lines = answers.map(({ address, faults }) => [address, ...faults]);
  return [header, ...lines].map((line) => `${JSON.stringify(line)}\n`).join('');
}

/**
 * Reads a file of answers.
 * @throws InputError with line, also where the addresses are of another version of the generator
 */
export function readAnswers(path: string): Answers {
  const [first = '', ...rest] = readWhole(path).trimEnd().split('\n');
  const version = generatorOf(first);
  if (version !== undefined && version !== GENERATOR_VERSION) {
    throw new InputError(
      path,
      `the cases are of version ${version} of the generator, and this ptediff draws version ${GENERATOR_VERSION}`,
      { hint: `${RECORD_COMMAND} records the answers again.` },
    );
  }
  const { format: _, generator: __, ...header } = parsed(path, 1, first, HeaderSchema);
  const answers = rest.map((line, i) => {
    const [address, ...faults] = parsed(path, i + 2, line, LineSchema);
    requireAddress(path, i + 2, address);
    return { address, faults };
  });
  return { ...header, answers };
}

function generatorOf(line: string): unknown {
  try {
    return (JSON.parse(line) as { generator?: unknown } | null)?.generator;
  } catch {
    return undefined;
  }
}

function parsed<T>(path: string, line: number, text: string, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    const hint = `${RECORD_COMMAND} records the answers again.`;
    const what = line === 1 ? 'a header' : 'an address and the answers to it';
    throw new InputError(path, `expected ${what}`, { line, hint, cause });
  }
}

function requireAddress(path: string, line: number, address: string): void {
  try {
    if (formatAddress(parseAddress(address)) === address) return;
  } catch (cause) {
    throw new InputError(path, (cause as Error).message, { line, cause });
  }
  throw new InputError(path, `expected the address of a drawn case, found ${JSON.stringify(address)}`, { line });
}
