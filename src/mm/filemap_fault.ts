/**
 * The file's ->fault: filemap_fault() for regular files and shmem_fault() for shmem, as far as the state that the
 * engines share shows it. No retry under I/O: every wait ends at once (the fault runs without FAULT_FLAG_ALLOW_RETRY).
 */
import {
  FILE_REGULAR,
  FOLIO_CACHED,
  FOLIO_DIRTY,
  FOLIO_FRESH,
  FOLIO_HAS_HWPOISONED,
  FOLIO_LOCKED,
  FOLIO_LRU,
  FOLIO_OTHER_MAPPING,
  FOLIO_READAHEAD,
  FOLIO_SWAPBACKED,
  FOLIO_UPTODATE,
  FOLIO_VALUE_ENTRY,
  MMAP_MISS_MAX,
  VM_FAULT_LOCKED,
  VM_FAULT_MAJOR,
  VM_FAULT_RETRY,
  VM_FAULT_SIGBUS,
  VM_HUGEPAGE,
  VM_RAND_READ,
  VM_SEQ_READ,
} from './bits.js';
import { MMAP_MISS, PGMAJFAULT } from './fields.js';
import type { Image } from './image.js';
import * as M from './marks.js';
import { maxIndex } from './page_cache.js';
import { FAIL_FAULT_RETRY, type Scene } from './scene.js';
import type { VmFault } from './vm_fault.js';

/**
 * Brings the page of vmf.pgoff, locked and with a reference for the caller, into vmf.page.
 * @param countsLocked a page that another fault holds locked is a hit of read-ahead like any other
 * @returns VM_FAULT_LOCKED (and VM_FAULT_MAJOR), or VM_FAULT_SIGBUS beyond i_size, or VM_FAULT_RETRY
 */
export function fileFault(scene: Scene, image: Image, vmf: VmFault, countsLocked = true): number {
  const index = vmf.pgoff;
  if ((scene.failures & FAIL_FAULT_RETRY) !== 0) {
    image.mark(M.FAULT_RETRY);
    return VM_FAULT_RETRY;
  }
  if (index >= maxIndex(image) || index < 0 || index >= scene.span) {
    image.mark(M.FAULT_BEYOND_EOF);
    return VM_FAULT_SIGBUS;
  }
  const folio = scene.headOf[index];
  let ret = VM_FAULT_LOCKED;
  if (!image.folioTest(folio, FOLIO_CACHED)) ret |= readIn(scene, image, folio);
  else if (image.refcount[folio] === 0 || image.folioTest(folio, FOLIO_OTHER_MAPPING)) return VM_FAULT_RETRY;
  else useCached(scene, image, folio, countsLocked);
  image.folioGet(folio);
  image.folioLock(folio);
  vmf.page = index;
  return ret;
}

/** A cached page: asynchronous read-ahead, then wait for its lock and until it is uptodate. */
function useCached(scene: Scene, image: Image, folio: number, countsLocked: boolean): void {
  if (scene.fileKind === FILE_REGULAR && scene.readahead && !scene.vma(VM_RAND_READ)) {
    const counts = countsLocked || !image.folioTest(folio, FOLIO_LOCKED);
    if (counts && image.mm[MMAP_MISS] > 0) image.count(MMAP_MISS, -1);
    image.folioClear(folio, FOLIO_READAHEAD);
  }
  image.folioClear(folio, FOLIO_LOCKED);
  image.folioSet(folio, FOLIO_UPTODATE);
}

/**
 * A page that is not cached: a major fault reads it in (shmem: allocates or swaps it in). Where a large folio was
 * evicted or truncated during the case, one of the same size takes its place.
 */
function readIn(scene: Scene, image: Image, folio: number): number {
  const swappedOut = image.folioTest(folio, FOLIO_VALUE_ENTRY);
  const regular = scene.fileKind === FILE_REGULAR;
  image.mark(M.FAULT_READ_IN);
  if (regular) syncReadahead(scene, image);
  const swapbacked = regular ? 0 : FOLIO_SWAPBACKED;
  image.folioClear(folio, FOLIO_VALUE_ENTRY | FOLIO_DIRTY | FOLIO_HAS_HWPOISONED);
  image.folioSet(folio, FOLIO_CACHED | FOLIO_UPTODATE | FOLIO_LRU | FOLIO_FRESH | swapbacked);
  image.refcount[folio] += scene.folioPages[folio];
  if (!regular && !swappedOut) return 0;
  image.count(PGMAJFAULT, 1);
  return VM_FAULT_MAJOR;
}

/** do_sync_mmap_readahead(): the miss is counted unless advice or a disabled read-ahead decides first. */
function syncReadahead(scene: Scene, image: Image): void {
  if (scene.vma(VM_HUGEPAGE | VM_RAND_READ | VM_SEQ_READ) || !scene.readahead) return;
  if (image.mm[MMAP_MISS] < MMAP_MISS_MAX) image.count(MMAP_MISS, 1);
}
