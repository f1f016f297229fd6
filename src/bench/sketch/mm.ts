/** Everything that a fault of the sketch may change, in one contiguous image with named column views. */
import { NR_COUNTERS } from './bits.js';

export class Mm {
  readonly words: Int32Array;
  readonly pteFlags: Int32Array;
  readonly ptePfn: Int32Array;
  readonly mapcount: Int32Array;
  readonly pageFlags: Int32Array;
  /** fields of a folio live at the slot of its head page */
  readonly folioFlags: Int32Array;
  readonly refcount: Int32Array;
  readonly nrPagesMapped: Int32Array;
  readonly largeMapcount: Int32Array;
  readonly counters: Int32Array;
  /** bytes of every column but the first, the one with a tolerance */
  readonly allButPteFlags: Buffer;
  /** the spare page that a private write copies into */
  readonly cowPage: number;

  constructor(readonly slots: number) {
    const columns = slots + 1;
    this.cowPage = slots;
    this.words = new Int32Array(8 * columns + NR_COUNTERS);
    let at = 0;
    const column = (length: number): Int32Array => {
      at += length;
      return this.words.subarray(at - length, at);
    };
    this.pteFlags = column(columns);
    this.ptePfn = column(columns);
    this.mapcount = column(columns);
    this.pageFlags = column(columns);
    this.folioFlags = column(columns);
    this.refcount = column(columns);
    this.nrPagesMapped = column(columns);
    this.largeMapcount = column(columns);
    this.counters = column(NR_COUNTERS);
    this.allButPteFlags = Buffer.from(this.words.buffer, 4 * columns);
  }

  copyFrom(other: Mm): void {
    this.words.set(other.words);
  }

  pteNone(slot: number): boolean {
    return (this.pteFlags[slot] | this.ptePfn[slot]) === 0;
  }

  setPte(slot: number, flags: number, pfn: number): void {
    this.pteFlags[slot] = flags;
    this.ptePfn[slot] = pfn;
  }

  /** One more entry maps the page: true if it is the first. */
  incMapcountAndTest(page: number): boolean {
    return ++this.mapcount[page] === 0;
  }

  folioTest(folio: number, mask: number): boolean {
    return (this.folioFlags[folio] & mask) !== 0;
  }

  folioSet(folio: number, mask: number): void {
    this.folioFlags[folio] |= mask;
  }

  folioClear(folio: number, mask: number): void {
    this.folioFlags[folio] &= ~mask;
  }

  pageTest(page: number, mask: number): boolean {
    return (this.pageFlags[page] & mask) !== 0;
  }

  folioRef(folio: number, n: number): void {
    this.refcount[folio] += n;
  }

  count(counter: number, n: number): void {
    this.counters[counter] += n;
  }
}
