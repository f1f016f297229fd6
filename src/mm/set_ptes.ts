/**
 * What both engines need to store entries: set_ptes() of the architecture, instruction-cache synchronisation inside it,
 * and the counter a page belongs to. Below the class that handles faults, so that the setters can stand on it.
 */
import { ASSERT_SET_PTES_NONE } from './assertions.js';
import { FOLIO_SWAPBACKED, PTE_EXEC } from './bits.js';
import { contpteApplies, contpteBit, contpteTryFold, contpteTryUnfold } from './contpte.js';
import { MM_FILEPAGES, MM_SHMEMPAGES } from './fields.js';
import type { Image } from './image.js';
import * as M from './marks.js';
import type { Scene } from './scene.js';
import { VmFault } from './vm_fault.js';

export abstract class PteStore {
  readonly vmf = new VmFault();

  constructor(
    readonly scene: Scene,
    readonly image: Image,
  ) {}

  /** First page of the folio that `page` belongs to (page_folio()). */
  page_folio(page: number): number {
    return this.scene.headOf[page];
  }

  folio_nr_pages(folio: number): number {
    return this.scene.folioPages[folio];
  }

  folio_test_large(folio: number): boolean {
    return this.scene.folioPages[folio] > 1;
  }

  folio_next_index(folio: number): number {
    return folio + this.scene.folioPages[folio];
  }

  /** mm_counter_file(): the RSS counter of a file page. */
  mm_counter_file(folio: number): number {
    return this.image.folioTest(folio, FOLIO_SWAPBACKED) ? MM_SHMEMPAGES : MM_FILEPAGES;
  }

  /** The mlock rule's mapping half: locked and not special. */
  vma_mlocks(): boolean {
    return this.scene.mlocks();
  }

  /** Page frame of entry `i` of a set_ptes() call: pte_advance_pfn(). */
  pte_advance_pfn(_flags: number, pfn: number, i: number): number {
    return pfn + i;
  }

  /** Is the contiguous-PTE logic in charge of this value? */
  contpte_applies(flags: number): boolean {
    return contpteApplies(this.scene, flags);
  }

  /**
   * Does contpte_ptep_set_access_flags() find the bits set, and nothing to be done? The fault says that they are not:
   * the entry itself lacks one, whatever ptep_get() gathers over its block.
   */
  contpte_access_flags_set(_slot: number, _bits: number): boolean {
    return false;
  }

  /**
   * The data cache of executable pages is made coherent inside set_pte(s), once for each flag holder: from 6.6 on the
   * folio carries PG_arch_1. `page` is the first page that is mapped.
   */
  sync_icache(page: number, _nr: number): void {
    const folio = this.page_folio(page);
    this.image.markDcacheClean(folio, this.folio_nr_pages(folio));
  }

  /**
   * set_ptes(): stores `nr` entries from slot `addr` on that differ in their page frame alone.
   * Contract (include/linux/pgtable.h): with nr > 1 the old entries are not present and the pages are of one folio.
   */
  set_ptes(addr: number, flags: number, page: number, nr: number): void {
    const { image, scene } = this;
    const arch = scene.arch;
    image.countSetPtes();
    image.note('set_ptes', addr, nr);
    if (arch.dcacheCleanFlag && (flags & PTE_EXEC) !== 0) this.sync_icache(page, nr);
    const pfn = scene.pfnOf(page);
    if (arch.contPtes !== 0 && this.contpte_applies(flags)) {
      this.contpte_set_ptes(addr, flags, pfn, nr);
      return;
    }
    if (nr === 1) {
      image.writePte(addr, flags, pfn);
      return;
    }
    for (let i = 0; i < nr; i++) {
      if (!image.pteNone(addr + i)) image.assertion(ASSERT_SET_PTES_NONE);
      image.writePte(addr + i, flags, this.pte_advance_pfn(flags, pfn, i));
    }
  }

  private contpte_set_ptes(addr: number, flags: number, pfn: number, nr: number): void {
    const { image, scene } = this;
    if (nr === 1) {
      contpteTryUnfold(scene, image, addr);
      image.writePte(addr, flags, pfn);
      contpteTryFold(scene, image, addr);
      return;
    }
    for (let i = 0; i < nr; i++) {
      if (!image.pteNone(addr + i)) image.assertion(ASSERT_SET_PTES_NONE);
      const cont = contpteBit(scene, flags, addr, pfn, nr, addr + i);
      if (cont !== 0) image.mark(M.CONTPTE_BLOCK);
      image.writePte(addr + i, flags | cont, this.pte_advance_pfn(flags, pfn, i));
    }
  }
}
