/** A compiled kernel as the cache keeps it: what is known of it as JSON, and one module for each architecture. */
import { z } from 'zod';
import { InputError } from '../cases/files.js';
import type { Cache, Named } from './cache/cache.js';
import type { CacheEntry, Content } from './cache/entry.js';
import { KERNEL_ARCHS, type KernelArch } from './config.js';

const Place = { file: z.string(), line: z.int() };

const ArchSchema = z.strictObject({
  arch: z.enum(KERNEL_ARCHS),
  functions: z.array(z.strictObject({ name: z.string(), ...Place })),
  /** conditions that were decided in favour of a branch */
  taken: z.array(z.strictObject({ directive: z.string(), ...Place })),
  rewrites: z.array(z.strictObject({ from: z.string(), to: z.string(), ...Place })),
});

/** Changes when compiled code and engine meet in another way: what was compiled before is no longer of use. */
const INTERFACE = 2;

const AboutSchema = z.strictObject({
  version: z.string(),
  setter: z.enum(['set_pte_range', 'do_set_pte']),
  knowsVmaLock: z.boolean(),
  /** features that were read from the text */
  features: z.record(z.string(), z.string()),
  archs: z.array(ArchSchema),
});

const StoredSchema = z.strictObject({ interface: z.literal(INTERFACE), about: AboutSchema });

/** What was extracted for one architecture. */
export type ExtractedArch = z.infer<typeof ArchSchema>;
/** What is known of a kernel beside its code. */
export type About = z.infer<typeof AboutSchema>;
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
  const stored: z.infer<typeof StoredSchema> = { interface: INTERFACE, about };
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
    const known = cache.names().map((other) => other.name);
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
  const { success, data } = StoredSchema.safeParse(JSON.parse(bytes.toString('utf8')));
  return success ? data.about : undefined;
}
