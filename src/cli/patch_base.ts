/** What the patches of `ptediff patch` lie on: a kernel of the cache, a tree, or the start of a branch. */
import { InputError, readWhole } from '../cases/files.js';
import type { Cache } from '../kernel/cache/cache.js';
import type { StoredKernel } from '../kernel/stored.js';
import type { KernelTree } from '../kernel/trees/tree.js';
import { type Context, pathOf } from './context.js';
import { cacheOf, isKernel, kernelName } from './kernel_cache.js';
import { openTreeOf } from './open_tree.js';

export interface OpenBase {
  /** engines are called `kernel:STEM+1` and so on */
  readonly stem: string;
  readonly tree: KernelTree;
  /** text of the user's header, which may be empty */
  readonly header: string;
  /** options of the kernel's configuration that are turned off */
  readonly off: ReadonlySet<string>;
  /** the kernel of the cache that it is */
  readonly stored: StoredKernel | undefined;
  /** its code serves as it is: patched trees are compiled by the same compiler */
  readonly serves: boolean;
}

export interface BaseOptions {
  readonly base: string;
  readonly rev?: string;
  readonly shim?: string;
}

/** @throws InputError for what is neither a kernel of the cache nor a tree */
export async function openBase({ base, rev, shim }: BaseOptions, context: Context): Promise<OpenBase> {
  const cache = await cacheOf(context);
  const header = shim === undefined ? undefined : readWhole(pathOf(context.io, shim));
  if (rev === undefined && (isKernel(base) || isInCache(base, cache))) {
    if (header === undefined) return openStored(kernelName(base), cache, context);
    throw new InputError(base, 'is in the cache with the header that it was added with: --shim is for trees');
  }
  const tree = await openNamedTree(base, rev, context);
  return { stem: stemOf(tree), tree, header: header ?? '', off: new Set(), stored: undefined, serves: false };
}

/** `6.12.117` for a tree: what is added to it makes a name of an engine. */
export const stemOf = ({ version }: KernelTree): string =>
  version
    .toLowerCase()
    .replaceAll(/[^a-z0-9._+-]/g, '-')
    .slice(0, 48);

async function openStored(name: string, cache: Cache, context: Context): Promise<OpenBase> {
  const { readKernel, readTree, PACKAGED } = await context.modules.patch();
  const stored = readKernel(cache, name);
  const { tree, header, off, compiler } = readTree(cache, stored);
  const own = { ...tree, name: `kernel:${name}` };
  return { stem: name, tree: own, header, off, stored, serves: compiler === PACKAGED.id };
}

async function openNamedTree(what: string, revision: string | undefined, context: Context): Promise<KernelTree> {
  try {
    return await openTreeOf(what, revision, context);
  } catch (error) {
    if (!(error instanceof InputError) || !error.message.endsWith('expected a kernel tree, found nothing')) throw error;
    const names = (await cacheOf(context)).list();
    const there = names.length === 0 ? 'There is no kernel in the cache' : `The cache has ${names.join(', ')}`;
    const hint = `${there}; ptediff kernel add adds one.`;
    const found = 'expected a kernel of the cache or a kernel tree, found neither';
    throw new InputError(what, found, { exitCode: 66, hint, cause: error });
  }
}

const isInCache = (text: string, cache: Cache): boolean => cache.list().includes(text);
