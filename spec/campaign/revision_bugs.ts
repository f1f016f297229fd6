/** The bugs that are known of the released revisions: the step that has each, and a class that it alone produces. */
import type { BatchedEngine } from '../../src/batched/filemap_map_pages.js';
import { type Feature, PLAIN_FEATURES, STEPS } from '../../src/batched/steps.js';
import type { ArchName } from '../../src/mm/arch/architecture.js';
import type { EngineClass, Revision } from '../../src/mm/revision.js';
import { engine, REFERENCE, withEngine } from '../support.js';

type Replace = (Base: EngineClass<BatchedEngine>) => EngineClass<BatchedEngine>;

export interface RevisionBug {
  readonly name: string;
  /** the feature of the revision that is the bug */
  readonly feature: Feature;
  /** id of a class that no other bug of the revision shows */
  readonly own: string;
  /** the bug alone, where the step of the feature has two of them */
  readonly half?: Replace;
}

export interface Setting {
  readonly revision: string;
  readonly arch: ArchName;
  readonly races?: true;
  readonly bugs: readonly RevisionBug[];
  /** spans and faults of a bug that shows seldom */
  readonly plan?: { readonly spans: readonly number[]; readonly faults: number };
}

/** The inverted test where finish_fault() asks, or where fault-around does. */
function invertedIn(finishing: boolean): Replace {
  return (Base) =>
    class extends Base {
      private finishes = false;

      override finish_fault(): number {
        this.finishes = true;
        const ret = super.finish_fault();
        this.finishes = false;
        return ret;
      }

      protected override prefault(addr: number, nr: number): boolean {
        const plain = super.prefault(addr, nr);
        return this.finishes === finishing ? !plain : plain;
      }
    };
}

/** A folio whose first entry in the window is populated: its pages are counted, and not mapped. */
const countedNotMapped: Replace = (Base) =>
  class extends Base {
    protected override map_folio(folio: number, index: number, last: number): number {
      if (this.image.pteNone(index - this.scene.shift)) return super.map_folio(folio, index, last);
      for (let i = 0; i < this.pages_in_window(folio, index, last); i++) this.count_miss(folio);
      return 0;
    }
  };

/** The same folio: its pages are mapped, and not counted. */
const mappedNotCounted: Replace = (Base) =>
  class extends Base {
    protected override map_folio(folio: number, index: number, last: number): number {
      const none = this.image.pteNone(index - this.scene.shift);
      const misses = this.mmap_miss;
      const ret = super.map_folio(folio, index, last);
      if (!none) this.mmap_miss = misses;
      return ret;
    }
  };

const NOPAGE = { name: 'nopage-run-start', feature: 'nopageRule', own: 'faultCalls:more:around,oneFolio' } as const;
const TAIL = { name: 'isize-tail-in-large-folio', feature: 'iSizeClamp', own: 'pte:none>present:beyondEof' } as const;
const INVERTED = [
  {
    name: 'young-inverted-faultaround',
    feature: 'prefaultRule',
    own: 'young:1>0:faultPage,run=fault',
    half: invertedIn(false),
  },
  { name: 'young-inverted-finish', feature: 'prefaultRule', own: 'young:1>0:faultPage', half: invertedIn(true) },
] as const;
const PRECHECK = [
  {
    name: 'precheck-skips-folio',
    feature: 'folioPrecheck',
    own: 'pte:present>none:run=other,firstPopulated',
    half: countedNotMapped,
  },
  { name: 'mmapmiss-precheck', feature: 'folioPrecheck', own: 'mmap_miss:more:around', half: mappedNotCounted },
] as const;
const PFN = { name: 'protnone-pfn-advance', feature: 'pfnAdvance', own: 'pfn:less:run=fault' } as const;
const CONT = { name: 'cont-protnone', feature: 'contpte', own: 'cont:0>1:contpte,protnone,run=fault' } as const;
const LIVELOCK = {
  name: 'finish-large-livelock',
  feature: 'finishFallback',
  own: 'accessOutcome:done>no progress:',
} as const;
/** It takes a device that uses an old entry of a contiguous block beside a young one. */
const GATHERED = {
  name: 'contpte-access-flags-gathered',
  feature: 'contpteAccessFlags',
  own: 'accessOutcome:done>no progress:path=access-flag',
} as const;

export const SETTINGS: readonly Setting[] = [
  {
    revision: 'v4',
    arch: 'arm64',
    bugs: [
      { name: 'young-v4-run-start', feature: 'prefaultRule', own: 'young:1>0:faultPage,run=fault' },
      NOPAGE,
      { name: 'v4-cursor-skip', feature: 'cursorRule', own: 'pte:present>none:run=other' },
      { name: 'mmapmiss-v4-stale', feature: 'missWriteBack', own: 'mmap_miss:more:around,oneFolio' },
      { name: 'nrfilemapped-v4-typo', feature: 'statRule', own: 'NR_FILE_MAPPED:more:' },
      TAIL,
    ],
  },
  { revision: 'v6.6-rc1', arch: 'arm64', bugs: [...INVERTED, NOPAGE, ...PRECHECK, TAIL] },
  { revision: 'v6.6-rc1', arch: 'x86-64', bugs: [PFN, NOPAGE, ...PRECHECK, TAIL] },
  { revision: 'v6.6', arch: 'arm64', bugs: [...INVERTED, TAIL] },
  { revision: 'v6.10', arch: 'arm64', bugs: [...INVERTED, TAIL] },
  { revision: 'v6.10', arch: 'arm64-contpte', bugs: [CONT, TAIL] },
  { revision: 'v6.12', arch: 'arm64', bugs: [LIVELOCK] },
  { revision: 'v6.12', arch: 'arm64-contpte', bugs: [CONT, LIVELOCK] },
  {
    revision: 'v6.12',
    arch: 'arm64-contpte',
    bugs: [CONT, LIVELOCK, GATHERED],
    plan: { spans: [16], faults: 80_000 },
  },
  {
    revision: 'v6.12',
    arch: 'arm64',
    races: true,
    bugs: [
      { name: 'isize-shrink-race', feature: 'iSizeClamp', own: 'assertions:none>nr-pages-wrap:around' },
      { ...LIVELOCK, own: 'ret:0>NOPAGE:' },
    ],
  },
];

/** The value of a feature without the bug. What was repaired later than the bug came is left as it was. */
function repaired(feature: Feature): string {
  return feature === 'statRule' ? 'per-page' : PLAIN_FEATURES[feature];
}

/** The revision of the setting with this one of its bugs. */
export function withBugAlone({ revision, bugs }: Setting, bug: RevisionBug): Revision {
  const others = bugs.map(({ feature }) => feature).filter((name) => name !== bug.feature || bug.half !== undefined);
  return withRepaired(engine(`batched@${revision}`), others, bug.half);
}

/**
 * The revision with these features as they are without their bugs.
 * @param half a part of a bug that stays
 */
export function withRepaired(released: Revision, bugs: readonly Feature[], half?: Replace): Revision {
  const features = Object.fromEntries(
    Object.entries(released.features).map(([name, value]) => {
      return [name, bugs.includes(name as Feature) ? repaired(name as Feature) : value];
    }),
  );
  let composed = REFERENCE.engine as EngineClass<BatchedEngine>;
  for (const [name, value] of Object.entries(features))
    composed = STEPS[name as Feature]?.[value]?.(composed) ?? composed;
  return { ...withEngine(released, released.id, half?.(composed) ?? composed), features };
}
