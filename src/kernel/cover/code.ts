/** The code of a kernel that counts, made when it is asked for from the files in the cache, and kept beside them. */
import { InputError } from '../../cases/files.js';
import { forUser } from '../add.js';
import { codeFormat, compileAll, extractAll, type OnStep } from '../build.js';
import type { Cache } from '../cache/cache.js';
import { type Content, hashOf } from '../cache/entry.js';
import { PACKAGED } from '../compilers.js';
import type { KernelArch } from '../config.js';
import type { Counter } from '../extract/counters.js';
import type { Definition } from '../extract/definition.js';
import { hashOfProgram } from '../inputs.js';
import type { EngineSource } from '../source.js';
import type { StoredKernel, Wasm } from '../stored.js';
import { readTree } from '../stored_tree.js';

/** A function, as far as figures are concerned. */
export type CountedFunction = Pick<Definition, 'kind' | 'name' | 'file' | 'line' | 'text'>;

/** What was extracted with coverage for an architecture, and what each of its counters counts. */
export interface CountedSource {
  readonly arch: KernelArch;
  readonly extracted: { readonly definitions: readonly CountedFunction[]; readonly counters: readonly Counter[] };
}

/** Code that counts, and what it was made from. */
export interface CountingCode {
  readonly sources: readonly CountedSource[];
  /** compiled from them */
  readonly wasm: Wasm;
  /** the tree has FAULT_FLAG_VMA_LOCK */
  readonly knowsVmaLock: boolean;
}

/**
 * @param archs those that are looked at; all of the kernel's unless told
 * @throws InputError where the cache does not have the files; UnavailableError without a compiler
 */
export async function countingCode(
  cache: Cache,
  kernel: StoredKernel,
  onStep: OnStep = () => {},
  archs?: readonly KernelArch[],
): Promise<CountingCode> {
  const { knowsVmaLock, archs: extracted } = kernel.about;
  const wanted = extracted.map(({ arch }) => arch).filter((arch) => archs?.includes(arch) ?? true);
  const made = madeOf(kernel);
  const kept = wanted.map((arch) => keptCode(cache, kernel, made, arch, onStep));
  const missing = wanted.filter((_, i) => kept[i] === undefined);
  const others = missing.length === 0 ? [] : await makeCode(cache, kernel, made, missing, onStep);
  const all = wanted.map((arch, i) => kept[i] ?? (others[missing.indexOf(arch)] as Code));
  return {
    sources: all.map(({ source }) => source),
    wasm: new Map(all.map(({ source, wasm }) => [source.arch, wasm])),
    knowsVmaLock,
  };
}

/** The code for one architecture. */
interface Code {
  readonly source: CountedSource;
  readonly wasm: Uint8Array<ArrayBuffer>;
}

/** Of what the code is made: where that is the same, so is the code, and the shape of what is known of it. */
function madeOf({ tree = '' }: StoredKernel): string {
  return hashOf([
    ['tree', tree],
    ['program', hashOfProgram()],
    ['compiler', codeFormat(PACKAGED.id).join(' ')],
  ]);
}

/** What code that counts is called among what was made of a tree. */
const derivedName = (arch: KernelArch): string => `counting-${arch}`;
/** Its parts: the hash of what it was made of, what was extracted, and what was compiled. */
const MADE = 'made';
const SOURCE = 'source.json';
const WASM = 'code.wasm';

/** The code of before; undefined where there is none, or a broken one: the files are there to make it again. */
function keptCode(
  cache: Cache,
  { tree }: StoredKernel,
  made: string,
  arch: KernelArch,
  onStep: OnStep,
): Code | undefined {
  try {
    const entry = tree === undefined ? undefined : cache.derived(tree, derivedName(arch));
    if (entry?.read(MADE)?.toString('latin1') !== made) return undefined;
    const [source, wasm] = [entry.read(SOURCE), entry.read(WASM)];
    if (source === undefined || wasm === undefined) return undefined;
    // Made by this very program: its shape is known.
    return { source: JSON.parse(source.toString('utf8')) as CountedSource, wasm: new Uint8Array(wasm) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    onStep(`${error.message}; it is made again`);
    return undefined;
  }
}

async function makeCode(
  cache: Cache,
  kernel: StoredKernel,
  made: string,
  archs: readonly KernelArch[],
  onStep: OnStep,
): Promise<readonly Code[]> {
  const { tree, header, off } = readTree(cache, kernel);
  try {
    const sources = await extractAll(tree, archs, { extra: header, off, coverage: true }, onStep);
    const compiled = await compileAll(sources, onStep);
    return sources.map((full) => {
      const source = countedSource(full);
      const wasm = compiled.get(source.arch);
      if (wasm === undefined) throw new Error(`nothing was compiled for ${source.arch}`);
      const parts = new Map<string, Content>([
        [MADE, made],
        [SOURCE, JSON.stringify(source)],
        [WASM, wasm],
      ]);
      if (kernel.tree !== undefined) cache.putDerived(kernel.tree, derivedName(source.arch), parts);
      return { source, wasm };
    });
  } catch (error) {
    throw forUser(error, tree);
  }
}

/** What is kept of a source: what it was extracted from is in the cache already. */
function countedSource({ arch, extracted: { definitions, counters } }: EngineSource): CountedSource {
  const functions = definitions.filter(({ kind }) => kind === 'function');
  return {
    arch,
    extracted: {
      definitions: functions.map(({ kind, name, file, line, text }) => ({ kind, name, file, line, text })),
      counters,
    },
  };
}
