/**
 * Facts: what can be said about a fault and a site before any engine has run, packed in one word. Allowlist conditions
 * are written over them, and classes of divergences are told apart by them.
 */
import { FOLIO_WORKINGSET, PAGE_DCACHE_CLEAN, PMD_NONE, VM_PROTNONE } from '../mm/bits.js';
import { I_SIZE, MMAP_MISS, type SiteKind } from '../mm/fields.js';
import type { Image } from '../mm/image.js';
import type { Scene } from '../mm/scene.js';
import { cleansDcache, interferes, mlocks } from './mapping.js';
import {
  ACCESSES,
  PATH_FINISH_ONE,
  PATH_FINISH_WHOLE,
  PATH_PMD,
  PATH_POISONED,
  PATHS,
  PMD_RULES,
  PMD_SAME,
  type Prediction,
} from './prediction.js';

/** Runs that a page may join: none, the one that holds the fault, or another one. */
export const RUNS = ['none', 'fault', 'other'] as const;

/**
 * What a fact is about: the fault as a whole; the page or the folio of a site (a page has the facts of its folio too);
 * or, at the mm alone, the whole of fault-around. The last kind tells classes apart and is no part of conditions.
 */
export type FactScope = 'fault' | 'page' | 'folio' | 'mm';

/** One fact: a boolean, or an enumeration of names. */
export interface Fact {
  readonly name: string;
  /** lowest bit in the word */
  readonly shift: number;
  readonly bits: number;
  /** names by value; absent for booleans */
  readonly names?: readonly string[];
  readonly scope: FactScope;
  readonly meaning: string;
}

const WORD_BITS = 32;
const list: Fact[] = [];
// Facts of pages and facts of the mm are never in one word: both count down from the highest bit, the others up.
const used: Record<'shared' | 'page' | 'mm', number> = { shared: 0, page: 0, mm: 0 };
function fact(scope: FactScope, name: string, meaning: string, names?: readonly string[]): number {
  const bits = names === undefined ? 1 : WORD_BITS - Math.clz32(names.length - 1);
  const end = scope === 'page' || scope === 'mm' ? scope : 'shared';
  used[end] += bits;
  const shift = end === 'shared' ? used[end] - bits : WORD_BITS - used[end];
  list.push({ name, shift, bits, ...(names && { names }), scope, meaning });
  return shift;
}

const ACCESS = fact('fault', 'access', 'kind of the access that faults', ACCESSES);
const PATH = fact('fault', 'path', 'who handles the fault as the reference intends it', PATHS);
const PMD_RULE = fact('fault', 'pmdRule', 'why a PMD mapping of 6.1 is refused', PMD_RULES);
const WANTS_OLD = fact('fault', 'wantsOld', 'arch_wants_old_prefaulted_pte()');
const AROUND = fact('fault', 'around', 'fault-around is tried');
const MLOCK = fact('fault', 'mlock', 'VM_LOCKED and not VM_SPECIAL');
const MISSES_DIFFER = fact('fault', 'missesDiffer', 'leaving out workingset folios changes mmap_miss');
const VMA_LOCK = fact('fault', 'vmaLock', 'the fault runs under the per-VMA lock');
const RACE = fact('fault', 'race', 'another thread interferes');
const DCACHE = fact('fault', 'dcache', 'executable mapping on an architecture that keeps PG_arch_1');
const CONTPTE = fact('fault', 'contpte', 'transparent contiguous PTEs');
const PMD_WAS_NONE = fact('fault', 'pmdNone', 'no page table before the fault');
const FAULT_STARTS_RUN = fact('fault', 'faultStartsRun', 'the faulting page is the first of its run');
const PROTNONE = fact('fault', 'protnone', 'PROT_NONE mapping');
const POISONED_LARGE = fact('fault', 'poisonedLarge', '->fault returns a poisoned page of a large folio');
const FAULT_PAGE = fact('page', 'faultPage', 'the faulting page');
const RUN = fact('page', 'run', 'run of fault-around that the page joins', RUNS);
const FAULT_FOLIO = fact('folio', 'faultFolio', 'the folio of the faulting page');
const LARGE = fact('folio', 'large', 'large folio');
const SPLIT = fact('folio', 'runSplit', 'the folio is mapped in more than one run');
const CLIPPED = fact('folio', 'windowClipped', 'the folio reaches outside of the window');
const BEYOND_EOF = fact('page', 'beyondEof', 'file index at or beyond i_size');
const POPULATED = fact('page', 'populated', 'the entry was not none before');
const FOLIO_MAPPED = fact('folio', 'folioMapped', 'the fault maps a page of this folio');
const FIRST_POPULATED = fact(
  'folio',
  'firstPopulated',
  "the entry of the folio's first page in the window was not none",
);
const WORKINGSET = fact('folio', 'workingset', 'PG_workingset');
const CLEAN = fact('page', 'dcacheClean', 'PG_arch_1 was set before');
const ONE_FOLIO = fact('mm', 'oneFolio', 'the lookup of fault-around finds a single folio in the window');

/** Every fact, in the order of its bits. */
export const FACTS: readonly Fact[] = list;

if (used.shared + Math.max(used.page, used.mm) > WORD_BITS) throw new Error('facts do not fit into one word');

export class Facts {
  /** facts of the fault as a whole; sites add theirs */
  word = 0;
  /** slots whose facts may be special in this fault, inclusive; findRange() or findFaultRun() works them out */
  low = 0;
  high = -1;
  private scene!: Scene;
  private before!: Image;
  /** folio whose bits were computed last in this fault */
  private lastFolio = -1;
  private lastBits = 0;

  constructor(readonly prediction: Prediction) {}

  /** Computes the facts of the fault that was predicted last. */
  begin(scene: Scene, before: Image): void {
    this.scene = scene;
    this.before = before;
    this.lastFolio = -1;
    const p = this.prediction;
    const { arch } = scene;
    let word = (p.access << ACCESS) | (p.path << PATH) | (p.pmdRule << PMD_RULE);
    if (arch.wantsOldPrefaultedPte) word |= 1 << WANTS_OLD;
    if (p.around) word |= 1 << AROUND;
    if (mlocks(scene)) word |= 1 << MLOCK;
    if (p.workingsetMisses > 0 && p.misses - p.workingsetMisses < before.mm[MMAP_MISS]) word |= 1 << MISSES_DIFFER;
    if (scene.vmaLock) word |= 1 << VMA_LOCK;
    if (interferes(scene)) word |= 1 << RACE;
    if (cleansDcache(scene)) word |= 1 << DCACHE;
    if (arch.contPtes > 0) word |= 1 << CONTPTE;
    if (before.pmdState() === PMD_NONE) word |= 1 << PMD_WAS_NONE;
    if (p.faultRun !== 0 && p.runStart[p.faultRun] === p.slot) word |= 1 << FAULT_STARTS_RUN;
    if (scene.vma(VM_PROTNONE)) word |= 1 << PROTNONE;
    if (p.path === PATH_POISONED && scene.folioPages[scene.headOf[p.page]] > 1) word |= 1 << POISONED_LARGE;
    this.word = word;
  }

  /** The slots that facts can be special in: the window, every folio that reaches into it, the folio of the fault. */
  findRange(): void {
    const { prediction: p, scene } = this;
    if (p.path === PATH_PMD || p.pmdRule !== PMD_SAME) {
      this.low = 0;
      this.high = scene.span - 1;
      return;
    }
    this.low = p.slot;
    this.high = p.slot;
    this.stretch(p.slot + scene.shift);
    if (!p.around) return;
    this.low = Math.min(this.low, p.from);
    this.high = Math.max(this.high, p.to);
    this.stretch(p.from + scene.shift);
    this.stretch(p.to + scene.shift);
  }

  /** The slots of the run that holds the fault, if there is one. */
  findFaultRun(): void {
    const { faultRun, runStart, runPages } = this.prediction;
    this.low = runStart[faultRun];
    this.high = faultRun === 0 ? this.low - 1 : this.low + runPages[faultRun] - 1;
  }

  private stretch(index: number): void {
    const { scene } = this;
    if (index < 0 || index >= scene.span) return;
    const folio = scene.headOf[index];
    this.low = Math.min(this.low, folio - scene.shift);
    this.high = Math.max(this.high, folio + scene.folioPages[folio] - 1 - scene.shift);
  }

  /** Facts of a slot, or of the page-cache page under it. */
  ofSlot(slot: number): number {
    const p = this.prediction;
    const scene = this.scene;
    const before = this.before;
    const index = slot + scene.shift;
    let word = this.word;
    if (slot === p.slot) word |= 1 << FAULT_PAGE;
    const run = slot >= p.from && slot <= p.to ? p.runOf[slot] : 0;
    if (run !== 0) word |= (run === p.faultRun ? 1 : 2) << RUN;
    if (slot >= 0 && slot < scene.span && (before.pte[slot] | before.pfn[slot]) !== 0) word |= 1 << POPULATED;
    if (index < 0 || index >= scene.span) return word;
    if (index >= before.mm[I_SIZE]) word |= 1 << BEYOND_EOF;
    if ((before.page[index] & PAGE_DCACHE_CLEAN) !== 0) word |= 1 << CLEAN;
    return word | this.folioBits(scene.headOf[index]);
  }

  /** Facts of a folio. */
  ofFolio(folio: number): number {
    return folio >= this.scene.span ? this.word : this.word | this.folioBits(folio);
  }

  /**
   * Facts of the mm: of the fault, of the folio under it, and of fault-around as a whole. They are asked for where a
   * difference shows; what an entry claims of the mm is a matter of the fault's facts alone.
   */
  ofMm(): number {
    const { page, found } = this.prediction;
    const word = found === 1 ? this.word | (1 << ONE_FOLIO) : this.word;
    return page < 0 ? word : word | this.folioBits(this.scene.headOf[page]);
  }

  private folioBits(folio: number): number {
    if (folio === this.lastFolio) return this.lastBits;
    this.lastFolio = folio;
    this.lastBits = this.computeFolioBits(folio);
    return this.lastBits;
  }

  private computeFolioBits(folio: number): number {
    const p = this.prediction;
    const scene = this.scene;
    const before = this.before;
    const pages = scene.folioPages[folio];
    const first = folio - scene.shift;
    let word = 0;
    const faultFolio = p.page >= 0 && scene.headOf[p.page] === folio;
    if (faultFolio) word |= 1 << FAULT_FOLIO;
    if (pages > 1) word |= 1 << LARGE;
    if (before.folioTest(folio, FOLIO_WORKINGSET)) word |= 1 << WORKINGSET;
    let mapped = faultFolio && p.access !== 1 && (p.path === PATH_FINISH_ONE || p.path === PATH_FINISH_WHOLE);
    if (p.around) {
      if (first < p.from || first + pages - 1 > p.to) word |= 1 << CLIPPED;
      const begin = Math.max(first, p.from);
      const end = Math.min(first + pages - 1, p.to);
      let seen = 0;
      for (let slot = begin; slot <= end; slot++) {
        const run = p.runOf[slot];
        if (run === 0 || run === seen) continue;
        if (seen !== 0) word |= 1 << SPLIT;
        seen = run;
      }
      if (seen !== 0) mapped = true;
      if (begin <= end && (before.pte[begin] | before.pfn[begin]) !== 0) word |= 1 << FIRST_POPULATED;
    }
    if (mapped) word |= 1 << FOLIO_MAPPED;
    return word;
  }
}

/** Has a site of this kind the fact? A page and the mm have the facts of a folio too. */
export const isOf = ({ scope }: Fact, kind: SiteKind): boolean =>
  scope === 'fault' || scope === kind || (scope === 'folio' && kind !== 'folio');

/** Value of the fact in a word of a site that has it; 0 for false, and for the first name of an enumeration. */
export const factValue = ({ shift, bits }: Fact, word: number): number => (word >>> shift) & ((1 << bits) - 1);

/** The facts of a word of this kind of site as values for an expression: booleans and names. */
export function unpack(word: number, kind: SiteKind): Record<string, boolean | string> {
  const values: Record<string, boolean | string> = {};
  for (const fact of FACTS) {
    const { name, names } = fact;
    const value = isOf(fact, kind) ? factValue(fact, word) : 0;
    values[name] = names === undefined ? value === 1 : (names[value] ?? 'unknown');
  }
  return values;
}

/** The facts of a word that are about the fault as a whole. */
export function unpackFault(word: number): Record<string, boolean | string> {
  const values = unpack(word, 'mm');
  return Object.fromEntries(FACTS.filter(({ scope }) => scope === 'fault').map(({ name }) => [name, values[name]]));
}

/** Mask of the named facts in a word. */
export function factMask(names: readonly string[]): number {
  let mask = 0;
  for (const { name, shift, bits } of FACTS) if (names.includes(name)) mask |= ((1 << bits) - 1) << shift;
  return mask;
}
