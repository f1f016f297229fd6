/**
 * Taking entries away again: zap, unmap, ageing. One model for both engines, since no revision under test changes it:
 * each entry gives back one mapcount, one reference and one resident page; NR_FILE_MAPPED follows from what is left.
 */
import { ASSERT_BAD_PAGE_MAP } from './assertions.js';
import {
  ENTIRELY_MAPPED,
  FOLIO_DIRTY,
  FOLIO_MLOCKED,
  FOLIO_SWAPBACKED,
  HPAGE_PMD_NR,
  PMD_HUGE,
  PMD_NONE,
  PMD_YOUNG,
  PTE_CONT,
  PTE_DIRTY,
  PTE_MARKER_UFFD_WP,
  PTE_MIGRATION,
  PTE_PRESENT,
  PTE_SWAP,
  PTE_YOUNG,
} from './bits.js';
import { contpteTryUnfold } from './contpte.js';
import {
  MEMCG_FILE_MAPPED,
  MM_ANONPAGES,
  MM_FILEPAGES,
  MM_SHMEMPAGES,
  MM_SWAPENTS,
  NR_ANON_MAPPED,
  NR_FILE_MAPPED,
  NR_FILE_PMDMAPPED,
  NR_MLOCK,
  NR_SHMEM_PMDMAPPED,
  PMD,
} from './fields.js';
import type { Image } from './image.js';
import { ANON_PFN_BASE, COW_PFN_BASE, type Scene } from './scene.js';

const MEMCG = MEMCG_FILE_MAPPED - NR_FILE_MAPPED;

/** Changes a statistic of node and memcg without counting a call. */
export function adjustLruvec(image: Image, word: number, n: number): void {
  image.count(word, n);
  image.count(word + MEMCG, n);
}

/** mm_counter_file() of a folio. */
export function rssWord(image: Image, folio: number): number {
  return image.folioTest(folio, FOLIO_SWAPBACKED) ? MM_SHMEMPAGES : MM_FILEPAGES;
}

/** The page that the present entry in this slot maps, or -1: private copies from before the case have no page. */
export function ownEntry(scene: Scene, image: Image, slot: number): number {
  if ((image.pte[slot] & PTE_PRESENT) === 0) return -1;
  return scene.pageOfPfn(image.pfn[slot]);
}

/** `n` page-table mappings of a file page come, outside of the engines: set-up and other threads. */
export function addPageMap(scene: Scene, image: Image, page: number, n: number): void {
  const folio = scene.headOf[page];
  const before = image.pageMapcount(page);
  image.page[page] += n;
  if (scene.folioPages[folio] > 1) image.largeMapcount[folio] += n;
  if (before !== 0 || n === 0) return;
  if (scene.folioPages[folio] > 1) image.nrPagesMapped[folio]++;
  if (image.entireMapcount(folio) === 0) adjustLruvec(image, NR_FILE_MAPPED, 1);
}

/** One page-table mapping of a file page goes. */
export function dropPageMap(scene: Scene, image: Image, page: number, n: number): void {
  const folio = scene.headOf[page];
  const before = image.pageMapcount(page);
  image.page[page] -= n;
  if (scene.folioPages[folio] > 1) image.largeMapcount[folio] -= n;
  if (before !== n) return;
  if (scene.folioPages[folio] > 1) image.nrPagesMapped[folio]--;
  if (image.entireMapcount(folio) === 0) adjustLruvec(image, NR_FILE_MAPPED, -1);
}

/** `n` PMD mappings of a folio go. */
export function dropEntireMaps(scene: Scene, image: Image, folio: number, n: number): void {
  image.addEntireMapcount(folio, -n);
  image.largeMapcount[folio] -= n;
  if (image.entireMapcount(folio) !== 0) return;
  image.nrPagesMapped[folio] -= ENTIRELY_MAPPED;
  let unmapped = 0;
  const next = folio + scene.folioPages[folio];
  for (let page = folio; page < next; page++) if (image.pageMapcount(page) === 0) unmapped++;
  adjustLruvec(image, NR_FILE_MAPPED, -unmapped);
  const word = image.folioTest(folio, FOLIO_SWAPBACKED) ? NR_SHMEM_PMDMAPPED : NR_FILE_PMDMAPPED;
  image.count(word, -HPAGE_PMD_NR);
}

function munlock(scene: Scene, image: Image, folio: number): void {
  if (!scene.mlocks() || !image.folioTest(folio, FOLIO_MLOCKED)) return;
  image.folioClear(folio, FOLIO_MLOCKED);
  image.count(NR_MLOCK, -scene.folioPages[folio]);
}

function zapAnon(image: Image, page: number): void {
  image.count(MM_ANONPAGES, -1);
  adjustLruvec(image, NR_ANON_MAPPED, -1);
  if (page < 0) return;
  if (image.folioTest(page, FOLIO_MLOCKED)) image.count(NR_MLOCK, -1);
  image.page[page]--;
  image.folioPut(page);
}

function zapFilePage(scene: Scene, image: Image, slot: number, flags: number): void {
  const page = scene.pageOfPfn(image.pfn[slot]);
  if (page < 0 || image.pageMapcount(page) === 0) {
    image.assertion(ASSERT_BAD_PAGE_MAP);
    return;
  }
  const folio = scene.headOf[page];
  if ((flags & PTE_DIRTY) !== 0) image.folioSet(folio, FOLIO_DIRTY);
  image.count(rssWord(image, folio), -1);
  dropPageMap(scene, image, page, 1);
  if (scene.folioPages[folio] === 1) munlock(scene, image, folio);
  image.folioPut(folio);
}

/** zap_pte_range() for one slot. */
export function zapSlot(scene: Scene, image: Image, slot: number): void {
  const flags = image.pte[slot];
  if (flags === 0) return;
  contpteTryUnfold(scene, image, slot);
  const pfn = image.pfn[slot];
  if ((flags & PTE_SWAP) !== 0) image.count(MM_SWAPENTS, -1);
  else if ((flags & PTE_MIGRATION) !== 0) image.count(rssWord(image, scene.headOf[scene.pageOfPfn(pfn)]), -1);
  else if ((flags & PTE_MARKER_UFFD_WP) === 0) {
    if (pfn >= COW_PFN_BASE) zapAnon(image, scene.span + pfn - COW_PFN_BASE);
    else if (pfn >= ANON_PFN_BASE) zapAnon(image, -1);
    else zapFilePage(scene, image, slot, flags);
  }
  image.pte[slot] = 0;
  image.pfn[slot] = 0;
}

/** zap_huge_pmd(): the PMD mapping of the span's folio goes. */
export function zapPmd(scene: Scene, image: Image): void {
  const folio = scene.headOf[scene.shift];
  image.setPmd(PMD_NONE);
  image.count(rssWord(image, folio), -HPAGE_PMD_NR);
  dropEntireMaps(scene, image, folio, 1);
  const memcgWord = MEMCG + (image.folioTest(folio, FOLIO_SWAPBACKED) ? NR_SHMEM_PMDMAPPED : NR_FILE_PMDMAPPED);
  // The memcg's part is counted from the beginning of the case: only what the case added is taken back.
  if (image.memcgPmdStat && image.mm[memcgWord] > 0) image.count(memcgWord, -HPAGE_PMD_NR);
  munlock(scene, image, folio);
  image.folioPut(folio);
}

/** Zaps slots [from, from + pages); a PMD mapping goes as a whole. */
export function zapRange(scene: Scene, image: Image, from: number, pages: number): void {
  if (image.pmdState() === PMD_HUGE) zapPmd(scene, image);
  const end = Math.min(from + pages, scene.span);
  for (let slot = Math.max(from, 0); slot < end; slot++) zapSlot(scene, image, slot);
}

/** Other mms stop mapping the page: by entries, and by PMD where they did. */
export function unmapPage(scene: Scene, image: Image, page: number): void {
  const folio = scene.headOf[page];
  const entire = image.entireMapcount(folio);
  if (entire > 0) {
    dropEntireMaps(scene, image, folio, entire);
    image.refcount[folio] -= entire;
  }
  const maps = image.pageMapcount(page);
  if (maps === 0) return;
  dropPageMap(scene, image, page, maps);
  image.refcount[folio] -= maps;
}

/** Reclaim or an idle-page scan clears the accessed bit of slots [from, from + pages). */
export function ageRange(scene: Scene, image: Image, from: number, pages: number): void {
  if (image.pmdState() === PMD_HUGE) image.mm[PMD] &= ~PMD_YOUNG;
  const end = Math.min(from + pages, scene.span);
  for (let slot = Math.max(from, 0); slot < end; slot++) {
    if ((image.pte[slot] & PTE_PRESENT) === 0) continue;
    if ((image.pte[slot] & PTE_CONT) !== 0) ageBlock(scene, image, slot);
    image.rewritePte(slot, image.pte[slot] & ~PTE_YOUNG);
  }
}

/** contpte_ptep_test_and_clear_young(): a contiguous block ages as one. */
function ageBlock(scene: Scene, image: Image, slot: number): void {
  const nr = scene.arch.contPtes;
  const start = slot - ((slot + scene.ptOffset) & (nr - 1));
  for (let i = start; i < start + nr && i < scene.span; i++) image.rewritePte(i, image.pte[i] & ~PTE_YOUNG);
}
