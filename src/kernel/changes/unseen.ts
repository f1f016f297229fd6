/** What a patch changes and no engine was made from, with the reason; and which changes are none of code. */
import type { FileChange } from '../series/apply.js';
import type { Patch } from '../series/patch.js';
import type { CodeMap } from './code_map.js';

/**
 * - `outside`: code that is not part of what an engine is made from
 * - `replaced`: the shim has its own of this name
 * - `inactive`: in a branch of `#if` that is not compiled
 * - `condition`: a condition of the preprocessor: only one configuration is compiled
 * - `file`: a file that no engine is made from
 * - `no-text`: binary content, a link or a submodule
 */
export type WhyUnseen = 'outside' | 'replaced' | 'inactive' | 'condition' | 'file' | 'no-text';

export interface Unseen {
  readonly file: string;
  /** the first of the lines; null for a whole file */
  readonly line: number | null;
  /** of the function, macro or type; null where there is none */
  readonly name: string | null;
  readonly why: WhyUnseen;
}

interface Place {
  readonly file: string;
  readonly line: number;
  readonly item: { readonly name: string; readonly kind: string } | undefined;
  readonly code: string;
  readonly inactive: boolean;
}

/** Collects what is unseen, once for each name of a file. */
export class UnseenList {
  readonly #found = new Map<string, Unseen>();
  readonly #supplied: ReadonlySet<string>;
  readonly #extracted: ReadonlySet<string>;

  constructor(maps: readonly CodeMap[]) {
    this.#supplied = new Set(maps.flatMap(({ supplied }) => supplied));
    this.#extracted = new Set(maps.flatMap(({ extracted }) => extracted.definitions.map(({ name }) => name)));
  }

  isExtracted(name: string): boolean {
    return this.#extracted.has(name);
  }

  add({ file, line, item, code, inactive }: Place): void {
    const name = item?.name ?? null;
    const why = this.#why(name, code, inactive);
    this.addAll([{ file, line, name, why }]);
  }

  addAll(unseen: readonly Unseen[]): void {
    for (const one of unseen) {
      const { file, line, name, why } = one;
      const key = JSON.stringify(name === null ? [file, why, line] : [file, why, name]);
      if (!this.#found.has(key)) this.#found.set(key, one);
    }
  }

  #why(name: string | null, code: string, inactive: boolean): WhyUnseen {
    if (/^#\s*(?:if|el|endif)/.test(code)) return 'condition';
    if (inactive) return 'inactive';
    return name !== null && this.#supplied.has(name) ? 'replaced' : 'outside';
  }

  list(): Unseen[] {
    return [...this.#found.values()];
  }
}

const DOCUMENTATION = /^(?:Documentation\/|LICENSES\/|MAINTAINERS$|CREDITS$|README|\.mailmap$|\.gitignore$)|\.rst$/;
/** Programs that run beside the kernel. */
const BESIDE = /^tools\/testing\//;

/** Is nothing in the file part of the kernel? */
export const isNoCode = (path: string): boolean => DOCUMENTATION.test(path) || BESIDE.test(path);

const C_FILE = /\.[ch]$/;

/** What a file says as a whole: its lines are not looked at, or it has another name now. */
export function fileWithoutLines(change: FileChange, patch: Patch): Unseen[] {
  const { path, oldPath, kind, skipped } = change;
  const whole = (why: WhyUnseen): Unseen[] => [{ file: path, line: null, name: null, why }];
  if (skipped === 'no text') return whole('no-text');
  if (skipped === 'not covered') return namesIn(change, patch) ?? whole('file');
  if (!C_FILE.test(path)) return change.ranges.length === 0 && kind === 'change' ? [] : whole('file');
  return kind === 'rename' && path !== oldPath ? whole('file') : [];
}

/** The functions that the hunks of a file say they are in. */
function namesIn({ path }: FileChange, { files }: Patch): Unseen[] | undefined {
  const hunks = files.filter(({ oldPath, newPath }) => [oldPath, newPath].includes(path)).flatMap((file) => file.hunks);
  const names = hunks.map(({ header }) => /^@@.*@@.*?\b(\w+)\(/.exec(header)?.[1]);
  if (names.length === 0 || names.includes(undefined)) return undefined;
  return [...new Set(names as string[])].map((name) => ({ file: path, line: null, name, why: 'file' }));
}

/** Lines at the top level that are no code by themselves. */
export const standsAlone = (code: string): boolean =>
  /^#\s*include\b/.test(code) || /^(?:EXPORT_(?:TRACEPOINT_)?SYMBOL\w*|MODULE_[A-Z_]+)\(.*\);?$/.test(code);
