/**
 * The user's cache of kernels: entries by content hash, and names that point to them. Every file is replaced as a
 * whole, so that several runs can use it at the same time.
 */
import { accessSync, constants, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { excerpt } from '../../cases/escape.js';
import { InputError, isMissing, OutputError, readWhole, reasonOf, writeWhole } from '../../cases/files.js';
import { CacheEntry, type Content, encodeEntry } from './entry.js';
import { matching, objectOf, text } from './shape.js';

/** Lower case, because some file systems do not tell cases apart. */
const NAME = /^[a-z0-9][a-z0-9._+-]{0,63}$/;
const KEY = /^[0-9a-f]{64}$/;
const WORD = /^[a-z0-9_-]{1,32}$/;
/** A temporary file that is older belongs to a run that was killed; in milliseconds. */
const ABANDONED = 60 * 60 * 1000;

/** What a name stands for. */
export interface Named {
  readonly name: string;
  /** content hash of the entry */
  readonly entry: string;
  /** version of the kernel */
  readonly version: string;
  /** what the kernel was added from */
  readonly origin: string;
  /** content hash of the entry with the files that were read */
  readonly tree?: string | undefined;
  /** the same with the code that counts; no longer written */
  readonly counting?: string | undefined;
  /** hash of everything that the entry was made of */
  readonly inputs?: string | undefined;
}

const key = matching(KEY);
const isRecord = objectOf({ entry: key, version: text, origin: text }, { tree: key, counting: key, inputs: key });

export class Cache {
  readonly #entries: string;
  readonly #names: string;

  /** @param folder need not exist; it is made when something is put in */
  constructor(readonly folder: string) {
    this.#entries = join(folder, 'entries');
    this.#names = join(folder, 'names');
  }

  /**
   * The entry of a content hash, undefined if there is none.
   *
   * @throws InputError for a broken one
   */
  entry(key: string): CacheEntry | undefined {
    return CacheEntry.open(this.#entryFile(key));
  }

  /** Looks whether something can be put in, before work is done for it. @throws OutputError */
  requireWritable(): void {
    makeFolder(this.#entries);
    try {
      accessSync(this.#entries, constants.W_OK);
    } catch (error) {
      throw new OutputError(this.#entries, error);
    }
  }

  /** Puts an entry in; one that is there, whole or broken, is replaced. @throws OutputError */
  put(key: string, parts: ReadonlyMap<string, Content>): void {
    this.#write(this.#entryFile(key), parts);
  }

  /**
   * What was made of an entry and is kept as long as the entry itself; undefined if there is nothing.
   *
   * @param what a word, as one entry may be made into several things
   * @throws InputError for a broken one
   */
  derived(key: string, what: string): CacheEntry | undefined {
    return CacheEntry.open(this.#derivedFile(key, what));
  }

  /** Keeps what was made of an entry, in place of the same that was made of it before. @throws OutputError */
  putDerived(key: string, what: string, parts: ReadonlyMap<string, Content>): void {
    this.#write(this.#derivedFile(key, what), parts);
  }

  /** Removes the oldest entries that no name stands for, all but `kept` of them. */
  prune(kept: number): void {
    const named = new Set(this.list().flatMap((name) => keysOf(this.#quietly(name))));
    const ages = listFolder(this.#entries)
      .filter((file) => KEY.test(file) && !named.has(file))
      .map((key) => {
        const time = statSync(join(this.#entries, key), { throwIfNoEntry: false })?.mtimeMs ?? 0;
        return { key, time };
      });
    const old = ages.sort((a, b) => b.time - a.time).slice(kept);
    this.#removeEntries(old.map(({ key }) => key));
  }

  /** All names, sorted; those of which the cache cannot say what they stand for too. */
  list(): string[] {
    const files = listFolder(this.#names).filter((file) => file.endsWith('.json') && !file.startsWith('.'));
    return files.map((file) => file.slice(0, -'.json'.length)).sort();
  }

  /** All names with what they stand for, sorted. @throws InputError for a broken one */
  names(): Named[] {
    return this.list().flatMap((name) => this.named(name) ?? []);
  }

  /** What a name stands for, undefined if nothing has it. @throws InputError for a broken one */
  named(name: string): Named | undefined {
    const file = this.#nameFile(name);
    let content: string;
    try {
      content = readWhole(file);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
    try {
      const record: unknown = JSON.parse(content);
      if (!isRecord(record)) throw new TypeError('not what a name stands for');
      return { name, ...(record as Omit<Named, 'name'>) };
    } catch (cause) {
      const hint = `ptediff kernel remove ${name} removes it.`;
      throw new InputError(file, 'the name in the cache is broken', { exitCode: 66, hint, cause });
    }
  }

  /** Key of an entry that was made of the same, undefined if no name stands for one. Broken names count for nothing. */
  madeOf(inputs: string): string | undefined {
    const named = this.list().map((name) => this.#quietly(name));
    return named.find((one) => one?.inputs === inputs)?.entry;
  }

  /** Gives a name to an entry; what had the name before loses it. @throws InputError for what cannot be a name */
  setName({ name, ...record }: Named): void {
    const file = this.#nameFile(name);
    if (!isRecord(record)) throw new TypeError('not what a name stands for');
    makeFolder(this.#names);
    const { entry, version, origin, tree, counting, inputs } = record;
    writeWhole(file, `${JSON.stringify({ entry, version, origin, tree, counting, inputs }, null, 2)}\n`);
  }

  /**
   * Removes a name, even a broken one, and its entries unless another name stands for the same.
   *
   * @returns whether there was such a name
   */
  remove(name: string): boolean {
    const file = this.#nameFile(name);
    if (statSync(file, { throwIfNoEntry: false }) === undefined) return false;
    const keys = keysOf(this.#quietly(name));
    removing(file);
    const others = this.list().flatMap((other) => keysOf(this.#quietly(other)));
    this.#removeEntries(keys.filter((key) => !others.includes(key)));
    return true;
  }

  /** Removes entries, and with them what was made of them. */
  #removeEntries(keys: readonly string[]): void {
    const gone = new Set(keys);
    const files = listFolder(this.#entries).filter((file) => gone.has(file.split('.')[0] ?? ''));
    for (const file of files) removing(join(this.#entries, file));
  }

  #write(file: string, parts: ReadonlyMap<string, Content>): void {
    makeFolder(this.#entries);
    removeAbandoned(this.#entries);
    writeWhole(file, encodeEntry(parts));
  }

  #quietly(name: string): Named | undefined {
    try {
      return this.named(name);
    } catch {
      return undefined;
    }
  }

  #entryFile(key: string): string {
    if (!KEY.test(key)) throw new TypeError(`not a content hash: ${excerpt(key)}`);
    return join(this.#entries, key);
  }

  #derivedFile(key: string, what: string): string {
    if (!WORD.test(what)) throw new TypeError(`not a word: ${excerpt(what)}`);
    return `${this.#entryFile(key)}.${what}`;
  }

  #nameFile(name: string): string {
    if (NAME.test(name)) return join(this.#names, `${name}.json`);
    throw new InputError(this.folder, `expected a name of a kernel, found "${excerpt(name)}"`, {
      hint: 'A name has up to 64 lower case letters, digits, dots, dashes, underscores and pluses.',
    });
  }
}

/** The entries that a name stands for. */
function keysOf(named: Named | undefined): string[] {
  return [named?.entry, named?.tree, named?.counting].filter((key) => key !== undefined);
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new InputError(folder, `the cache cannot be read: ${reasonOf(cause)}`, { exitCode: 66, cause });
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new OutputError(folder, error);
  }
}

function removing(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch (error) {
    throw new OutputError(file, error);
  }
}

function removeAbandoned(folder: string): void {
  for (const name of listFolder(folder).filter((found) => found.endsWith('.tmp'))) {
    const file = join(folder, name);
    const age = Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > ABANDONED) rmSync(file, { force: true });
  }
}
