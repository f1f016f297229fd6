/** What a kernel's code follows from, as one hash: where it is the same, nothing has to be extracted again. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Content, hashOf } from './cache/entry.js';
import { allFiles, type KernelArch } from './config.js';
import type { KernelTree } from './trees/tree.js';

/** Everything beside the tree that decides what comes out: plain data. */
export interface Making {
  readonly archs: readonly KernelArch[];
  /** text of the user's header */
  readonly header: string;
  /** compiler and options */
  readonly compiler: readonly string[];
  /** options of the kernel's configuration that are turned off, sorted */
  readonly off: readonly string[];
}

/**
 * Reads the files of the tree, some megabytes.
 * @param paths of the files that are looked at; unless told, for any architecture
 * @returns 64 hexadecimal digits
 * @throws InputError for a file that cannot be read
 */
export async function hashOfInputs(
  tree: KernelTree,
  making: Making,
  paths: Iterable<string> = allFiles(),
): Promise<string> {
  const parts: [string, Content][] = [
    ['making', JSON.stringify([tree.version, making])],
    ['program', hashOfProgram()],
  ];
  for (const path of paths) {
    const text = await tree.read(path);
    parts.push(text === null ? [`${path} is absent`, ''] : [path, text]);
  }
  return hashOf(parts);
}

/** Written by the build: the hash of all sources of this folder. */
const BUILT = 'sources.sha256';

/** Hash of the program itself: another one may make other code of the same tree. */
export function hashOfProgram(): string {
  const built = new URL(BUILT, import.meta.url);
  // Where nothing is built, the sources are here.
  return existsSync(built) ? readFileSync(built, 'utf8').trim() : hashOf(ownFiles());
}

/** The program itself, from extraction to shim. */
function ownFiles(): [string, Content][] {
  const folder = fileURLToPath(new URL('.', import.meta.url));
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name)).sort();
  return paths.map((path) => [path.slice(folder.length), readFileSync(path)]);
}
