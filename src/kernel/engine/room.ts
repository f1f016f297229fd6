/**
 * Does a module's data fit into its place in the memory that all instances of an engine share? The linker writes down
 * how many pages of memory a module needs: up to the end of its data, those that begin as zero included.
 */
import { InputError } from '../../cases/files.js';
import type { KernelArch } from '../config.js';
import { firstPage, PAGES_OF_INSTANCE } from '../layout.js';

/** Sections and kinds of imports by number: the WebAssembly core specification, binary format. */
const IMPORTS = 2;
const KIND = { function: 0, table: 1, memory: 2, global: 3, tag: 4 } as const;
/** magic number and version */
const HEADER = 8;

/** Reads the numbers of a module one after the other. */
class Reader {
  constructor(
    private readonly bytes: Uint8Array,
    public at: number,
  ) {}

  get isAtEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  byte(): number {
    if (this.isAtEnd) throw new RangeError('the module is cut short');
    return this.bytes[this.at++] ?? 0;
  }

  /** An unsigned number in LEB128. */
  number(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.byte();
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }

  skip(count: number): void {
    this.at += count;
  }

  /** Limits of a table or a memory. @returns the lower one */
  limits(): number {
    const hasUpper = (this.byte() & 1) === 1;
    const lower = this.number();
    if (hasUpper) this.number();
    return lower;
  }
}

/**
 * Pages of the memory that a module imports, null where it imports none.
 * @throws RangeError for what is cut short
 */
export function importedPages(wasm: Uint8Array): number | null {
  const reader = new Reader(wasm, HEADER);
  while (!reader.isAtEnd) {
    const section = reader.byte();
    const length = reader.number();
    if (section === IMPORTS) return memoryAmong(reader);
    reader.skip(length);
  }
  return null;
}

function memoryAmong(reader: Reader): number | null {
  for (let left = reader.number(); left > 0; left--) {
    // Module and name.
    for (let i = 0; i < 2; i++) reader.skip(reader.number());
    const kind = reader.byte();
    if (kind === KIND.memory) return reader.limits();
    if (kind === KIND.function) reader.number();
    else if (kind === KIND.global) reader.skip(2);
    else {
      // A table has the type of its elements in front of its limits, a tag an attribute in front of its type.
      reader.skip(1);
      if (kind === KIND.table) reader.limits();
      else reader.number();
    }
  }
  return null;
}

const KIBIBYTES_OF_PAGE = 64;

/**
 * What lies behind its place belongs to the instance of another architecture, or to nobody.
 * @param name of the kernel, for the message
 * @throws InputError for a module that needs more than its place has
 */
export function requireRoom(wasm: Uint8Array, arch: KernelArch, name: string): void {
  const needed = (importedPages(wasm) ?? 0) - firstPage(arch);
  if (needed <= PAGES_OF_INSTANCE) return;
  const [found, most] = [needed, PAGES_OF_INSTANCE].map((pages) => pages * KIBIBYTES_OF_PAGE);
  throw new InputError(name, `its data for ${arch} needs ${found} KiB of memory, expected at most ${most} KiB`);
}
