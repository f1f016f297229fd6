/** finish_fault() as in 6.12 (mm/memory.c): one entry, or all pages of a large folio of anonymous shmem. */
import {
  FAULT_FLAG_ORIG_PTE_VALID,
  FAULT_FLAG_WRITE,
  FILE_ANON_SHMEM,
  FILE_REGULAR,
  PMD_NONE,
  PMD_TABLE,
  PTRS_PER_PTE,
  VM_FAULT_FALLBACK,
  VM_FAULT_NOPAGE,
  VM_SHARED,
  VM_UFFD_MASK,
} from '../mm/bits.js';
import { MM_ANONPAGES } from '../mm/fields.js';
import * as M from '../mm/marks.js';
import { maxIndex } from '../mm/page_cache.js';
import { DoSetPmd } from './do_set_pmd.js';

export abstract class FinishFault extends DoSetPmd {
  finish_fault(): number {
    const { image, scene, vmf } = this;
    const cow = (vmf.flags & FAULT_FLAG_WRITE) !== 0 && !scene.vma(VM_SHARED);
    const page = cow ? vmf.cowPage : vmf.page;
    image.note('finish_fault', vmf.address, 1);
    const ret = this.try_finish_fault(page, cow, false);
    if (ret !== TRY_ONE_PAGE) return ret;
    image.mark(M.FINISH_FALLBACK);
    return this.try_finish_fault(page, cow, true);
  }

  /** One pass; TRY_ONE_PAGE if an entry in the folio's range is populated and a single entry must do. */
  private try_finish_fault(page: number, cow: boolean, fellBack: boolean): number {
    const { image, vmf } = this;
    const folio = this.page_folio(page);
    const unstable = this.check_stable_address_space();
    if (unstable !== 0) return unstable;
    const needs_fallback = fellBack || this.crosses_i_size(folio, cow);
    if (image.pmdState() === PMD_NONE) {
      if (!needs_fallback && this.folio_test_large(folio)) {
        const ret = this.do_set_pmd(page);
        if (ret !== VM_FAULT_FALLBACK) return ret;
      }
      this.pmd_install();
    }
    const whole = !needs_fallback && this.whole_folio(folio, page);
    const nr = whole ? this.folio_nr_pages(folio) : 1;
    const addr = whole ? vmf.address - (page - folio) : vmf.address;
    this.race_before_lock(true);
    if (image.pmdState() !== PMD_TABLE) return VM_FAULT_NOPAGE;
    vmf.pte = addr;
    if (nr === 1 && this.vmf_pte_changed()) {
      image.mark(M.FINISH_CHANGED);
      image.updateMmuTlbRange(addr, 1);
      return VM_FAULT_NOPAGE;
    }
    if (nr > 1 && !this.pte_range_none(addr, nr)) return this.populated_neighbour(addr, nr);
    this.finish_ref_add(folio, nr);
    this.set_pte_range(folio, whole ? folio : page, nr, addr);
    this.account_rss(cow ? MM_ANONPAGES : this.mm_counter_file(folio), nr);
    image.mark(nr > 1 ? M.FINISH_WHOLE_FOLIO : M.FINISH_ONE);
    return 0;
  }

  /** The caller holds one reference, the other entries need their own; they are taken before the entries exist. */
  protected finish_ref_add(folio: number, nr: number): void {
    this.image.folioRefAdd(folio, nr - 1);
  }

  /** A populated entry in the range of a whole folio: the fault falls back to its own page (34b82f33cf3f). */
  protected populated_neighbour(_addr: number, _nr: number): number {
    return TRY_ONE_PAGE;
  }

  /** Mapping the folio whole would reach beyond i_size; shmem is exempt (74207de2ba10). */
  protected crosses_i_size(folio: number, cow: boolean): boolean {
    if (cow || this.scene.fileKind !== FILE_REGULAR) return false;
    return maxIndex(this.image) < this.folio_next_index(folio);
  }

  /** May finish_fault() map all pages of the folio (43e027e41423)? It must fit into mapping and page table. */
  protected whole_folio(folio: number, page: number): boolean {
    const { image, scene, vmf } = this;
    const nr = this.folio_nr_pages(folio);
    if (nr === 1 || !this.whole_folio_file()) return false;
    if (scene.vma(VM_UFFD_MASK)) {
      image.mark(M.FINISH_UFFD_ARMED);
      return false;
    }
    const idx = page - folio;
    const vma_off = vmf.address - scene.vmaStart;
    const pte_off = vmf.address + scene.ptOffset;
    const fits =
      vma_off >= idx &&
      vma_off + (nr - idx) <= scene.vmaPages &&
      pte_off >= idx &&
      pte_off + (nr - idx) <= PTRS_PER_PTE;
    if (!fits) image.mark(M.FINISH_DOES_NOT_FIT);
    return fits;
  }

  /** vma_is_anon_shmem() */
  protected whole_folio_file(): boolean {
    return this.scene.fileKind === FILE_ANON_SHMEM;
  }

  /** pte_range_none() */
  private pte_range_none(addr: number, nr: number): boolean {
    for (let i = 0; i < nr; i++) if (!this.image.pteNone(addr + i)) return false;
    return true;
  }

  /** vmf_pte_changed(): against the entry that the fault saw, or against none if it saw no page table. */
  private vmf_pte_changed(): boolean {
    const { image, vmf } = this;
    const now = image.pte[vmf.address];
    if ((vmf.flags & FAULT_FLAG_ORIG_PTE_VALID) !== 0) return now !== vmf.origPte;
    return now !== 0;
  }
}

/** Not a vm_fault_t: try_finish_fault() asks for a second pass with one page. */
const TRY_ONE_PAGE = -1;
