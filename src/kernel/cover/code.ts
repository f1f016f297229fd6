/** The code of a kernel that counts, made when it is asked for from the files in the cache, and kept there. */
import { forUser } from '../add.js';
import { compileAll, extractAll, keyOf, type OnStep } from '../build.js';
import type { Cache } from '../cache/cache.js';
import type { EngineSource } from '../source.js';
import { partsOf, type StoredKernel, type Wasm, wasmOf } from '../stored.js';
import { readTree } from '../stored_tree.js';

/** Code that counts, and what it was made from. */
export interface CountingCode {
  /** extracted with coverage */
  readonly sources: readonly EngineSource[];
  /** compiled from them */
  readonly wasm: Wasm;
}

/**
 * @throws InputError where the cache does not have the files; UnavailableError without a compiler
 */
export async function countingCode(
  cache: Cache,
  kernel: StoredKernel,
  onStep: OnStep = () => {},
): Promise<CountingCode> {
  const { name, entry, version, origin, tree: files, about } = kernel;
  const { tree, header } = readTree(cache, kernel);
  try {
    const archs = about.archs.map(({ arch }) => arch);
    const sources = await extractAll(tree, archs, { extra: header, coverage: true }, onStep);
    const counting = keyOf(sources);
    const known = cache.entry(counting);
    const found = known && wasmOf(known, about);
    if (found !== undefined) return { sources, wasm: found };
    const wasm = await compileAll(sources, onStep);
    cache.put(counting, partsOf(about, wasm));
    cache.setName({ name, entry, version, origin, tree: files, counting });
    return { sources, wasm };
  } catch (error) {
    throw forUser(error, tree);
  }
}
