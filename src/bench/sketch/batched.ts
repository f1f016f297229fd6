/** The batched engine of the sketch: set_pte_range() for runs of pages of one folio, as in 6.12. */
import * as B from './bits.js';
import { FaultHandler } from './fault.js';

export class BatchedHandler extends FaultHandler {
  protected mapPages(start: number, end: number): number {
    const { scenario, mm } = this;
    let ret = 0;
    let rss = 0;
    let misses = 0;
    const toSlot = scenario.vmaStart - scenario.vmaPgoff;
    const last = Math.min(end, scenario.iSizePages - 1);
    let index = this.nextUptodate(start, last);
    if (index < 0) return 0;
    const counter = this.rssCounter(scenario.headOf[index]);
    do {
      const folio = scenario.headOf[index];
      const next = folio + scenario.folioPages[folio];
      const stop = Math.min(next - 1, last) + 1;
      const counts = !mm.folioTest(folio, B.FOLIO_WORKINGSET);
      let run = index;
      for (let page = index; page <= stop; page++) {
        if (page < stop && !mm.pageTest(page, B.PAGE_HWPOISON)) {
          if (counts) misses++;
          if (mm.pteNone(page + toSlot)) continue;
        }
        const pages = page - run;
        if (pages > 0) {
          const slot = run + toSlot;
          this.setPteRange(folio, run, pages, slot);
          rss += pages;
          mm.folioRef(folio, pages);
          if (this.holdsFault(slot, pages)) ret = B.VM_FAULT_NOPAGE;
        }
        run = page + 1;
      }
      mm.folioClear(folio, B.FOLIO_LOCKED);
      mm.folioRef(folio, -1);
      index = this.nextUptodate(next, last);
    } while (index >= 0);
    mm.count(counter, rss);
    mm.counters[B.MMAP_MISS] = Math.max(0, mm.counters[B.MMAP_MISS] - misses);
    return ret;
  }

  protected mapOne(page: number): void {
    const { scenario, mm } = this;
    if (this.isCow()) {
      this.setPteRange(page, page, 1, scenario.faultSlot);
      mm.count(B.MM_ANON, 1);
      return;
    }
    const folio = scenario.headOf[page];
    this.setPteRange(folio, page, 1, scenario.faultSlot);
    mm.count(this.rssCounter(folio), 1);
  }

  private holdsFault(slot: number, pages: number): boolean {
    return this.scenario.faultSlot >= slot && this.scenario.faultSlot < slot + pages;
  }

  /** Is the run mapped for later accesses only? */
  protected prefault(slot: number, pages: number): boolean {
    return !this.holdsFault(slot, pages);
  }

  private setPteRange(folio: number, page: number, pages: number, slot: number): void {
    const { mm } = this;
    mm.count(B.NR_ICACHE_FLUSH, pages);
    const entry = this.pteEntry(this.prefault(slot, pages));
    if (this.isCow()) this.addNewAnonRmap(page);
    else this.addFileRmapPtes(folio, page, pages);
    for (let i = 0; i < pages; i++) mm.setPte(slot + i, entry, B.PFN_BASE + page + i);
    mm.count(B.NR_MMU_CACHE, pages);
  }

  private addFileRmapPtes(folio: number, page: number, pages: number): void {
    const { mm } = this;
    if (!mm.folioTest(folio, B.FOLIO_LARGE)) {
      if (mm.incMapcountAndTest(page)) mm.count(B.NR_FILE_MAPPED, 1);
      this.mlockIfSmall(folio);
      return;
    }
    let first = 0;
    for (let i = 0; i < pages; i++) if (mm.incMapcountAndTest(page + i)) first++;
    if (first > 0) {
      mm.nrPagesMapped[folio] += first;
      if (mm.nrPagesMapped[folio] < B.ENTIRELY_MAPPED) mm.count(B.NR_FILE_MAPPED, first);
    }
    mm.largeMapcount[folio] += pages;
  }
}

/** 6.6 to 6.10: the test for prefaulted runs is inverted (3bd786f76de2, repaired by 4cd7ba16a0af). */
export class InvertedHandler extends BatchedHandler {
  protected override prefault(slot: number, pages: number): boolean {
    return !super.prefault(slot, pages);
  }
}
