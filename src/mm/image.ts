/**
 * Everything a fault may change. The methods are the verbs of the kernel's state changes; engines use them and nothing
 * else, so that a tracing subclass sees every change.
 */
import {
  DOUBLE_MAP,
  FOLIO_ENTIRE_SHIFT,
  FOLIO_LOCKED,
  FOLIO_LRU,
  FOLIO_MLOCKED,
  ICACHE_SHIFT,
  MMU_CACHE_SHIFT,
  MMU_TLB_SHIFT,
  PAGE_DCACHE_CLEAN,
  PAGE_MAPCOUNT_MASK,
  PMD_STATE_MASK,
  PTE_CONT,
  PTE_DIRTY,
  PTE_YOUNG,
  SET_SHIFT,
} from './bits.js';
import { Columns } from './columns.js';
import {
  ASSERTIONS,
  CALLS_FLUSH_ICACHE,
  CALLS_MLOCK,
  CALLS_REF_ADD,
  CALLS_RSS,
  CALLS_SET_PTES,
  CALLS_STAT,
  CALLS_UPDATE_MMU_CACHE,
  CALLS_UPDATE_MMU_TLB,
  LRU_ADDS,
  MEMCG_FILE_MAPPED,
  NR_FILE_MAPPED,
  NR_MLOCK,
  PMD,
  UNEVICTABLE_PGMLOCKED,
} from './fields.js';

/** A named step of an engine, as a tracing image hears of it. */
export type Step = string;

export class Image extends Columns {
  // --- page-table entries ---
  pteNone(slot: number): boolean {
    return (this.pte[slot] | this.pfn[slot]) === 0;
  }

  /** One store to the page table, without any rule of an architecture. */
  writePte(slot: number, flags: number, pfn: number): void {
    this.pte[slot] = flags;
    this.pfn[slot] = pfn;
    this.maintenance[slot] = this.maintenance[slot] + (1 << SET_SHIFT);
  }

  /** A store that rewrites an entry in place (folding, ageing): no new mapping. */
  rewritePte(slot: number, flags: number): void {
    this.pte[slot] = flags;
  }

  /** ptep_get(): the entry's flags; for a contiguous block young and dirty are gathered over the block. */
  ptepGet(slot: number, contPtes: number, ptOffset: number): number {
    const flags = this.pte[slot];
    if ((flags & PTE_CONT) === 0 || contPtes === 0) return flags;
    const start = slot - ((slot + ptOffset) & (contPtes - 1));
    let gathered = flags;
    for (let i = start; i < start + contPtes; i++) {
      if (i >= 0 && i < this.span) gathered |= this.pte[i] & (PTE_YOUNG | PTE_DIRTY);
    }
    return gathered;
  }

  /** set_ptes() begins: the setter was called. */
  countSetPtes(): void {
    this.setterCalled = true;
    this.countCall(CALLS_SET_PTES);
  }

  /**
   * A call is made, to be counted in this mm word. Calls are no part of what engines are compared in, and there are
   * many: only an image that counts (counting_image.ts) hears of them.
   */
  protected countCall(_word: number): void {}

  pmdState(): number {
    return this.mm[PMD] & PMD_STATE_MASK;
  }

  setPmd(value: number): void {
    this.mm[PMD] = value;
  }

  // --- cache maintenance: coverage per slot, calls ---
  /** Forgets the counts of the fault before; another one begins. */
  clearMaintenance(): void {
    if (this.maintained) this.maintenance.set(this.zeros);
    this.maintained = false;
  }

  flushIcachePages(slot: number, nr: number): void {
    const { maintenance } = this;
    this.countCall(CALLS_FLUSH_ICACHE);
    for (let i = slot; i < slot + nr; i++) maintenance[i] = maintenance[i] + (1 << ICACHE_SHIFT);
  }

  updateMmuCacheRange(slot: number, nr: number): void {
    const { maintenance } = this;
    this.countCall(CALLS_UPDATE_MMU_CACHE);
    for (let i = slot; i < slot + nr; i++) maintenance[i] = maintenance[i] + (1 << MMU_CACHE_SHIFT);
  }

  updateMmuTlbRange(slot: number, nr: number): void {
    const { maintenance } = this;
    this.countCall(CALLS_UPDATE_MMU_TLB);
    for (let i = slot; i < slot + nr; i++) maintenance[i] = maintenance[i] + (1 << MMU_TLB_SHIFT);
  }

  /** The architecture synchronises data and instruction cache of these pages before they are executed. */
  markDcacheClean(page: number, nr: number): void {
    const column = this.page;
    for (let i = page; i < page + nr; i++) column[i] = column[i] | PAGE_DCACHE_CLEAN;
  }

  // --- reverse mapping ---
  /** atomic_inc_and_test(&page->_mapcount) of a page-table mapping: true if no entry mapped the page before. */
  incPageMapcount(page: number): boolean {
    const column = this.page;
    const value = column[page] + 1;
    column[page] = value;
    return (value & PAGE_MAPCOUNT_MASK) === 1;
  }

  pageMapcount(page: number): number {
    return this.page[page] & PAGE_MAPCOUNT_MASK;
  }

  setPageFlag(page: number, flag: number): void {
    this.page[page] = this.page[page] | flag;
  }

  /** Number of PMD mappings of the folio. */
  entireMapcount(folio: number): number {
    return this.folio[folio] >> FOLIO_ENTIRE_SHIFT;
  }

  addEntireMapcount(folio: number, n: number): void {
    this.folio[folio] = this.folio[folio] + (n << FOLIO_ENTIRE_SHIFT);
  }

  addNrPagesMapped(folio: number, n: number): number {
    const value = this.nrPagesMapped[folio] + n;
    this.nrPagesMapped[folio] = value;
    return value;
  }

  /** PG_double_map (6.1) */
  setDoubleMap(folio: number, on: boolean): void {
    const value = this.nrPagesMapped[folio] & ~DOUBLE_MAP;
    this.nrPagesMapped[folio] = on ? value | DOUBLE_MAP : value;
  }

  addLargeMapcount(folio: number, n: number): void {
    this.largeMapcount[folio] = this.largeMapcount[folio] + n;
  }

  // --- folios ---
  folioTest(folio: number, mask: number): boolean {
    return (this.folio[folio] & mask) !== 0;
  }

  folioSet(folio: number, mask: number): void {
    this.folio[folio] = this.folio[folio] | mask;
  }

  folioClear(folio: number, mask: number): void {
    this.folio[folio] = this.folio[folio] & ~mask;
  }

  folioLock(folio: number): void {
    this.folioSet(folio, FOLIO_LOCKED);
  }

  folioUnlock(folio: number): void {
    this.folioClear(folio, FOLIO_LOCKED);
  }

  /** folio_ref_add(): `n` references for page-table entries. */
  folioRefAdd(folio: number, n: number): void {
    this.countCall(CALLS_REF_ADD);
    this.refcount[folio] = this.refcount[folio] + n;
  }

  /** A reference of a lookup or of the caller. */
  folioGet(folio: number): void {
    this.refcount[folio] = this.refcount[folio] + 1;
  }

  /** folio_put(); a spare page whose last reference goes is freed: nothing of it stays. */
  folioPut(folio: number): void {
    const count = this.refcount[folio] - 1;
    this.refcount[folio] = count;
    if (count === 0 && folio >= this.span) {
      this.page[folio] = 0;
      this.folio[folio] = 0;
    }
  }

  /** mlock_folio() with its per-CPU batch drained. */
  mlockFolio(folio: number, pages: number): void {
    this.countCall(CALLS_MLOCK);
    if (this.folioTest(folio, FOLIO_MLOCKED)) return;
    this.folioSet(folio, FOLIO_MLOCKED);
    this.count(NR_MLOCK, pages);
    this.count(UNEVICTABLE_PGMLOCKED, pages);
  }

  /** folio_add_lru() with its per-CPU batch drained. */
  lruAdd(folio: number): void {
    this.folioSet(folio, FOLIO_LRU);
    this.count(LRU_ADDS, 1);
  }

  // --- counters ---
  count(word: number, n: number): void {
    this.mm[word] = this.mm[word] + n;
  }

  /** add_mm_counter() */
  addMmCounter(word: number, n: number): void {
    this.countCall(CALLS_RSS);
    this.count(word, n);
  }

  /** A statistic of the node and of the folio's memcg. */
  modLruvecState(word: number, n: number): void {
    this.countCall(CALLS_STAT);
    this.count(word, n);
    this.count(word + MEMCG_FILE_MAPPED - NR_FILE_MAPPED, n);
  }

  /** A statistic of the node alone. */
  modNodeState(word: number, n: number): void {
    this.countCall(CALLS_STAT);
    this.count(word, n);
  }

  /** A kernel assertion fires: bit `assertion` of the assertions word. */
  assertion(assertion: number): void {
    this.mm[ASSERTIONS] = this.mm[ASSERTIONS] | (1 << assertion);
  }

  /** The engine passes a named branch. */
  mark(mark: number): void {
    const marks = this.marks;
    marks[mark] = marks[mark] + 1;
  }

  /** A kernel function is entered or an event happens that changes no state; only a tracing image listens. */
  note(_step: Step, _slot: number, _nr: number): void {}

  /** The same, said by compiled code, in the words of a trace and with the place in its source. */
  happened(_name: string, _at: string, _detail: string, _place: string): void {}
}
