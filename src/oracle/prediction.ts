/**
 * The oracle's own idea of what a fault will do, from the scene and the state before it, written without looking at the
 * engines: who handles the fault, which slots fault-around fills, and in which runs. Facts and expected values of
 * intended differences stand on it; a wrong engine cannot explain itself.
 */
import { type Access, BY_DEVICE } from '../mm/access.js';
import {
  FILE_ANON_SHMEM,
  FILE_REGULAR,
  FOLIO_CACHED,
  FOLIO_HAS_HWPOISONED,
  FOLIO_OTHER_MAPPING,
  FOLIO_WORKINGSET,
  PMD_HUGE,
  PMD_NONE,
  PTE_MARKER_UFFD_WP,
  VM_SHARED,
  VM_THP_DISABLED,
  VM_UFFD_MASK,
  VM_UFFD_WP,
} from '../mm/bits.js';
import { I_SIZE } from '../mm/fields.js';
import type { Image } from '../mm/image.js';
import { pageHwpoison } from '../mm/page_cache.js';
import {
  FAIL_ANON_VMA,
  FAIL_COW_ALLOC,
  FAIL_DONE_COW,
  FAIL_FAULT_RETRY,
  FAIL_PTE_ALLOC,
  FAIL_UNSTABLE_MM,
  MKWRITE_LOCKED,
  MKWRITE_NONE,
  MKWRITE_UNLOCKED,
  RACE_ENTRY_BEFORE_AROUND,
  RACE_FOLIO_REPLACED,
  RACE_NONE,
  type Scene,
} from '../mm/scene.js';
import { lookupTakes } from './lookup.js';
import { triesAround } from './mapping.js';

/** Who handles the fault, as the reference intends it. */
export const PATHS = [
  'none',
  'access-flag',
  'fault-around',
  'finish-one',
  'finish-whole',
  'pmd',
  'poisoned',
  'marker-cleared',
] as const;
export const PATH_NONE = 0;
export const PATH_ACCESS_FLAG = 1;
export const PATH_AROUND = 2;
export const PATH_FINISH_ONE = 3;
export const PATH_FINISH_WHOLE = 4;
export const PATH_PMD = 5;
export const PATH_POISONED = 6;
export const PATH_MARKER_CLEARED = 7;

/** Kind of access that faults. */
export const ACCESSES = ['read', 'cow', 'shared-write'] as const;
export const ACCESS_READ = 0;
export const ACCESS_COW = 1;
export const ACCESS_SHARED = 2;

/** Why legacy maps by PMD where the reference does not. */
export const PMD_RULES = ['same', 'i-size', 'thp-disabled'] as const;
export const PMD_SAME = 0;
export const PMD_I_SIZE = 1;
export const PMD_THP = 2;

/** A slot that no entry has. */
const NOWHERE = -(1 << 20);

/** ACCESS_* of an access that faults. */
export function kindOf(scene: Scene, access: Access): number {
  if (!access.write) return ACCESS_READ;
  return scene.vma(VM_SHARED) ? ACCESS_SHARED : ACCESS_COW;
}

export class Prediction {
  access = ACCESS_READ;
  path = PATH_NONE;
  pmdRule = PMD_SAME;
  /** legacy would map by PMD in fault-around already, not in finish_fault() */
  pmdByAround = false;
  byDevice = false;
  slot = 0;
  /** is fault-around tried at all */
  around = false;
  /** window in slots, inclusive; empty where from > to */
  from = 0;
  to = -1;
  /** number of the run that a slot of the window joins, from 1; 0 for none */
  readonly runOf: Int32Array;
  /** first slot and number of slots of each run */
  readonly runStart: Int32Array;
  readonly runPages: Int32Array;
  runs = 0;
  /** run that holds the fault, or 0 */
  faultRun = 0;
  /** fault-around finds a folio, and therefore installs a missing page table */
  tableInstalled = false;
  /** folios that the lookup of fault-around finds */
  found = 0;
  /** folios with a page in a run, in order; `folios` of them */
  readonly mappedFolios: Int32Array;
  folios = 0;
  /** pages that fault-around counts as read-ahead misses, and how many of them lie in workingset folios */
  misses = 0;
  workingsetMisses = 0;
  /** the page under the fault, or -1 outside of the modelled file */
  page = 0;

  constructor(span: number) {
    this.runOf = new Int32Array(span);
    this.runStart = new Int32Array(span + 1);
    this.runPages = new Int32Array(span + 1);
    this.mappedFolios = new Int32Array(span + 1);
  }

  /** Works the fault of `access` out, which starts from `before`. */
  predict(scene: Scene, before: Image, access: Access): void {
    this.clear();
    this.slot = access.slot;
    this.byDevice = access.by === BY_DEVICE;
    this.page = access.slot + scene.shift;
    if (this.page < 0 || this.page >= scene.span) this.page = -1;
    this.access = kindOf(scene, access);
    this.path = this.choosePath(scene, before);
  }

  private clear(): void {
    if (this.runs !== 0) this.runOf.fill(0, this.from, this.to + 1);
    this.around = false;
    this.tableInstalled = false;
    this.from = 0;
    this.to = -1;
    this.runs = 0;
    this.faultRun = 0;
    this.found = 0;
    this.folios = 0;
    this.misses = 0;
    this.workingsetMisses = 0;
    this.pmdRule = PMD_SAME;
    this.pmdByAround = false;
  }

  private choosePath(scene: Scene, before: Image): number {
    const entry = before.pte[this.slot];
    const hasTable = before.pmdState() !== PMD_NONE;
    if (hasTable && entry !== 0) {
      if (entry !== PTE_MARKER_UFFD_WP) return PATH_ACCESS_FLAG;
      if (!scene.vma(VM_UFFD_WP)) return PATH_MARKER_CLEARED;
    }
    if (this.access === ACCESS_READ && triesAround(scene)) {
      this.around = true;
      if (!hasTable && (scene.failures & FAIL_PTE_ALLOC) !== 0) return PATH_NONE;
      const path = this.walkWindow(scene, before);
      if (path !== PATH_NONE) return path;
    }
    return this.finishPath(scene, before);
  }

  /** The block of fault_around_bytes around the fault, cut where mapping and page table end. */
  private placeWindow(scene: Scene): void {
    const pages = scene.faultAroundPages;
    const position = this.slot + scene.ptOffset;
    const firstInTable = Math.max(0, scene.vmaStart + scene.ptOffset);
    const blockStart = position - (position % pages);
    const from = blockStart < firstInTable ? firstInTable : blockStart;
    const to = Math.min(from + pages, 512, scene.vmaEnd() + scene.ptOffset) - 1;
    this.from = from - scene.ptOffset;
    this.to = to - scene.ptOffset;
  }

  /** Lays runs over the window; PATH_PMD or PATH_AROUND if the fault ends here. */
  private walkWindow(scene: Scene, before: Image): number {
    this.placeWindow(scene);
    const { headOf, folioPages } = scene;
    for (let slot = this.from; slot <= this.to; ) {
      const index = slot + scene.shift;
      const folio = index >= 0 && index < scene.span ? headOf[index] : -1;
      if (folio < 0 || (before.folio[folio] & FOLIO_CACHED) === 0) {
        slot++;
        continue;
      }
      const next = folio + folioPages[folio] - scene.shift;
      if (this.usable(scene, before, folio, index)) {
        if (!this.tableInstalled && this.mapsByPmd(scene, before, folio)) return PATH_PMD;
        if (!this.tableInstalled) this.pmdByAround = this.pmdRule !== PMD_SAME;
        this.tableInstalled = true;
        this.found++;
        this.layRuns(scene, before, folio, slot, Math.min(next - 1, this.to));
      }
      slot = next;
    }
    return this.faultRun !== 0 ? PATH_AROUND : PATH_NONE;
  }

  private usable(scene: Scene, before: Image, folio: number, index: number): boolean {
    if (!lookupTakes(before, folio)) return false;
    if (scene.race >= RACE_FOLIO_REPLACED && scene.raceAt === folio) return false;
    return index < before.mm[I_SIZE];
  }

  /** May the reference map the folio by PMD? Sets pmdRule where legacy would and the reference does not. */
  private mapsByPmd(scene: Scene, before: Image, folio: number): boolean {
    if (before.pmdState() !== PMD_NONE || !this.pmdSuits(scene, before, folio)) return before.pmdState() === PMD_HUGE;
    if (scene.vma(VM_THP_DISABLED)) this.pmdRule = PMD_THP;
    else if (scene.fileKind === FILE_REGULAR && before.mm[I_SIZE] < folio + 512) this.pmdRule = PMD_I_SIZE;
    return this.pmdRule === PMD_SAME;
  }

  private pmdSuits(scene: Scene, before: Image, folio: number): boolean {
    const aligned = (scene.ptOffset - scene.shift) % 512 === 0;
    const covered = scene.vmaStart + scene.ptOffset <= 0 && scene.vmaEnd() + scene.ptOffset >= 512;
    // A poisoned folio that was evicted is read in anew: ->fault brings other pages.
    const poisoned = before.folioTest(folio, FOLIO_CACHED) && before.folioTest(folio, FOLIO_HAS_HWPOISONED);
    return aligned && covered && scene.folioPages[folio] === 512 && !poisoned;
  }

  /** Slots [first, last] of one usable folio: a page joins a run if it is sound, within i_size and its entry none. */
  private layRuns(scene: Scene, before: Image, folio: number, first: number, last: number): void {
    const { runOf } = this;
    const { hwpoison, shift } = scene;
    const { pte, pfn } = before;
    const racing = scene.race === RACE_ENTRY_BEFORE_AROUND ? scene.raceAt : NOWHERE;
    const runsBefore = this.runs;
    let run = runsBefore;
    let pages = 0;
    let misses = 0;
    const end = Math.min(last, before.mm[I_SIZE] - 1 - shift);
    for (let slot = first; slot <= end; slot++) {
      const sound = hwpoison[slot + shift] === 0 || !pageHwpoison(scene, before, slot + shift);
      if (sound) misses++;
      if (!sound || (pte[slot] | pfn[slot]) !== 0 || slot === racing) {
        pages = 0;
        continue;
      }
      if (pages++ === 0) this.runStart[++run] = slot;
      this.runPages[run] = pages;
      runOf[slot] = run;
      if (slot === this.slot) this.faultRun = run;
    }
    this.runs = run;
    this.misses += misses;
    if (before.folioTest(folio, FOLIO_WORKINGSET)) this.workingsetMisses += misses;
    if (run > runsBefore) this.mappedFolios[this.folios++] = folio;
  }

  /** ->fault and finish_fault(), from what they will find. */
  private finishPath(scene: Scene, before: Image): number {
    const { failures } = scene;
    const isPrivate = !scene.vma(VM_SHARED);
    const cow = this.access === ACCESS_COW;
    if (cow && (failures & (FAIL_ANON_VMA | FAIL_COW_ALLOC)) !== 0) return PATH_NONE;
    if (before.pmdState() === PMD_NONE && !this.around && (failures & FAIL_PTE_ALLOC) !== 0) return PATH_NONE;
    if (cow && (failures & FAIL_DONE_COW) !== 0)
      return (failures & FAIL_UNSTABLE_MM) !== 0 ? PATH_NONE : PATH_FINISH_ONE;
    if ((failures & FAIL_FAULT_RETRY) !== 0 || this.page < 0 || this.page >= before.mm[I_SIZE]) return PATH_NONE;
    const folio = scene.headOf[this.page];
    const cached = before.folioTest(folio, FOLIO_CACHED);
    if (cached && (before.refcount[folio] === 0 || before.folioTest(folio, FOLIO_OTHER_MAPPING))) return PATH_NONE;
    if (cached && pageHwpoison(scene, before, this.page)) return PATH_POISONED;
    if (isPrivate && (failures & FAIL_UNSTABLE_MM) !== 0) return PATH_NONE;
    if (cow) return PATH_FINISH_ONE;
    const mkwrite = scene.mkwrite;
    const granted = mkwrite === MKWRITE_NONE || mkwrite === MKWRITE_LOCKED || mkwrite === MKWRITE_UNLOCKED;
    if (this.access === ACCESS_SHARED && !granted) return PATH_NONE;
    return this.finishShared(scene, before, folio);
  }

  private finishShared(scene: Scene, before: Image, folio: number): number {
    if (before.pmdState() === PMD_NONE && !this.tableInstalled && this.mapsByPmd(scene, before, folio)) return PATH_PMD;
    return this.wholeFolio(scene, before, folio) ? PATH_FINISH_WHOLE : PATH_FINISH_ONE;
  }

  /** Anonymous shmem: all pages of the folio, if it fits and all its entries are none after fault-around. */
  private wholeFolio(scene: Scene, before: Image, folio: number): boolean {
    const pages = scene.folioPages[folio];
    if (pages === 1 || scene.fileKind !== FILE_ANON_SHMEM || scene.vma(VM_UFFD_MASK)) return false;
    const first = folio - scene.shift;
    const last = first + pages - 1;
    if (first < scene.vmaStart || last >= scene.vmaEnd()) return false;
    if (first + scene.ptOffset < 0 || last + scene.ptOffset >= 512) return false;
    for (let slot = first; slot <= last; slot++) {
      if (before.pte[slot] !== 0 || before.pfn[slot] !== 0 || this.runOf[slot] !== 0) return false;
      if (scene.race !== RACE_NONE && scene.raceAt === slot && scene.race <= 2) return false;
    }
    return true;
  }
}
