/**
 * What can be said about a fault's facts without predicting it: the cheap ones exactly, the others as far as the layout
 * limits them. Most faults of most layouts are none that an allowlist entry speaks of; where that is certain, nothing
 * needs to be predicted unless the engines differ.
 */
import type { Access } from '../mm/access.js';
import { FILE_ANON_SHMEM, HPAGE_PMD_NR, PMD_NONE, VM_UFFD_MASK } from '../mm/bits.js';
import { I_SIZE, MMAP_MISS } from '../mm/fields.js';
import type { Image } from '../mm/image.js';
import type { Scene } from '../mm/scene.js';
import { lookupTakes } from './lookup.js';
import { cleansDcache, interferes, mlocks, triesAround } from './mapping.js';
import { ACCESS_COW, ACCESSES, kindOf, PATHS, PMD_RULES } from './prediction.js';

/** Facts as far as they are known: a value, the names that are possible, or absent for anything. */
export type Bounds = Readonly<Record<string, boolean | string | readonly string[]>>;

/** What is known of every fault below the span of a PMD: none is mapped, and none is refused. */
export const WITHOUT_PMD: Bounds = { path: PATHS.filter((path) => path !== 'pmd'), pmdRule: PMD_RULES[0] };

const ACCESS_MASK = 3;
const WANTS_OLD = 1 << 2;
const MLOCK = 1 << 3;
const VMA_LOCK = 1 << 4;
const RACE = 1 << 5;
const DCACHE = 1 << 6;
const CONTPTE = 1 << 7;
const PMD_WAS_NONE = 1 << 8;
/** finish_fault() may map the whole folio under the fault */
const WHOLE = 1 << 9;
const HUGE = 1 << 10;
/** the page under the fault may be poisoned; it lies in a large folio */
const POISONED = 1 << 11;
const LARGE = 1 << 12;
/** leaving out workingset folios may change mmap_miss */
const WORKINGSET = 1 << 13;
const AROUND = 1 << 14;
/** fault-around may map the page under the fault */
const AROUND_HANDLES = 1 << 15;
/** number of different words that boundWord() can give */
export const BOUND_WORDS = 1 << 16;

/** The bounds of a fault's facts in one word, below BOUND_WORDS. */
export function boundWord(scene: Scene, before: Image, access: Access): number {
  const { arch } = scene;
  let word = kindOf(scene, access);
  if (arch.wantsOldPrefaultedPte) word |= WANTS_OLD;
  if (mlocks(scene)) word |= MLOCK;
  if (scene.vmaLock) word |= VMA_LOCK;
  if (interferes(scene)) word |= RACE;
  if (cleansDcache(scene)) word |= DCACHE;
  if (arch.contPtes > 0) word |= CONTPTE;
  if (before.pmdState() === PMD_NONE) word |= PMD_WAS_NONE;
  if (scene.span >= HPAGE_PMD_NR) word |= HUGE;
  if (!access.write && triesAround(scene)) {
    word |= AROUND;
    if (scene.mayHaveWorkingset && before.mm[MMAP_MISS] > 0) word |= WORKINGSET;
  }
  const page = access.slot + scene.shift;
  return page < 0 || page >= scene.span ? word : word | ofPage(scene, before, access.slot, page, word);
}

/** What the page under the fault adds to the word. */
function ofPage(scene: Scene, before: Image, slot: number, page: number, word: number): number {
  const folio = scene.headOf[page];
  let more = 0;
  if (scene.hwpoison[page] !== 0) more |= POISONED;
  if (scene.folioPages[folio] > 1) more |= LARGE;
  const none = (before.pte[slot] | before.pfn[slot]) === 0;
  if (!none || page >= before.mm[I_SIZE]) return more;
  const handles = (word & AROUND) !== 0 && lookupTakes(before, folio);
  if (handles) more |= AROUND_HANDLES;
  const fits = (more & LARGE) !== 0 && scene.fileKind === FILE_ANON_SHMEM && !scene.vma(VM_UFFD_MASK);
  // What fault-around handles for certain does not come to finish_fault().
  const certain = handles && (more & POISONED) === 0 && (word & RACE) === 0;
  return fits && !certain && (word & ACCESS_MASK) !== ACCESS_COW ? more | WHOLE : more;
}

/** The word as facts. */
export function boundsOf(word: number): Bounds {
  const has = (bit: number): boolean => (word & bit) !== 0;
  const impossible = new Set([
    ...(has(AROUND_HANDLES) ? [] : ['fault-around']),
    ...(has(WHOLE) ? [] : ['finish-whole']),
    ...(has(HUGE) ? [] : ['pmd']),
    ...(has(POISONED) ? [] : ['poisoned']),
  ]);
  return {
    access: ACCESSES[word & ACCESS_MASK],
    path: PATHS.filter((path) => !impossible.has(path)),
    pmdRule: has(HUGE) ? PMD_RULES : PMD_RULES[0],
    wantsOld: has(WANTS_OLD),
    mlock: has(MLOCK),
    vmaLock: has(VMA_LOCK),
    race: has(RACE),
    dcache: has(DCACHE),
    contpte: has(CONTPTE),
    pmdNone: has(PMD_WAS_NONE),
    ...(has(AROUND) ? {} : { around: false }),
    ...(has(AROUND_HANDLES) ? {} : { faultStartsRun: false }),
    ...(has(WORKINGSET) ? {} : { missesDiffer: false }),
    ...(has(POISONED) && has(LARGE) ? {} : { poisonedLarge: false }),
  };
}
