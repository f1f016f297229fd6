/** The value rule of arm64 contpte: which blocks each engine leaves contiguous, and what their bits read. */
import { PTE_YOUNG } from '../mm/bits.js';
import { contpteApplies, contpteBit, contpteTryFold } from '../mm/contpte.js';
import type { Image } from '../mm/image.js';
import type { Scene } from '../mm/scene.js';
import { PATH_FINISH_WHOLE, PMD_SAME, type Prediction } from './prediction.js';

/**
 * arm64 contpte: entries that are set one by one fold when the last of a complete block is set, whoever made the
 * others; a run sets PTE_CONT on the blocks that it covers itself and folds nothing. Young and dirty are read as one in
 * a block.
 */
export function contpteFold(scene: Scene, legacy: Image, batched: Image, p: Prediction): void {
  if (p.pmdRule !== PMD_SAME) return;
  for (let run = 1; run <= p.runs; run++) {
    const start = p.runStart[run];
    const pages = p.runPages[run];
    for (let i = 0; i < pages; i++) setOne(scene, legacy, start + i, start + i === p.slot);
    if (pages === 1) setOne(scene, batched, start, start === p.slot);
    else setRun(scene, batched, start, pages, run === p.faultRun);
  }
  if (p.path !== PATH_FINISH_WHOLE) return;
  const folio = scene.headOf[p.page];
  setOne(scene, legacy, p.slot, true);
  setRun(scene, batched, folio - scene.shift, scene.folioPages[folio], true);
}

/** Flags of a prefaulted or faulted entry of a read fault. */
function entryFlags(scene: Scene, faulted: boolean): number {
  const prot = scene.pageProt();
  return !faulted && scene.arch.wantsOldPrefaultedPte ? prot & ~PTE_YOUNG : prot;
}

function setOne(scene: Scene, out: Image, slot: number, faulted: boolean): void {
  out.pte[slot] = entryFlags(scene, faulted);
  out.pfn[slot] = scene.pfnOf(slot + scene.shift);
  contpteTryFold(scene, out, slot);
}

function setRun(scene: Scene, out: Image, start: number, pages: number, faulted: boolean): void {
  const flags = entryFlags(scene, faulted);
  const pfn = scene.pfnOf(start + scene.shift);
  for (let i = 0; i < pages; i++) {
    const cont = contpteApplies(scene, flags) ? contpteBit(scene, flags, start, pfn, pages, start + i) : 0;
    out.pte[start + i] = flags | cont;
    out.pfn[start + i] = pfn + i;
  }
}
