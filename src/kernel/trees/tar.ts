/** Reading of tar streams: which entries are wanted, and their bytes. Nothing is ever written to a file. */
import { Parser, type ReadEntry } from 'tar';
import { InputError } from '../../cases/files.js';
import { asBuffer } from './bytes.js';

const MAX_ENTRIES = 1_000_000;
/** Largest archive after decompression, in bytes; a kernel's has a third of it. */
const MAX_ARCHIVE_BYTES = 4 * 1024 ** 3;

const READABLE = 'Archives may be compressed with xz or with gzip.';

/** What becomes of the entries of an archive. */
export interface TarVisitor {
  /** Called for every entry in its order; an error that it throws ends the reading. */
  wants(entry: ReadEntry): boolean;
  /** The bytes of an entry that was wanted, in the pieces in which they came. */
  take(entry: ReadEntry, pieces: readonly Buffer[]): void;
}

/**
 * Reads a tar archive from its first to its last byte; gzip around it is seen and taken off.
 *
 * @param file for messages
 * @throws InputError for an archive that is no tar archive, is cut short or too large; whatever the visitor throws
 */
export async function readTar(file: string, source: AsyncIterable<Uint8Array>, visitor: TarVisitor): Promise<void> {
  const reading = new Reading(file, visitor);
  let length = 0;
  for await (const bytes of source) {
    length += bytes.length;
    if (length > MAX_ARCHIVE_BYTES) throw tooLarge(file);
    await reading.write(asBuffer(bytes));
  }
  await reading.end();
}

function tooLarge(file: string): InputError {
  return new InputError(file, `holds more than ${MAX_ARCHIVE_BYTES} bytes`);
}

class Reading {
  readonly #file: string;
  readonly #parser: Parser;
  #failure: unknown;
  #entries = 0;
  /** what the entries say that they have; gzip may make much of little */
  #bytes = 0;
  #sawEnd = false;
  /** called when the parser can go on, or will never */
  #wake: () => void = () => {};

  constructor(file: string, visitor: TarVisitor) {
    this.#file = file;
    this.#parser = new Parser({
      strict: true,
      filter: (_path, entry) => this.#failure === undefined && this.#isWanted(visitor, entry as ReadEntry),
      onReadEntry: (entry) => {
        const pieces: Buffer[] = [];
        entry.on('data', (piece) => pieces.push(piece));
        entry.on('end', () => this.#guard(() => visitor.take(entry, pieces)));
      },
    });
    this.#parser.on('eof', () => {
      this.#sawEnd = true;
    });
    this.#parser.on('error', (error: Error) => this.#fail(this.#refusal(error)));
    this.#parser.on('drain', () => this.#wake());
    this.#parser.on('end', () => this.#wake());
  }

  async write(bytes: Buffer): Promise<void> {
    await this.#waitFor(() => this.#parser.write(bytes));
  }

  async end(): Promise<void> {
    await this.#waitFor(() => {
      this.#parser.end();
      return false;
    });
    // Two blocks of zeros end an archive; one that was cut between two entries has none.
    if (!this.#sawEnd) throw new InputError(this.#file, 'the tar archive is cut short');
  }

  /** Waits until the parser is ready again, unless the action says that it is already. */
  async #waitFor(action: () => boolean): Promise<void> {
    const awake = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    let ready = true;
    this.#guard(() => {
      ready = action();
    });
    if (!ready && this.#failure === undefined) await awake;
    if (this.#failure !== undefined) throw this.#failure;
  }

  #isWanted(visitor: TarVisitor, entry: ReadEntry): boolean {
    this.#entries++;
    this.#bytes += entry.size;
    let wanted = false;
    this.#guard(() => {
      if (this.#entries > MAX_ENTRIES) throw new InputError(this.#file, `holds more than ${MAX_ENTRIES} entries`);
      if (this.#bytes > MAX_ARCHIVE_BYTES) throw tooLarge(this.#file);
      wanted = visitor.wants(entry);
    });
    return wanted;
  }

  #guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#fail(error instanceof InputError ? error : this.#refusal(error as Error));
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    this.#wake();
  }

  #refusal(cause: Error): InputError {
    const short = /truncated|unexpected end/i.test(cause.message);
    const reason = cause.message.replace(/^TAR_\w+: /, '');
    const what = short ? 'the tar archive is cut short' : `cannot be read as a tar archive: ${reason}`;
    return new InputError(this.#file, what, { hint: short ? undefined : READABLE, cause });
  }
}
