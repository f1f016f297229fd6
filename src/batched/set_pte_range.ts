/** set_pte_range() (mm/memory.c, 6.12): the decisions of do_set_pte(), made once for a run of pages of one folio. */
import { ASSERT_COW_NR } from '../mm/assertions.js';
import {
  FAULT_FLAG_ORIG_PTE_VALID,
  FAULT_FLAG_WRITE,
  PTE_DIRTY,
  PTE_MARKER_UFFD_WP,
  PTE_SOFT_DIRTY,
  PTE_UFFD_WP,
  PTE_WRITE,
  PTE_YOUNG,
  VM_SHARED,
  VM_UFFD_WP,
  VM_WRITE,
} from '../mm/bits.js';
import * as M from '../mm/marks.js';
import { BatchedRmap } from './rmap.js';

export abstract class SetPteRange extends BatchedRmap {
  /** in_range(vmf->address, addr, nr * PAGE_SIZE): does the run hold the faulting page? */
  protected in_run(addr: number, nr: number): boolean {
    const address = this.vmf.address;
    return address >= addr && address < addr + nr;
  }

  /** Is the run prefaulted, that is, not the one that the access waits for? */
  protected prefault(addr: number, nr: number): boolean {
    return !this.in_run(addr, nr);
  }

  /** vmf_orig_pte_uffd_wp() */
  protected vmf_orig_pte_uffd_wp(): boolean {
    const { scene, vmf } = this;
    if (!scene.vma(VM_UFFD_WP) || (vmf.flags & FAULT_FLAG_ORIG_PTE_VALID) === 0) return false;
    return (vmf.origPte & PTE_MARKER_UFFD_WP) !== 0;
  }

  /** Maps `nr` pages of `folio` from `page` on at slots [addr, addr + nr). RSS is the callers' business. */
  set_pte_range(folio: number, page: number, nr: number, addr: number): void {
    const { image, scene, vmf } = this;
    const write = (vmf.flags & FAULT_FLAG_WRITE) !== 0;
    const prefault = this.prefault(addr, nr);
    image.note('set_pte_range', addr, nr);
    image.flushIcachePages(addr, nr);
    let entry = scene.pageProt();
    if (prefault && scene.arch.wantsOldPrefaultedPte) entry &= ~PTE_YOUNG;
    else if (scene.arch.swMkyoung) entry |= PTE_YOUNG;
    if (write) {
      entry |= PTE_DIRTY;
      if (scene.arch.softDirty) entry |= PTE_SOFT_DIRTY;
      if (scene.vma(VM_WRITE)) entry |= PTE_WRITE;
    }
    if (this.vmf_orig_pte_uffd_wp()) {
      image.mark(M.BATCHED_UFFD_WP);
      entry = this.pte_mkuffd_wp(entry);
    }
    if (write && !scene.vma(VM_SHARED)) {
      if (nr !== 1) image.assertion(ASSERT_COW_NR);
      this.folio_add_new_anon_rmap(folio);
      this.folio_add_lru_vma(folio);
    } else {
      this.folio_add_file_rmap_ptes(folio, page, nr);
    }
    this.set_ptes(addr, entry, page, nr);
    this.update_mmu_cache_range(addr, nr);
  }

  /** pte_mkuffd_wp() write-protects as well (6.4 and later). */
  protected pte_mkuffd_wp(entry: number): number {
    return (entry & ~PTE_WRITE) | PTE_UFFD_WP;
  }

  protected update_mmu_cache_range(addr: number, nr: number): void {
    this.image.updateMmuCacheRange(addr, nr);
  }

  /** Where the callers account resident pages: after the entries exist, once. */
  protected account_rss(word: number, pages: number): void {
    this.image.addMmCounter(word, pages);
  }
}
