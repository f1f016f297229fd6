/**
 * Reverse mapping of ranges: folio_add_file_rmap_ptes(), folio_add_file_rmap_pmd(), folio_add_new_anon_rmap() (6.12).
 */
import { ASSERT_RMAP_RANGE } from '../mm/assertions.js';
import {
  ENTIRELY_MAPPED,
  FOLIO_ANON,
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

export abstract class BatchedRmap extends FaultHandler {
  /** folio_add_file_rmap_ptes(): `nr` pages from `page` on get one more entry each. */
  folio_add_file_rmap_ptes(folio: number, page: number, nr: number): void {
    const { image } = this;
    if (page < folio || page + nr > this.folio_next_index(folio) || nr < 1) image.assertion(ASSERT_RMAP_RANGE);
    if (!this.folio_test_large(folio)) {
      if (image.incPageMapcount(page)) image.modLruvecState(NR_FILE_MAPPED, 1);
      else image.mark(M.RMAP_NOT_FIRST);
      this.mlock_vma_folio(folio, nr);
      return;
    }
    const newly = this.count_newly_mapped(folio, page, nr);
    this.add_large_mapcount(folio, nr);
    if (newly > 0) image.modLruvecState(NR_FILE_MAPPED, newly);
    else image.mark(M.RMAP_NOT_FIRST);
    this.mlock_vma_folio(folio, nr);
  }

  /** Pages of the range that went from unmapped to mapped: none while a PMD maps the folio entirely. */
  protected count_newly_mapped(folio: number, page: number, nr: number): number {
    const { image } = this;
    let first = 0;
    for (let i = 0; i < nr; i++) if (image.incPageMapcount(page + i)) first++;
    if (first === 0) return 0;
    if (image.addNrPagesMapped(folio, first) < ENTIRELY_MAPPED) return first;
    image.mark(M.RMAP_ENTIRELY_MAPPED);
    return 0;
  }

  /** _large_mapcount, 6.10 and later */
  protected add_large_mapcount(folio: number, nr: number): void {
    this.image.addLargeMapcount(folio, nr);
  }

  /** The mlock rule of the file rmap: small folios alone. */
  protected mlock_vma_folio(folio: number, _nr: number): void {
    if (!this.vma_mlocks() || this.folio_test_large(folio)) return;
    this.image.mark(M.MLOCK_SMALL);
    this.image.mlockFolio(folio, 1);
  }

  /** folio_add_file_rmap_pmd() */
  folio_add_file_rmap_pmd(folio: number): void {
    const { image } = this;
    let unmapped = 0;
    if (image.entireMapcount(folio) === 0) {
      for (let page = folio; page < folio + HPAGE_PMD_NR; page++) if (image.pageMapcount(page) === 0) unmapped++;
      image.addNrPagesMapped(folio, ENTIRELY_MAPPED);
      this.mod_pmdmapped(image.folioTest(folio, FOLIO_SWAPBACKED) ? NR_SHMEM_PMDMAPPED : NR_FILE_PMDMAPPED);
    }
    image.addEntireMapcount(folio, 1);
    this.add_large_mapcount(folio, 1);
    if (unmapped > 0) image.modLruvecState(NR_FILE_MAPPED, unmapped);
    this.mlock_pmd(folio);
  }

  /** NR_*_PMDMAPPED is kept for the node alone since 6.10. */
  protected mod_pmdmapped(word: number): void {
    this.image.modNodeState(word, HPAGE_PMD_NR);
  }

  /** PMD mappings of file folios are not mlocked when they are made (6.7 and later). */
  protected mlock_pmd(_folio: number): void {}

  /** folio_add_new_anon_rmap(folio, vma, addr, RMAP_EXCLUSIVE) for order 0 */
  folio_add_new_anon_rmap(folio: number): void {
    const { image } = this;
    image.folioSet(folio, FOLIO_SWAPBACKED | FOLIO_ANON);
    image.incPageMapcount(folio);
    image.setPageFlag(folio, PAGE_ANON_EXCLUSIVE);
    image.modLruvecState(NR_ANON_MAPPED, 1);
  }

  /** folio_add_lru_vma(), per-CPU batches drained */
  folio_add_lru_vma(folio: number): void {
    const { image } = this;
    if (!this.vma_mlocks()) {
      image.lruAdd(folio);
      return;
    }
    image.mark(M.MLOCK_NEW);
    image.folioSet(folio, FOLIO_MLOCKED | FOLIO_LRU);
    image.count(NR_MLOCK, 1);
    image.count(UNEVICTABLE_PGMLOCKED, 1);
  }
}
