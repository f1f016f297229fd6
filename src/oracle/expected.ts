/**
 * Named value rules: what an intended difference leaves behind in each engine, worked out from the prediction and the
 * state before the fault. Each rule fills two images; where they differ in a field that the allowlist entry lists, that
 * difference, with exactly these values, is what the entry claims.
 */
import { type Access, BY_CPU } from '../mm/access.js';
import {
  FILE_REGULAR,
  FOLIO_CACHED,
  FOLIO_DIRTY,
  FOLIO_MLOCKED,
  FOLIO_OTHER_MAPPING,
  FOLIO_SWAPBACKED,
  HPAGE_PMD_NR,
  MMAP_MISS_MAX,
  PMD_DIRTY,
  PMD_HUGE,
  PMD_NONE,
  PMD_TABLE,
  PMD_WRITE,
  PMD_YOUNG,
  PTE_PRESENT,
  PTE_WRITE,
  PTE_YOUNG,
  VM_FAULT_HWPOISON,
  VM_FAULT_NOPAGE,
  VM_FAULT_RETRY,
  VM_FAULT_SIGBUS,
  VM_HUGEPAGE,
  VM_PROTNONE,
  VM_RAND_READ,
  VM_SEQ_READ,
  VM_WRITE,
} from '../mm/bits.js';
import * as F from '../mm/fields.js';
import { Image } from '../mm/image.js';
import { evictPoisoned } from '../mm/other_threads.js';
import { FAIL_FAULT_RETRY, type Scene } from '../mm/scene.js';
import { addPageMap, rssWord } from '../mm/zap.js';
import { contpteFold, contpteFoldKeptYoung } from './expected_contpte.js';
import { cleansDcache, mlocks } from './mapping.js';
import { ACCESS_READ, PATH_AROUND, PATH_FINISH_ONE, PATH_FINISH_WHOLE, type Prediction } from './prediction.js';

const ONE_ICACHE = 1 << 8;
const ONE_MMU_CACHE = 1 << 16;

export const RULE_NAMES = [
  'whole-folio',
  'pmd-instead-of-entries',
  'poisoned-folio',
  'without-workingset-misses',
  'pmd-side-effects',
  'contpte-fold',
  'contpte-fold-kept-young',
] as const;
export type RuleName = (typeof RULE_NAMES)[number];
/** Rules are told apart by their place in the list: names that were read from a file are slow to compare. */
export const ruleNamed = (name: RuleName): number => RULE_NAMES.indexOf(name);
const WHOLE_FOLIO = ruleNamed('whole-folio');
const PMD_INSTEAD_OF_ENTRIES = ruleNamed('pmd-instead-of-entries');
const POISONED_FOLIO = ruleNamed('poisoned-folio');
const WITHOUT_WORKINGSET_MISSES = ruleNamed('without-workingset-misses');
const CONTPTE_FOLD = ruleNamed('contpte-fold');
const CONTPTE_FOLD_KEPT_YOUNG = ruleNamed('contpte-fold-kept-young');

/** Expected states of both engines under one rule. */
export class Expected {
  readonly legacy: Image;
  readonly batched: Image;

  constructor(readonly span: number) {
    this.legacy = new Image(span);
    this.batched = new Image(span);
  }

  /**
   * Works both states out.
   * @param rule place in RULE_NAMES
   */
  compute(rule: number, scene: Scene, before: Image, p: Prediction, access: Access): void {
    const { legacy, batched } = this;
    legacy.copyFrom(before);
    batched.copyFrom(before);
    legacy.clearMaintenance();
    batched.clearMaintenance();
    if (rule === WHOLE_FOLIO) wholeFolio(scene, legacy, batched, p);
    else if (rule === PMD_INSTEAD_OF_ENTRIES) pmdInsteadOfEntries(scene, legacy, batched, p, access);
    else if (rule === POISONED_FOLIO) poisonedFolio(scene, legacy, batched, p);
    else if (rule === WITHOUT_WORKINGSET_MISSES) workingsetMisses(scene, before, legacy, batched, p);
    else if (rule === CONTPTE_FOLD) contpteFold(scene, legacy, batched, p);
    else if (rule === CONTPTE_FOLD_KEPT_YOUNG) contpteFoldKeptYoung(scene, legacy, batched, p);
    else pmdSideEffects(scene, legacy, batched);
  }
}

/** One file page is mapped: entry, mapcount, reference, resident page, cache maintenance. */
function mapEntry(scene: Scene, out: Image, slot: number): void {
  const page = slot + scene.shift;
  const folio = scene.headOf[page];
  out.pte[slot] = PTE_PRESENT;
  out.pfn[slot] = scene.pfnOf(page);
  addPageMap(scene, out, page, 1);
  out.refcount[folio]++;
  out.count(rssWord(out, folio), 1);
  out.maintenance[slot] += ONE_ICACHE + ONE_MMU_CACHE;
}

function mapRuns(scene: Scene, out: Image, p: Prediction): void {
  for (let run = 1; run <= p.runs; run++) {
    for (let i = 0; i < p.runPages[run]; i++) mapEntry(scene, out, p.runStart[run] + i);
  }
}

function installTable(out: Image): void {
  if (out.pmdState() !== PMD_NONE) return;
  out.setPmd(PMD_TABLE);
  out.count(F.MM_NR_PTES, 1);
}

/** finish_fault() maps all pages of the folio instead of the faulting one. */
function wholeFolio(scene: Scene, legacy: Image, batched: Image, p: Prediction): void {
  mapRuns(scene, legacy, p);
  mapRuns(scene, batched, p);
  readIn(scene, legacy, p);
  readIn(scene, batched, p);
  mapEntry(scene, legacy, p.slot);
  mapWholeFolio(scene, batched, p);
}

/** ->fault brings a folio that is not cached into the page cache. */
function readIn(scene: Scene, out: Image, p: Prediction): void {
  const folio = scene.headOf[p.page];
  if (!out.folioTest(folio, FOLIO_CACHED)) out.refcount[folio] += scene.folioPages[folio];
}

function mapWholeFolio(scene: Scene, out: Image, p: Prediction): void {
  const folio = scene.headOf[p.page];
  const pages = scene.folioPages[folio];
  for (let page = folio; page < folio + pages; page++) mapEntry(scene, out, page - scene.shift);
}

function mapPmd(scene: Scene, out: Image, folio: number, access: Access): void {
  const prot = scene.pageProt();
  let entry = PMD_HUGE | ((prot & PTE_YOUNG) !== 0 ? PMD_YOUNG : 0) | ((prot & PTE_WRITE) !== 0 ? PMD_WRITE : 0);
  if (access.write) entry |= PMD_DIRTY | (scene.vma(VM_WRITE) ? PMD_WRITE : 0);
  if (out.entireMapcount(folio) === 0) {
    let unmapped = 0;
    for (let i = 0; i < HPAGE_PMD_NR; i++) if (out.pageMapcount(folio + i) === 0) unmapped++;
    out.count(F.NR_FILE_MAPPED, unmapped);
    out.count(F.MEMCG_FILE_MAPPED, unmapped);
    out.count(pmdStat(out, folio), HPAGE_PMD_NR);
    out.count(pmdStat(out, folio) + F.MEMCG_FILE_MAPPED - F.NR_FILE_MAPPED, HPAGE_PMD_NR);
  }
  out.addEntireMapcount(folio, 1);
  out.refcount[folio]++;
  out.count(rssWord(out, folio), HPAGE_PMD_NR);
  out.setPmd(entry);
  out.count(F.THP_FILE_MAPPED, 1);
  for (let i = 0; i < HPAGE_PMD_NR; i++) out.maintenance[i] += ONE_ICACHE + ONE_MMU_CACHE;
  if (cleansDcache(scene)) out.markDcacheClean(folio, 1);
  if (mlocks(scene) && !out.folioTest(folio, FOLIO_MLOCKED)) {
    out.folioSet(folio, FOLIO_MLOCKED);
    out.count(F.NR_MLOCK, HPAGE_PMD_NR);
    out.count(F.UNEVICTABLE_PGMLOCKED, HPAGE_PMD_NR);
  }
}

function pmdStat(out: Image, folio: number): number {
  return out.folioTest(folio, FOLIO_SWAPBACKED) ? F.NR_SHMEM_PMDMAPPED : F.NR_FILE_PMDMAPPED;
}

/** ->fault of a cached page: asynchronous read-ahead takes one miss back; of another one: a miss more. */
function callFault(scene: Scene, out: Image, cached: boolean): void {
  out.count(F.FAULT_CALLS, 1);
  if (scene.fileKind !== FILE_REGULAR || !scene.readahead || scene.vma(VM_RAND_READ)) return;
  if (cached) out.mm[F.MMAP_MISS] = Math.max(0, out.mm[F.MMAP_MISS] - 1);
  else if (!scene.vma(VM_HUGEPAGE | VM_SEQ_READ))
    out.mm[F.MMAP_MISS] = Math.min(MMAP_MISS_MAX, out.mm[F.MMAP_MISS] + 1);
}

/** Legacy maps the folio by PMD; the reference refuses and maps entries. */
function pmdInsteadOfEntries(scene: Scene, legacy: Image, batched: Image, p: Prediction, access: Access): void {
  const folio = scene.headOf[scene.shift];
  if (p.pmdByAround) {
    legacy.mm[F.RET] = VM_FAULT_NOPAGE;
  } else {
    callFault(scene, legacy, true);
    legacy.mm[F.RET] = 0;
  }
  mapPmd(scene, legacy, folio, access);
  if (p.around) {
    mapRuns(scene, batched, p);
    for (let i = 0; i < p.folios; i++) cleanFolio(scene, batched, p.mappedFolios[i]);
    const counted = p.misses - p.workingsetMisses;
    batched.mm[F.MMAP_MISS] = Math.max(0, batched.mm[F.MMAP_MISS] - counted);
    batched.mm[F.RET] = VM_FAULT_NOPAGE;
  }
  installTable(batched);
  if (p.path === PATH_AROUND) {
    accessEnds(scene, legacy, access);
    return;
  }
  if ((scene.failures & FAIL_FAULT_RETRY) !== 0) {
    batched.count(F.FAULT_CALLS, 1);
    batched.mm[F.RET] = VM_FAULT_RETRY;
    return;
  }
  if (p.page < 0 || p.page >= batched.mm[F.I_SIZE]) {
    batched.count(F.FAULT_CALLS, 1);
    batched.mm[F.RET] = VM_FAULT_SIGBUS;
    return;
  }
  callFault(scene, batched, true);
  batched.mm[F.RET] = 0;
  accessEnds(scene, legacy, access);
  if (p.path === PATH_FINISH_WHOLE) mapWholeFolio(scene, batched, p);
  else if (p.path === PATH_FINISH_ONE) mapEntry(scene, batched, p.slot);
  if (p.path === PATH_FINISH_WHOLE || p.path === PATH_FINISH_ONE) cleanFolio(scene, batched, scene.headOf[p.page]);
}

/** PG_arch_1 is the folio's: an executable entry of any of its pages makes all of it coherent. */
function cleanFolio(scene: Scene, out: Image, folio: number): void {
  if (cleansDcache(scene)) out.markDcacheClean(folio, scene.folioPages[folio]);
}

/** The access after the fault: a PMD entry may lack bits that a processor then sets; the run's entries have them. */
function accessEnds(scene: Scene, legacy: Image, access: Access): void {
  if (access.by !== BY_CPU || scene.vma(VM_PROTNONE)) return;
  const bits = PMD_YOUNG | (access.write ? PMD_DIRTY : 0);
  legacy.mm[F.ACCESS_EFFECT] = bits & ~legacy.mm[F.PMD];
}

/** Both map by PMD; 6.1 mlocks the folio and counts it in its memcg as well. */
function pmdSideEffects(scene: Scene, legacy: Image, batched: Image): void {
  const folio = scene.headOf[scene.shift];
  const first = legacy.entireMapcount(folio) === 0;
  const word = pmdStat(legacy, folio) + F.MEMCG_FILE_MAPPED - F.NR_FILE_MAPPED;
  if (first) legacy.count(word, HPAGE_PMD_NR);
  if (mlocks(scene) && !legacy.folioTest(folio, FOLIO_MLOCKED)) {
    legacy.folioSet(folio, FOLIO_MLOCKED);
    legacy.count(F.NR_MLOCK, HPAGE_PMD_NR);
    legacy.count(F.UNEVICTABLE_PGMLOCKED, HPAGE_PMD_NR);
  }
  if (cleansDcache(scene)) {
    legacy.markDcacheClean(folio, 1);
    batched.markDcacheClean(folio, HPAGE_PMD_NR);
  }
  batched.mm[F.RET] = legacy.mm[F.RET];
}

/** A poisoned page of a large folio: 6.1 unmaps one index, the reference the folio; each then tries to evict it. */
function poisonedFolio(scene: Scene, legacy: Image, batched: Image, p: Prediction): void {
  const folio = scene.headOf[p.page];
  mapRuns(scene, legacy, p);
  mapRuns(scene, batched, p);
  if (p.page === folio) evictPoisoned(scene, legacy, folio);
  for (let page = folio; page < folio + scene.folioPages[folio]; page++) evictPoisoned(scene, batched, page);
  for (const out of [legacy, batched]) out.mm[F.RET] = evicts(scene, out, folio);
}

function evicts(scene: Scene, out: Image, folio: number): number {
  const pages = scene.folioPages[folio];
  if (out.folioTest(folio, FOLIO_DIRTY) || out.refcount[folio] !== pages) return VM_FAULT_HWPOISON;
  out.folioClear(folio, FOLIO_CACHED);
  out.refcount[folio] -= pages;
  return VM_FAULT_NOPAGE;
}

/** Pages of workingset folios are no misses since 5c46d5319bde. */
function workingsetMisses(scene: Scene, before: Image, legacy: Image, batched: Image, p: Prediction): void {
  legacy.mm[F.MMAP_MISS] = Math.max(0, before.mm[F.MMAP_MISS] - p.misses);
  batched.mm[F.MMAP_MISS] = Math.max(0, before.mm[F.MMAP_MISS] - (p.misses - p.workingsetMisses));
  if (p.access !== ACCESS_READ || p.path === PATH_AROUND || !reachesReadahead(scene, before, p)) return;
  const folio = scene.headOf[p.page];
  const cached = before.folioTest(folio, FOLIO_CACHED);
  callFault(scene, legacy, cached);
  callFault(scene, batched, cached);
}

/** Does ->fault get as far as its read-ahead? */
function reachesReadahead(scene: Scene, before: Image, p: Prediction): boolean {
  if (p.page < 0 || p.page >= before.mm[F.I_SIZE] || (scene.failures & FAIL_FAULT_RETRY) !== 0) return false;
  const folio = scene.headOf[p.page];
  if (!before.folioTest(folio, FOLIO_CACHED)) return true;
  return before.refcount[folio] !== 0 && !before.folioTest(folio, FOLIO_OTHER_MAPPING);
}
