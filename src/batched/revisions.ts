/** The batched revisions: the reference and, as replacements of single steps, what each kernel version did. */
import type { EngineClass, Revision } from '../mm/revision.js';
import { BatchedEngine } from './filemap_map_pages.js';
import { type Feature, PLAIN_FEATURES, STEPS } from './steps.js';

type Differences = { readonly [F in Feature]?: string };

/** What the kernels before 6.12 have in common, seen from the reference. */
const BEFORE_6_12: Differences = {
  thpDisabled: 'ignored',
  iSizeGate: 'none',
  iSizeClamp: 'none',
  finishWholeFolio: 'never',
  finishISize: 'unchecked',
  uffdWpRule: 'valid',
  statRule: 'per-page',
};

const V6_6: Differences = {
  ...BEFORE_6_12,
  prefaultRule: 'fault-in-run',
  missRule: 'always',
  rssRule: 'setter',
  rmapFields: 'nr-pages-mapped',
  pmdMappedStat: 'node-and-memcg',
  pmdMlock: 'mlock',
  uffdWpArchs: '6.1',
  poisonScope: 'page',
};

const V4_FIXED: Differences = {
  ...V6_6,
  prefaultRule: 'not-run-start',
  vmaLock: 'absent',
  mkwriteRecheck: 'page',
  x86DirtyBit: 'dirty',
};

const V4: Differences = {
  ...V4_FIXED,
  nopageRule: 'run-start',
  cursorRule: 'skips-one',
  missWriteBack: 'stale',
  statRule: 'accumulator',
};

const V6_12: Differences = {
  iSizeGate: 'none',
  iSizeClamp: 'after-lock',
  finishFallback: 'nopage',
  finishISize: 'unchecked',
  contpte: 'any-present',
  contpteAccessFlags: 'gathered',
};

function compose(differences: Differences): EngineClass<BatchedEngine> {
  let engine: EngineClass<BatchedEngine> = BatchedEngine;
  for (const [feature, value] of Object.entries(differences) as [Feature, string][]) {
    const step = STEPS[feature]?.[value];
    if (step === undefined) throw new Error(`no step ${feature}=${value}`);
    engine = step(engine);
  }
  return engine;
}

function revision(
  name: string,
  title: string,
  source: string,
  differences: Differences,
  experimental = false,
): Revision {
  return {
    id: `batched@${name}`,
    family: 'batched',
    name,
    title,
    source,
    features: { ...PLAIN_FEATURES, ...differences },
    experimental,
    engine: compose(differences),
  };
}

export const BATCHED_REVISIONS: readonly Revision[] = [
  revision(
    'reference',
    'intended range semantics: 6.12 stable without its known defects',
    'set_pte_range() and filemap_map_pages() of 6.12.117, defects repaired',
    {},
  ),
  revision(
    'v4-35',
    'v4 series up to 35/36: range setter called for single pages',
    '[PATCH v4 33/36], [PATCH v4 34/36], [PATCH v4 35/36], 2023-03-15',
    { ...V4, prefaultRule: 'not-run-start', setterUnit: 'page' },
  ),
  revision(
    'v4',
    'v4 series complete: runs, with its five defects',
    '[PATCH v4 33/36] to [PATCH v4 36/36], 2023-03-15',
    V4,
  ),
  revision(
    'v4-fixed',
    'v4 series with the four defects repaired that the review did not ask about',
    '[PATCH v4 36/36]; review of 2023-03-16',
    V4_FIXED,
  ),
  revision(
    'v6.6-rc1',
    '6.6-rc1 and rc2: as merged',
    '617c28ecab22 ("filemap: batch PTE mappings"), 3bd786f76de2 ("mm: convert do_set_pte() to set_pte_range()")',
    { ...V6_6, nopageRule: 'run-start', folioPrecheck: 'first-entry', pfnAdvance: 'addition' },
  ),
  revision(
    'v6.6',
    '6.6: the test for prefaulted runs is inverted, as it is until 6.10',
    '3bd786f76de2, c8be03806738, a501a0703044, ce60f27bb62d',
    V6_6,
  ),
  revision(
    'v6.10',
    '6.10: resident pages counted by the callers, workingset rule; the inverted test is still there',
    '5c46d5319bde; "mm: move mm counter updating out of set_pte_range()"',
    { ...BEFORE_6_12, prefaultRule: 'fault-in-run', contpte: 'any-present', contpteAccessFlags: 'gathered' },
  ),
  revision(
    'v6.12',
    '6.12.0: prefault test repaired, whole-folio finish_fault() for anonymous shmem',
    '4cd7ba16a0af ("mm: fix old/young bit handling in the faulting path"), 43e027e41423, 743a2753a02e',
    V6_12,
  ),
  revision(
    'v6.12.117',
    '6.12 stable as of 6.12.117',
    '34b82f33cf3f, 74207de2ba10, "mm: filemap: fix nr_pages calculation overflow in filemap_map_pages()"',
    { iSizeGate: 'first-folio-strict' },
  ),
  revision(
    'v6.18',
    '6.18 as far as it is known: whole folios in fault-around and finish_fault()',
    '357b92761d94, 19773df031bc, ab521b4142aa, 0faa77afe72b, e338d8353154',
    {
      faultAroundScope: 'whole-folio',
      finishWholeFolio: 'all-files',
      largeMlock: 'fully-mapped',
      asyncMissRule: 'unlocked-folio',
      lookupReference: 'first-entry',
    },
    true,
  ),
];
