/**
 * The contracts of the shim's stubs, read from the comments in front of them: what the kernel's function does, what the
 * stub does in its place, and what is left out.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PROTOTYPE, SHIM_FLAG, SHIM_HEADERS, shimFolder } from './source.js';

export interface Contract {
  /** functions and macros that it is about */
  readonly names: readonly string[];
  /** header of the shim */
  readonly file: string;
  readonly kernel: string;
  readonly shim: string;
  /** undefined where nothing is left out */
  readonly omits: string | undefined;
}

const COMMENT = /\/\*\*\s*(?:\* )?(Stub: [\s\S]*?)\s*\*\//g;
const PARTS = /^Stub: (.+?)\. Kernel: (.+?) Shim: (.+?)(?: Omits: (.+))?$/;

/**
 * The contracts in a header's text.
 * @throws SyntaxError for a comment that is none
 */
export function contractsIn(file: string, text: string): Contract[] {
  return [...text.matchAll(COMMENT)].map(([, comment]) => {
    const line = comment.replace(/\n \* /g, ' ');
    const [, names, kernel, shim, omits] = PARTS.exec(line) ?? [];
    if (names === undefined) throw new SyntaxError(`${file}: expected Stub, Kernel, Shim and Omits, found ${line}`);
    return { names: splitNames(names).flatMap(expanded), file, kernel, shim, omits };
  });
}

/** Names between commas that are not inside of braces. */
const splitNames = (names: string): string[] => names.split(/, (?![^{]*\})/);

/** `a_{b,c}` is a_b and a_c. */
function expanded(name: string): string[] {
  const [, before, list, after] = /^(.*?)\{([^}]*)\}(.*)$/.exec(name) ?? [];
  if (list === undefined) return [name];
  return list.split(',').flatMap((part) => expanded(`${before}${part}${after}`));
}

const DEFINED = [/^#define (\w+)(?:\(| [a-z]\w+$)/gm, /^static inline [\w ]+?[ *]+(\w+)\(/gm, PROTOTYPE];
/** Names of our own are no stubs, nor are words of the language. */
const OURS = /^(?:shim_|IMG_)|^(?:inline|noinline|__always_inline)$/i;

/** The functions, macros with parameters and other names for such that a header of the shim supplies. */
export function stubsIn(text: string): string[] {
  const names = DEFINED.flatMap((pattern) => [...text.matchAll(pattern)].map((match) => match[1] ?? ''));
  for (const match of text.matchAll(SHIM_FLAG))
    for (const verb of ['test', 'set', 'clear']) names.push(`folio_${verb}_${match[1]}`);
  return [...new Set(names.filter((name) => !OURS.test(name)))];
}

/** The headers of the shim that hold stubs, by name. */
export function shimHeaders(): ReadonlyMap<string, string> {
  const read = (name: string): string => readFileSync(fileURLToPath(new URL(name, shimFolder)), 'utf8');
  return new Map(SHIM_HEADERS.map((name) => [name, read(name)]));
}

/** All contracts, in the order of the headers. */
export const contracts = (): Contract[] => [...shimHeaders()].flatMap(([file, text]) => contractsIn(file, text));
