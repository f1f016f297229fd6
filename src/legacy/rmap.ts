/**
 * Reverse mapping of the per-page kernels: page_add_file_rmap() and page_add_new_anon_rmap() as in 6.1 (mm/rmap.c).
 * There the mapcount field of every subpage includes the PMD mappings of its folio; here entries and PMD mappings are
 * kept apart, and "was not mapped before" asks for both.
 */
import {
  FOLIO_ANON,
  FOLIO_CACHED,
  FOLIO_LRU,
  FOLIO_MLOCKED,
  FOLIO_SWAPBACKED,
  HPAGE_PMD_NR,
  PAGE_ANON_EXCLUSIVE,
} from '../mm/bits.js';
import { FaultHandler } from '../mm/fault.js';
import {
  NR_ANON_MAPPED,
  NR_FILE_MAPPED,
  NR_FILE_PMDMAPPED,
  NR_MLOCK,
  NR_SHMEM_PMDMAPPED,
  UNEVICTABLE_PGMLOCKED,
} from '../mm/fields.js';
import * as M from '../mm/marks.js';

export abstract class LegacyRmap extends FaultHandler {
  /** page_add_file_rmap(page, vma, compound = false) */
  page_add_file_rmap(page: number): void {
    const { image } = this;
    const folio = this.page_folio(page);
    const large = this.folio_test_large(folio);
    if (large && image.folioTest(folio, FOLIO_CACHED)) this.set_double_map(folio);
    const first = this.inc_page_mapcount(folio, page);
    if (first) image.modLruvecState(NR_FILE_MAPPED, 1);
    else image.mark(M.RMAP_NOT_FIRST);
    if (this.vma_mlocks() && !large) {
      image.mark(M.MLOCK_SMALL);
      image.mlockFolio(folio, 1);
    }
  }

  /** Page-table mapping of a page of a large folio (6.1 PG_double_map). */
  protected set_double_map(folio: number): void {
    this.image.setDoubleMap(folio, true);
  }

  /** _mapcount + 1; true if the page was mapped by no entry and by no PMD before. */
  protected inc_page_mapcount(folio: number, page: number): boolean {
    const first = this.image.incPageMapcount(page);
    return first && this.image.entireMapcount(folio) === 0;
  }

  /** page_add_file_rmap(page, vma, compound = true): every subpage's mapcount, then the compound one. */
  page_add_file_rmap_compound(folio: number): void {
    const { image } = this;
    let unmapped = 0;
    if (image.entireMapcount(folio) === 0) {
      for (let page = folio; page < folio + HPAGE_PMD_NR; page++) if (image.pageMapcount(page) === 0) unmapped++;
      const word = image.folioTest(folio, FOLIO_SWAPBACKED) ? NR_SHMEM_PMDMAPPED : NR_FILE_PMDMAPPED;
      image.modLruvecState(word, HPAGE_PMD_NR);
      if (unmapped === HPAGE_PMD_NR) image.setDoubleMap(folio, false);
    }
    image.addEntireMapcount(folio, 1);
    if (unmapped > 0) image.modLruvecState(NR_FILE_MAPPED, unmapped);
    if (this.vma_mlocks()) {
      image.mark(M.MLOCK_PMD);
      image.mlockFolio(folio, HPAGE_PMD_NR);
    }
  }

  /** page_add_new_anon_rmap() for an order-0 page */
  page_add_new_anon_rmap(page: number): void {
    const { image } = this;
    image.folioSet(page, FOLIO_SWAPBACKED | FOLIO_ANON);
    image.incPageMapcount(page);
    image.setPageFlag(page, PAGE_ANON_EXCLUSIVE);
    image.modLruvecState(NR_ANON_MAPPED, 1);
  }

  /** lru_cache_add_inactive_or_unevictable(), per-CPU batches drained */
  lru_cache_add_inactive_or_unevictable(page: number): void {
    const { image } = this;
    if (this.vma_mlocks()) {
      image.mark(M.MLOCK_NEW);
      image.folioSet(page, FOLIO_MLOCKED | FOLIO_LRU);
      image.count(NR_MLOCK, 1);
      image.count(UNEVICTABLE_PGMLOCKED, 1);
    } else {
      image.lruAdd(page);
    }
  }
}
