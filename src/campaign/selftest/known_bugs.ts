/**
 * Known bugs in or near the path that the series changed, and where the harness has each: in a listed revision, as a
 * planted bug, or nowhere, and then why. The self-test must find what is here; the reference documentation lists it.
 */

export interface KnownBug {
  /** R and a number of ours; F for what was found here */
  readonly id: string;
  readonly title: string;
  /** revisions that have it, by id */
  readonly revisions: readonly string[];
  /** planted bugs that stand for it */
  readonly planted: readonly string[];
  /** why the model cannot express it, or which part of it */
  readonly why?: string;
}

const NO_CONCURRENCY = 'a fault runs alone: the model has no second look that another thread could come between';

function inRevisions(id: string, title: string, revisions: readonly string[], planted: readonly string[]): KnownBug {
  return { id, title, revisions, planted };
}

const planted = (id: string, title: string, bugs: readonly string[], why?: string): KnownBug => ({
  id,
  title,
  revisions: [],
  planted: bugs,
  ...(why !== undefined && { why }),
});

const nowhere = (id: string, title: string, why: string): KnownBug => ({ id, title, revisions: [], planted: [], why });

const V4 = ['batched@v4-35', 'batched@v4'];
const INVERTED = ['batched@v6.6-rc1', 'batched@v6.6', 'batched@v6.10'];
const NO_CLAMP = ['legacy@v6.5', 'batched@v4-35', 'batched@v4', 'batched@v4-fixed', ...INVERTED];

export const KNOWN_BUGS: readonly KnownBug[] = [
  inRevisions('R01', 'mm: fix old/young bit handling in the faulting path (4cd7ba16a0af)', INVERTED, ['M1']),
  inRevisions(
    'R02',
    'mm: report success more often from filemap_map_folio_range() (a501a0703044)',
    ['batched@v6.6-rc1'],
    ['M3'],
  ),
  inRevisions('R03', 'mm: abstract moving to the next PFN (ce60f27bb62d)', ['batched@v6.6-rc1'], ['M24', 'M24b']),
  inRevisions(
    'R04',
    'filemap: add filemap_map_order0_folio() to handle order0 folio (c8be03806738)',
    ['batched@v6.6-rc1'],
    ['M5'],
  ),
  inRevisions('R05', '[PATCH v4 33/36]: the cursor loses an index', V4, ['M6']),
  inRevisions('R06', '[PATCH v4 34/36]: the accumulator is tested', V4, ['M7']),
  inRevisions('R07', '[PATCH v4 33/36]: stale mmap_miss', V4, ['M8']),
  inRevisions(
    'R08',
    '[PATCH v4 36/36]: prefault and NOPAGE by the start of the run',
    ['batched@v4', 'batched@v4-fixed'],
    ['M2', 'M3'],
  ),
  inRevisions('R09', 'mm: fix finish_fault() handling for large folios (34b82f33cf3f)', ['batched@v6.12'], ['M23']),
  inRevisions(
    'R10',
    'mm: filemap: fix nr_pages calculation overflow in filemap_map_pages()',
    ['batched@v6.12'],
    ['M18'],
  ),
  planted('R11', 'mm/memory: do not populate page table entries beyond i_size (74207de2ba10)', ['R11']),
  planted('R12', 'mm/filemap: Fix logic around SIGBUS in filemap_map_pages() (2025-11-20)', ['R12']),
  inRevisions(
    'R13',
    'filemap: cap PTE range to be created to allowed zero fill in folio_map_range() (743a2753a02e)',
    NO_CLAMP,
    ['R13', 'M17'],
  ),
  planted('R14', "mm/memory: don't require head page for do_set_pmd() (ab1ffc86cb5b)", ['R14']),
  planted('R15', 'mm: bring back update_mmu_cache() to finish_fault()', ['R15', 'M19']),
  planted(
    'R16',
    'mm: fix page leak with multiple threads mapping the same page',
    ['R16'],
    'the PMD entry cannot change under a fault; planted is the same answer where the entry has changed',
  ),
  nowhere('R17', 'mm: fix oops when filemap_map_pmd() without prealloc_pte', NO_CONCURRENCY),
  nowhere('R18', 'mm: fix the deadlock in finish_fault()', 'locks are flags, without an order or a wait'),
  planted('R19', 'mm: filemap: check if THP has hwpoisoned subpage for PMD page fault', ['R19']),
  nowhere(
    'R20',
    'mm: fix double page fault on arm64 if PTE_AF is cleared',
    'write-protect faults, where the copy is made, are another path; R21 is its neighbour on this one',
  ),
  planted('R21', 'old prefaulted entries on every architecture (5c0a85fad949), and mips without software young', [
    'R21',
    'R21b',
  ]),
  planted('R22', 'the uffd-wp bit without write protection (pte_mkuffd_wp() before 6.4)', ['M20']),
  nowhere(
    'R23',
    'fault_around_bytes of zero',
    'a configuration, not a fault: cases have powers of two from 1 on, by their schema',
  ),
  {
    id: 'R24',
    title: 'mmap_miss heuristics (5c46d5319bde, e338d8353154)',
    revisions: [],
    planted: [],
    why:
      'the rule before 6.10 (missRule=always) is that of 6.1 and no difference to it; several faults that wait for ' +
      'one folio need concurrency',
  },
  nowhere(
    'R25',
    'NR_FILE_PMDMAPPED and NR_SHMEM_PMDMAPPED of the memcg',
    'an intended change, with an allowlist entry: pmdmapped-memcg',
  ),
  planted('R26', 'mlock of large folios (ab521b4142aa)', ['M21'], 'the rest is intended, with allowlist entries'),
  nowhere('R27', 'mm/memory-failure: check the mapcount of the precise page', 'who reads mapcounts is not modelled'),
  nowhere('R28', 'madvise: use of the mapcount of a large folio as a sign of sharing', 'as R27'),
  planted('R29', '_nr_pages_mapped that does not return to zero', ['R29']),
  nowhere('R30', 'powerpc: set_ptes() (47b8def9358c)', 'powerpc is not modelled, nor its filter of executable pages'),
  nowhere('R31', 'nesting of lazy MMU mode (49147beb0ccb)', 'lazy MMU mode is not modelled'),
  nowhere('R32', 'sparc64: missing initialisation of a folio in tlb_batch_add()', 'sparc64 is not modelled'),
  nowhere(
    'R33',
    'mips: nth_page() in __flush_dcache_pages() (aa5fe31b6b59)',
    'pages have numbers, not addresses; flush_icache_pages() is compared, by the pages that it covers',
  ),
  inRevisions(
    'R34',
    'arm64: contpte_ptep_set_access_flags() takes a block for young (until 6.12.78)',
    ['batched@v6.10', 'batched@v6.12'],
    ['R34'],
  ),
  inRevisions(
    'R35',
    'arm64: mm: restrict transparent contpte mappings to valid PTEs (6.12.117)',
    ['batched@v6.10', 'batched@v6.12'],
    ['R35'],
  ),
  nowhere('R36', 'arm64: set_ptes() across a 48-bit boundary', 'page frames of cases are small numbers'),
  nowhere('R37', 'riscv: update_mmu_cache() as a flush (4bd1d80efb5a, e921050022f1)', 'TLBs of harts are not modelled'),
  nowhere('R38', 'arm64, riscv: races of PG_dcache_clean', NO_CONCURRENCY),
  nowhere('R39', 'accessed and dirty bits lost by a scan that is not atomic', NO_CONCURRENCY),
  nowhere(
    'R40',
    'filemap: Handle sibling entries in filemap_get_read_batch()',
    'the read path; its cursor makes the mistake of R05',
  ),
  inRevisions(
    'F1',
    'a folio that ends at the end of the file counts as reaching beyond it (see findings)',
    ['batched@v6.12.117'],
    ['F1'],
  ),
  inRevisions(
    'F2',
    'where the i_size gate refuses, no page table is installed (see findings)',
    ['batched@v6.12.117'],
    ['F2'],
  ),
];
