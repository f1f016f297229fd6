/** filemap_map_pages() (mm/filemap.c, 6.12): fault-around folio by folio. */
import { FAULT_FLAG_VMA_LOCK, FILE_REGULAR, PMD_TABLE, VM_FAULT_NOPAGE, VM_FAULT_RETRY } from '../mm/bits.js';
import { MMAP_MISS } from '../mm/fields.js';
import * as M from '../mm/marks.js';
import { fileEnd, nextUptodateFolio } from '../mm/page_cache.js';
import { FilemapMapFolioRange } from './filemap_map_folio_range.js';

export class BatchedEngine extends FilemapMapFolioRange {
  override knows_vma_lock(): boolean {
    return true;
  }

  protected override vmf_can_call_fault(): number {
    if (this.scene.hasMapPages || (this.vmf.flags & FAULT_FLAG_VMA_LOCK) === 0) return 0;
    this.image.mark(M.VMA_LOCK_RETRY);
    return VM_FAULT_RETRY;
  }

  /** Maps what is usable in [start, end] (indexes); VM_FAULT_NOPAGE if the faulting page was mapped. */
  filemap_map_pages(start: number, end: number): number {
    const { image, scene } = this;
    image.note('filemap_map_pages', start - scene.shift, end - start + 1);
    this.rss = 0;
    this.mmap_miss = 0;
    const ret = this.map_window(start, end);
    this.vmf.pte = this.vmf.address;
    this.write_mmap_miss();
    return ret;
  }

  /** The misses are taken from the value at the end, never below zero (c8be03806738). */
  protected write_mmap_miss(): void {
    const { mm } = this.image;
    if (this.mmap_miss > mm[MMAP_MISS]) this.image.mark(M.BATCHED_MMAP_MISS_FLOOR);
    mm[MMAP_MISS] = Math.max(0, mm[MMAP_MISS] - this.mmap_miss);
  }

  protected map_window(start: number, end: number): number {
    const { image, scene } = this;
    const lookup = this.clamp_before_lookup(end);
    const index = nextUptodateFolio(scene, image, start, lookup);
    if (index < 0) return 0;
    const folio = this.page_folio(index);
    if (this.map_by_pmd(folio)) return VM_FAULT_NOPAGE;
    this.race_after_lookup();
    this.race_before_lock(false);
    if (image.pmdState() !== PMD_TABLE) {
      image.mark(M.AROUND_NO_PAGE_TABLE);
      image.folioUnlock(folio);
      image.folioPut(folio);
      return 0;
    }
    const last = this.clamp_after_lock(lookup);
    const type = this.mm_counter_file(folio);
    const ret = this.map_folios(index, last);
    this.account_rss(type, this.rss);
    return ret;
  }

  /** Nothing beyond i_size is looked up, so that a concurrent truncation cannot turn the range around. */
  protected clamp_before_lookup(end: number): number {
    const limit = fileEnd(this.scene, this.image);
    if (limit >= end) return end;
    this.image.mark(M.BATCHED_I_SIZE_CLAMP);
    return limit;
  }

  protected clamp_after_lock(end: number): number {
    return end;
  }

  /** filemap_map_pmd() with the rule that no PMD reaches across i_size. */
  protected map_by_pmd(folio: number): boolean {
    if (this.can_map_large(folio)) return this.filemap_map_pmd(folio, true);
    this.image.mark(M.PMD_I_SIZE);
    return this.refuse_large(folio);
  }

  /** Does i_size let the folio be mapped by PMD? Shmem is exempt. */
  protected can_map_large(folio: number): boolean {
    const { image, scene } = this;
    return scene.fileKind !== FILE_REGULAR || fileEnd(scene, image) >= this.folio_next_index(folio) - 1;
  }

  /** Of filemap_map_pmd() what has to do with i_size is left out; a missing page table is installed all the same. */
  protected refuse_large(folio: number): boolean {
    return this.filemap_map_pmd(folio, false);
  }

  private map_folios(first: number, last: number): number {
    const { image } = this;
    let index = first;
    let ret = 0;
    do {
      const folio = this.page_folio(index);
      ret |= this.map_folio(folio, index, last);
      image.folioUnlock(folio);
      this.lookup_put(folio);
      index = this.next_folio(folio, last);
    } while (index >= 0);
    return ret === 0 ? 0 : VM_FAULT_NOPAGE;
  }

  /** The folio that follows in the window. */
  protected next_folio(folio: number, last: number): number {
    return nextUptodateFolio(this.scene, this.image, this.folio_next_index(folio), last);
  }

  /** The lookup's reference always goes; each entry has its own. */
  protected lookup_put(folio: number): void {
    this.image.folioPut(folio);
  }

  /** The part of one folio that lies in the window, from `index` on. */
  protected map_folio(folio: number, index: number, last: number): number {
    const addr = index - this.scene.shift;
    const nr_pages = this.pages_in_window(folio, index, last);
    if (!this.folio_test_large(folio)) return this.filemap_map_order0_folio(folio, addr);
    return this.filemap_map_folio_range(folio, index, addr, nr_pages);
  }

  protected pages_in_window(folio: number, index: number, last: number): number {
    return Math.min(this.folio_next_index(folio) - 1, last) - index + 1;
  }
}
