/**
 * What the rest of the system does to the state while a fault runs: another thread's entry, truncation, memory failure.
 * One unversioned model for both engines.
 */
import { FOLIO_CACHED, FOLIO_UPTODATE, PMD_HUGE, PMD_NONE, PMD_TABLE, PTE_PRESENT, PTE_YOUNG } from './bits.js';
import { I_SIZE, MM_NR_PTES } from './fields.js';
import type { Image } from './image.js';
import { pageHwpoison } from './page_cache.js';
import type { Scene } from './scene.js';
import { addPageMap, ownEntry, rssWord, unmapPage, zapPmd, zapSlot } from './zap.js';

/** The folio leaves the page cache: its slots' references go. */
export function truncateFolio(scene: Scene, image: Image, folio: number): void {
  if (!image.folioTest(folio, FOLIO_CACHED)) return;
  image.folioClear(folio, FOLIO_CACHED);
  image.refcount[folio] -= scene.folioPages[folio];
}

/** unmap_mapping_pages() of one page: no page table of any mm maps it afterwards. */
export function evictPoisoned(scene: Scene, image: Image, page: number): void {
  const folio = scene.headOf[page];
  const slot = page - scene.shift;
  // A PMD mapping of a file is not split but dropped.
  if (image.pmdState() === PMD_HUGE && image.entireMapcount(folio) > 0) zapPmd(scene, image);
  if (slot >= 0 && slot < scene.span && ownEntry(scene, image, slot) === page) zapSlot(scene, image, slot);
  unmapPage(scene, image, page);
}

/**
 * Another thread of the mm faults the page under `slot` in, read-only and young.
 * @returns false where there is nothing to map or something is mapped already
 */
export function installRacingEntry(scene: Scene, image: Image, slot: number): boolean {
  const page = slot + scene.shift;
  if (slot < 0 || slot >= scene.span || page < 0 || page >= scene.span || !image.pteNone(slot)) return false;
  const folio = scene.headOf[page];
  const ready = image.folioTest(folio, FOLIO_CACHED) && image.folioTest(folio, FOLIO_UPTODATE);
  if (!ready || image.refcount[folio] === 0 || pageHwpoison(scene, image, page)) return false;
  if (image.pmdState() === PMD_HUGE || page >= image.mm[I_SIZE]) return false;
  if (image.pmdState() === PMD_NONE) {
    image.setPmd(PMD_TABLE);
    image.count(MM_NR_PTES, 1);
  }
  image.pte[slot] = scene.pageProt() | PTE_PRESENT | (scene.arch.swMkyoung ? PTE_YOUNG : 0);
  image.pfn[slot] = scene.pfnOf(page);
  image.refcount[folio]++;
  addPageMap(scene, image, page, 1);
  if (scene.mlocks() && scene.folioPages[folio] === 1) image.mlockFolio(folio, 1);
  image.count(rssWord(image, folio), 1);
  return true;
}
