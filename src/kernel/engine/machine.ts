/** One instance of a compiled kernel: its memory, its entry, and what it calls out for. */
import './wasm.js';
import type { Scene } from '../../mm/scene.js';
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
  /** something happened: what by number, where, and the number of the statement; see events.ts */
  event(kind: number, at: number, value: number, place: number): void;
}

interface Exports {
  run(): number;
  scene(): number;
  headOf(): number;
  folioPages(): number;
  hwpoison(): number;
  /** only of an engine that counts: address of the counters, and of the notes on conditions with their number */
  hits?(): number;
  /** whether events are told */
  watch?(on: number): void;
  folded?(): number;
  folds?(): number;
}

/** The kernel's own assertion stopped the fault, or the compiled code trapped. */
export class KernelDied extends Error {
  override readonly name = 'KernelDied';
}

export class Machine {
  readonly headOf: Int32Array;
  readonly folioPages: Int32Array;
  readonly hwpoison: Uint8Array;
  /** the scene block, by SCENE */
  readonly scene: Int32Array;
  /** which geometry of the page cache the arrays hold: see Scene.geometry */
  private geometry = -1;

  private readonly exports: Exports;

  /** @param memory where the image lies @param slots page slots of the image */
  constructor(
    module: WebAssembly.Module,
    host: Host,
    private readonly memory: WebAssembly.Memory,
    slots: number,
  ) {
    const instance = new WebAssembly.Instance(module, { host: { ...host }, env: { memory } });
    const exports = instance.exports as unknown as Exports;
    const { buffer } = memory;
    this.exports = exports;
    this.scene = new Int32Array(buffer, exports.scene(), SCENE_BLOCK.length);
    this.headOf = new Int32Array(buffer, exports.headOf(), slots);
    this.folioPages = new Int32Array(buffer, exports.folioPages(), slots);
    this.hwpoison = new Uint8Array(buffer, exports.hwpoison(), slots);
  }

  /** Carries a scene over; the geometry of its page cache only where that is another one than before. */
  load(scene: Scene): void {
    const block = this.scene;
    if (this.geometry !== scene.geometry) this.loadGeometry(scene);
    block[SCENE.SPAN] = scene.span;
    block[SCENE.PT_OFFSET] = scene.ptOffset;
    block[SCENE.VMA_START] = scene.vmaStart;
    block[SCENE.VMA_PAGES] = scene.vmaPages;
    block[SCENE.SHIFT] = scene.shift;
    block[SCENE.FILE_BASE] = scene.fileBase;
    block[SCENE.VM_FLAGS] = scene.vmFlags;
    block[SCENE.FILE_KIND] = scene.fileKind;
    block[SCENE.MKWRITE] = scene.mkwrite;
    block[SCENE.HAS_MAP_PAGES] = scene.hasMapPages ? 1 : 0;
    block[SCENE.HW_AF] = scene.arch.wantsOldPrefaultedPte ? 1 : 0;
    block[SCENE.I_SIZE_TAIL] = scene.iSizeTail;
    block[SCENE.FAILURES] = scene.failures;
    block[SCENE.RACE] = scene.race;
    block[SCENE.RACE_AT] = scene.raceAt;
    block[SCENE.FAULT_AROUND_PAGES] = scene.faultAroundPages;
  }

  private loadGeometry(scene: Scene): void {
    this.headOf.set(scene.headOf);
    this.folioPages.set(scene.folioPages);
    this.hwpoison.set(scene.hwpoison);
    this.scene[SCENE.NEW_CACHE] = 1;
    this.geometry = scene.geometry;
  }

  /** Numbers of the counters of those outcomes whose conditions are constants for the compiler. */
  folded(): number[] {
    const { folded, folds } = this.exports;
    const notes = new Uint32Array(this.memory.buffer, folded?.() ?? 0, folds?.() ?? 0);
    return [...notes].filter((note) => (note & 1) === 1).flatMap((note) => [note >>> 1, (note >>> 1) + 1]);
  }

  /** Tells events from now on; only code that counts has any. */
  watch(): void {
    this.exports.watch?.(1);
  }

  /** How often each counter was passed, by its number. */
  hits(count: number): Uint32Array {
    const address = this.exports.hits?.();
    return address === undefined ? new Uint32Array() : new Uint32Array(this.memory.buffer, address, count);
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
    const bytes = new Uint8Array(this.memory.buffer, address, PATH_LENGTH);
    return new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0)));
  }
}
