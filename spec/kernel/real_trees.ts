/**
 * Real kernel trees for specs: unpacked ones that PTEDIFF_KERNEL_TREES names, separated by colons, and with
 * PTEDIFF_KERNELS=debian Debian's packages, through apt. Elsewhere there are none.
 */
import { allFiles } from '../../src/kernel/config.js';
import { openDirectory } from '../../src/kernel/trees/directory.js';
import { openTree } from '../../src/kernel/trees/open.js';
import { anyOf, type KernelTree } from '../../src/kernel/trees/tree.js';

const named = (process.env.PTEDIFF_KERNEL_TREES ?? '').split(':').filter((path) => path !== '');

/** Can there be a real tree? */
export const HAS_REAL_TREES = named.length > 0 || process.env.PTEDIFF_KERNELS === 'debian';

/** The tree of a version such as `6.12`, undefined where none is at hand. */
export async function realTree(version: string): Promise<KernelTree | undefined> {
  for (const path of named) {
    const tree = openDirectory(path);
    if (tree.version.startsWith(`${version}.`)) return tree;
  }
  if (process.env.PTEDIFF_KERNELS !== 'debian') return undefined;
  return openTree(`debian:${version}`, { wanted: anyOf(allFiles()), env: process.env });
}
