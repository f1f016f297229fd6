/** do_set_pmd() and filemap_map_pmd() as in 6.1 (mm/memory.c, mm/filemap.c). */
import {
  FAULT_FLAG_WRITE,
  FOLIO_HAS_HWPOISONED,
  HPAGE_PMD_NR,
  HPAGE_PMD_ORDER,
  PMD_DIRTY,
  PMD_HUGE,
  PMD_NONE,
  PMD_WRITE,
  PMD_YOUNG,
  PTE_EXEC,
  PTE_WRITE,
  PTE_YOUNG,
  VM_FAULT_FALLBACK,
  VM_WRITE,
} from '../mm/bits.js';
import { THP_FILE_MAPPED } from '../mm/fields.js';
import * as M from '../mm/marks.js';
import { DoSetPte } from './do_set_pte.js';

export abstract class DoSetPmd extends DoSetPte {
  /** transhuge_vma_suitable(): the mapping holds the aligned range, at an offset that matches the file's. */
  protected transhuge_vma_suitable(): boolean {
    const { scene } = this;
    if (((scene.ptOffset - scene.shift) & (HPAGE_PMD_NR - 1)) !== 0) return false;
    return scene.vmaStart + scene.ptOffset <= 0 && scene.vmaEnd() + scene.ptOffset >= HPAGE_PMD_NR;
  }

  /** Maps the folio of `page` by PMD; VM_FAULT_FALLBACK where that is not possible. */
  do_set_pmd(page: number): number {
    const { image, scene, vmf } = this;
    const folio = this.page_folio(page);
    if (!this.transhuge_vma_suitable()) return VM_FAULT_FALLBACK;
    if (this.folio_nr_pages(folio) !== 1 << HPAGE_PMD_ORDER) return VM_FAULT_FALLBACK;
    if (image.folioTest(folio, FOLIO_HAS_HWPOISONED)) {
      image.mark(M.PMD_HWPOISON);
      return VM_FAULT_FALLBACK;
    }
    if (image.pmdState() !== PMD_NONE) return VM_FAULT_FALLBACK;
    image.note('do_set_pmd', 0, HPAGE_PMD_NR);
    for (let i = 0; i < HPAGE_PMD_NR; i++) image.flushIcachePages(i, 1);
    const prot = scene.pageProt();
    let entry = PMD_HUGE | ((prot & PTE_YOUNG) !== 0 ? PMD_YOUNG : 0) | ((prot & PTE_WRITE) !== 0 ? PMD_WRITE : 0);
    if ((vmf.flags & FAULT_FLAG_WRITE) !== 0) {
      entry |= PMD_DIRTY;
      if (scene.vma(VM_WRITE)) entry |= PMD_WRITE;
    }
    image.addMmCounter(this.mm_counter_file(folio), HPAGE_PMD_NR);
    this.page_add_file_rmap_compound(folio);
    // set_pmd_at() goes by the PMD's page, and PG_arch_1 is the page's: the others stay as they are.
    if (scene.arch.dcacheCleanFlag && (prot & PTE_EXEC) !== 0) image.markDcacheClean(folio, 1);
    image.setPmd(entry);
    image.updateMmuCacheRange(0, HPAGE_PMD_NR);
    image.count(THP_FILE_MAPPED, 1);
    image.mark(M.PMD_MAPPED);
    return 0;
  }

  /** filemap_map_pmd(): true if the fault is handled and `folio` was given back. */
  filemap_map_pmd(folio: number): boolean {
    const { image, vmf } = this;
    if (image.pmdState() === PMD_HUGE) {
      image.mark(M.PMD_ALREADY);
      image.folioUnlock(folio);
      image.folioPut(folio);
      return true;
    }
    if (image.pmdState() === PMD_NONE && this.folio_test_large(folio)) {
      if (this.do_set_pmd(folio) === 0) {
        image.folioUnlock(folio);
        return true;
      }
    }
    if (image.pmdState() === PMD_NONE && vmf.prealloc) this.pmd_install();
    return false;
  }
}
