/** The user's cache of kernels, and how kernels in it are named on the command line. */
import { join } from 'node:path';
import type { Cache } from '../kernel/cache/cache.js';
import type { StoredKernel } from '../kernel/stored.js';
import type { Context } from './context.js';

const PREFIX = 'kernel:';

/** Is the text `kernel:NAME`? */
export const isKernel = (text: string): boolean => text.startsWith(PREFIX);

/** NAME of `kernel:NAME`, or of NAME itself. */
export const kernelName = (text: string): string => (isKernel(text) ? text.slice(PREFIX.length) : text);

/** What makes kernels of the cache engines, each once. @throws InputError for one that the cache does not have */
export async function kernelUser(context: Context): Promise<(ids: readonly string[]) => void> {
  const { readKernel } = await context.modules.cache();
  const { useKernel } = await context.modules.kernels();
  const cache = await cacheOf(context);
  const used = new Set<string>();
  return (ids) => {
    for (const id of ids) {
      if (isKernel(id) && !used.has(id)) useKernel(readKernel(cache, kernelName(id)));
      used.add(id);
    }
  };
}

export async function cacheOf({ io, modules }: Context): Promise<Cache> {
  const { Cache, cacheFolder } = await modules.cache();
  return new Cache(cacheFolder(io.env, io.cwd));
}

/** Trees that were made by patches have a cache of their own below that of the kernels. */
export async function patchedCache(context: Context): Promise<Cache> {
  const { Cache } = await context.modules.cache();
  return new Cache(join((await cacheOf(context)).folder, 'patched'));
}

/** The cache that has the kernel: one that was added, or a tree of the series that was looked at last. */
export async function cacheWith(name: string, context: Context): Promise<Cache> {
  const cache = await cacheOf(context);
  if (!/\+\d+$/.test(name) || cache.named(name) !== undefined) return cache;
  const patched = await patchedCache(context);
  return patched.named(name) === undefined ? cache : patched;
}

/** The kernel with a name. */
export async function storedKernel(name: string, context: Context): Promise<StoredKernel> {
  const { readKernel } = await context.modules.cache();
  return readKernel(await cacheWith(name, context), name);
}
