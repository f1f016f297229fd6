/**
 * Files at the border of the harness: reading one text file without being fooled by what its name points to, listing a
 * folder of cases, and replacing a file only by complete content.
 */
import { isUtf8 } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { getSystemErrorMap } from 'node:util';
import { escapeControl } from './escape.js';

/** Largest case, fixture or allowlist file that is read, in bytes. */
const MAX_BYTES = 1024 * 1024;
/** Room for a file that is larger than the system said, in bytes: those in /proc seem to be empty. */
const MIN_BYTES = 64 * 1024;

/**
 * Names of files that are already open: replacing the file behind such a name would cut it off from its other
 * writers.
 */
const OPEN_FILE = /^\/(dev\/(stdout|stderr|fd\/)|proc\/)/;

/** Does the path name a file that this process has open already? */
export const isOpenFile = (path: string): boolean => OPEN_FILE.test(resolve(path));

export interface InputErrorDetails {
  /** 1-based */
  readonly line?: number | undefined;
  /** 1-based, in UTF-16 code units */
  readonly column?: number | undefined;
  /** the next step for the user, a sentence of its own */
  readonly hint?: string | undefined;
  /** what else is wrong with the file, each a line of its own with its place */
  readonly further?: readonly string[];
  /** 3 (the default): the content is wrong; 66, EX_NOINPUT of sysexits.h: there is no file that could be read */
  readonly exitCode?: 3 | 66;
  readonly cause?: unknown;
}

/**
 * An input file that cannot be used. Its message is one line, `file:line:column: what was expected, what was found`.
 */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly file: string;
  readonly line: number | undefined;
  readonly column: number | undefined;
  readonly hint: string | undefined;
  readonly further: readonly string[];
  readonly exitCode: 3 | 66;

  constructor(file: string, what: string, details: InputErrorDetails = {}) {
    const { line, column, hint, further = [], exitCode = 3, cause } = details;
    const place = [file, line, column].filter((part) => part !== undefined).join(':');
    super(escapeControl(`${place}: ${what}`), cause === undefined ? undefined : { cause });
    this.file = file;
    this.line = line;
    this.column = column;
    this.hint = hint === undefined ? undefined : escapeControl(hint);
    this.further = further.map((text) => escapeControl(text));
    this.exitCode = exitCode;
  }
}

/** Whether an error says that there is no such file; a folder in its path that is none counts too. */
export function isMissing(error: unknown): boolean {
  const cause = error instanceof InputError ? error.cause : error;
  return ['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException | undefined)?.code ?? '');
}

/** An output file that could not be written. Its message is one line with the path and the reason. */
export class OutputError extends Error {
  override readonly name = 'OutputError';
  readonly file: string;
  /** EX_IOERR of sysexits.h */
  readonly exitCode = 74;

  constructor(file: string, cause: unknown) {
    super(escapeControl(`${file}: cannot be written: ${reasonOf(cause)}`), { cause });
    this.file = file;
  }
}

/**
 * The text of a regular file in UTF-8.
 *
 * @param options.root folder that the file must lie in after all symbolic links are followed
 * @param options.maxBytes largest accepted size, 1 MiB unless told
 * @throws InputError with exit code 66 when there is no such readable regular file inside `root`, with 3 when it is too
 *   large or not UTF-8
 */
export function readWhole(path: string, options: { readonly root?: string; readonly maxBytes?: number } = {}): string {
  const { root, maxBytes = MAX_BYTES } = options;
  // Looked at before opening, because opening can already have an effect on a device; looked at again on the open file,
  // because a name can change its meaning between two calls. O_NONBLOCK: a FIFO that slips in does not stop the
  // harness.
  requireFile(path);
  const real = root === undefined ? realOf(path) : requireInside(path, root);
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;
  const file = reading(path, () => openSync(real, flags));
  try {
    const stats = fstatSync(file);
    requireFile(path, stats);
    // The size is only a promise: a file can grow, and those in /proc all have size 0.
    const bytes = stats.size > maxBytes ? undefined : reading(path, () => readUpTo(file, maxBytes + 1, stats.size));
    if (bytes !== undefined && bytes.length <= maxBytes) return decode(path, bytes);
    throw new InputError(path, `expected at most ${maxBytes} bytes, found more`);
  } finally {
    closeSync(file);
  }
}

/**
 * The `*.yaml` files of a folder and of its sub-folders, sorted by the bytes of their names below `dir`. Names that
 * begin with a dot are skipped. A linked file counts as long as it lies inside `dir`; linked folders inside `dir` are
 * not followed, their files are listed where they are.
 *
 * @throws InputError (exit code 66) for an unreadable folder, for a link that leaves `dir`, and for anything named
 *   `*.yaml` that is no file
 */
export function listYaml(dir: string): string[] {
  const found: string[] = [];
  const folders = [''];
  for (const folder of folders) {
    const path = join(dir, folder);
    for (const entry of reading(path, () => readdirSync(path, { withFileTypes: true }))) {
      const name = join(folder, entry.name);
      if (entry.name.startsWith('.')) continue;
      if (name.endsWith('.yaml')) {
        // A file that is no link lies where it was found.
        if (!entry.isFile()) {
          requireFile(join(dir, name));
          requireInside(join(dir, name), dir);
        }
        found.push(name);
      } else if (entry.isDirectory()) {
        folders.push(name);
      } else if (entry.isSymbolicLink() && leadsToFolder(join(dir, name))) {
        requireInside(join(dir, name), dir);
      }
    }
  }
  found.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return found.map((name) => join(dir, name));
}

/**
 * Writes a file so that nobody ever sees a part of it: the old content stays until the new one is complete on the disk.
 * A symbolic link stays a link, the file that it names is replaced. A device, a FIFO and an open file of the process
 * (`/dev/stdout`, even when it leads to a file) are written to directly, at their end.
 *
 * @throws OutputError (exit code 74)
 */
export function writeWhole(path: string, content: string | Uint8Array): void {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  try {
    const old = statSync(path, { throwIfNoEntry: false });
    if (old === undefined) {
      replace(path, bytes);
    } else if (isOpenFile(path) || !(old.isFile() || old.isDirectory())) {
      writeTo(openSync(path, constants.O_WRONLY | constants.O_APPEND), bytes);
    } else {
      // rename() asks only the folder for permission; a file that its owner made read-only must stay as it is.
      accessSync(path, constants.W_OK);
      replace(realpathSync(path), bytes, old.mode & 0o777);
    }
  } catch (error) {
    throw new OutputError(path, error);
  }
}

function replace(target: string, bytes: Uint8Array, mode?: number): void {
  // In the same folder, because rename() does not cross file systems. The dot hides a left-over from listYaml().
  const temporary = join(dirname(target), `.ptediff-${randomBytes(8).toString('hex')}.tmp`);
  const file = openSync(temporary, 'wx');
  try {
    writeTo(file, bytes, () => {
      if (mode !== undefined) fchmodSync(file, mode);
      fsyncSync(file);
    });
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Writes everything and closes the file in any case. */
function writeTo(file: number, bytes: Uint8Array, beforeClose: () => void = () => {}): void {
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
    beforeClose();
  } finally {
    closeSync(file);
  }
}

/** @param expected bytes that the file probably has; more of them need more memory */
function readUpTo(file: number, limit: number, expected: number): Buffer {
  let bytes = Buffer.allocUnsafe(Math.min(limit, expected + 1));
  let length = 0;
  for (let got = 1; got > 0 && length < limit; length += got) {
    if (length === bytes.length) bytes = Buffer.concat([bytes], Math.min(limit, Math.max(2 * length, MIN_BYTES)));
    got = readSync(file, bytes, length, bytes.length - length, null);
  }
  return bytes.subarray(0, length);
}

function decode(path: string, bytes: Buffer): string {
  // Decoders take a millisecond or two until they are there.
  if (isUtf8(bytes)) return bytes.toString('utf8');
  try {
    // ignoreBOM keeps a byte order mark in the text, so that the reader of the text can refuse it.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    // Decoded leniently, the first broken byte is the first replacement character, short of one written on purpose.
    const before = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes).split('\uFFFD', 1)[0] ?? '';
    const line = before.split('\n').length;
    const column = before.length - before.lastIndexOf('\n');
    throw new InputError(path, 'expected UTF-8 text, found bytes that are not UTF-8', { line, column, cause });
  }
}

function realOf(path: string): string {
  return reading(path, () => realpathSync(path));
}

function leadsToFolder(path: string): boolean {
  return reading(path, () => statSync(path, { throwIfNoEntry: false }))?.isDirectory() === true;
}

/** @throws InputError with exit code 66 where there is nothing, or nothing that can be looked at */
export function statsOf(path: string): Stats {
  const stats = reading(path, () => statSync(path, { throwIfNoEntry: false }));
  if (stats === undefined) throw new InputError(path, 'no such file or folder', { exitCode: 66 });
  return stats;
}

function requireFile(path: string, stats: Stats = reading(path, () => statSync(path))): void {
  if (stats.isFile()) return;
  const found = stats.isDirectory() ? 'a folder' : stats.isFIFO() ? 'a FIFO' : 'a device or socket';
  throw new InputError(path, `expected a file, found ${found}`, { exitCode: 66 });
}

/** The real path, which must lie in `root`. */
function requireInside(path: string, root: string): string {
  const real = realOf(path);
  const below = relative(realOf(root), real);
  if (below !== '..' && !below.startsWith(`..${sep}`)) return real;
  throw new InputError(path, `expected a path inside ${root}, found one that leads to ${real}`, {
    hint: 'Copy what the link leads to into the folder.',
    exitCode: 66,
  });
}

function reading<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    throw new InputError(path, `cannot be read: ${reasonOf(cause)}`, { exitCode: 66, cause });
  }
}

/**
 * Why the system refused, in words and with its code: `permission denied (EACCES)`. Node's own message adds the system
 * call and the path, which we name already.
 */
export function reasonOf(error: unknown): string {
  const { errno, message } = error as NodeJS.ErrnoException;
  const known = errno === undefined ? undefined : getSystemErrorMap().get(errno);
  return known === undefined ? message : `${known[1]} (${known[0]})`;
}
