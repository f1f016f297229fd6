/** The end of the file. Drawn behind the tiling: off-by-one errors matter where i_size meets the end of a folio. */
import { HPAGE_PMD_NR, PAGE_SIZE } from '../mm/bits.js';
import { I_SIZE } from '../mm/fields.js';
import type { Image } from '../mm/image.js';
import type { Scene } from '../mm/scene.js';
import { DIALS, I_SIZE_EMPTY, I_SIZE_FOLIO, I_SIZE_SPAN } from './dials.js';
import type { Drawer } from './draw.js';

/** Bound here: an imported binding would be looked up, and its properties with it, each time that it is read. */
const dials = DIALS;

/** Bytes of the last page: mostly all of them, else the first one, or all but the last one. */
const TAILS = [PAGE_SIZE, 1, PAGE_SIZE - 1, PAGE_SIZE] as const;

/**
 * i_size: the whole span, an edge inside of it, the end of a folio, or nothing.
 * @returns the index behind the folio with which the file ends, or 0: its cases differ in the page (sizeBeside())
 */
export function drawSize(drawer: Drawer, scene: Scene, base: Image): number {
  const choice = drawer.pick(scene.folioPages[0] === HPAGE_PMD_NR ? dials.wholeTableSize : dials.iSize);
  scene.iSizeTail = PAGE_SIZE;
  if (choice === I_SIZE_SPAN) {
    base.mm[I_SIZE] = scene.span;
  } else if (choice === I_SIZE_EMPTY) {
    // Empty file: the unsigned arithmetic of the inclusive limit wraps.
    base.mm[I_SIZE] = -scene.fileBase;
    scene.iSizeTail = 0;
  } else {
    scene.iSizeTail = TAILS[drawer.rng.next() >>> 30];
    const page = drawer.rng.below(scene.span);
    const end = choice === I_SIZE_FOLIO ? folioEnd(scene, page) : 0;
    base.mm[I_SIZE] = end === 0 ? page + 1 : end;
    return end;
  }
  return 0;
}

/** A page is drawn, not a folio: large folios are met most. */
function folioEnd({ headOf, folioPages }: Scene, page: number): number {
  const head = headOf[page];
  return head + folioPages[head];
}

/** i_size of one case: the end of the folio, or the page before or behind it. */
export function sizeBeside(drawer: Drawer, scene: Scene, end: number): number {
  // What the file has behind the span is cached nowhere: no page of it may lie under the mapping.
  const most = scene.shift > 0 ? scene.span : scene.span + 1;
  return Math.max(1, Math.min(end + drawer.pick(dials.besideFolio), most));
}
