/**
 * Storage of an image: one contiguous Int32Array with named column views. The compared columns come first, so that two
 * engines that agree are recognised by one comparison of bytes.
 */
import { COW_PAGES } from './bits.js';
import { ALL_SLOT_COLUMNS, COMPARED_MM_WORDS, CONFORM_SLOT_COLUMNS, MM_WORDS, SLOT_COLUMNS } from './fields.js';
import { MARK_COUNT } from './marks.js';

// Bound once: to look it up in a buffer costs the hot loop a hundredth of its time.
const { compare } = Buffer;

/** Do two images have the same bytes there? */
export const sameBytes = (one: Buffer, other: Buffer): boolean => compare(one, other) === 0;

/** So many words, all of them zero. */
export type Allocate = (words: number) => Int32Array;

const allocateHere: Allocate = (words) => new Int32Array(words);

export class Columns {
  /** the whole state; a copy of it is a snapshot */
  readonly words: Int32Array;
  readonly pte: Int32Array;
  readonly pfn: Int32Array;
  readonly maintenance: Int32Array;
  readonly page: Int32Array;
  readonly folio: Int32Array;
  readonly refcount: Int32Array;
  readonly mm: Int32Array;
  readonly nrPagesMapped: Int32Array;
  readonly largeMapcount: Int32Array;
  /** bytes of all compared columns; see sameBytes() */
  readonly compared: Buffer;
  /** the same without the entries' flags, which come first */
  readonly comparedBehindPte: Buffer;
  /** of these, the columns of the page slots: without the words of the mm */
  readonly slotsBehindPte: Buffer;
  /** bytes of each column of the page slots, in the order of SLOT_COLUMNS */
  readonly columnBytes: readonly Buffer[];
  /** every column of the page slots, in the order of ALL_SLOT_COLUMNS */
  readonly slotColumns: readonly Int32Array[];
  /** how often each mark was passed since the campaign began; not part of the state */
  readonly marks = new Float64Array(MARK_COUNT);
  /** the engine's kernel keeps NR_*_PMDMAPPED per memcg too (before 6.10) */
  memcgPmdStat = false;
  /** the setter was called since somebody cleared this; not part of the state */
  setterCalled = false;
  /** `maintenance` may hold counts: a fault has run since the column was cleared */
  maintained = false;
  /** as long as a column: setting it is quicker than filling */
  protected readonly zeros: Int32Array;
  /** page slots with columns: the span and the spare pages for private writes */
  readonly slots: number;

  /**
   * @param span number of page slots that the layout models (4 to 512)
   * @param allocate for an engine that wants its image in a certain place
   */
  constructor(
    readonly span: number,
    allocate: Allocate = allocateHere,
  ) {
    this.slots = span + COW_PAGES;
    this.zeros = new Int32Array(this.slots);
    const first = SLOT_COLUMNS.length * this.slots;
    const last = CONFORM_SLOT_COLUMNS.length * this.slots;
    const words = allocate(first + MM_WORDS + last);
    const bytes = (at: number, length: number): Buffer => Buffer.from(words.buffer, words.byteOffset + at, length);
    this.words = words;
    let at = 0;
    const column = (length: number): Int32Array => {
      at += length;
      return words.subarray(at - length, at);
    };
    this.pte = column(this.slots);
    this.pfn = column(this.slots);
    this.maintenance = column(this.slots);
    this.page = column(this.slots);
    this.folio = column(this.slots);
    this.refcount = column(this.slots);
    this.mm = column(MM_WORDS);
    this.nrPagesMapped = column(this.slots);
    this.largeMapcount = column(this.slots);
    this.slotColumns = ALL_SLOT_COLUMNS.map((name) => this[name]);
    this.columnBytes = SLOT_COLUMNS.map((_, i) => bytes(4 * i * this.slots, 4 * this.slots));
    this.compared = bytes(0, 4 * (first + COMPARED_MM_WORDS));
    this.comparedBehindPte = this.compared.subarray(4 * this.slots);
    this.slotsBehindPte = this.compared.subarray(4 * this.slots, 4 * first);
  }

  copyFrom(other: Columns): void {
    this.words.set(other.words);
    this.maintained = other.maintained;
  }
}
