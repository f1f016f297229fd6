/**
 * Where kernels broke an invariant, and where they differ in what it allows: both as data over the features of a
 * revision, never over its name.
 */
import { FILE_ANON_SHMEM, HPAGE_PMD_NR, VM_PROTNONE } from '../../mm/bits.js';
import type { Revision } from '../../mm/revision.js';
import { RACE_I_SIZE, type Scene } from '../../mm/scene.js';
import { triesAround } from '../mapping.js';
import { LAWS } from './catalogue.js';

/** Cases that an exception is confined to. */
interface Within {
  /** for people */
  readonly cases: string;
  readonly has: (scene: Scene) => boolean;
}

/** The invariant does not hold for revisions that have all of these features. */
interface Exception {
  readonly id: string;
  readonly when: Readonly<Record<string, string>>;
  readonly reason: string;
  /** where the reason can be met at all; elsewhere the invariant holds for these revisions too */
  readonly within?: Within;
  /** the invariant still holds, but for what the reason names */
  readonly partly?: true;
}

const INVERTED: Within = {
  cases: 'PROT_NONE, where entries are inverted (x86-64)',
  has: (scene) => scene.arch.invertsProtnone && scene.vma(VM_PROTNONE),
};
const PREFAULTS_OLD: Within = {
  cases: 'arch_wants_old_prefaulted_pte()',
  has: ({ arch }) => arch.wantsOldPrefaultedPte,
};

export const EXCEPTIONS: readonly Exception[] = [
  {
    id: 'I1',
    when: { pfnAdvance: 'addition' },
    reason: 'PROT_NONE runs of 6.6-rc1 map other pages than those whose mapcounts rise (ce60f27bb62d)',
    within: INVERTED,
  },
  {
    id: 'I3',
    when: { pfnAdvance: 'addition' },
    reason: 'entries of wrong pages are not taken back when they are zapped ("Bad page map")',
    within: INVERTED,
  },
  {
    id: 'I7',
    when: { pfnAdvance: 'addition' },
    reason: 'page frames of PROT_NONE runs move down on x86 (ce60f27bb62d)',
    within: INVERTED,
  },
  {
    id: 'I4',
    when: { statRule: 'accumulator' },
    reason: 'v4 34/36 tests its accumulator: pages under a PMD mapping are counted again',
    within: { cases: 'a span with room for a PMD mapping', has: ({ span }) => span >= HPAGE_PMD_NR },
  },
  {
    id: 'I4c',
    when: { rmapFields: 'double-map' },
    reason: 'before 6.2 there is no _nr_pages_mapped',
  },
  {
    id: 'I6',
    when: { iSizeClamp: 'none' },
    reason: 'fault-around maps the tail of a large folio beyond the end of the file (743a2753a02e)',
    within: { cases: 'fault-around is possible', has: triesAround },
  },
  {
    id: 'I8',
    when: { prefaultRule: 'fault-in-run' },
    reason: 'the inverted test makes the faulting run old (4cd7ba16a0af)',
    within: PREFAULTS_OLD,
  },
  {
    id: 'I8',
    when: { prefaultRule: 'not-run-start', setterUnit: 'run' },
    reason: 'v4 36/36 compares the first page of the run alone with the fault',
    within: PREFAULTS_OLD,
  },
  {
    id: 'I8',
    when: { contpteAccessFlags: 'gathered' },
    reason: 'an entry stays old if a neighbour in its contiguous block is young (until 6.12.78)',
    within: { cases: 'contiguous PTEs', has: ({ arch }) => arch.contPtes > 0 },
  },
  {
    id: 'I9',
    when: { prefaultRule: 'fault-in-run' },
    reason: 'the inverted test makes prefaulted runs young (4cd7ba16a0af)',
    within: PREFAULTS_OLD,
  },
  {
    id: 'I15',
    when: { nopageRule: 'run-start', setterUnit: 'run' },
    reason: 'the fault is recognised only as the first page of a run (a501a0703044)',
  },
  {
    id: 'I18',
    when: { setterUnit: 'page' },
    reason: 'a setter of single pages decides for each page',
  },
  {
    id: 'I20',
    when: { setterUnit: 'run', iSizeClamp: 'after-lock' },
    reason: 'nr_pages wraps when i_size shrinks during fault-around (6.12.0 to 6.12.81)',
    within: { cases: 'the race `i-size-shrinks`', has: ({ race }) => race === RACE_I_SIZE },
  },
  {
    id: 'I25',
    when: { finishFallback: 'nopage' },
    reason: 'a populated neighbour makes finish_fault() give up for ever (34b82f33cf3f)',
    within: { cases: 'shared anonymous memory', has: ({ fileKind }) => fileKind === FILE_ANON_SHMEM },
  },
  {
    id: 'I27',
    when: { contpte: 'any-present' },
    reason: 'entries of a block may be those of a PROT_NONE mapping, which are not valid (until 6.12.117)',
    partly: true,
  },
];

const hasFeatures = ({ features }: Revision, { when }: Exception): boolean =>
  Object.entries(when).every(([feature, value]) => features[feature] === value);

/** Does the invariant hold for this revision? */
export function appliesTo(id: string, revision: Revision): boolean {
  return !EXCEPTIONS.some(
    (exception) => exception.id === id && exception.partly !== true && hasFeatures(revision, exception),
  );
}

/** Does it hold but for a part? */
function holdsPartly(id: string, revision: Revision): boolean {
  return EXCEPTIONS.some((exception) => exception.id === id && exception.partly && hasFeatures(revision, exception));
}

/** What a revision's features mean for the checks. */
export interface Rules {
  /** exceptions of the revision, each with the bit of its invariant */
  readonly exempt: readonly { readonly bit: number; readonly within: Exception['within'] }[];
  /** prefault is decided for each page, not for each run */
  readonly perPage: boolean;
  /** finish_fault() maps whole folios of anonymous shmem (43e027e41423), or of every file (19773df031bc) */
  readonly wholeAnonShmem: boolean;
  readonly wholeAnyFile: boolean;
  /** fault-around maps a folio that reaches into the window whole (357b92761d94) */
  readonly aroundWholeFolio: boolean;
  /** no PMD mapping reaches across i_size, shmem exempt (74207de2ba10) */
  readonly pmdWithinSize: boolean;
  /** fault-around is clamped to i_size under the page-table lock; a size of 0 by then is no limit at all */
  readonly clampsLate: boolean;
  /** NR_*_PMDMAPPED are kept per memcg too (before 6.10) */
  readonly memcgPmd: boolean;
  /** _large_mapcount exists (6.10) */
  readonly largeMapcount: boolean;
  /** a PMD mapping mlocks its folio (before 6.7), or one call that maps the whole folio does (ab521b4142aa) */
  readonly mlocksPmd: boolean;
  readonly mlocksWhole: boolean;
  /** contpte takes PROT_NONE entries too (before 6.12.117) */
  readonly contOfProtnone: boolean;
  /** a poisoned page takes all entries of its folio with it (since 6.8) */
  readonly unmapsWholeFolio: boolean;
}

function makeRules(revision: Revision): Rules {
  const { features } = revision;
  const exempt = EXCEPTIONS.filter(({ partly }) => partly !== true)
    .filter((exception) => hasFeatures(revision, exception))
    .map(({ id, within }) => ({ bit: 1 << LAWS.findIndex((law) => law.id === id), within }));
  const mlocksWhole = features.largeMlock === 'fully-mapped';
  return {
    exempt,
    perPage: features.setterUnit === 'page',
    wholeAnonShmem: features.finishWholeFolio === 'anon-shmem',
    wholeAnyFile: features.finishWholeFolio === 'all-files',
    aroundWholeFolio: features.faultAroundScope === 'whole-folio',
    pmdWithinSize: features.iSizeGate !== undefined && features.iSizeGate !== 'none',
    clampsLate: features.iSizeClamp === 'after-lock',
    memcgPmd: features.pmdMappedStat === 'node-and-memcg',
    largeMapcount: features.rmapFields === 'large-mapcount',
    mlocksPmd: mlocksWhole || revision.family === 'legacy' || features.pmdMlock === 'mlock',
    mlocksWhole,
    contOfProtnone: holdsPartly('I27', revision),
    unmapsWholeFolio: features.poisonScope === 'folio',
  };
}

const cache = new WeakMap<Revision, Rules>();
let lastRevision: Revision | null = null;
let lastRules: Rules | null = null;

/** The rules of a revision, worked out once. */
export function rulesOf(revision: Revision): Rules {
  if (revision === lastRevision && lastRules !== null) return lastRules;
  let rules = cache.get(revision);
  if (rules === undefined) {
    rules = makeRules(revision);
    cache.set(revision, rules);
  }
  lastRevision = revision;
  lastRules = rules;
  return rules;
}

/** Of these broken invariants, those that hold for the revision in this scene. */
export function withoutExempt(bad: number, rules: Rules, scene: Scene): number {
  let rest = bad;
  for (const { bit, within } of rules.exempt) if (within === undefined || within.has(scene)) rest &= ~bit;
  return rest;
}
