/** Puts a kernel tree into the cache: extracts what an engine needs, compiles it unless that was done before. */
import { InputError } from '../cases/files.js';
import { CompileError, compileAll, extractAll, keyOf, knowsVmaLock, type OnStep, setterOf } from './build.js';
import type { Cache } from './cache/cache.js';
import type { CacheEntry } from './cache/entry.js';
import { NoCompiler } from './compile.js';
import { archsOf, type KernelArch } from './config.js';
import { AmbiguousDefinition } from './extract/catalogue.js';
import { MissingDefinition } from './extract/extract.js';
import { featuresOf } from './features.js';
import type { EngineSource } from './source.js';
import { type About, partsOf, type StoredKernel, wasmOf } from './stored.js';
import { putTree } from './stored_tree.js';
import { recordingTree } from './trees/recorded.js';
import type { KernelTree } from './trees/tree.js';
import { UnavailableError } from './unavailable.js';

export interface AddOptions {
  readonly cache: Cache;
  /** `6.12` of 6.12.117 unless told */
  readonly name?: string | undefined;
  /** text of a header of the user's, for names that a tree needs more */
  readonly header?: string | undefined;
  readonly onStep?: OnStep;
}

export interface AddedKernel extends StoredKernel {
  /** the cache had the same text already */
  readonly wasKnown: boolean;
  /** what had the name before, if that was another kernel */
  readonly replaced: string | undefined;
}

/**
 * @throws InputError for a tree that cannot be used, with the place; UnavailableError without a compiler
 */
export async function addKernel(tree: KernelTree, options: AddOptions): Promise<AddedKernel> {
  const { cache, header = '', onStep = () => {} } = options;
  const name = options.name ?? /^\d+\.\d+/.exec(tree.version)?.[0] ?? tree.version;
  const before = cache.named(name);
  try {
    const read = recordingTree(tree);
    const sources = await extractAll(read, await archsIn(read), { extra: header }, onStep);
    const entry = keyOf(sources);
    const about = aboutOf(tree.version, sources);
    const known = entryOf(cache, entry);
    const found = known && wasmOf(known, about);
    const wasm = found ?? (await compileAll(sources, onStep));
    // What is known of a kernel may have grown although its code is the same.
    cache.put(entry, partsOf(about, wasm));
    const counting = before?.entry === entry ? before.counting : undefined;
    const files = putTree(cache, read, header);
    const named = { name, entry, version: tree.version, origin: tree.name, tree: files, counting };
    cache.setName(named);
    const replaced =
      before === undefined || before.entry === entry ? undefined : `${before.version} of ${before.origin}`;
    return { ...named, about, wasm, wasKnown: found !== undefined, replaced };
  } catch (error) {
    throw forUser(error, tree);
  }
}

/** The architectures that a tree can be compiled for. @throws InputError where there is none */
export async function archsIn(tree: KernelTree): Promise<readonly KernelArch[]> {
  const archs = await archsOf(tree);
  if (archs.length > 0) return archs;
  throw new InputError(tree.name, 'expected the files of x86-64, arm64 or riscv64, found those of none');
}

/** The entry, undefined for a broken one too: it is made again. */
export function entryOf(cache: Cache, key: string): CacheEntry | undefined {
  try {
    return cache.entry(key);
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/** What is known of a kernel beside its code. */
export function aboutOf(version: string, sources: readonly EngineSource[]): About {
  const archs = sources.map(({ arch, extracted }) => ({
    arch,
    functions: extracted.definitions
      .filter(({ kind }) => kind === 'function')
      .map(({ name, file, line }) => ({ name, file, line })),
    taken: extracted.taken.map(({ directive, file, line }) => ({ directive, file, line })),
    rewrites: extracted.rewrites.map(({ from, to, file, line }) => ({ from, to, file, line })),
  }));
  return {
    version,
    setter: setterOf(sources),
    knowsVmaLock: knowsVmaLock(sources),
    features: featuresOf(sources),
    archs,
  };
}

/** What is wrong with a tree, or with the machine, in one line. */
export function forUser(error: unknown, { name }: Pick<KernelTree, 'name'>): unknown {
  if (error instanceof NoCompiler) return new UnavailableError(error.message);
  const hint = 'A header with what the tree needs more can be given with --shim.';
  if (error instanceof MissingDefinition || error instanceof AmbiguousDefinition)
    return new InputError(name, error.message, { hint, cause: error });
  if (error instanceof CompileError) {
    const first = /^\S+:\d+:\d+: (?:fatal )?error: .*$/m.exec(error.message)?.[0] ?? error.message.split('\n')[0];
    return new InputError(name, `does not compile: ${first}`, { hint, cause: error });
  }
  return error;
}
