/** A kernel tree that is unpacked in a directory. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KernelTree } from './tree.js';

/** @throws Error where the directory holds no kernel tree */
export async function directoryTree(root: string): Promise<KernelTree> {
  const read = (path: string): Promise<string | null> =>
    readFile(join(root, path), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'EISDIR') return null;
      throw error;
    });
  const makefile = await read('Makefile');
  if (makefile === null) throw new Error(`${root} is no kernel tree: it has no Makefile`);
  return { version: versionOf(makefile), read };
}

/** VERSION.PATCHLEVEL.SUBLEVEL of the top Makefile. */
export function versionOf(makefile: string): string {
  const part = (name: string): string => new RegExp(`^${name}\\s*=\\s*(\\S*)`, 'm').exec(makefile)?.[1] ?? '0';
  return ['VERSION', 'PATCHLEVEL', 'SUBLEVEL'].map(part).join('.');
}
