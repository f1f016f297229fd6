/** The per-page engine of the sketch: one do_set_pte() for each page, as in 6.1. */
import * as B from './bits.js';
import { FaultHandler } from './fault.js';

export class LegacyHandler extends FaultHandler {
  protected mapPages(start: number, end: number): number {
    const { scenario, mm } = this;
    let ret = 0;
    let misses = mm.counters[B.MMAP_MISS];
    const toSlot = scenario.vmaStart - scenario.vmaPgoff;
    let index = this.nextUptodate(start, end);
    if (index < 0) return ret;
    const last = Math.min(end, scenario.iSizePages - 1);
    do {
      const folio = scenario.headOf[index];
      const next = folio + scenario.folioPages[folio];
      for (;;) {
        let mapped = false;
        if (!mm.pageTest(index, B.PAGE_HWPOISON)) {
          if (misses > 0 && !mm.folioTest(folio, B.FOLIO_WORKINGSET)) misses--;
          const slot = index + toSlot;
          if (mm.pteNone(slot)) {
            if (slot === scenario.faultSlot) ret = B.VM_FAULT_NOPAGE;
            this.doSetPte(index, slot);
            mapped = true;
          }
        }
        if (index >= last || index + 1 >= next) {
          mm.folioClear(folio, B.FOLIO_LOCKED);
          if (!mapped) mm.folioRef(folio, -1);
          break;
        }
        if (mapped) mm.folioRef(folio, 1);
        index++;
      }
      index = this.nextUptodate(next, last);
    } while (index >= 0);
    mm.counters[B.MMAP_MISS] = misses;
    return ret;
  }

  protected mapOne(page: number): void {
    this.doSetPte(page, this.scenario.faultSlot);
  }

  private doSetPte(page: number, slot: number): void {
    const { scenario, mm } = this;
    mm.count(B.NR_ICACHE_FLUSH, 1);
    const entry = this.pteEntry(slot !== scenario.faultSlot);
    if (this.isCow()) {
      mm.count(B.MM_ANON, 1);
      this.addNewAnonRmap(page);
    } else {
      const folio = scenario.headOf[page];
      mm.count(this.rssCounter(folio), 1);
      this.addFileRmap(folio, page);
    }
    mm.setPte(slot, entry, B.PFN_BASE + page);
    mm.count(B.NR_MMU_CACHE, 1);
  }

  private addFileRmap(folio: number, page: number): void {
    const { mm } = this;
    const first = mm.incMapcountAndTest(page);
    if (mm.folioTest(folio, B.FOLIO_LARGE)) {
      if (first && ++mm.nrPagesMapped[folio] < B.ENTIRELY_MAPPED) mm.count(B.NR_FILE_MAPPED, 1);
      mm.largeMapcount[folio]++;
    } else if (first) {
      mm.count(B.NR_FILE_MAPPED, 1);
    }
    this.mlockIfSmall(folio);
  }
}
