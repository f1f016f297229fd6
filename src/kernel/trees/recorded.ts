/** Keeps what was read from a tree, for the cache: the same tree as far as it was looked at, without its source. */
import { z } from 'zod';
import type { CacheEntry, Content } from '../cache/entry.js';
import { type KernelTree, requirePath } from './tree.js';

const PREFIX = 'tree/';
const ABOUT = 'tree.json';

const About = z.strictObject({ name: z.string(), version: z.string(), absent: z.array(z.string()) });

export interface RecordingTree extends KernelTree {
  /** What has been read so far, as parts of a cache entry; sorted by path. */
  parts(): Map<string, Content>;
}

/** A tree that remembers which files it gave, and which it did not have; each is read once. */
export function recordingTree(tree: KernelTree): RecordingTree {
  const seen = new Map<string, string | null>();
  return {
    ...tree,
    read: async (path) => {
      const normal = requirePath(tree.name, path);
      const known = seen.get(normal);
      if (known !== undefined) return known;
      const text = await tree.read(path);
      seen.set(normal, text);
      return text;
    },
    parts: () => {
      const sorted = [...seen].sort(([a], [b]) => (a < b ? -1 : 1));
      const absent = sorted.flatMap(([path, text]) => (text === null ? [path] : []));
      const about: z.infer<typeof About> = { name: tree.name, version: tree.version, absent };
      const texts = sorted.flatMap(([path, text]) => (text === null ? [] : [[PREFIX + path, text] as const]));
      return new Map<string, Content>([[ABOUT, JSON.stringify(about)], ...texts]);
    },
  };
}

/**
 * The tree in a cache entry, undefined if there is none in it.
 *
 * @throws InputError if the entry is broken
 */
export function cachedTree(entry: CacheEntry): KernelTree | undefined {
  const bytes = entry.read(ABOUT);
  if (bytes === undefined) return undefined;
  const { name, version, absent } = About.parse(JSON.parse(bytes.toString('utf8')));
  const known = new Set([...absent.map((path) => PREFIX + path), ...entry.names]);
  return {
    name,
    version,
    covers: (path) => known.has(PREFIX + path),
    read: async (path) => entry.read(PREFIX + requirePath(name, path))?.toString('utf8') ?? null,
    close: async () => {},
  };
}
