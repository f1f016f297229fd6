/** A compiled kernel as the cache keeps it: what is known of it as JSON, and one module for each architecture. */
import { InputError } from '../cases/files.js';
import type { Cache, Named } from './cache/cache.js';
import type { CacheEntry, Content } from './cache/entry.js';
import { listOf, objectOf, oneOf, recordOf, type Shape, text, truth, whole } from './cache/shape.js';
import { KERNEL_ARCHS, type KernelArch } from './config.js';

interface Place {
  readonly file: string;
  readonly line: number;
}

/** What was extracted for one architecture. */
export interface ExtractedArch {
  readonly arch: KernelArch;
  readonly functions: readonly (Place & { readonly name: string })[];
  /** conditions that were decided in favour of a branch */
  readonly taken: readonly (Place & { readonly directive: string })[];
  readonly rewrites: readonly (Place & { readonly from: string; readonly to: string })[];
}

/** What is known of a kernel beside its code. */
export interface About {
  readonly version: string;
  readonly setter: (typeof SETTERS)[number];
  readonly knowsVmaLock: boolean;
  /** features that were read from the text */
  readonly features: Readonly<Record<string, string>>;
  readonly archs: readonly ExtractedArch[];
}

const SETTERS = ['set_pte_range', 'do_set_pte'] as const;

/** Changes when compiled code and engine meet in another way: what was compiled before is no longer of use. */
const INTERFACE = 2;

interface Stored {
  readonly interface: number;
  readonly about: About;
}

const placed = (keys: readonly string[]): Shape =>
  listOf(objectOf({ ...Object.fromEntries(keys.map((key) => [key, text])), file: text, line: whole }));

const isStored = objectOf({
  interface: oneOf([INTERFACE]),
  about: objectOf({
    version: text,
    setter: oneOf(SETTERS),
    knowsVmaLock: truth,
    features: recordOf(text),
    archs: listOf(
      objectOf({
        arch: oneOf(KERNEL_ARCHS),
        functions: placed(['name']),
        taken: placed(['directive']),
        rewrites: placed(['from', 'to']),
      }),
    ),
  }),
});

export type Wasm = ReadonlyMap<KernelArch, Uint8Array<ArrayBuffer>>;

export interface StoredKernel extends Named {
  readonly about: About;
  readonly wasm: Wasm;
}

const ABOUT = 'about.json';
const moduleOf = (arch: string): string => `${arch}.wasm`;

/** The parts of a cache entry. */
export function partsOf(about: About, wasm: Wasm): ReadonlyMap<string, Content> {
  const modules = [...wasm].map(([arch, bytes]) => [moduleOf(arch), bytes] as const);
  const stored: Stored = { interface: INTERFACE, about };
  return new Map<string, Content>([[ABOUT, JSON.stringify(stored)], ...modules]);
}

/** The modules in an entry, undefined if one of what is known is missing. @throws InputError for a broken one */
export function wasmOf(entry: CacheEntry, { archs }: About): Wasm | undefined {
  const wasm = new Map<KernelArch, Uint8Array<ArrayBuffer>>();
  for (const { arch } of archs) {
    const bytes = entry.read(moduleOf(arch));
    if (bytes === undefined) return undefined;
    wasm.set(arch, new Uint8Array(bytes));
  }
  return wasm;
}

/**
 * The kernel that a name stands for.
 * @throws InputError where the cache has no such kernel, or a broken one
 */
export function readKernel(cache: Cache, name: string): StoredKernel {
  const named = cache.named(name);
  if (named === undefined) {
    const known = cache.list();
    const hint =
      known.length === 0
        ? 'ptediff kernel add adds one.'
        : `There are ${known.join(', ')}; ptediff kernel add adds one.`;
    throw new InputError(`kernel:${name}`, 'no such kernel in the cache', { exitCode: 66, hint });
  }
  const entry = cache.entry(named.entry);
  const content = entry && contentOf(entry);
  if (content !== undefined) return { ...named, ...content };
  throw new InputError(`kernel:${name}`, 'the cache has the name, but not the kernel, or one of another ptediff', {
    exitCode: 66,
    hint: 'Add the kernel again with ptediff kernel add.',
  });
}

/** What an entry holds, undefined where it is none of a kernel, or of another ptediff. @throws InputError */
export function contentOf(entry: CacheEntry): Pick<StoredKernel, 'about' | 'wasm'> | undefined {
  const about = aboutIn(entry);
  const wasm = about && wasmOf(entry, about);
  return about && wasm && { about, wasm };
}

/** What is known of the kernel in an entry, undefined where that is nothing of this version. */
export function aboutIn(entry: CacheEntry): About | undefined {
  const bytes = entry.read(ABOUT);
  if (bytes === undefined) return undefined;
  const stored: unknown = JSON.parse(bytes.toString('utf8'));
  return isStored(stored) ? (stored as Stored).about : undefined;
}
