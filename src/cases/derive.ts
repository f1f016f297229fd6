/**
 * What follows from the choices of a layout: mapcounts, references, counters. Computed once for each layout, never
 * chosen. The choices are: everything in the scene, and in the image the folio flags, the populated entries, the PMD
 * state, mmap_miss and i_size.
 */
import {
  ENTIRELY_MAPPED,
  FOLIO_CACHED,
  FOLIO_HAS_HWPOISONED,
  FOLIO_LRU,
  FOLIO_MLOCKED,
  FOLIO_SWAPBACKED,
  FOLIO_WORKINGSET,
  HPAGE_PMD_NR,
  PMD_HUGE,
  PMD_NONE,
  PTE_MIGRATION,
  PTE_PRESENT,
  PTE_SWAP,
} from '../mm/bits.js';
import {
  MM_ANONPAGES,
  MM_FILEPAGES,
  MM_NR_PTES,
  MM_SHMEMPAGES,
  MM_SWAPENTS,
  NR_ANON_MAPPED,
  NR_FILE_MAPPED,
  NR_FILE_PMDMAPPED,
  NR_MLOCK,
  NR_SHMEM_PMDMAPPED,
} from '../mm/fields.js';
import type { Image } from '../mm/image.js';
import { ANON_PFN_BASE, type Scene } from '../mm/scene.js';
import { addPageMap, adjustLruvec, rssWord } from '../mm/zap.js';

/** Fills every derived word of the image. */
export function derive(scene: Scene, image: Image): void {
  image.count(MM_FILEPAGES, scene.baseRss);
  image.count(MM_SHMEMPAGES, scene.baseRss);
  image.count(MM_ANONPAGES, scene.baseRss);
  if (image.pmdState() !== PMD_NONE && image.pmdState() !== PMD_HUGE) image.count(MM_NR_PTES, 1);
  scene.mayHaveWorkingset = false;
  for (let folio = 0; folio < scene.span; folio = folio + scene.folioPages[folio]) deriveFolio(scene, image, folio);
  if (image.pmdState() === PMD_HUGE) deriveHugePmd(scene, image);
  for (let slot = 0; slot < scene.span; slot++) if (image.pte[slot] !== 0) deriveEntry(scene, image, slot);
}

function deriveFolio(scene: Scene, image: Image, folio: number): void {
  if (!image.folioTest(folio, FOLIO_CACHED)) return;
  const pages = scene.folioPages[folio];
  image.folioSet(folio, FOLIO_LRU);
  if (image.folioTest(folio, FOLIO_WORKINGSET)) scene.mayHaveWorkingset = true;
  let refs = pages + scene.otherRefs[folio];
  const entire = scene.otherEntire[folio];
  if (entire > 0) {
    addEntireMaps(scene, image, folio, entire);
    refs += entire;
  }
  for (let page = folio; page < folio + pages; page++) {
    const maps = scene.otherMaps[page];
    if (maps > 0) {
      addPageMap(scene, image, page, maps);
      refs += maps;
    }
    if (scene.hwpoison[page] !== 0) image.folioSet(folio, FOLIO_HAS_HWPOISONED);
  }
  // A frozen folio has no references whatever else is true of it.
  image.refcount[folio] = image.refcount[folio] < 0 ? 0 : refs;
}

/** `n` PMD mappings of a folio come, outside of the engines. */
function addEntireMaps(scene: Scene, image: Image, folio: number, n: number): void {
  const before = image.entireMapcount(folio);
  image.addEntireMapcount(folio, n);
  image.largeMapcount[folio] += n;
  if (before !== 0) return;
  image.nrPagesMapped[folio] += ENTIRELY_MAPPED;
  let unmapped = 0;
  const next = folio + scene.folioPages[folio];
  for (let page = folio; page < next; page++) if (image.pageMapcount(page) === 0) unmapped++;
  adjustLruvec(image, NR_FILE_MAPPED, unmapped);
  image.count(image.folioTest(folio, FOLIO_SWAPBACKED) ? NR_SHMEM_PMDMAPPED : NR_FILE_PMDMAPPED, HPAGE_PMD_NR);
}

function deriveHugePmd(scene: Scene, image: Image): void {
  const folio = scene.headOf[scene.shift];
  addEntireMaps(scene, image, folio, 1);
  image.refcount[folio]++;
  image.count(rssWord(image, folio), HPAGE_PMD_NR);
}

/** What one populated entry adds to the counts; the entry itself is in the image already. */
export function deriveEntry(scene: Scene, image: Image, slot: number): void {
  const flags = image.pte[slot];
  if ((flags & PTE_SWAP) !== 0) image.count(MM_SWAPENTS, 1);
  else if ((flags & PTE_MIGRATION) !== 0) image.count(rssWord(image, scene.headOf[slot + scene.shift]), 1);
  if ((flags & PTE_PRESENT) === 0) return;
  if (image.pfn[slot] >= ANON_PFN_BASE) {
    image.count(MM_ANONPAGES, 1);
    adjustLruvec(image, NR_ANON_MAPPED, 1);
    return;
  }
  const page = slot + scene.shift;
  const folio = scene.headOf[page];
  addPageMap(scene, image, page, 1);
  image.refcount[folio]++;
  image.count(rssWord(image, folio), 1);
  if (!scene.mlocks() || scene.folioPages[folio] > 1 || image.folioTest(folio, FOLIO_MLOCKED)) return;
  image.folioSet(folio, FOLIO_MLOCKED);
  image.count(NR_MLOCK, 1);
}
