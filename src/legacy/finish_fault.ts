/** finish_fault() as in 6.1 (mm/memory.c): always exactly one entry. */
import {
  FAULT_FLAG_ORIG_PTE_VALID,
  FAULT_FLAG_WRITE,
  PMD_HUGE,
  PMD_NONE,
  VM_FAULT_FALLBACK,
  VM_FAULT_NOPAGE,
  VM_SHARED,
} from '../mm/bits.js';
import * as M from '../mm/marks.js';
import { DoSetPmd } from './do_set_pmd.js';

export abstract class FinishFault extends DoSetPmd {
  finish_fault(): number {
    const { image, scene, vmf } = this;
    const cow = (vmf.flags & FAULT_FLAG_WRITE) !== 0 && !scene.vma(VM_SHARED);
    const page = cow ? vmf.cowPage : vmf.page;
    image.note('finish_fault', vmf.address, 1);
    const unstable = this.check_stable_address_space();
    if (unstable !== 0) return unstable;
    if (image.pmdState() === PMD_NONE) {
      if (this.folio_test_large(this.page_folio(page))) {
        const ret = this.do_set_pmd(page);
        if (ret !== VM_FAULT_FALLBACK) return ret;
      }
      this.pmd_install();
    }
    // pmd_devmap_trans_unstable(): the PMD became huge meanwhile
    if (image.pmdState() === PMD_HUGE) return VM_FAULT_NOPAGE;
    this.race_before_lock(true);
    vmf.pte = vmf.address;
    if (this.vmf_pte_changed()) {
      image.mark(M.FINISH_CHANGED);
      image.updateMmuTlbRange(vmf.address, 1);
      return VM_FAULT_NOPAGE;
    }
    this.do_set_pte(page, vmf.address);
    image.updateMmuCacheRange(vmf.address, 1);
    image.mark(M.FINISH_ONE);
    return 0;
  }

  /** vmf_pte_changed(): against the entry that the fault saw, or against none if it saw no page table. */
  protected vmf_pte_changed(): boolean {
    const { image, vmf } = this;
    if ((vmf.flags & FAULT_FLAG_ORIG_PTE_VALID) !== 0) return image.pte[vmf.address] !== vmf.origPte;
    return !image.pteNone(vmf.address);
  }
}
