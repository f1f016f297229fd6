/**
 * Named branches of the engines, counted in every campaign. A campaign that could reach a required mark and did not has
 * not looked there: its verdict is undecided.
 */
import type { ArchName } from './arch/architecture.js';

/** What a plan must contain before a mark can be reached. Absent parts ask for nothing. */
export interface MarkNeeds {
  /** smallest span, in pages */
  readonly span?: number;
  readonly arch?: ArchName;
  /** the plan includes the dials of the races group */
  readonly races?: boolean;
  /** value that the engine's revision must have for a feature */
  readonly feature?: Readonly<Record<string, string>>;
  /** both engines know userfaultfd write-protection on some architecture of the plan */
  readonly uffdWp?: boolean;
}

/** Which engine passes the mark; `both` is counted, and required, for each of them. */
export type MarkSide = 'both' | 'legacy' | 'batched';

export interface Mark {
  readonly name: string;
  readonly side: MarkSide;
  readonly meaning: string;
  readonly needs: MarkNeeds;
}

const list: Mark[] = [];
function mark(side: MarkSide, name: string, meaning: string, needs: MarkNeeds = {}): number {
  list.push({ name, side, meaning, needs });
  return list.length - 1;
}

const RACES: MarkNeeds = { races: true };
const PMD: MarkNeeds = { span: 512 };

export const LOOKUP_VALUE = mark('both', 'lookup-value-entry', 'page-cache slot holds a value entry');
export const LOOKUP_LOCKED = mark('both', 'lookup-locked', 'folio locked when the lookup tests it');
export const LOOKUP_REF_ZERO = mark('both', 'lookup-refcount-zero', 'folio without references');
export const LOOKUP_NOT_UPTODATE = mark('both', 'lookup-not-uptodate', 'folio not uptodate');
export const LOOKUP_READAHEAD = mark('both', 'lookup-readahead', 'folio carries PG_readahead');
export const LOOKUP_OTHER_MAPPING = mark('both', 'lookup-other-mapping', 'folio->mapping is another one');
export const LOOKUP_I_SIZE = mark(
  'both',
  'lookup-beyond-i-size',
  'first page of the folio in the window lies beyond i_size',
  {
    feature: { iSizeClamp: 'after-lock' },
  },
);
export const LOOKUP_REPLACED = mark('both', 'lookup-replaced', 'entry changed before the lookup read it again', RACES);
export const LOOKUP_TRYLOCK = mark('both', 'lookup-trylock-fails', 'folio locked after the lookup tested it', RACES);
export const LOOKUP_TRUNCATED = mark('both', 'lookup-truncated', 'folio truncated before its lock was taken', RACES);
export const LOOKUP_RECHECK = mark('both', 'lookup-recheck', 'folio not uptodate under its lock', RACES);
export const AROUND_UFFD = mark('both', 'around-disabled-by-uffd', 'no fault-around for uffd-wp and uffd-minor');
export const WINDOW_PT_END = mark('both', 'window-page-table-end', 'fault-around window clamped to the page table');
export const WINDOW_VMA_START = mark(
  'both',
  'window-vma-start',
  'fault-around window begins at the mapping, not aligned',
);
export const PREALLOC_FREED = mark('both', 'prealloc-freed', 'preallocated page table was not used', PMD);
export const OOM_PTE = mark('both', 'oom-page-table', 'no page table to be had');
export const OOM_COW = mark('both', 'oom-cow', 'no page or anon_vma for a private write');
export const UNSTABLE_MM = mark('both', 'unstable-mm', 'private mapping of an unstable mm');
export const FAULT_RETRY = mark('both', 'fault-retry', '->fault returned VM_FAULT_RETRY');
export const FAULT_BEYOND_EOF = mark('both', 'fault-beyond-i-size', '->fault beyond i_size: SIGBUS');
export const FAULT_READ_IN = mark('both', 'fault-read-in', '->fault of a page that is not cached');
export const FAULT_POISONED = mark('both', 'fault-poisoned', '->fault returned a poisoned page');
export const DONE_COW = mark('both', 'done-cow', '->fault completed a private write itself');
export const MKWRITE_REFUSED = mark('both', 'mkwrite-refused', '->page_mkwrite failed');
export const MKWRITE_RETRY = mark(
  'both',
  'mkwrite-retry',
  'page truncated during ->page_mkwrite, fault tried again',
  RACES,
);
export const MARKER_CLEARED = mark('both', 'marker-cleared', 'left-over uffd-wp marker cleared', { uffdWp: true });
export const ACCESS_FLAG_FAULT = mark('both', 'access-flag-fault', 'fault on a present entry: accessed or dirty bit');
export const FINISH_ONE = mark('both', 'finish-one', 'finish_fault() installed one entry');
export const FINISH_CHANGED = mark('both', 'finish-changed', 'finish_fault() found the entry changed', RACES);
export const RMAP_NOT_FIRST = mark('both', 'rmap-not-first', 'page was mapped already');
export const MLOCK_SMALL = mark('both', 'mlock-small', 'small folio mlocked');
export const MLOCK_NEW = mark('both', 'mlock-new', 'new anonymous page mlocked');
export const PMD_MAPPED = mark('both', 'pmd-mapped', 'folio mapped by PMD', PMD);
export const PMD_HWPOISON = mark('both', 'pmd-hwpoison', 'no PMD mapping of a folio with a poisoned page', PMD);
export const RACE_ENTRY = mark('both', 'race-entry', 'another thread installed an entry', RACES);
export const RACE_I_SIZE_SHRINKS = mark('both', 'race-i-size', 'i_size shrank after the first lookup', RACES);
export const CONTPTE_FOLD = mark('both', 'contpte-fold', 'complete block folded', { arch: 'arm64-contpte', span: 16 });
export const PMD_ALREADY = mark('both', 'pmd-already-huge', 'filemap_map_pmd() found a huge PMD', { span: 1 << 20 });

export const LEGACY_SKIP_HWPOISON = mark('legacy', 'legacy-skip-hwpoison', 'fault-around skipped a poisoned page');
export const LEGACY_SKIP_POPULATED = mark('legacy', 'legacy-skip-populated', 'fault-around skipped a populated entry');
export const LEGACY_MMAP_MISS_FLOOR = mark('legacy', 'legacy-mmap-miss-floor', 'mmap_miss stays at zero');
export const LEGACY_I_SIZE_CLAMP = mark('legacy', 'legacy-i-size-clamp', 'window clamped to i_size', {
  feature: { iSizeClamp: 'after-lock' },
});
export const LEGACY_UFFD_WP = mark('legacy', 'legacy-uffd-wp', 'write-protected at a uffd-wp marker', { uffdWp: true });
export const POISONED_TAIL = mark('legacy', 'legacy-poisoned-tail', 'poisoned tail page: its index is not maintained');

export const RUN_SPLIT = mark('batched', 'run-split', 'a run ended inside its folio', {
  feature: { setterUnit: 'run' },
});
export const RUN_SPLIT_HWPOISON = mark('batched', 'run-split-hwpoison', 'a poisoned page ended a run', {
  feature: { setterUnit: 'run' },
});
export const RUN_SPLIT_POPULATED = mark('batched', 'run-split-populated', 'a populated entry ended a run', {
  feature: { setterUnit: 'run' },
});
export const BATCHED_SKIP_HWPOISON = mark('batched', 'batched-skip-hwpoison', 'a poisoned page outside of a run');
export const BATCHED_SKIP_POPULATED = mark('batched', 'batched-skip-populated', 'a populated entry outside of a run');
export const BATCHED_MMAP_MISS_FLOOR = mark('batched', 'batched-mmap-miss-floor', 'mmap_miss floored at zero', {
  feature: { missWriteBack: 'at-end' },
});
export const MISS_WORKINGSET = mark('batched', 'miss-workingset', 'workingset folio not counted as a miss', {
  feature: { missRule: 'not-workingset' },
});
export const BATCHED_I_SIZE_CLAMP = mark('batched', 'batched-i-size-clamp', 'window clamped to i_size', {
  feature: { iSizeClamp: 'before-lookup' },
});
export const BATCHED_UFFD_WP = mark('batched', 'batched-uffd-wp', 'write-protected at a uffd-wp marker', {
  uffdWp: true,
});
export const RMAP_ENTIRELY_MAPPED = mark('batched', 'rmap-entirely-mapped', 'new entry under a PMD mapping elsewhere', {
  span: 512,
  feature: { statRule: 'entirely-mapped' },
});
export const AROUND_NO_PAGE_TABLE = mark('batched', 'around-no-page-table', 'no page table under the lock', {
  feature: { iSizeGate: 'first-folio-strict' },
});
export const PMD_I_SIZE = mark('batched', 'pmd-i-size', 'folio reaches across i_size: no PMD mapping', {
  feature: { iSizeGate: 'folio-within' },
});
export const PMD_THP_DISABLED = mark('batched', 'pmd-thp-disabled', 'huge pages are disabled for the mapping', {
  span: 512,
  feature: { thpDisabled: 'checked' },
});
export const FINISH_WHOLE_FOLIO = mark('batched', 'finish-whole-folio', 'finish_fault() mapped a folio whole', {
  feature: { finishWholeFolio: 'anon-shmem' },
});
export const FINISH_FALLBACK = mark('batched', 'finish-fallback', 'populated neighbour: fell back to one entry', {
  feature: { finishWholeFolio: 'anon-shmem', finishFallback: 'one-page' },
});
export const FINISH_GIVES_UP = mark('batched', 'finish-gives-up', 'populated neighbour: gave up with NOPAGE', {
  feature: { finishFallback: 'nopage' },
});
export const FINISH_UFFD_ARMED = mark(
  'batched',
  'finish-uffd-armed',
  'userfaultfd: one entry although the folio is large',
  {
    feature: { finishWholeFolio: 'anon-shmem' },
  },
);
export const FINISH_DOES_NOT_FIT = mark(
  'batched',
  'finish-does-not-fit',
  'folio leaves the mapping or the page table',
  {
    feature: { finishWholeFolio: 'anon-shmem' },
  },
);
export const VMA_LOCK_RETRY = mark('batched', 'vma-lock-retry', 'refused ->fault under the per-VMA lock', {
  feature: { vmaLock: 'retry-without-map-pages' },
});
export const MLOCK_PMD = mark('legacy', 'mlock-pmd', 'PMD mapping mlocked', PMD);
export const PRECHECK_SKIP = mark('batched', 'precheck-skip', 'folio skipped because its first entry is populated', {
  feature: { folioPrecheck: 'first-entry' },
});
export const NR_PAGES_WRAP = mark('batched', 'nr-pages-wrap', 'nr_pages wrapped below zero', {
  races: true,
  feature: { iSizeClamp: 'after-lock' },
});
export const AROUND_WHOLE_FOLIO = mark(
  'batched',
  'around-whole-folio',
  'fault-around mapped pages outside of its window',
  {
    feature: { faultAroundScope: 'whole-folio' },
  },
);
export const CONTPTE_BLOCK = mark('batched', 'contpte-block', 'a run covered a complete block', {
  arch: 'arm64-contpte',
  span: 16,
  feature: { setterUnit: 'run' },
});

/** Every mark; the constants above are indexes into it. */
export const MARKS: readonly Mark[] = list;
export const MARK_COUNT = list.length;
