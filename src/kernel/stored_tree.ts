/**
 * The files of a kernel that were read, as the cache keeps them: the same engine with other parts, and the engine of a
 * patched tree, are made from them when the tree itself is gone.
 */
import { z } from 'zod';
import { InputError } from '../cases/files.js';
import type { Cache, Named } from './cache/cache.js';
import { type Content, hashOf } from './cache/entry.js';
import { cachedTree, type RecordingTree } from './trees/recorded.js';
import type { KernelTree } from './trees/tree.js';

/** The user's own header, which is no part of the tree. */
const HEADER = 'user.h';

const MAKING = 'making.json';
const MakingSchema = z.strictObject({ compiler: z.string(), off: z.array(z.string()) });

/** What decided beside the tree. */
export interface HowMade {
  /** text of the header that the kernel was added with */
  readonly header: string;
  /** id of the compiler */
  readonly compiler: string;
  /** options of the kernel's configuration that were turned off */
  readonly off: ReadonlySet<string>;
}

export interface StoredTree extends HowMade {
  readonly tree: KernelTree;
}

/**
 * Puts what was read of a tree into the cache, unless it is there already, whole.
 *
 * @returns the entry's key, which follows from the content
 * @throws OutputError
 */
export function putTree(cache: Cache, tree: RecordingTree, { header, compiler, off }: HowMade): string {
  const making: z.infer<typeof MakingSchema> = { compiler, off: [...off].sort() };
  const parts = new Map<string, Content>([...tree.parts(), [HEADER, header], [MAKING, JSON.stringify(making)]]);
  const key = hashOf(parts);
  if (!isThere(cache, key)) cache.put(key, parts);
  return key;
}

/** Is there an entry with the content that its key says? A damaged one is written anew. */
function isThere(cache: Cache, key: string): boolean {
  try {
    const entry = cache.entry(key);
    return entry !== undefined && hashOf(entry.names.map((name) => [name, entry.read(name) ?? ''])) === key;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}

/**
 * The tree that a kernel was made from, as far as it was read.
 * @throws InputError where the cache does not have it, or a broken one
 */
export function readTree(cache: Cache, { name, tree: key }: Named): StoredTree {
  const entry = key === undefined ? undefined : cache.entry(key);
  const tree = entry && cachedTree(entry);
  const making = entry?.read(MAKING);
  if (entry !== undefined && tree !== undefined && making !== undefined) {
    const { compiler, off } = MakingSchema.parse(JSON.parse(making.toString('utf8')));
    return { tree, header: entry.read(HEADER)?.toString('utf8') ?? '', compiler, off: new Set(off) };
  }
  throw new InputError(`kernel:${name}`, 'the cache has its code, but not the files that it was made from', {
    exitCode: 66,
    hint: 'Add the kernel again with ptediff kernel add.',
  });
}
