/** The page-table part of a layout: PMD state and populated entries. */
import {
  FILE_REGULAR,
  FOLIO_CACHED,
  FOLIO_UPTODATE,
  HPAGE_PMD_NR,
  PMD_HUGE,
  PMD_NONE,
  PMD_TABLE,
  PMD_WRITE,
  PMD_YOUNG,
  PTE_DIRTY,
  PTE_MARKER_UFFD_WP,
  PTE_MIGRATION,
  PTE_PRESENT,
  PTE_SWAP,
  PTE_WRITE,
  PTE_YOUNG,
  VM_SHARED,
  VM_WRITE,
} from '../mm/bits.js';
import type { Image } from '../mm/image.js';
import { ANON_PFN_BASE, type Scene } from '../mm/scene.js';
import { DIALS } from './dials.js';
import type { Drawer } from './draw.js';

/** Bound here: an imported binding would be looked up, and its properties with it, each time that it is read. */
const dials = DIALS;

/** Draws the PMD and, below a page table, the populated entries. */
export function drawTable(drawer: Drawer, scene: Scene, base: Image): void {
  const pmd = drawPmd(drawer, scene, base);
  base.setPmd(pmd);
  if (pmd !== PMD_TABLE) return;
  const density = drawer.pick(dials.density);
  if (density === 0) return;
  const first = Math.max(0, scene.vmaStart);
  const end = Math.min(scene.span, scene.vmaEnd());
  for (let slot = first; slot < end; slot++) if (drawer.rng.chance(density)) drawEntry(drawer, scene, base, slot);
}

function drawPmd(drawer: Drawer, scene: Scene, base: Image): number {
  const pmd = drawer.pick(scene.span === HPAGE_PMD_NR ? dials.wholeTablePmd : dials.pmd);
  if (pmd !== PMD_HUGE) return pmd;
  const covered = scene.vmaStart <= 0 && scene.vmaEnd() >= HPAGE_PMD_NR;
  const folio = scene.span === HPAGE_PMD_NR && scene.shift === 0 && scene.folioPages[0] === HPAGE_PMD_NR;
  if (!covered || !folio || !mappable(base, 0)) return PMD_NONE;
  return PMD_HUGE | PMD_YOUNG | ((scene.unregisteredPageProt() & PTE_WRITE) !== 0 ? PMD_WRITE : 0);
}

/** A folio whose pages may be mapped already: cached, uptodate, and with references. */
function mappable(base: Image, folio: number): boolean {
  const wanted = FOLIO_CACHED | FOLIO_UPTODATE;
  return (base.folio[folio] & wanted) === wanted && base.refcount[folio] >= 0;
}

function drawEntry(drawer: Drawer, scene: Scene, base: Image, slot: number): void {
  const odd = drawer.pick(dials.oddEntry);
  const privateWritable = !scene.vma(VM_SHARED) && scene.vma(VM_WRITE);
  const prot = scene.unregisteredPageProt() & ~PTE_YOUNG;
  if (odd === PTE_SWAP) {
    if (!scene.vma(VM_SHARED)) put(base, slot, PTE_SWAP, slot + 1);
  } else if (odd === PTE_MARKER_UFFD_WP) {
    if (drawer.pair.uffdWp && scene.fileKind !== FILE_REGULAR) put(base, slot, PTE_MARKER_UFFD_WP, 0);
  } else if (odd === PTE_PRESENT && privateWritable) {
    put(base, slot, prot | PTE_YOUNG | PTE_DIRTY | PTE_WRITE, ANON_PFN_BASE + slot);
  } else {
    const page = slot + scene.shift;
    if (page < 0 || page >= scene.span || !mappable(base, scene.headOf[page])) return;
    const pfn = scene.pfnOf(page);
    if (odd === PTE_MIGRATION) put(base, slot, PTE_MIGRATION, pfn);
    else put(base, slot, prot | drawer.pick(dials.entry), pfn);
  }
}

function put(base: Image, slot: number, flags: number, pfn: number): void {
  base.pte[slot] = flags;
  base.pfn[slot] = pfn;
}
