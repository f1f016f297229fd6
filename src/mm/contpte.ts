/**
 * arm64 contpte (arch/arm64/mm/contpte.c and set_ptes() in asm/pgtable.h, 6.12): a naturally aligned block of entries
 * that map one folio contiguously carries PTE_CONT, and its young and dirty bits are read as one.
 */
import { PTE_CONT, PTE_DIRTY, PTE_PRESENT, PTE_PROTNONE, PTE_SPECIAL, PTE_YOUNG } from './bits.js';
import type { Image } from './image.js';
import * as M from './marks.js';
import type { Scene } from './scene.js';

/** pte_valid(): present for the hardware. */
function valid(flags: number): boolean {
  return (flags & (PTE_PRESENT | PTE_PROTNONE)) === PTE_PRESENT;
}

/** Slot of the first entry of the block, or a negative number where the block leaves the span. */
function blockOf(scene: Scene, slot: number): number {
  const start = slot - ((slot + scene.ptOffset) & (scene.arch.contPtes - 1));
  return start + scene.arch.contPtes <= scene.span ? start : -1;
}

/** contpte_try_fold(): after the last entry of a block was set, one by one. */
export function contpteTryFold(scene: Scene, image: Image, slot: number): void {
  const nr = scene.arch.contPtes;
  const last = nr - 1;
  const flags = image.pte[slot];
  if (((slot + scene.ptOffset) & last) !== last || (image.pfn[slot] & last) !== last) return;
  if (!valid(flags) || (flags & (PTE_SPECIAL | PTE_CONT)) !== 0) return;
  const start = blockOf(scene, slot);
  if (start < 0) return;
  const page = scene.pageOfPfn(image.pfn[slot]);
  if (page < 0 || scene.headOf[page] > page - last) return;
  const ignore = ~(PTE_YOUNG | PTE_DIRTY);
  let gathered = 0;
  for (let i = 0; i < nr; i++) {
    const entry = image.pte[start + i];
    if ((entry & ignore) !== (flags & ignore) || image.pfn[start + i] !== image.pfn[start] + i) return;
    gathered |= entry & (PTE_YOUNG | PTE_DIRTY);
  }
  image.mark(M.CONTPTE_FOLD);
  image.note('contpte_try_fold', start, nr);
  for (let i = start; i < start + nr; i++) image.rewritePte(i, (image.pte[i] & ignore) | gathered | PTE_CONT);
}

/** contpte_try_unfold(): before one entry of a block changes on its own. */
export function contpteTryUnfold(scene: Scene, image: Image, slot: number): void {
  const nr = scene.arch.contPtes;
  if (nr === 0 || (image.pte[slot] & PTE_CONT) === 0) return;
  const start = blockOf(scene, slot);
  if (start < 0) return;
  let gathered = 0;
  for (let i = start; i < start + nr; i++) gathered |= image.pte[i] & (PTE_YOUNG | PTE_DIRTY);
  for (let i = start; i < start + nr; i++) image.rewritePte(i, (image.pte[i] & ~PTE_CONT) | gathered);
}

/**
 * PTE_CONT for the entry at `slot` of a set_ptes() call that covers [first, first + nr): set on every block that the
 * call covers completely and whose page frames are aligned alike.
 */
export function contpteBit(scene: Scene, flags: number, first: number, pfn: number, nr: number, slot: number): number {
  const pages = scene.arch.contPtes;
  const start = slot - ((slot + scene.ptOffset) & (pages - 1));
  if (start < first || start + pages > first + nr) return 0;
  if (((pfn + start - first) & (pages - 1)) !== 0) return 0;
  return (flags & PTE_PRESENT) !== 0 ? PTE_CONT : 0;
}

/** Does contpte handle this value at all? 6.12.117 restricts it to valid entries. */
export function contpteApplies(scene: Scene, flags: number): boolean {
  return scene.arch.contPtes !== 0 && valid(flags);
}
