/** What both engines of the sketch share: dispatch of a fault, lookup in the page cache, ->fault and finish_fault(). */
import * as B from './bits.js';
import type { Mm } from './mm.js';
import type { Scenario } from './scenario.js';

export abstract class FaultHandler {
  constructor(
    readonly mm: Mm,
    protected readonly scenario: Scenario,
  ) {}

  /** Maps what it can of the file indexes [start, end]; VM_FAULT_NOPAGE if the fault is handled. */
  protected abstract mapPages(start: number, end: number): number;
  /** Installs one page at the fault. */
  protected abstract mapOne(page: number): void;

  /** Handles the scenario's fault; returns the vm_fault_t. */
  handle(): number {
    const { scenario, mm } = this;
    const isWrite = (scenario.faultFlags & B.FAULT_WRITE) !== 0;
    if (!isWrite && scenario.faultAround > 1 && (scenario.vmaFlags & B.VM_UFFD_WP) === 0) {
      const ret = this.doFaultAround();
      if (ret !== 0) return ret;
    }
    return this.isCow() ? this.finishFault(mm.cowPage) : this.fileFault();
  }

  private doFaultAround(): number {
    const { scenario } = this;
    const window = scenario.faultAround;
    const from = Math.max(scenario.faultSlot & -window, scenario.vmaStart);
    const to = Math.min(from + window, scenario.slots, scenario.vmaStart + scenario.vmaPages) - 1;
    const toIndex = scenario.vmaPgoff - scenario.vmaStart;
    return this.mapPages(from + toIndex, to + toIndex);
  }

  private fileFault(): number {
    const { scenario, mm } = this;
    const index = scenario.vmaPgoff + scenario.faultSlot - scenario.vmaStart;
    if (index >= scenario.iSizePages) return B.VM_FAULT_SIGBUS;
    const folio = scenario.headOf[index];
    if (folio < 0 || !mm.folioTest(folio, B.FOLIO_UPTODATE)) return B.VM_FAULT_RETRY;
    if (mm.folioTest(folio, B.FOLIO_LOCKED)) return B.VM_FAULT_RETRY;
    if (mm.pageTest(index, B.PAGE_HWPOISON)) return B.VM_FAULT_HWPOISON;
    mm.folioRef(folio, 1);
    mm.folioSet(folio, B.FOLIO_LOCKED);
    const ret = this.finishFault(index);
    mm.folioClear(folio, B.FOLIO_LOCKED);
    if (ret !== 0) mm.folioRef(folio, -1);
    return ret;
  }

  private finishFault(page: number): number {
    const { scenario, mm } = this;
    const slot = scenario.faultSlot;
    const expected = (scenario.faultFlags & B.FAULT_ORIG_PTE_MARKER) !== 0 ? B.PTE_MARKER_UFFD_WP : 0;
    if (mm.pteFlags[slot] !== expected || mm.ptePfn[slot] !== 0) {
      mm.count(B.NR_TLB_UPDATE, 1);
      return B.VM_FAULT_NOPAGE;
    }
    this.mapOne(page);
    return 0;
  }

  /** next_uptodate_folio(): the first mappable file index in [index, end], its folio locked and referenced; or -1. */
  protected nextUptodate(first: number, end: number): number {
    const { scenario, mm } = this;
    const wanted = B.FOLIO_UPTODATE;
    const examined = B.FOLIO_LOCKED | B.FOLIO_UPTODATE | B.FOLIO_READAHEAD;
    let index = first;
    while (index <= end) {
      const folio = scenario.headOf[index];
      if (folio < 0) {
        index++;
        continue;
      }
      const usable = (mm.folioFlags[folio] & examined) === wanted && mm.refcount[folio] > 0;
      if (usable && index < scenario.iSizePages) {
        mm.folioRef(folio, 1);
        mm.folioSet(folio, B.FOLIO_LOCKED);
        return index;
      }
      index = folio + scenario.folioPages[folio];
    }
    return -1;
  }

  protected pteEntry(prefault: boolean): number {
    const { scenario } = this;
    let entry = B.PTE_PRESENT | B.PTE_USER;
    if (!(prefault && scenario.archWantsOld)) entry |= B.PTE_YOUNG;
    if ((scenario.faultFlags & B.FAULT_WRITE) !== 0) {
      entry |= B.PTE_DIRTY;
      if ((scenario.vmaFlags & B.VM_WRITE) !== 0) entry |= B.PTE_WRITE;
    }
    if ((scenario.faultFlags & B.FAULT_ORIG_PTE_MARKER) !== 0 && (scenario.vmaFlags & B.VM_UFFD_WP) !== 0) {
      entry = (entry & ~B.PTE_WRITE) | B.PTE_UFFD_WP;
    }
    return entry;
  }

  protected isCow(): boolean {
    const { scenario } = this;
    return (scenario.faultFlags & B.FAULT_WRITE) !== 0 && (scenario.vmaFlags & B.VM_SHARED) === 0;
  }

  /** The counter of resident pages that a page of the folio belongs to. */
  protected rssCounter(folio: number): number {
    return this.mm.folioTest(folio, B.FOLIO_SWAPBACKED) ? B.MM_SHMEM : B.MM_FILE;
  }

  protected addNewAnonRmap(page: number): void {
    const { mm } = this;
    mm.folioSet(page, B.FOLIO_SWAPBACKED | B.FOLIO_ANON | B.FOLIO_LRU);
    mm.mapcount[page] = 0;
    mm.pageFlags[page] |= B.PAGE_ANON_EXCLUSIVE;
    mm.count(B.NR_ANON_MAPPED, 1);
    mm.count(B.NR_LRU_ADD, 1);
  }

  protected mlockIfSmall(folio: number): void {
    const { mm } = this;
    if ((this.scenario.vmaFlags & B.VM_LOCKED) === 0 || mm.folioTest(folio, B.FOLIO_LARGE | B.FOLIO_MLOCKED)) return;
    mm.folioSet(folio, B.FOLIO_MLOCKED);
    mm.count(B.NR_MLOCK, 1);
  }
}
