/** A kernel tree with some files changed; what lies below it is read, never written. */
import { type KernelTree, requirePath } from '../trees/tree.js';

/**
 * @param files new text by path, null for a file that is gone
 * @param name for messages
 */
export function overlayTree(base: KernelTree, files: ReadonlyMap<string, string | null>, name: string): KernelTree {
  return {
    name,
    version: base.version,
    covers: (path) => files.has(path) || base.covers(path),
    read: async (path) => {
      const text = files.get(requirePath(name, path));
      return text === undefined ? base.read(path) : text;
    },
    // The base belongs to whoever opened it, and other trees may lie on it.
    close: async () => {},
  };
}
