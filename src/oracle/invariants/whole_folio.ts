/** Whole-folio finish_fault(): anonymous shmem since 6.11 (43e027e41423), every file since 6.18 (19773df031bc). */
import { FILE_ANON_SHMEM, VM_UFFD_MASK } from '../../mm/bits.js';
import type { Context } from './context.js';

/** Were all entries of the fault's folio made, and does the kernel map this folio whole? */
export function mapsWhole(c: Context): boolean {
  const { scene, before, after, folio, rules } = c;
  if (folio < 0 || c.cow || scene.vma(VM_UFFD_MASK)) return false;
  if (!rules.wholeAnyFile && !(rules.wholeAnonShmem && scene.fileKind === FILE_ANON_SHMEM)) return false;
  const first = folio - scene.shift;
  const next = first + scene.folioPages[folio];
  if (next - first === 1 || first < scene.vmaStart || next > scene.vmaStart + scene.vmaPages) return false;
  if (first < 0 || next > scene.span) return false;
  for (let slot = first; slot < next; slot++) {
    if (before.pte[slot] !== 0 || (after.maintenance[slot] & 0xff) === 0) return false;
  }
  return true;
}
