/** A kernel tree in a folder, with whatever is in its files now. */
import { join } from 'node:path';
import { InputError, isMissing, readWhole } from '../../cases/files.js';
import { type KernelTree, MAX_FILE_BYTES, requirePath } from './tree.js';
import { MAKEFILE, versionOf } from './version.js';

/**
 * @param folder top of the tree. Symbolic links inside of it are followed, those that lead out of it are refused.
 * @throws InputError if it is not a kernel tree
 */
export function openDirectory(folder: string): KernelTree {
  const read = (path: string): string | null => {
    const file = join(folder, requirePath(folder, path));
    try {
      const text = readWhole(file, { root: folder, maxBytes: MAX_FILE_BYTES });
      if (!text.includes('\0')) return text;
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
    throw new InputError(file, 'expected text, found a zero byte');
  };
  return {
    name: folder,
    version: versionOf(folder, read(MAKEFILE)),
    covers: () => true,
    read: async (path) => read(path),
    close: async () => {},
  };
}
