/**
 * filemap_map_folio_range() and filemap_map_order0_folio() (mm/filemap.c, 6.12): runs of mappable pages of one folio.
 */
import { FOLIO_WORKINGSET, VM_FAULT_NOPAGE } from '../mm/bits.js';
import * as M from '../mm/marks.js';
import { pageHwpoison } from '../mm/page_cache.js';
import { FinishFault } from './finish_fault.js';

export abstract class FilemapMapFolioRange extends FinishFault {
  /** pages mapped by this fault-around so far */
  protected rss = 0;
  /** misses to take from mmap_miss when fault-around ends */
  protected mmap_miss = 0;

  /**
   * Maps the pages [start, start + nr_pages) of a locked folio, `start` being the first page's index, at slots from
   * `addr` on. A run is a maximal sequence of pages that are not poisoned and whose entries are none.
   * @returns VM_FAULT_NOPAGE if the faulting page lies in a run, else 0
   */
  filemap_map_folio_range(folio: number, start: number, addr: number, nr_pages: number): number {
    const { image } = this;
    let ret = 0;
    let page = start;
    let slot = addr;
    let count = 0;
    for (let left = nr_pages; left > 0; left--) {
      if (this.mappable(folio, page, slot, count)) {
        count++;
        continue;
      }
      if (count > 0) {
        image.mark(M.RUN_SPLIT);
        ret |= this.map_run(folio, page, count, slot);
      }
      const step = this.step_over(count);
      page += step;
      slot += step;
      count = 0;
    }
    if (count > 0) ret |= this.map_last_run(folio, page, count, slot);
    return ret;
  }

  /** May page[count] join the run? Poisoned pages are skipped before the miss is counted, populated ones after. */
  protected mappable(folio: number, page: number, slot: number, count: number): boolean {
    const { image, scene } = this;
    if (pageHwpoison(scene, image, page + count)) {
      image.mark(count > 0 ? M.RUN_SPLIT_HWPOISON : M.BATCHED_SKIP_HWPOISON);
      return false;
    }
    this.count_miss(folio);
    if (image.pteNone(slot + count)) return true;
    image.mark(count > 0 ? M.RUN_SPLIT_POPULATED : M.BATCHED_SKIP_POPULATED);
    return false;
  }

  /** The run and the page that ended it are behind the cursor. */
  protected step_over(count: number): number {
    return count + 1;
  }

  /** Recently evicted folios do not count as misses (5c46d5319bde). */
  protected count_miss(folio: number): void {
    if (this.image.folioTest(folio, FOLIO_WORKINGSET)) this.image.mark(M.MISS_WORKINGSET);
    else this.mmap_miss++;
  }

  /** One run: entries, resident pages, references, and whether the fault is handled. */
  protected map_run(folio: number, page: number, count: number, addr: number): number {
    this.vmf.pte = addr;
    this.set_pte_range(folio, page, count, addr);
    this.rss += count;
    this.run_ref_add(folio, count);
    return this.fault_in_run(addr, count) ? VM_FAULT_NOPAGE : 0;
  }

  protected map_last_run(folio: number, page: number, count: number, addr: number): number {
    return this.map_run(folio, page, count, addr);
  }

  /** folio_ref_add(folio, count): after the entries exist, the lookup's reference covers them until then */
  protected run_ref_add(folio: number, count: number): void {
    this.image.folioRefAdd(folio, count);
  }

  /** in_range(vmf->address, addr, count * PAGE_SIZE) */
  protected fault_in_run(addr: number, count: number): boolean {
    return this.in_run(addr, count);
  }

  /** filemap_map_order0_folio() */
  filemap_map_order0_folio(folio: number, addr: number): number {
    const { image, scene, vmf } = this;
    if (pageHwpoison(scene, image, folio)) {
      image.mark(M.BATCHED_SKIP_HWPOISON);
      return 0;
    }
    this.count_miss(folio);
    if (!image.pteNone(addr)) {
      image.mark(M.BATCHED_SKIP_POPULATED);
      return 0;
    }
    vmf.pte = addr;
    this.set_pte_range(folio, folio, 1, addr);
    this.rss++;
    this.run_ref_add(folio, 1);
    return vmf.address === addr ? VM_FAULT_NOPAGE : 0;
  }
}
