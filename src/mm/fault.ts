/**
 * Fault dispatch that both engines stand on: do_fault() and its read, copy-on-write and shared branches, the
 * fault-around window, and __do_fault() (mm/memory.c). Where revisions differ, a small method is overridden.
 */
import {
  FAULT_FLAG_MKWRITE,
  FAULT_FLAG_WRITE,
  FOLIO_CACHED,
  FOLIO_DIRTY,
  FOLIO_UPTODATE,
  PMD_NONE,
  PTRS_PER_PTE,
  VM_FAULT_DONE_COW,
  VM_FAULT_ERROR,
  VM_FAULT_HWPOISON,
  VM_FAULT_LOCKED,
  VM_FAULT_NOPAGE,
  VM_FAULT_OOM,
  VM_FAULT_RETRY,
  VM_FAULT_SIGBUS,
  VM_SHARED,
  VM_UFFD_MINOR,
  VM_UFFD_WP,
} from './bits.js';
import { FaultBase } from './fault_base.js';
import { FAULT_CALLS, FILE_TIME, THROTTLED } from './fields.js';
import { fileFault } from './filemap_fault.js';
import * as M from './marks.js';
import { truncateFolio } from './other_threads.js';
import { pageHwpoison } from './page_cache.js';
import {
  FAIL_ANON_VMA,
  FAIL_COW_ALLOC,
  FAIL_DONE_COW,
  FAIL_PTE_ALLOC,
  MKWRITE_LOCKED,
  MKWRITE_NONE,
  MKWRITE_NOPAGE,
  MKWRITE_SIGBUS,
  MKWRITE_TRUNCATED,
} from './scene.js';

const STOPS = VM_FAULT_ERROR | VM_FAULT_NOPAGE | VM_FAULT_RETRY;

export abstract class FaultHandler extends FaultBase {
  /** Maps the usable pages of the window [start, end] (indexes); returns VM_FAULT_NOPAGE if the fault is handled. */
  abstract filemap_map_pages(start: number, end: number): number;
  /** Installs vmf.page (or vmf.cowPage) at vmf.address; on success the caller's reference belongs to the entry. */
  abstract finish_fault(): number;

  /** Can a caller see where fault-around ends? Not where all of do_fault() is one step. */
  showsFaultAround(): boolean {
    return true;
  }

  /** do_fault(): `write` of the fault flags and VM_SHARED choose the branch; an unused page table is freed. */
  do_fault(): number {
    const { vmf, scene, image } = this;
    let ret: number;
    if ((vmf.flags & FAULT_FLAG_WRITE) === 0) ret = this.do_read_fault();
    else if (!scene.vma(VM_SHARED)) ret = this.do_cow_fault();
    else ret = this.do_shared_fault();
    if (vmf.prealloc) {
      image.mark(M.PREALLOC_FREED);
      vmf.prealloc = false;
    }
    return ret;
  }

  protected should_fault_around(): boolean {
    const scene = this.scene;
    if (!scene.hasMapPages) return false;
    if (scene.vma(VM_UFFD_WP | VM_UFFD_MINOR)) {
      this.image.mark(M.AROUND_UFFD);
      return false;
    }
    return scene.faultAroundPages > 1;
  }

  /** do_fault_around(): the window is clamped to the mapping and to the page table, and not aligned again. */
  do_fault_around(): number {
    const { scene, vmf, image } = this;
    const nr = scene.faultAroundPages;
    const pteOff = vmf.address + scene.ptOffset;
    const vmaOff = vmf.address - scene.vmaStart;
    const fromPte = Math.max(pteOff & -nr, pteOff - Math.min(pteOff, vmaOff));
    const toPte = Math.min(fromPte + nr, PTRS_PER_PTE, pteOff + scene.vmaPages - vmaOff) - 1;
    if (fromPte + nr > PTRS_PER_PTE) image.mark(M.WINDOW_PT_END);
    if ((pteOff & -nr) !== fromPte) image.mark(M.WINDOW_VMA_START);
    if (image.pmdState() === PMD_NONE) {
      if ((scene.failures & FAIL_PTE_ALLOC) !== 0) {
        image.mark(M.OOM_PTE);
        return VM_FAULT_OOM;
      }
      vmf.prealloc = true;
    }
    return this.filemap_map_pages(vmf.pgoff + fromPte - pteOff, vmf.pgoff + toPte - pteOff);
  }

  protected do_read_fault(): number {
    if (this.should_fault_around()) {
      const around = this.do_fault_around();
      if (around !== 0) return around;
    }
    const refused = this.vmf_can_call_fault();
    if (refused !== 0) return refused;
    let ret = this.__do_fault();
    if ((ret & STOPS) !== 0) return ret;
    ret |= this.finish_fault();
    const folio = this.page_folio(this.vmf.page);
    this.image.folioUnlock(folio);
    if ((ret & STOPS) !== 0) this.image.folioPut(folio);
    return ret;
  }

  protected do_cow_fault(): number {
    const { image, scene, vmf } = this;
    const refused = this.vmf_can_call_fault();
    if (refused !== 0) return refused;
    if ((scene.failures & (FAIL_ANON_VMA | FAIL_COW_ALLOC)) !== 0) {
      image.mark(M.OOM_COW);
      return VM_FAULT_OOM;
    }
    vmf.cowPage = this.allocate_cow_page();
    if (vmf.cowPage < 0) {
      image.mark(M.OOM_COW);
      return VM_FAULT_OOM;
    }
    let ret = this.__do_fault();
    if ((ret & STOPS) === 0) {
      if ((ret & VM_FAULT_DONE_COW) !== 0) {
        image.mark(M.DONE_COW);
        return ret;
      }
      image.folioSet(vmf.cowPage, FOLIO_UPTODATE);
      ret |= this.finish_fault();
      const folio = this.page_folio(vmf.page);
      image.folioUnlock(folio);
      image.folioPut(folio);
    }
    if ((ret & STOPS) !== 0) image.folioPut(vmf.cowPage);
    return ret;
  }

  /**
   * The next spare page, order 0, with one reference; -1 if there is none. There is one for each access, so that only
   * an engine that leaks copies or loses their entries runs out of them.
   */
  private allocate_cow_page(): number {
    const { image, scene } = this;
    for (let page = scene.span; page < image.slots; page++) {
      if (image.refcount[page] !== 0) continue;
      image.folioGet(page);
      return page;
    }
    return -1;
  }

  protected do_shared_fault(): number {
    const { image, scene, vmf } = this;
    const refused = this.vmf_can_call_fault();
    if (refused !== 0) return refused;
    let ret = this.__do_fault();
    if ((ret & STOPS) !== 0) return ret;
    const folio = this.page_folio(vmf.page);
    if (scene.mkwrite !== MKWRITE_NONE) {
      image.folioUnlock(folio);
      const answer = this.do_page_mkwrite(folio);
      if (answer === 0 || (answer & (VM_FAULT_ERROR | VM_FAULT_NOPAGE)) !== 0) {
        image.folioPut(folio);
        return answer;
      }
    }
    ret |= this.finish_fault();
    if ((ret & STOPS) !== 0) {
      image.folioUnlock(folio);
      image.folioPut(folio);
      return ret;
    }
    this.fault_dirty_shared_page(folio);
    return ret;
  }

  /** do_page_mkwrite(): VM_FAULT_LOCKED, an error, or 0 when the page left the mapping and the fault is tried again. */
  private do_page_mkwrite(folio: number): number {
    const { image, scene, vmf } = this;
    const oldFlags = vmf.flags;
    vmf.flags = FAULT_FLAG_WRITE | FAULT_FLAG_MKWRITE;
    image.note('page_mkwrite', vmf.address, 1);
    vmf.flags = oldFlags;
    if (scene.mkwrite === MKWRITE_SIGBUS || scene.mkwrite === MKWRITE_NOPAGE) {
      image.mark(M.MKWRITE_REFUSED);
      return scene.mkwrite === MKWRITE_SIGBUS ? VM_FAULT_SIGBUS : VM_FAULT_NOPAGE;
    }
    image.folioLock(folio);
    if (scene.mkwrite === MKWRITE_LOCKED) return VM_FAULT_LOCKED;
    if (scene.mkwrite === MKWRITE_TRUNCATED) {
      truncateFolio(scene, image, folio);
      if (this.mkwrite_truncated(vmf.page)) {
        image.mark(M.MKWRITE_RETRY);
        image.folioUnlock(folio);
        return 0;
      }
    }
    return VM_FAULT_LOCKED;
  }

  /** fault_dirty_shared_page(): dirty, unlock, file time only without ->page_mkwrite, throttle. */
  private fault_dirty_shared_page(folio: number): void {
    const { image, scene } = this;
    const mapped = image.folioTest(folio, FOLIO_CACHED);
    const dirtied = mapped && !image.folioTest(folio, FOLIO_DIRTY);
    image.folioSet(folio, FOLIO_DIRTY);
    image.folioUnlock(folio);
    const notify = scene.mkwrite !== MKWRITE_NONE;
    if (!notify) image.count(FILE_TIME, 1);
    if ((dirtied || notify) && mapped) image.count(THROTTLED, 1);
  }

  /** __do_fault(): preallocates a page table, calls ->fault, and refuses poisoned pages. */
  protected __do_fault(): number {
    const { image, scene, vmf } = this;
    if (image.pmdState() === PMD_NONE && !vmf.prealloc) {
      if ((scene.failures & FAIL_PTE_ALLOC) !== 0) {
        image.mark(M.OOM_PTE);
        return VM_FAULT_OOM;
      }
      vmf.prealloc = true;
    }
    image.count(FAULT_CALLS, 1);
    image.note('->fault', vmf.address, 1);
    if (vmf.cowPage >= 0 && (scene.failures & FAIL_DONE_COW) !== 0) return this.dax_fault();
    const ret = fileFault(scene, image, vmf, this.counts_locked_hit());
    if ((ret & (STOPS | VM_FAULT_DONE_COW)) !== 0) return ret;
    if (pageHwpoison(scene, image, vmf.page)) return this.refuse_poisoned();
    return ret;
  }

  /** A file that completes private writes itself (DAX): copies, calls finish_fault(), returns VM_FAULT_DONE_COW. */
  private dax_fault(): number {
    this.image.folioSet(this.vmf.cowPage, FOLIO_UPTODATE);
    return this.finish_fault() || VM_FAULT_DONE_COW;
  }

  private refuse_poisoned(): number {
    const { image, vmf } = this;
    const folio = this.page_folio(vmf.page);
    image.mark(M.FAULT_POISONED);
    this.unmap_poisoned(vmf.page);
    const evicted = this.mapping_evict_folio(folio);
    image.folioUnlock(folio);
    image.folioPut(folio);
    vmf.page = -1;
    return evicted ? VM_FAULT_NOPAGE : VM_FAULT_HWPOISON;
  }

  /** mapping_evict_folio(), invalidate_inode_page(): only a clean folio without other users leaves the page cache. */
  private mapping_evict_folio(folio: number): boolean {
    const { image } = this;
    if (image.folioTest(folio, FOLIO_DIRTY)) return false;
    const pages = this.folio_nr_pages(folio);
    if (image.refcount[folio] !== pages + 1) return false;
    image.folioClear(folio, FOLIO_CACHED);
    image.refcount[folio] -= pages;
    return true;
  }
}
