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
  PTE_CONT,
  PTE_DIRTY,
  PTE_MARKER_UFFD_WP,
  PTE_MIGRATION,
  PTE_PRESENT,
  PTE_PROTNONE,
  PTE_SWAP,
  PTE_WRITE,
  PTE_YOUNG,
  VM_SHARED,
  VM_UFFD_WP,
  VM_WRITE,
} from '../mm/bits.js';
import type { Image } from '../mm/image.js';
import { ANON_PFN_BASE, type Scene } from '../mm/scene.js';
import { BLOCK_ALIKE, BLOCK_FEW, DIALS } from './dials.js';
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
  drawBlocks(drawer, scene, base, first, end);
}

/** Aligned runs of one folio, as fault-around and finish_fault() leave them: blocks where entries can be contiguous. */
function drawBlocks(drawer: Drawer, scene: Scene, base: Image, first: number, end: number): void {
  const density = drawer.pick(dials.blocks);
  if (density === 0) return;
  const pages = scene.arch.contPtes || 4 << drawer.rng.below(3);
  const start = first + (-(first + scene.ptOffset) & (pages - 1));
  for (let slot = start; slot + pages <= end; slot += pages) {
    if (drawer.rng.chance(density)) drawBlock(drawer, scene, base, slot, pages);
  }
}

function drawBlock(drawer: Drawer, scene: Scene, base: Image, slot: number, pages: number): void {
  const page = slot + scene.shift;
  if (page < 0 || page + pages > scene.span) return;
  const folio = scene.headOf[page];
  if (folio !== scene.headOf[page + pages - 1] || !mappable(base, folio)) return;
  const young = drawMixed(drawer);
  let flags = (scene.unregisteredPageProt() & ~PTE_YOUNG) | drawer.pick(dials.entry);
  if (young !== 0) flags &= ~PTE_YOUNG;
  if (isContiguous(drawer, scene, page, flags)) flags |= PTE_CONT;
  const dirty = (flags & PTE_WRITE) === 0 ? 0 : young >>> 16;
  const pfn = scene.pfnOf(page);
  for (let i = 0; i < pages; i++) {
    const bits = ((young >>> i) & 1 ? PTE_YOUNG : 0) | ((dirty >>> i) & 1 ? PTE_DIRTY : 0);
    put(base, slot + i, flags | bits, pfn + i);
  }
}

/** Can the block be contiguous (contpte_set_ptes(), contpte_try_fold()), and is it? */
function isContiguous(drawer: Drawer, { arch }: Scene, page: number, flags: number): boolean {
  if (arch.contPtes === 0 || (page & (arch.contPtes - 1)) !== 0 || (flags & PTE_PROTNONE) !== 0) return false;
  return drawer.pick(dials.contiguous) === 1;
}

/** What hardware set in single entries: the low 16 bits are for young, the high ones for dirty. */
function drawMixed(drawer: Drawer): number {
  const how = drawer.pick(dials.blockBits);
  if (how === BLOCK_ALIKE) return 0;
  const bits = drawer.rng.next();
  return how === BLOCK_FEW ? bits & drawer.rng.next() & drawer.rng.next() : bits;
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
  const odd = drawer.pick(scene.vma(VM_UFFD_WP) ? dials.wpEntry : dials.oddEntry);
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
