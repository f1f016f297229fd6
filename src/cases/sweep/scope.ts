/**
 * What a scope is: a named set of choices of the case space that a sweep enumerates completely. All values are those of
 * plain cases; which of them go together in one case follows from the rules of possible.ts and is worked out by the
 * enumerator, never written down here.
 */
import { BY_CPU, BY_DEVICE, BY_GUP } from '../../mm/access.js';
import type { ArchName } from '../../mm/arch/architecture.js';
import type { Case, CaseFolio, FAILURE_NAMES } from '../case.js';
import { STEP_READ, STEP_WRITE } from '../steps.js';

/** Ways to reach a page; the CPU's come without a prefix. */
export const ACCESSES = {
  read: { kind: STEP_READ, by: BY_CPU },
  write: { kind: STEP_WRITE, by: BY_CPU },
  'device-read': { kind: STEP_READ, by: BY_DEVICE },
  'device-write': { kind: STEP_WRITE, by: BY_DEVICE },
  'gup-read': { kind: STEP_READ, by: BY_GUP },
  'gup-write': { kind: STEP_WRITE, by: BY_GUP },
} as const;
export type AccessName = keyof typeof ACCESSES;

/** What may stand at an index of the file: no folio (of one index), or a folio. */
export const TILES = ['hole', 'value-entry', 'folio', 'not-uptodate', 'refcount-zero'] as const;
export type TileKind = (typeof TILES)[number];

export type FolioFlag = Exclude<NonNullable<CaseFolio['flags']>[number], 'not-uptodate' | 'refcount-zero'>;
export type Failure = (typeof FAILURE_NAMES)[number];

/** Mapping, file and page table: what a sweep holds still while it turns its dials. What is left out is plain. */
export interface Configuration {
  readonly kind: Case['file']['kind'];
  readonly flags: readonly Case['vma']['flags'][number][];
  /** first slot and number of pages of a mapping of only a part of the span */
  readonly part?: readonly [start: number, pages: number];
  /** index of the page under slot 0 */
  readonly fileIndex?: number;
  /** no page table before the first fault, and so no entries */
  readonly pmdNone?: boolean;
  readonly readahead?: boolean;
  readonly pageMkwrite?: Case['file']['pageMkwrite'];
  readonly mapPages?: boolean;
  readonly vmaLock?: boolean;
  /** what may fail, one at a time, beside nothing at all */
  readonly failures?: readonly Failure[];
}

export interface Scope {
  readonly name: string;
  /** one line: the concern and the values of its dials */
  readonly title: string;
  /** what a sweep without an unexplained class shows */
  readonly proves: string;
  readonly leavesOut: string;
  /** pages */
  readonly span: number;
  readonly architectures: readonly ArchName[];
  readonly configurations: readonly Configuration[];
  readonly tiles: readonly TileKind[];
  /** each folio has one of these sets of flags, beside what its kind of tile says */
  readonly folioFlags: readonly (readonly FolioFlag[])[];
  /** further references of each uptodate folio */
  readonly refs: readonly number[];
  /** entries of other mms, for each page of an uptodate folio */
  readonly maps: readonly number[];
  /** pages of uptodate folios that may be poisoned */
  readonly hwpoison: 'none' | 'every-page' | 'last-page';
  /** populated entries in page art, for each slot of the mapping; `.` is none */
  readonly entries: string;
  /** i_size, in pages from the start of the span */
  readonly sizes: readonly number[];
  readonly faultAround: readonly number[];
  readonly mmapMiss: readonly number[];
  readonly accesses: readonly AccessName[];
  /** unmap everything at the end? */
  readonly teardown: readonly boolean[];
  /** check the invariants on every fault, not on a sample of those that are equal */
  readonly invariantsAll?: boolean;
}

/** The choices of a scope that its concern does not touch: one value each, the plain one. */
export const PLAIN_CHOICES = {
  tiles: ['hole', 'folio'],
  folioFlags: [[]],
  refs: [0],
  maps: [0],
  hwpoison: 'none',
  faultAround: [16, 1],
  mmapMiss: [3],
  teardown: [false],
} as const satisfies Partial<Scope>;
