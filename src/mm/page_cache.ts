/**
 * The page cache as the fault paths see it: which folio fault-around may use next (the rules of
 * next_uptodate_folio(), mm/filemap.c; in 6.1 those of next_uptodate_page(), the same) and limits that follow from
 * i_size.
 */
import {
  FOLIO_CACHED,
  FOLIO_FRESH,
  FOLIO_LOCKED,
  FOLIO_OTHER_MAPPING,
  FOLIO_READAHEAD,
  FOLIO_UPTODATE,
  FOLIO_VALUE_ENTRY,
} from './bits.js';
import { I_SIZE } from './fields.js';
import type { Image } from './image.js';
import * as M from './marks.js';
import {
  RACE_FOLIO_LOCKED,
  RACE_FOLIO_NOT_UPTODATE,
  RACE_FOLIO_REPLACED,
  RACE_FOLIO_TRUNCATED,
  type Scene,
} from './scene.js';

/** PageHWPoison(): a page that was read in during the case is a new one. */
export function pageHwpoison(scene: Scene, image: Image, page: number): boolean {
  return scene.hwpoison[page] !== 0 && (image.folio[scene.headOf[page]] & FOLIO_FRESH) === 0;
}

const NO_LIMIT = 0x3fffffff;

/** DIV_ROUND_UP(i_size, PAGE_SIZE), exclusive, as an index relative to the file's index 0. */
export function maxIndex(image: Image): number {
  return image.mm[I_SIZE];
}

/**
 * DIV_ROUND_UP(i_size, PAGE_SIZE) - 1, inclusive. For i_size 0 the kernel's unsigned arithmetic wraps, and a clamp to
 * it does nothing.
 */
export function fileEnd(scene: Scene, image: Image): number {
  const end = image.mm[I_SIZE] - 1;
  return end + scene.fileBase < 0 ? NO_LIMIT : end;
}

/** What the deterministic race does to this folio between the kernel's first look and its lock, as marks. */
function raceRefuses(scene: Scene, image: Image, folio: number): boolean {
  if (scene.raceAt !== folio) return false;
  switch (scene.race) {
    case RACE_FOLIO_REPLACED:
      image.mark(M.LOOKUP_REPLACED);
      return true;
    case RACE_FOLIO_LOCKED:
      image.mark(M.LOOKUP_TRYLOCK);
      return true;
    case RACE_FOLIO_TRUNCATED:
      image.mark(M.LOOKUP_TRUNCATED);
      return true;
    case RACE_FOLIO_NOT_UPTODATE:
      image.mark(M.LOOKUP_RECHECK);
      return true;
    default:
      return false;
  }
}

/** Flags of a folio that fault-around can use, among those that decide. */
const DECIDING = FOLIO_CACHED | FOLIO_LOCKED | FOLIO_UPTODATE | FOLIO_READAHEAD | FOLIO_OTHER_MAPPING;
const READY = FOLIO_CACHED | FOLIO_UPTODATE;

/** May fault-around use this folio? Each refusal leaves the folio's lock and references as they were. */
function usable(scene: Scene, image: Image, folio: number, index: number): boolean {
  const flags = image.folio[folio];
  if ((flags & FOLIO_LOCKED) !== 0) {
    image.mark(M.LOOKUP_LOCKED);
    return false;
  }
  if (image.refcount[folio] === 0) {
    image.mark(M.LOOKUP_REF_ZERO);
    return false;
  }
  if (scene.race >= RACE_FOLIO_REPLACED && raceRefuses(scene, image, folio)) return false;
  if ((flags & FOLIO_UPTODATE) === 0) {
    image.mark(M.LOOKUP_NOT_UPTODATE);
    return false;
  }
  if ((flags & FOLIO_READAHEAD) !== 0) {
    image.mark(M.LOOKUP_READAHEAD);
    return false;
  }
  if ((flags & FOLIO_OTHER_MAPPING) !== 0) {
    image.mark(M.LOOKUP_OTHER_MAPPING);
    return false;
  }
  // The kernel tests the cursor's index alone: the tail of a large folio may lie beyond i_size.
  if (index >= maxIndex(image)) {
    image.mark(M.LOOKUP_I_SIZE);
    return false;
  }
  return true;
}

/**
 * next_uptodate_folio(): the first index in [index, end] that lies in a usable folio, which is then locked and carries
 * one more reference; -1 if there is none. A folio that begins before `index` is entered at `index`.
 */
export function nextUptodateFolio(scene: Scene, image: Image, index: number, end: number): number {
  const { headOf, folioPages } = scene;
  const last = end < scene.span - 1 ? end : scene.span - 1;
  // What lies before the file's index 0 is outside of the model: nothing is cached there.
  let cursor = index < 0 ? 0 : index;
  while (cursor <= last) {
    const folio = headOf[cursor];
    const flags = image.folio[folio];
    if ((flags & FOLIO_CACHED) === 0) {
      if ((flags & FOLIO_VALUE_ENTRY) !== 0) image.mark(M.LOOKUP_VALUE);
      cursor++;
      continue;
    }
    const ready = (flags & DECIDING) === READY && image.refcount[folio] !== 0 && cursor < maxIndex(image);
    if ((ready && scene.race < RACE_FOLIO_REPLACED) || usable(scene, image, folio, cursor)) {
      image.folioGet(folio);
      image.folioLock(folio);
      return cursor;
    }
    cursor = folio + folioPages[folio];
  }
  return -1;
}
