/** Kernel trees that the user names: a folder, a repository, an archive, or a package of Debian. */
import type { KernelTree } from '../kernel/trees/tree.js';
import { type Context, pathOf, say } from './context.js';

/**
 * Opens the tree, and says so before anything that takes long.
 * @throws InputError if there is none; UnavailableError without the program that is needed
 */
export async function openTreeOf(what: string, revision: string | undefined, context: Context): Promise<KernelTree> {
  const { io, modules } = context;
  const { openTree, anyOf, allFiles } = await modules.addKernel();
  const isPackage = what.startsWith('debian:');
  return openTree(isPackage ? what : pathOf(io, what), {
    revision,
    wanted: anyOf(allFiles()),
    env: io.env,
    onReading: () => say(io, isPackage ? `fetching and unpacking ${what}` : `reading ${what}`),
  });
}
