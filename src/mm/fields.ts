/**
 * The one table of every observed field: where it lives in the image, how it is compared and what it means. The image's
 * columns, comparison, JSON and the reference documentation follow from it.
 */
import {
  DOUBLE_MAP,
  FOLIO_ANON,
  FOLIO_CACHED,
  FOLIO_DIRTY,
  FOLIO_LOCKED,
  FOLIO_LRU,
  FOLIO_MLOCKED,
  FOLIO_SWAPBACKED,
  FOLIO_UPTODATE,
  PAGE_ANON_EXCLUSIVE,
  PAGE_DCACHE_CLEAN,
  PAGE_MAPCOUNT_MASK,
  PTE_CONT,
  PTE_DIRTY,
  PTE_EXEC,
  PTE_KIND_MASK,
  PTE_PROTNONE,
  PTE_SOFT_DIRTY,
  PTE_SPECIAL,
  PTE_UFFD_WP,
  PTE_USER,
  PTE_WRITE,
  PTE_YOUNG,
} from './bits.js';

/** What a field belongs to: a page slot, a folio (named by its head page), or the whole mm. */
export type SiteKind = 'page' | 'folio' | 'mm';

/**
 * How two engines are compared in a field: `exact`; `present` only where both have a present entry; `coverage` zero
 * against non-zero; `conform` not between the two engines of a campaign (layouts and call counts that differ between
 * kernel versions by design), only against fixtures, invariants and another implementation of the same revision.
 */
export type Comparison = 'exact' | 'present' | 'coverage' | 'conform';

export type FieldGroup =
  | 'pte'
  | 'young'
  | 'rmap'
  | 'counter'
  | 'reference'
  | 'readahead'
  | 'cache-maintenance'
  | 'return'
  | 'folio'
  | 'access'
  | 'call-count';

/** Columns with one word for each page slot; `compared` ones come first in the image and are compared as bytes. */
export const SLOT_COLUMNS = ['pte', 'pfn', 'maintenance', 'page', 'folio', 'refcount'] as const;
export const CONFORM_SLOT_COLUMNS = ['nrPagesMapped', 'largeMapcount'] as const;
/** Every column of the page slots, in the order of an image's `slotColumns`. */
export const ALL_SLOT_COLUMNS: readonly SlotColumn[] = [...SLOT_COLUMNS, ...CONFORM_SLOT_COLUMNS];
export type SlotColumn = (typeof SLOT_COLUMNS)[number] | (typeof CONFORM_SLOT_COLUMNS)[number];

/** One observed property. `mask` and `shift` cut it out of its 32-bit word; `word` is the index of an mm word. */
export interface Field {
  readonly name: string;
  readonly site: SiteKind;
  readonly column: SlotColumn | 'mm';
  /** index of the column in the image's list of slot columns; -1 for mm words */
  readonly columnIndex: number;
  readonly word: number;
  readonly mask: number;
  readonly shift: number;
  readonly group: FieldGroup;
  readonly compare: Comparison;
  readonly meaning: string;
}

const ALL = -1;
const fields: Field[] = [];

function slot(
  site: 'page' | 'folio',
  column: SlotColumn,
  name: string,
  mask: number,
  group: FieldGroup,
  compare: Comparison,
  meaning: string,
): void {
  const shift = mask === ALL ? 0 : 31 - Math.clz32(mask & -mask);
  const columnIndex = ALL_SLOT_COLUMNS.indexOf(column);
  fields.push({ name, site, column, columnIndex, word: 0, mask, shift, group, compare, meaning });
}

let words = 0;
let comparedWords = 0;
function mm(name: string, group: FieldGroup, compare: Comparison, meaning: string): number {
  fields.push({
    name,
    site: 'mm',
    column: 'mm',
    columnIndex: -1,
    word: words,
    mask: ALL,
    shift: 0,
    group,
    compare,
    meaning,
  });
  if (compare !== 'conform') comparedWords = words + 1;
  return words++;
}

slot(
  'page',
  'pte',
  'pte',
  PTE_KIND_MASK,
  'pte',
  'exact',
  'kind of entry: none, present, swap, migration or uffd-wp marker',
);
slot('page', 'pte', 'write', PTE_WRITE, 'pte', 'present', 'pte_write()');
slot('page', 'pte', 'young', PTE_YOUNG, 'young', 'present', 'pte_young(): the accessed bit as the handler left it');
slot('page', 'pte', 'dirty', PTE_DIRTY, 'pte', 'present', 'pte_dirty(), hardware or software bit');
slot('page', 'pte', 'exec', PTE_EXEC, 'pte', 'present', 'executable by user space');
slot('page', 'pte', 'user', PTE_USER, 'pte', 'present', 'accessible by user space');
slot('page', 'pte', 'protnone', PTE_PROTNONE, 'pte', 'present', 'present but inaccessible (PROT_NONE)');
slot('page', 'pte', 'uffdWp', PTE_UFFD_WP, 'pte', 'present', 'pte_uffd_wp()');
slot('page', 'pte', 'special', PTE_SPECIAL, 'pte', 'present', 'pte_special(); never set on these paths');
slot('page', 'pte', 'cont', PTE_CONT, 'pte', 'present', 'arm64 contiguous bit (contpte)');
slot('page', 'pte', 'softDirty', PTE_SOFT_DIRTY, 'pte', 'present', 'x86 soft-dirty, set with dirty');
slot('page', 'pfn', 'pfn', ALL, 'pte', 'present', 'page frame of the entry; for swap and migration entries the offset');
slot('page', 'maintenance', 'setCalls', 0xff, 'call-count', 'conform', 'times this fault wrote the entry');
slot(
  'page',
  'maintenance',
  'icache',
  0xff << 8,
  'cache-maintenance',
  'coverage',
  'flush_icache_page(s) covered the page',
);
slot(
  'page',
  'maintenance',
  'mmuCache',
  0xff << 16,
  'cache-maintenance',
  'coverage',
  'update_mmu_cache(_range) covered the page',
);
slot(
  'page',
  'maintenance',
  'mmuTlb',
  0xff << 24,
  'cache-maintenance',
  'conform',
  'update_mmu_tlb(_range) covered the page',
);
slot(
  'page',
  'page',
  'mapcount',
  PAGE_MAPCOUNT_MASK,
  'rmap',
  'exact',
  'page-table entries that map the page, in all mms',
);
slot(
  'page',
  'page',
  'dcacheClean',
  PAGE_DCACHE_CLEAN,
  'cache-maintenance',
  'exact',
  'PG_arch_1: synchronised for execution',
);
slot('page', 'page', 'anonExclusive', PAGE_ANON_EXCLUSIVE, 'rmap', 'exact', 'PG_anon_exclusive');
slot('folio', 'folio', 'locked', FOLIO_LOCKED, 'folio', 'exact', 'PG_locked on return');
slot('folio', 'folio', 'uptodate', FOLIO_UPTODATE, 'folio', 'exact', 'PG_uptodate');
slot('folio', 'folio', 'swapbacked', FOLIO_SWAPBACKED, 'folio', 'exact', 'PG_swapbacked');
slot('folio', 'folio', 'folioDirty', FOLIO_DIRTY, 'folio', 'exact', 'PG_dirty');
slot('folio', 'folio', 'mlocked', FOLIO_MLOCKED, 'rmap', 'exact', 'PG_mlocked');
slot('folio', 'folio', 'lru', FOLIO_LRU, 'folio', 'exact', 'on an LRU list (batches drained)');
slot('folio', 'folio', 'anon', FOLIO_ANON, 'rmap', 'exact', 'folio_test_anon()');
slot('folio', 'folio', 'cached', FOLIO_CACHED, 'folio', 'exact', 'in the page cache of the mapped file');
slot('folio', 'folio', 'entireMapcount', 0x7f << 24, 'rmap', 'exact', 'PMD mappings of the folio, in all mms');
slot('folio', 'nrPagesMapped', 'doubleMap', DOUBLE_MAP, 'rmap', 'conform', '6.1 PG_double_map');
slot('folio', 'refcount', 'refcount', ALL, 'reference', 'exact', 'folio _refcount, batches drained');
slot('folio', 'nrPagesMapped', 'nrPagesMapped', DOUBLE_MAP - 1, 'rmap', 'conform', '_nr_pages_mapped (6.2+)');
slot('folio', 'largeMapcount', 'largeMapcount', ALL, 'rmap', 'conform', '_large_mapcount + 1 (6.10+)');

// Indexes of the mm words. Compared ones first.
export const MM_FILEPAGES = mm('MM_FILEPAGES', 'counter', 'exact', 'resident file pages of the mm (pages)');
export const MM_ANONPAGES = mm('MM_ANONPAGES', 'counter', 'exact', 'resident anonymous pages of the mm (pages)');
export const MM_SHMEMPAGES = mm('MM_SHMEMPAGES', 'counter', 'exact', 'resident shmem pages of the mm (pages)');
export const MM_SWAPENTS = mm('MM_SWAPENTS', 'counter', 'exact', 'swap entries of the mm');
export const MM_NR_PTES = mm('nrPtes', 'counter', 'exact', 'page tables of the mm (mm_inc_nr_ptes)');
export const NR_FILE_MAPPED = mm('NR_FILE_MAPPED', 'counter', 'exact', 'node: file pages mapped at least once');
export const NR_ANON_MAPPED = mm('NR_ANON_MAPPED', 'counter', 'exact', 'node: anonymous pages mapped');
export const NR_FILE_PMDMAPPED = mm('NR_FILE_PMDMAPPED', 'counter', 'exact', 'node: file pages under PMD mappings');
export const NR_SHMEM_PMDMAPPED = mm('NR_SHMEM_PMDMAPPED', 'counter', 'exact', 'node: shmem pages under PMD mappings');
export const MEMCG_FILE_MAPPED = mm('memcg.NR_FILE_MAPPED', 'counter', 'exact', 'memcg: file pages mapped');
export const MEMCG_ANON_MAPPED = mm('memcg.NR_ANON_MAPPED', 'counter', 'exact', 'memcg: anonymous pages mapped');
export const MEMCG_FILE_PMDMAPPED = mm(
  'memcg.NR_FILE_PMDMAPPED',
  'counter',
  'exact',
  'memcg: file pages under PMD mappings',
);
export const MEMCG_SHMEM_PMDMAPPED = mm(
  'memcg.NR_SHMEM_PMDMAPPED',
  'counter',
  'exact',
  'memcg: shmem pages under PMD mappings',
);
export const NR_MLOCK = mm('NR_MLOCK', 'counter', 'exact', 'zone: mlocked pages');
export const UNEVICTABLE_PGMLOCKED = mm('UNEVICTABLE_PGMLOCKED', 'counter', 'exact', 'event: pages mlocked');
export const THP_FILE_MAPPED = mm('THP_FILE_MAPPED', 'counter', 'exact', 'event: file folios mapped by PMD');
export const PGMAJFAULT = mm('PGMAJFAULT', 'counter', 'exact', 'event: major faults');
export const LRU_ADDS = mm('lruAdds', 'counter', 'exact', 'folios added to the LRU');
export const MMAP_MISS = mm('mmap_miss', 'readahead', 'exact', 'file->f_ra.mmap_miss');
export const I_SIZE = mm('iSizePages', 'folio', 'exact', 'i_size rounded up, in pages from cache slot 0');
export const PMD = mm('pmd', 'pte', 'exact', 'PMD entry: none, table or huge, and the bits of a huge one');
export const RET = mm('ret', 'return', 'exact', 'vm_fault_t of the handler, VM_FAULT_LOCKED stripped');
export const VMA_LOCK_RETRIES = mm(
  'vmaLockRetries',
  'return',
  'exact',
  'faults tried again under mmap_lock after VM_FAULT_RETRY under the per-VMA lock',
);
export const FAULT_CALLS = mm('faultCalls', 'return', 'exact', "calls of the file's ->fault");
export const FILE_TIME = mm('fileTimeUpdates', 'return', 'exact', 'calls of file_update_time()');
export const THROTTLED = mm('throttled', 'return', 'exact', 'calls of balance_dirty_pages_ratelimited()');
export const ASSERTIONS = mm('assertions', 'return', 'exact', 'kernel assertions that fired (bit per assertion)');
export const ACCESS_FAULTS = mm('accessFaults', 'access', 'exact', 'faults that the access took');
export const ACCESS_OUTCOME = mm('accessOutcome', 'access', 'exact', 'how the access ended');
export const ACCESS_EFFECT = mm('accessEffect', 'access', 'exact', 'bits that the access itself set in the entry');
/** number of mm words that are compared between engines */
export const COMPARED_MM_WORDS = comparedWords;
export const CALLS_FLUSH_ICACHE = mm('calls.flush_icache_pages', 'call-count', 'conform', 'calls');
export const CALLS_SET_PTES = mm('calls.set_ptes', 'call-count', 'conform', 'calls');
export const CALLS_UPDATE_MMU_CACHE = mm('calls.update_mmu_cache_range', 'call-count', 'conform', 'calls');
export const CALLS_UPDATE_MMU_TLB = mm('calls.update_mmu_tlb', 'call-count', 'conform', 'calls');
export const CALLS_RSS = mm('calls.add_mm_counter', 'call-count', 'conform', 'calls');
export const CALLS_STAT = mm('calls.mod_lruvec_state', 'call-count', 'conform', 'calls');
export const CALLS_REF_ADD = mm('calls.folio_ref_add', 'call-count', 'conform', 'calls');
export const CALLS_MLOCK = mm('calls.mlock_folio', 'call-count', 'conform', 'calls');
export const MM_WORDS = words;

/** Every observed field, in the order of the table above. */
export const FIELDS: readonly Field[] = fields;

/** Looks a field up by its name. */
export function fieldNamed(name: string): Field | undefined {
  return FIELDS.find((field) => field.name === name);
}
