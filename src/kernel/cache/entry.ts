/**
 * One entry of the cache: named parts in one file, so that an entry is there as a whole or not at all. The file is a
 * line with the format and the index's length and hash, the index as JSON, and the parts one after the other.
 */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { InputError } from '../../cases/files.js';
import { listOf, objectOf, size, text } from './shape.js';

/** A change of the format changes this word, and entries of the older one are made again. */
const FORMAT = 'ptediff-cache-1';
const HEAD = /^(\S+) (\d{1,9}) ([0-9a-f]{64})\n/;
const MAX_HEAD = 128;

type Index = readonly { readonly name: string; readonly length: number; readonly sha256: string }[];
const isIndex = listOf(objectOf({ name: text, length: size, sha256: text }));

interface Part {
  /** of its first byte in the file */
  readonly offset: number;
  readonly length: number;
  readonly sha256: string;
}

export type Content = string | Uint8Array;

/** Content hash of named parts, 64 hexadecimal digits: the same for the same names and bytes in the same order. */
export function hashOf(parts: Iterable<readonly [name: string, content: Content]>): string {
  const hash = createHash('sha256');
  for (const [name, content] of parts) {
    const bytes = Buffer.from(content);
    // Lengths, so that moving a byte from one part to the next changes the hash.
    hash.update(`${Buffer.byteLength(name)} ${bytes.length}\n${name}\n`).update(bytes);
  }
  return hash.digest('hex');
}

/** The bytes of the file of an entry. */
export function encodeEntry(parts: ReadonlyMap<string, Content>): Buffer {
  const bodies = [...parts].map(([name, content]) => ({ name, bytes: Buffer.from(content) }));
  const list = bodies.map(({ name, bytes }) => ({ name, length: bytes.length, sha256: sha256(bytes) }));
  const index = Buffer.from(JSON.stringify(list satisfies Index));
  const head = Buffer.from(`${FORMAT} ${index.length} ${sha256(index)}\n`);
  return Buffer.concat([head, index, ...bodies.map(({ bytes }) => bytes)]);
}

export class CacheEntry {
  readonly #file: string;
  readonly #parts: ReadonlyMap<string, Part>;

  private constructor(file: string, parts: ReadonlyMap<string, Part>) {
    this.#file = file;
    this.#parts = parts;
  }

  /**
   * @returns undefined if there is none, or one in the format of another version of the harness
   * @throws InputError for a broken one
   */
  static open(file: string): CacheEntry | undefined {
    return withFile(file, (descriptor) => {
      const head = HEAD.exec(readAt(descriptor, 0, MAX_HEAD).toString('latin1'));
      if (head === null) throw broken(file, 'its first line is none of ours');
      const [{ length: headLength }, format, digits, hash] = head;
      if (format !== FORMAT) return undefined;
      const index = readAt(descriptor, headLength, Number(digits));
      if (sha256(index) !== hash) throw broken(file, 'its index has changed');
      const listed: unknown = JSON.parse(index.toString('utf8'));
      if (!isIndex(listed)) throw broken(file, 'its index is none of ours');
      let offset = headLength + index.length;
      const parts = new Map<string, Part>();
      for (const { name, length, sha256 } of listed as Index) {
        parts.set(name, { offset, length, sha256 });
        offset += length;
      }
      if (fstatSync(descriptor).size !== offset) throw broken(file, 'it is cut short, or too long');
      return new CacheEntry(file, parts);
    });
  }

  /** Names of the parts, in the order in which they were put in. */
  get names(): readonly string[] {
    return [...this.#parts.keys()];
  }

  /**
   * The bytes of a part, undefined if there is no such part.
   *
   * @throws InputError if they are not those that were put in
   */
  read(name: string): Buffer | undefined {
    const part = this.#parts.get(name);
    if (part === undefined) return undefined;
    const bytes = withFile(this.#file, (descriptor) => readAt(descriptor, part.offset, part.length));
    if (bytes === undefined) throw broken(this.#file, 'it has been removed');
    if (sha256(bytes) !== part.sha256) throw broken(this.#file, `its part "${name}" has changed`);
    return bytes;
  }
}

function withFile<T>(file: string, action: (descriptor: number) => T): T | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new InputError(file, 'the cache entry cannot be read', { exitCode: 66, cause });
  }
  try {
    return action(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function broken(file: string, why: string): InputError {
  const hint = 'Add the kernel again with ptediff kernel add, or remove the file.';
  return new InputError(file, `the cache entry is broken: ${why}`, { exitCode: 66, hint });
}

function readAt(descriptor: number, offset: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  const got = readSync(descriptor, bytes, 0, length, offset);
  return bytes.subarray(0, got);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
