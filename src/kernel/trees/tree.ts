/** A kernel tree as the harness sees it: a version, and text by path. Where the text comes from is its own business. */
import { excerpt } from '../../cases/escape.js';
import { InputError } from '../../cases/files.js';

/** Largest file of a tree that is read, in bytes; the largest of a kernel's own C files have a tenth of it. */
export const MAX_FILE_BYTES = 16 * 1024 * 1024;

export interface KernelTree {
  /** where the tree comes from, for messages: `../linux`, `../linux@v6.12`, `linux-source-6.1.tar.xz` */
  readonly name: string;
  /** as the Makefile has it, `6.12.117` */
  readonly version: string;
  /** Whether the tree can tell about a path; false for the parts of an archive that were not kept. */
  covers(path: string): boolean;
  /**
   * Text of a file, or null if the tree has no such file.
   *
   * @param path below the top of the tree, with forward slashes
   * @throws InputError if the path leads out of the tree, or to something that is no UTF-8 text of at most
   *   MAX_FILE_BYTES
   */
  read(path: string): Promise<string | null>;
  /** Gives back what the tree holds, a process or memory; it cannot be read any more. */
  close(): Promise<void>;
}

/** Says which files of an archive are kept. */
export type Wanted = (path: string) => boolean;

/** Wants everything below some folders, and single files. */
export function anyOf(paths: readonly string[]): Wanted {
  const files = new Set(paths);
  const folders = paths.map((path) => (path.endsWith('/') ? path : `${path}/`));
  return (path) => files.has(path) || folders.some((folder) => path.startsWith(folder));
}

// Control characters would break the protocols of git and tar; a backslash means another thing on each system.
const UNSAFE = /[\p{Cc}\p{Cs}\\]/u;
const MAX_PATH = 4096;

/**
 * The shortest way to write a path below the top of a tree: `mm/./x/../memory.c` is `mm/memory.c`.
 *
 * @returns undefined for what leads out of the tree, is absolute, is empty, or has characters that no path of a kernel
 *   tree has
 */
export function normalPath(path: string): string | undefined {
  if (path.length > MAX_PATH || path.startsWith('/') || UNSAFE.test(path)) return undefined;
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') {
      if (parts.pop() === undefined) return undefined;
    } else if (part !== '' && part !== '.') {
      parts.push(part);
    }
  }
  return parts.length === 0 ? undefined : parts.join('/');
}

/** @throws InputError for a path that normalPath() refuses */
export function requirePath(tree: string, path: string): string {
  const normal = normalPath(path);
  if (normal !== undefined) return normal;
  throw new InputError(tree, `expected a path inside the tree, found "${excerpt(path)}"`);
}

/**
 * The bytes of a file of a tree as text.
 *
 * @param name tree and path, for the message
 * @throws InputError for bytes that are not UTF-8, and for zero bytes
 */
export function textOf(name: string, bytes: Uint8Array): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new InputError(name, 'expected UTF-8 text, found bytes that are not UTF-8', { cause });
  }
  if (text.includes('\0')) throw new InputError(name, 'expected text, found a zero byte');
  return text;
}

/** @throws InputError for a size that is too large */
export function requireSize(name: string, bytes: number): void {
  if (bytes <= MAX_FILE_BYTES) return;
  throw new InputError(name, `expected at most ${MAX_FILE_BYTES} bytes, found ${bytes}`);
}
