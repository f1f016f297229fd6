/** The value rules of arm64 contpte: which blocks each engine leaves contiguous, and what their bits read. */
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
  contpteRuns(scene, legacy, batched, p);
  if (p.path !== PATH_FINISH_WHOLE) return;
  const folio = scene.headOf[p.page];
  setOne(scene, legacy, p.slot, true);
  setRun(scene, batched, folio - scene.shift, scene.folioPages[folio], true);
}

/** The runs of fault-around, set one by one on the legacy side. */
function contpteRuns(scene: Scene, legacy: Image, batched: Image, p: Prediction): void {
  for (let run = 1; run <= p.runs; run++) {
    const start = p.runStart[run];
    const pages = p.runPages[run];
    for (let i = 0; i < pages; i++) setOne(scene, legacy, start + i, start + i === p.slot);
    if (pages === 1) setOne(scene, batched, start, start === p.slot);
    else setRun(scene, batched, start, pages, run === p.faultRun);
  }
}

/**
 * The same for revisions whose finish_fault() maps one page, and whose test for prefaulted runs is a defect: what the
 * setter makes young is no part of what is intended. Of accessed bits, those are left that folding alone decides: of
 * entries that were there before, in blocks that the batched engine leaves as they are.
 */
export function contpteFoldKeptYoung(scene: Scene, legacy: Image, batched: Image, p: Prediction): void {
  if (p.pmdRule !== PMD_SAME) return;
  const kept = batched.pte.slice();
  contpteRuns(scene, legacy, batched, p);
  if (p.path === PATH_FINISH_WHOLE) for (const out of [legacy, batched]) setOne(scene, out, p.slot, true);
  for (let slot = 0; slot < scene.span; slot++) {
    if (batched.pte[slot] === kept[slot]) continue;
    legacy.pte[slot] = (legacy.pte[slot] & ~PTE_YOUNG) | (batched.pte[slot] & PTE_YOUNG);
  }
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
