/** The user's cache of kernels, and how kernels in it are named on the command line. */
import type { Cache } from '../kernel/cache/cache.js';
import type { Context } from './context.js';

const PREFIX = 'kernel:';

/** Is the text `kernel:NAME`? */
export const isKernel = (text: string): boolean => text.startsWith(PREFIX);

/** NAME of `kernel:NAME`, or of NAME itself. */
export const kernelName = (text: string): string => (isKernel(text) ? text.slice(PREFIX.length) : text);

export async function cacheOf({ io, modules }: Context): Promise<Cache> {
  const { Cache, cacheFolder } = await modules.cache();
  return new Cache(cacheFolder(io.env, io.cwd));
}
