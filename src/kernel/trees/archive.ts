/** A kernel tree in a tar archive, compressed with xz, with gzip or not at all, with one folder at its top. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { ReadEntry } from 'tar';
import { InputError } from '../../cases/files.js';
import { memoryTree } from './memory.js';
import { readTar } from './tar.js';
import { type KernelTree, normalPath, requireSize, textOf, type Wanted } from './tree.js';
import { MAKEFILE } from './version.js';
import { decompressXz, XZ_MAGIC } from './xz.js';

/** Largest part of an archive that is kept, in bytes. */
const MAX_KEPT_BYTES = 512 * 1024 * 1024;

/**
 * @param file path of the archive
 * @param wanted which files to keep, by their path below the folder at the top; the Makefile is always kept
 * @throws InputError for an archive that is broken, or holds no kernel tree
 */
export async function openArchive(file: string, wanted: Wanted): Promise<KernelTree> {
  return readArchive(file, createReadStream(file, { highWaterMark: 1 << 16 }), wanted, await isXz(file));
}

/** @param xz whether the bytes are compressed with xz */
export async function readArchive(
  name: string,
  bytes: AsyncIterable<Uint8Array>,
  wanted: Wanted,
  xz: boolean,
): Promise<KernelTree> {
  const content = new ArchiveContent(name, wanted);
  await readTar(name, xz ? decompressXz(name, bytes) : bytes, content);
  return memoryTree({ name, wanted, files: content.files, links: content.links });
}

async function isXz(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(XZ_MAGIC.length), 0, XZ_MAGIC.length, 0);
    return buffer.equals(XZ_MAGIC);
  } finally {
    await file.close();
  }
}

const LINKS: readonly string[] = ['SymbolicLink', 'Link'];

class ArchiveContent {
  readonly files = new Map<string, string>();
  readonly links = new Map<string, string>();
  readonly #name: string;
  readonly #wanted: Wanted;
  #top: string | undefined;
  #kept = 0;

  constructor(name: string, wanted: Wanted) {
    this.#name = name;
    this.#wanted = wanted;
  }

  wants(entry: ReadEntry): boolean {
    const path = this.#below(entry.path);
    if (path === undefined || !(path === MAKEFILE || this.#wanted(path))) return false;
    // An archive may have a path twice: the last one counts.
    this.files.delete(path);
    this.links.delete(path);
    if (LINKS.includes(entry.type)) this.links.set(path, this.#target(entry, path));
    if (entry.type !== 'File' && entry.type !== 'OldFile' && entry.type !== 'ContiguousFile') return false;
    requireSize(`${this.#name}/${path}`, entry.size);
    this.#kept += entry.size;
    if (this.#kept <= MAX_KEPT_BYTES) return true;
    throw new InputError(this.#name, `expected at most ${MAX_KEPT_BYTES} bytes of wanted files, found more`);
  }

  take(entry: ReadEntry, pieces: readonly Buffer[]): void {
    const path = this.#below(entry.path);
    if (path !== undefined) this.files.set(path, textOf(`${this.#name}/${path}`, Buffer.concat(pieces)));
  }

  /** The path below the folder at the top; undefined for that folder itself. */
  #below(entryPath: string): string | undefined {
    const path = normalPath(entryPath);
    if (path === undefined || entryPath.split('/').includes('..')) {
      if (/^\.?\/*$/.test(entryPath)) return undefined;
      throw new InputError(this.#name, `expected paths inside the archive, found "${entryPath}"`);
    }
    const [top = '', ...rest] = path.split('/');
    this.#top ??= top;
    if (top !== this.#top) {
      throw new InputError(this.#name, `expected one folder at the top, found "${this.#top}" and "${top}"`, {
        hint: 'git archive puts all into one with --prefix=linux/; a repository can also be given itself, with --rev.',
      });
    }
    return rest.length === 0 ? undefined : rest.join('/');
  }

  /** A hard link names its target from the top of the archive; made relative to its folder like a symbolic one. */
  #target(entry: ReadEntry, path: string): string {
    const target = entry.linkpath ?? '';
    if (entry.type === 'SymbolicLink') return target;
    return `${'../'.repeat(path.split('/').length - 1)}${this.#below(target) ?? ''}`;
  }
}
