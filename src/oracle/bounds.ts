/**
 * What can be said about a fault's facts without predicting it: the cheap ones exactly, the others as far as the layout
 * limits them. Most faults of most layouts are none that an allowlist entry speaks of; where that is certain, nothing
 * needs to be predicted unless the engines differ.
 */
import type { Access } from '../mm/access.js';
import { FILE_ANON_SHMEM, HPAGE_PMD_NR, PMD_NONE } from '../mm/bits.js';
import type { Image } from '../mm/image.js';
import type { Scene } from '../mm/scene.js';
import { cleansDcache, interferes, mlocks, triesAround } from './mapping.js';
import { ACCESSES, kindOf, PATHS, PMD_RULES } from './prediction.js';

/** Facts as far as they are known: a value, the names that are possible, or absent for anything. */
export type Bounds = Readonly<Record<string, boolean | string | readonly string[]>>;

const ACCESS_MASK = 3;
const WANTS_OLD = 1 << 2;
const MLOCK = 1 << 3;
const VMA_LOCK = 1 << 4;
const RACE = 1 << 5;
const DCACHE = 1 << 6;
const CONTPTE = 1 << 7;
const PMD_WAS_NONE = 1 << 8;
const ANON_SHMEM = 1 << 9;
const HUGE = 1 << 10;
const HWPOISON = 1 << 11;
const WORKINGSET = 1 << 12;
const AROUND = 1 << 13;
/** number of different words that boundWord() can give */
export const BOUND_WORDS = 1 << 14;

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
  if (scene.fileKind === FILE_ANON_SHMEM) word |= ANON_SHMEM;
  if (scene.span >= HPAGE_PMD_NR) word |= HUGE;
  if (scene.mayHavePoison) word |= HWPOISON;
  if (scene.mayHaveWorkingset) word |= WORKINGSET;
  return !access.write && triesAround(scene) ? word | AROUND : word;
}

/** The word as facts. */
export function boundsOf(word: number): Bounds {
  const has = (bit: number): boolean => (word & bit) !== 0;
  const impossible = new Set([
    ...(has(AROUND) ? [] : ['fault-around']),
    ...(has(ANON_SHMEM) ? [] : ['finish-whole']),
    ...(has(HUGE) ? [] : ['pmd']),
    ...(has(HWPOISON) ? [] : ['poisoned']),
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
    ...(has(AROUND) ? {} : { around: false, faultStartsRun: false }),
    ...(has(AROUND) && has(WORKINGSET) ? {} : { missesDiffer: false }),
    ...(has(HWPOISON) ? {} : { poisonedLarge: false }),
  };
}
