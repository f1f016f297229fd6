/** do_set_pte() of the per-page kernels (mm/memory.c, 6.1): one entry, every decision made for this page alone. */
import {
  FAULT_FLAG_WRITE,
  PTE_DIRTY,
  PTE_MARKER_UFFD_WP,
  PTE_SOFT_DIRTY,
  PTE_UFFD_WP,
  PTE_WRITE,
  PTE_YOUNG,
  VM_SHARED,
  VM_WRITE,
} from '../mm/bits.js';
import { MM_ANONPAGES } from '../mm/fields.js';
import * as M from '../mm/marks.js';
import { LegacyRmap } from './rmap.js';

export abstract class DoSetPte extends LegacyRmap {
  /** Maps `page` at slot `addr`. The caller holds the page-table lock and calls update_mmu_cache() afterwards. */
  do_set_pte(page: number, addr: number): void {
    const { image, scene, vmf } = this;
    const uffd_wp = this.orig_pte_uffd_wp();
    const write = (vmf.flags & FAULT_FLAG_WRITE) !== 0;
    const prefault = vmf.address !== addr;
    image.note('do_set_pte', addr, 1);
    image.flushIcachePages(addr, 1);
    let entry = scene.pageProt();
    if (prefault && scene.arch.wantsOldPrefaultedPte) entry &= ~PTE_YOUNG;
    else if (scene.arch.swMkyoung) entry |= PTE_YOUNG;
    if (write) {
      entry |= PTE_DIRTY;
      if (scene.arch.softDirty) entry |= PTE_SOFT_DIRTY;
      if (scene.vma(VM_WRITE)) entry |= PTE_WRITE;
    }
    if (uffd_wp) {
      image.mark(M.LEGACY_UFFD_WP);
      entry = (entry & ~PTE_WRITE) | PTE_UFFD_WP;
    }
    if (write && !scene.vma(VM_SHARED)) {
      image.addMmCounter(MM_ANONPAGES, 1);
      this.page_add_new_anon_rmap(page);
      this.lru_cache_add_inactive_or_unevictable(page);
    } else {
      image.addMmCounter(this.mm_counter_file(this.page_folio(page)), 1);
      this.page_add_file_rmap(page);
    }
    this.set_ptes(addr, entry, page, 1);
  }

  /** pte_marker_uffd_wp(vmf->orig_pte) */
  protected orig_pte_uffd_wp(): boolean {
    return (this.vmf.origPte & PTE_MARKER_UFFD_WP) !== 0;
  }

  /** 6.1 keeps PG_arch_1 on the page. */
  override sync_icache(page: number, nr: number): void {
    this.image.markDcacheClean(page, nr);
  }
}
