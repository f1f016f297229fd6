/** arm64 contiguous blocks (I27): contpte_set_ptes() and __contpte_try_fold(), arch/arm64/mm/contpte.c. */
import { PTE_CONT, PTE_DIRTY, PTE_PRESENT, PTE_PROTNONE, PTE_YOUNG } from '../../mm/bits.js';
import { I27 } from './catalogue.js';
import type { Context } from './context.js';

/** Inspects each block that has a contiguous entry. */
export function inspectContBlocks(c: Context): void {
  if ((c.flagsSeen & PTE_CONT) === 0) return;
  const { scene, after } = c;
  const pages = scene.arch.contPtes;
  if (pages === 0) {
    c.bad |= I27;
    return;
  }
  for (let slot = 0; slot < scene.span; ) {
    const next = slot + pages - ((slot + scene.ptOffset) % pages);
    let contiguous = false;
    for (let i = slot; i < next && i < scene.span; i++) if ((after.pte[i] & PTE_CONT) !== 0) contiguous = true;
    if (contiguous && !isBlock(c, slot, next)) c.bad |= I27;
    slot = next;
  }
}

/** Slots [first, next): a complete block, aligned in memory too, of one folio, its entries alike. */
function isBlock(c: Context, first: number, next: number): boolean {
  const { scene, after, rules } = c;
  const pages = scene.arch.contPtes;
  if (next - first !== pages || next > scene.span) return false;
  const flags = after.pte[first] & ~(PTE_YOUNG | PTE_DIRTY);
  const pfn = after.pfn[first];
  if ((flags & (PTE_PRESENT | PTE_CONT)) !== (PTE_PRESENT | PTE_CONT) || pfn % pages !== 0) return false;
  if ((flags & PTE_PROTNONE) !== 0 && !rules.contOfProtnone) return false;
  for (let i = 0; i < pages; i++) {
    if ((after.pte[first + i] & ~(PTE_YOUNG | PTE_DIRTY)) !== flags || after.pfn[first + i] !== pfn + i) return false;
  }
  const page = first + scene.shift;
  const head = scene.headOf[page];
  return page + pages <= head + scene.folioPages[head];
}
