/** filemap_map_pages() as in 6.1 (mm/filemap.c): fault-around page by page. */
import { PMD_TABLE, VM_FAULT_NOPAGE } from '../mm/bits.js';
import { MMAP_MISS } from '../mm/fields.js';
import * as M from '../mm/marks.js';
import { evictPoisoned } from '../mm/other_threads.js';
import { fileEnd, nextUptodateFolio, pageHwpoison } from '../mm/page_cache.js';
import { FinishFault } from './finish_fault.js';

export class LegacyEngine extends FinishFault {
  /** 6.1 takes one index out of the page tables; the index field of a tail page is not maintained. */
  protected override unmap_poisoned(page: number): void {
    if (this.page_folio(page) === page) evictPoisoned(this.scene, this.image, page);
    else this.image.mark(M.POISONED_TAIL);
  }

  /** 6.1 asks the mapping field of the page, which is never NULL for a tail page. */
  protected override mkwrite_truncated(page: number): boolean {
    return this.page_folio(page) === page;
  }

  /** mmap_miss while the loop runs */
  private mmap_miss = 0;

  filemap_map_pages(start: number, end: number): number {
    const { image, scene, vmf } = this;
    image.note('filemap_map_pages', start - scene.shift, end - start + 1);
    this.mmap_miss = image.mm[MMAP_MISS];
    const ret = this.map_window(start, end);
    image.mm[MMAP_MISS] = this.mmap_miss;
    vmf.pte = vmf.address;
    return ret;
  }

  private map_window(start: number, end: number): number {
    const { image, scene } = this;
    let index = nextUptodateFolio(scene, image, start, end);
    if (index < 0) return 0;
    if (this.filemap_map_pmd(this.page_folio(index))) return VM_FAULT_NOPAGE;
    this.race_after_lookup();
    this.race_before_lock(false);
    if (image.pmdState() !== PMD_TABLE) {
      // 6.5+: pte_offset_map_lock() finds no page table
      const folio = this.page_folio(index);
      image.folioUnlock(folio);
      image.folioPut(folio);
      return 0;
    }
    const last = this.clamp_after_lock(end);
    let ret = 0;
    do {
      const folio = this.page_folio(index);
      const next = this.folio_next_index(folio);
      if (this.map_folio(folio, index, last)) ret = VM_FAULT_NOPAGE;
      index = nextUptodateFolio(scene, image, next, last);
    } while (index >= 0);
    return ret;
  }

  /** Nothing beyond i_size is mapped (6.1.159 and later). */
  protected clamp_after_lock(end: number): number {
    const last = Math.min(end, fileEnd(this.scene, this.image));
    if (last < end) this.image.mark(M.LEGACY_I_SIZE_CLAMP);
    return last;
  }

  /**
   * The pages of one locked folio from `index` on. The lookup's reference becomes the first mapped page's, each further
   * mapped page takes its own before the next is looked at.
   * @returns true if the faulting page was mapped
   */
  private map_folio(folio: number, first: number, last: number): boolean {
    const { image } = this;
    const stop = Math.min(this.folio_next_index(folio) - 1, last);
    let handled = false;
    let index = first;
    for (;;) {
      const mapped = this.map_page(index);
      if (mapped && index - this.scene.shift === this.vmf.address) handled = true;
      const more = index < stop;
      if (!more) {
        image.folioUnlock(folio);
        if (!mapped) image.folioPut(folio);
        return handled;
      }
      if (mapped) image.folioRefAdd(folio, 1);
      index++;
    }
  }

  /** One page: poisoned and populated ones are skipped, the miss counter falls for every page that is not poisoned. */
  private map_page(index: number): boolean {
    const { image, scene, vmf } = this;
    if (pageHwpoison(scene, image, index)) {
      image.mark(M.LEGACY_SKIP_HWPOISON);
      return false;
    }
    if (this.mmap_miss > 0) this.mmap_miss--;
    else image.mark(M.LEGACY_MMAP_MISS_FLOOR);
    const addr = index - scene.shift;
    vmf.pte = addr;
    if (!image.pteNone(addr)) {
      image.mark(M.LEGACY_SKIP_POPULATED);
      return false;
    }
    this.do_set_pte(index, addr);
    image.updateMmuCacheRange(addr, 1);
    return true;
  }
}
