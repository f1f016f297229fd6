/** The page-cache part of a layout: a tiling of the span by naturally aligned folios and holes, then their flags. */
import {
  FILE_REGULAR,
  FOLIO_CACHED,
  FOLIO_DIRTY,
  FOLIO_LOCKED,
  FOLIO_OTHER_MAPPING,
  FOLIO_READAHEAD,
  FOLIO_SWAPBACKED,
  FOLIO_UPTODATE,
  FOLIO_VALUE_ENTRY,
  FOLIO_WORKINGSET,
  HPAGE_PMD_NR,
} from '../mm/bits.js';
import type { Image } from '../mm/image.js';
import type { Scene } from '../mm/scene.js';
import { DIALS } from './dials.js';
import type { Drawer } from './draw.js';

/** Bound here: an imported binding would be looked up, and its properties with it, each time that it is read. */
const dials = DIALS;

/** Draws the tiling and each folio. */
export function drawCache(drawer: Drawer, scene: Scene, base: Image): void {
  const { span } = scene;
  const maxOrder = drawer.pick(dials.orderBias);
  const whole = drawer.pick(span === HPAGE_PMD_NR ? dials.wholeTableFolio : dials.wholeFolio) === 1;
  let index = 0;
  while (index < span) {
    if (drawer.pick(dials.hole) === 1) {
      if (drawer.pick(dials.valueEntry) === 1) base.folio[index] = FOLIO_VALUE_ENTRY;
      index++;
      continue;
    }
    let order = whole && index === 0 ? 31 - Math.clz32(span) : drawer.rng.below(maxOrder + 1);
    while ((index & ((1 << order) - 1)) !== 0 || index + (1 << order) > span) order--;
    drawFolio(drawer, scene, base, index, 1 << order);
    index += 1 << order;
  }
}

function drawFolio(drawer: Drawer, scene: Scene, base: Image, head: number, pages: number): void {
  scene.folioPages[head] = pages;
  for (let page = head; page < head + pages; page++) scene.headOf[page] = head;
  let flags = FOLIO_CACHED | FOLIO_UPTODATE | (scene.fileKind === FILE_REGULAR ? 0 : FOLIO_SWAPBACKED);
  if (drawer.features !== 0) flags = drawFlags(drawer, base, head, flags);
  base.folio[head] = flags;
  if (base.refcount[head] < 0 || (flags & FOLIO_UPTODATE) === 0) return;
  if (drawer.pick(dials.hwpoison) === 1) scene.hwpoison[head + drawer.rng.below(pages)] = 1;
  if (drawer.pick(dials.otherMaps) === 1) drawMaps(drawer, scene, head, pages);
  if (pages === HPAGE_PMD_NR) scene.otherEntire[head] = drawer.pick(dials.pmdMaps);
  if (drawer.pick(dials.otherRefs) === 1) scene.otherRefs[head] = 1 + drawer.rng.below(3);
}

function drawFlags(drawer: Drawer, base: Image, head: number, plain: number): number {
  let flags = plain;
  if (drawer.pick(dials.folioLocked) === 1) flags |= FOLIO_LOCKED;
  if (drawer.pick(dials.folioNotUptodate) === 1) flags &= ~FOLIO_UPTODATE;
  if (drawer.pick(dials.folioReadahead) === 1) flags |= FOLIO_READAHEAD;
  if (drawer.pick(dials.folioWorkingset) === 1) flags |= FOLIO_WORKINGSET;
  if (drawer.pick(dials.folioDirty) === 1) flags |= FOLIO_DIRTY;
  const elsewhere = drawer.pick(dials.folioElsewhere);
  if (elsewhere === 1) flags |= FOLIO_OTHER_MAPPING;
  if (elsewhere === 2) base.refcount[head] = -1;
  return flags;
}

/** Entries of other mms: a random quarter of the pages, one to three each. */
function drawMaps(drawer: Drawer, scene: Scene, head: number, pages: number): void {
  for (let page = head; page < head + pages; page++) {
    const bits = drawer.rng.next();
    if (bits >>> 30 === 0) scene.otherMaps[page] = 1 + ((bits >>> 20) & 1) + ((bits >>> 21) & 1);
  }
}
