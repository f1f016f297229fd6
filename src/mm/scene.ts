/**
 * The immutable inputs of one case: mapping, file, page cache geometry, kernel configuration, planned failures and
 * races. Both engines read the same scene; what a fault may change is in the image.
 *
 * Two index spaces, both in pages: a *slot* is a position in the page table (slot 0 is entry `ptOffset` of it), an
 * *index* is a position in the file (index 0 is file page `fileBase`). Page `index` of the file lies under slot
 * `index - shift`. A page is named by its index, a folio by the index of its first page.
 */

import type { Architecture } from './arch/architecture.js';
import { architecture } from './arch/index.js';
import {
  COW_PAGES,
  FILE_REGULAR,
  PTE_EXEC,
  PTE_PRESENT,
  PTE_PROTNONE,
  PTE_USER,
  PTE_WRITE,
  PTE_YOUNG,
  VM_EXEC,
  VM_LOCKED,
  VM_PROTNONE,
  VM_SHARED,
  VM_SPECIAL,
  VM_UFFD_WP,
  VM_WRITE,
} from './bits.js';

/** Where the paths may fail, one at a time or together. */
export const FAIL_PTE_ALLOC = 1 << 0;
export const FAIL_COW_ALLOC = 1 << 1;
export const FAIL_ANON_VMA = 1 << 2;
/** the address space is unstable: MMF_UNSTABLE */
export const FAIL_UNSTABLE_MM = 1 << 3;
/** ->fault returns VM_FAULT_RETRY without taking a page */
export const FAIL_FAULT_RETRY = 1 << 4;
/** ->fault of a private write returns VM_FAULT_DONE_COW */
export const FAIL_DONE_COW = 1 << 5;

/** What ->page_mkwrite does. */
export const MKWRITE_NONE = 0;
/** returns VM_FAULT_LOCKED */
export const MKWRITE_LOCKED = 1;
/** returns 0, the page stays valid: the caller locks it again */
export const MKWRITE_UNLOCKED = 2;
/** returns VM_FAULT_SIGBUS */
export const MKWRITE_SIGBUS = 3;
/** returns VM_FAULT_NOPAGE */
export const MKWRITE_NOPAGE = 4;
/** returns 0, the folio was truncated meanwhile */
export const MKWRITE_TRUNCATED = 5;

/** Deterministic races: what another thread does at a fixed point. */
export const RACE_NONE = 0;
/** a PTE is installed before fault-around takes the page-table lock */
export const RACE_ENTRY_BEFORE_AROUND = 1;
/** a PTE is installed before finish_fault takes the page-table lock */
export const RACE_ENTRY_BEFORE_FINISH = 2;
/** i_size shrinks after the first folio was looked up */
export const RACE_I_SIZE = 3;
/** the page-cache entry is another one when the lookup reads it again */
export const RACE_FOLIO_REPLACED = 4;
/** another thread takes the folio lock after the lookup tested it */
export const RACE_FOLIO_LOCKED = 5;
/** the folio left the mapping before its lock was taken */
export const RACE_FOLIO_TRUNCATED = 6;
/** the folio is no longer uptodate when its lock has been taken */
export const RACE_FOLIO_NOT_UPTODATE = 7;

export class Scene {
  arch: Architecture = architecture('x86-64');
  /** fault_around_bytes >> PAGE_SHIFT, a power of two; 1 disables fault-around */
  faultAroundPages = 16;
  // --- mapping ---
  /** index in the page table of slot 0 */
  ptOffset = 0;
  /** slot of vm_start; negative where the mapping begins before the page table */
  vmaStart = 0;
  /** vma_pages() */
  vmaPages = 0;
  /** index of the page under slot 0 */
  shift = 0;
  /** file page of index 0: a multiple of 512 */
  fileBase = 0;
  vmFlags = 0;
  hasMapPages = true;
  // --- file ---
  fileKind = FILE_REGULAR;
  /** bytes of the last page that i_size covers, 1 to 4096 */
  iSizeTail = 4096;
  /** read-ahead is enabled for the file (ra_pages != 0) */
  readahead = true;
  mkwrite = MKWRITE_NONE;
  // --- planned failures and races ---
  failures = 0;
  /** FAULT_FLAG_VMA_LOCK: the fault runs under the per-VMA lock (6.4+) */
  vmaLock = false;
  race = RACE_NONE;
  /** slot of the installed entry, new i_size in pages, or folio of the race */
  raceAt = 0;
  // --- page cache geometry, by index ---
  /** first page of the folio that holds the page; an index without a folio is its own head */
  readonly headOf: Int32Array;
  /** folio_nr_pages(), at the head */
  readonly folioPages: Int32Array;
  readonly hwpoison: Uint8Array;
  /** entries of other mms that map the page */
  readonly otherMaps: Uint8Array;
  /** PMD mappings of other mms, at the head */
  readonly otherEntire: Uint8Array;
  /** references that are not mappings nor the page cache, at the head */
  readonly otherRefs: Uint8Array;
  /** false where no folio is a workingset one; true where nobody has looked */
  mayHaveWorkingset = true;
  /** changes whenever headOf, folioPages or hwpoison do, so that what was made of them can be kept until then */
  geometry = 0;
  private prot = 0;
  private unregisteredProt = 0;
  /** resident pages of other mappings of the mm */
  baseRss = 0;

  constructor(readonly span: number) {
    const slots = span + COW_PAGES;
    this.headOf = new Int32Array(slots);
    this.folioPages = new Int32Array(slots);
    this.hwpoison = new Uint8Array(slots);
    this.otherMaps = new Uint8Array(slots);
    this.otherEntire = new Uint8Array(slots);
    this.otherRefs = new Uint8Array(slots);
    this.clearCache();
  }

  /** A page of a layout that is loaded already is poisoned, or is no longer. */
  setHwpoison(page: number, poisoned: boolean): void {
    this.hwpoison[page] = poisoned ? 1 : 0;
    this.geometry++;
  }

  /** Empties the page cache. */
  clearCache(): void {
    this.geometry++;
    for (let i = 0; i < this.headOf.length; i++) this.headOf[i] = i;
    this.folioPages.fill(1);
    this.hwpoison.fill(0);
    this.otherMaps.fill(0);
    this.otherEntire.fill(0);
    this.otherRefs.fill(0);
    this.mayHaveWorkingset = true;
  }

  /** vm_flags & flag */
  vma(flag: number): boolean {
    return (this.vmFlags & flag) !== 0;
  }

  /** The mapping's half of the mlock rule: VM_LOCKED and not VM_SPECIAL. */
  mlocks(): boolean {
    return (this.vmFlags & (VM_LOCKED | VM_SPECIAL)) === VM_LOCKED;
  }

  /** First slot behind the mapping. */
  vmaEnd(): number {
    return this.vmaStart + this.vmaPages;
  }

  /** To be called when a layout is complete: works out what the hot paths ask for again and again. */
  prepare(): void {
    this.prot = this.computeProt(this.wantsWriteNotify());
    this.unregisteredProt = this.computeProt(this.tracksDirty());
  }

  /** mk_pte(page, vma->vm_page_prot) without the pfn. */
  pageProt(): number {
    return this.prot;
  }

  /** The same before the mapping was registered with userfaultfd: registering leaves existing entries alone. */
  unregisteredPageProt(): number {
    return this.unregisteredProt;
  }

  private computeProt(writeNotify: boolean): number {
    let flags = PTE_PRESENT | PTE_USER;
    if (this.vma(VM_PROTNONE) ? this.arch.protnoneYoungByDefault : this.arch.youngByDefault) flags |= PTE_YOUNG;
    if (this.vma(VM_EXEC)) flags |= PTE_EXEC;
    if (this.vma(VM_PROTNONE)) return (flags & ~(PTE_USER | PTE_EXEC)) | PTE_PROTNONE;
    if (this.vma(VM_SHARED) && this.vma(VM_WRITE) && !writeNotify) flags |= PTE_WRITE;
    return flags;
  }

  /**
   * vma_wants_writenotify(): shared writable mappings are mapped read-only first where the file tracks dirty pages, or
   * userfaultfd writes.
   */
  wantsWriteNotify(): boolean {
    return this.tracksDirty() || this.vma(VM_UFFD_WP);
  }

  /** Regular files do, shmem does not. */
  private tracksDirty(): boolean {
    return this.fileKind === FILE_REGULAR || this.mkwrite !== MKWRITE_NONE;
  }

  /**
   * Page frame of page `index`: naturally aligned within its folio, as the buddy allocator gives it, and never
   * adjacent to the next folio's, so that a run that leaves its folio shows.
   */
  pfnOf(index: number): number {
    if (index >= this.span) return COW_PFN_BASE + index - this.span;
    return PFN_BASE + this.headOf[index] + index;
  }

  /** The page that has this page frame, or -1. */
  pageOfPfn(pfn: number): number {
    if (pfn >= COW_PFN_BASE) return this.span + pfn - COW_PFN_BASE;
    const distance = pfn - PFN_BASE;
    if (distance < 0 || pfn >= ANON_PFN_BASE) return -1;
    // The head is at most half of the distance; heads are few, and this is not a hot path.
    for (let head = distance >> 1; head >= 0; head--) {
      const page = distance - head;
      if (page >= this.span) return -1;
      if (this.headOf[page] === head) return page;
    }
    return -1;
  }
}

/** Page frame of index 0. A multiple of 1024, so that folios of order 9 are naturally aligned. */
export const PFN_BASE = 0x40000;
/** Page frames of private copies that exist before the case begins: one for each slot. */
export const ANON_PFN_BASE = 0x80000;
/** Page frames of the spare pages that private writes of the case copy into. */
export const COW_PFN_BASE = 0xc0000;
