/** One instance of a compiled kernel: its memory, its entry, and what it calls out for. */
import './wasm.js';
import { SCENE, SCENE_BLOCK } from '../layout.js';

/** longest path of a file in a message, bytes */
const PATH_LENGTH = 256;

/** What the compiled code asks of its surroundings; the image is in memory meanwhile, and may be changed. */
export interface Host {
  /** the file's ->fault: a vm_fault_t, and the page in FAULT_PAGE */
  fault(): number;
  /** every page table lets go of `pages` pages from index `page` on */
  unmap(page: number, pages: number): void;
  /** the folio leaves the page cache */
  truncate(folio: number): void;
  /** what another thread does before a page-table lock is taken */
  race(finish: number): void;
}

interface Exports {
  readonly memory: WebAssembly.Memory;
  run(): number;
  image(): number;
  scene(): number;
  headOf(): number;
  folioPages(): number;
  hwpoison(): number;
  /** only of an engine that counts: address of the counters, and of the notes on conditions with their number */
  hits?(): number;
  folded?(): number;
  folds?(): number;
}

/** The kernel's own assertion stopped the fault, or the compiled code trapped. */
export class KernelDied extends Error {
  override readonly name = 'KernelDied';
}

export class Machine {
  readonly image: Int32Array;
  readonly headOf: Int32Array;
  readonly folioPages: Int32Array;
  readonly hwpoison: Uint8Array;
  /** the scene block, by SCENE */
  readonly scene: Int32Array;

  private readonly exports: Exports;

  /** @param slots page slots of the image @param words its length */
  constructor(module: WebAssembly.Module, host: Host, slots: number, words: number) {
    const instance = new WebAssembly.Instance(module, { host: { ...host } });
    const exports = instance.exports as unknown as Exports;
    const { buffer } = exports.memory;
    this.exports = exports;
    this.image = new Int32Array(buffer, exports.image(), words);
    this.scene = new Int32Array(buffer, exports.scene(), SCENE_BLOCK.length);
    this.headOf = new Int32Array(buffer, exports.headOf(), slots);
    this.folioPages = new Int32Array(buffer, exports.folioPages(), slots);
    this.hwpoison = new Uint8Array(buffer, exports.hwpoison(), slots);
  }

  /** Numbers of the counters of those outcomes whose conditions are constants for the compiler. */
  folded(): number[] {
    const { folded, folds, memory } = this.exports;
    const notes = new Uint32Array(memory.buffer, folded?.() ?? 0, folds?.() ?? 0);
    return [...notes].filter((note) => (note & 1) === 1).flatMap((note) => [note >>> 1, (note >>> 1) + 1]);
  }

  /** How often each counter was passed, by its number. */
  hits(count: number): Uint32Array {
    const address = this.exports.hits?.();
    return address === undefined ? new Uint32Array() : new Uint32Array(this.exports.memory.buffer, address, count);
  }

  /**
   * The fault that the scene block describes.
   * @returns the handler's vm_fault_t
   * @throws KernelDied with the place in the tree where an assertion fired, or where a loop did not end
   */
  run(): number {
    this.scene[SCENE.BUG_LINE] = 0;
    this.scene[SCENE.ENDLESS] = 0;
    try {
      return this.exports.run();
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error;
      throw new KernelDied(this.causeOf(error));
    }
  }

  private causeOf(error: Error): string {
    const line = this.scene[SCENE.BUG_LINE];
    if (line === 0) return error.message;
    const what = this.scene[SCENE.ENDLESS] === 0 ? 'assertion' : 'endless loop';
    return `${what} at ${this.text(this.scene[SCENE.BUG_FILE])}:${line}`;
  }

  private text(address: number): string {
    const bytes = new Uint8Array(this.exports.memory.buffer, address, PATH_LENGTH);
    return new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0)));
  }
}
