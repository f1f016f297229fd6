/** A kernel tree of which the wanted files are kept in memory. */
import { InputError } from '../../cases/files.js';
import { type KernelTree, normalPath, requirePath, type Wanted } from './tree.js';
import { MAKEFILE, versionOf } from './version.js';

/** As deep as Linux itself follows links. */
const MAX_LINKS = 40;

export interface MemoryTreeContent {
  readonly name: string;
  /** text by path */
  readonly files: ReadonlyMap<string, string>;
  /** target by path of a link; a symbolic link's is relative to the folder of the link */
  readonly links?: ReadonlyMap<string, string>;
  /** which paths were kept; without it, the tree has no others */
  readonly wanted?: Wanted;
}

/** @throws InputError if there is no kernel's Makefile in it */
export function memoryTree(content: MemoryTreeContent): KernelTree {
  const { name, wanted = () => true, links = new Map<string, string>() } = content;
  let files = content.files;
  const read = (path: string): string | null => {
    let place = requirePath(name, path);
    for (let followed = 0; ; followed++) {
      const target = links.get(place);
      if (target === undefined) return files.get(place) ?? null;
      if (followed === MAX_LINKS) throw new InputError(`${name}/${path}`, 'expected a file, found links in a circle');
      const next = target.startsWith('/') ? undefined : normalPath(`${place}/../${target}`);
      if (next === undefined) {
        throw new InputError(`${name}/${path}`, `expected a path inside the tree, found a link to ${target}`);
      }
      place = next;
    }
  };
  return {
    name,
    version: versionOf(name, read(MAKEFILE)),
    covers: (path) => path === MAKEFILE || wanted(path),
    read: async (path) => read(path),
    close: async () => {
      files = new Map();
    },
  };
}
