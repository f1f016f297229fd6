/** The code of a kernel that counts, made when it is asked for from the files in the cache, and kept beside them. */
import { InputError } from '../../cases/files.js';
import { forUser } from '../add.js';
import { codeFormat, compileAll, extractAll, type OnStep } from '../build.js';
import type { Cache } from '../cache/cache.js';
import { type CacheEntry, type Content, hashOf } from '../cache/entry.js';
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
  const all = extracted.map(({ arch }) => arch);
  const made = madeOf(kernel, all);
  const wanted = all.filter((arch) => archs?.includes(arch) ?? true);
  const kept = keptCode(cache, kernel, made, wanted, onStep) ?? (await makeCode(cache, kernel, made, all, onStep));
  return { ...kept, knowsVmaLock };
}

type Code = Pick<CountingCode, 'sources' | 'wasm'>;

/** Of what the code is made: where that is the same, so is the code, and the shape of what is known of it. */
function madeOf({ tree = '' }: StoredKernel, archs: readonly KernelArch[]): string {
  return hashOf([
    ['tree', tree],
    ['program', hashOfProgram()],
    ['compiler', codeFormat(PACKAGED.id).join(' ')],
    ['architectures', archs.join(' ')],
  ]);
}

/** Hash of what the parts were made of. */
const MADE = 'made';
const codePart = (arch: KernelArch): string => `${arch}.wasm`;
const sourcePart = (arch: KernelArch): string => `${arch}.json`;

/** The code of before; undefined where there is none, or a broken one: the files are there to make it again. */
function keptCode(
  cache: Cache,
  { tree }: StoredKernel,
  made: string,
  archs: readonly KernelArch[],
  onStep: OnStep,
): Code | undefined {
  try {
    const entry = tree === undefined ? undefined : cache.derived(tree);
    return entry?.read(MADE)?.toString('latin1') === made ? codeIn(entry, archs) : undefined;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    onStep(`${error.message}; it is made again`);
    return undefined;
  }
}

function codeIn(entry: CacheEntry, archs: readonly KernelArch[]): Code {
  const part = (name: string): Buffer => {
    const bytes = entry.read(name);
    if (bytes === undefined) throw new Error(`the code that counts has no ${name}`);
    return bytes;
  };
  return {
    // Made by this very program: its shape is known.
    sources: archs.map((arch) => JSON.parse(part(sourcePart(arch)).toString('utf8')) as CountedSource),
    wasm: new Map(archs.map((arch) => [arch, new Uint8Array(part(codePart(arch)))])),
  };
}

async function makeCode(
  cache: Cache,
  kernel: StoredKernel,
  made: string,
  archs: readonly KernelArch[],
  onStep: OnStep,
): Promise<Code> {
  const { tree, header, off } = readTree(cache, kernel);
  try {
    const extracted = await extractAll(tree, archs, { extra: header, off, coverage: true }, onStep);
    const wasm = await compileAll(extracted, onStep);
    const sources = extracted.map(countedSource);
    const parts = new Map<string, Content>([[MADE, made]]);
    for (const source of sources) parts.set(sourcePart(source.arch), JSON.stringify(source));
    for (const [arch, bytes] of wasm) parts.set(codePart(arch), bytes);
    if (kernel.tree !== undefined) cache.putDerived(kernel.tree, parts);
    return { sources, wasm };
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
