/**
 * What the handlers of both engines share below do_fault(): the small methods in which revisions differ, page-table
 * installation, and what other threads do at fixed points.
 */
import { PMD_TABLE, VM_FAULT_SIGBUS, VM_SHARED } from './bits.js';
import { I_SIZE, MM_NR_PTES } from './fields.js';
import * as M from './marks.js';
import { evictPoisoned, installRacingEntry } from './other_threads.js';
import { FAIL_UNSTABLE_MM, RACE_ENTRY_BEFORE_AROUND, RACE_ENTRY_BEFORE_FINISH, RACE_I_SIZE } from './scene.js';
import { PteStore } from './set_ptes.js';

export abstract class FaultBase extends PteStore {
  /** Does this kernel run faults under the per-VMA lock (6.4+)? */
  knows_vma_lock(): boolean {
    return false;
  }

  /** vmf_can_call_fault(), 6.6+: without ->map_pages the file's ->fault is not called under the per-VMA lock. */
  protected vmf_can_call_fault(): number {
    return 0;
  }

  /** do_async_mmap_readahead(): does a folio that is locked lower mmap_miss? Not since e338d8353154. */
  protected counts_locked_hit(): boolean {
    return true;
  }

  /** Takes a poisoned page out of all page tables: the whole folio (since 6.8). */
  protected unmap_poisoned(page: number): void {
    const folio = this.page_folio(page);
    for (let i = folio; i < this.folio_next_index(folio); i++) evictPoisoned(this.scene, this.image, i);
  }
  /** Is the page seen to have left its mapping after ->page_mkwrite? 6.12 asks the folio. */
  protected mkwrite_truncated(_page: number): boolean {
    return true;
  }

  /** check_stable_address_space(): VM_FAULT_SIGBUS for private mappings of an unstable mm. */
  protected check_stable_address_space(): number {
    const { image, scene } = this;
    if (scene.vma(VM_SHARED) || (scene.failures & FAIL_UNSTABLE_MM) === 0) return 0;
    image.mark(M.UNSTABLE_MM);
    return VM_FAULT_SIGBUS;
  }

  /** pmd_install(): the preallocated page table goes in. */
  protected pmd_install(): void {
    this.image.setPmd(PMD_TABLE);
    this.image.count(MM_NR_PTES, 1);
    this.vmf.prealloc = false;
    this.image.note('pmd_install', this.vmf.address, 0);
  }

  /** What another thread may do after the first lookup of fault-around: shrink i_size. */
  protected race_after_lookup(): void {
    if (this.scene.race === RACE_I_SIZE) {
      this.image.mark(M.RACE_I_SIZE_SHRINKS);
      this.shrink_i_size(this.scene.raceAt);
    }
  }

  private shrink_i_size(pages: number): void {
    if (this.image.mm[I_SIZE] > pages) this.image.mm[I_SIZE] = pages;
  }

  /** What another thread may do before the page-table lock is taken: install an entry. */
  protected race_before_lock(finish: boolean): void {
    const { scene, image } = this;
    if (scene.race === (finish ? RACE_ENTRY_BEFORE_FINISH : RACE_ENTRY_BEFORE_AROUND)) {
      if (installRacingEntry(scene, image, scene.raceAt)) image.mark(M.RACE_ENTRY);
    }
  }
}
