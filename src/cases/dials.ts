/** Every dial of the case space with its values and weights; the first value is the simplest. */
import {
  FILE_ANON_SHMEM,
  FILE_REGULAR,
  FILE_SHMEM,
  PMD_HUGE,
  PMD_NONE,
  PMD_TABLE,
  PTE_DIRTY,
  PTE_MARKER_UFFD_WP,
  PTE_MIGRATION,
  PTE_PRESENT,
  PTE_SWAP,
  PTE_YOUNG,
  VM_RAND_READ,
  VM_SEQ_READ,
  VM_UFFD_MINOR,
  VM_UFFD_MISSING,
  VM_UFFD_WP,
} from '../mm/bits.js';
import {
  FAIL_ANON_VMA,
  FAIL_COW_ALLOC,
  FAIL_DONE_COW,
  FAIL_FAULT_RETRY,
  FAIL_PTE_ALLOC,
  FAIL_UNSTABLE_MM,
  MKWRITE_LOCKED,
  MKWRITE_NONE,
  MKWRITE_NOPAGE,
  MKWRITE_SIGBUS,
  MKWRITE_UNLOCKED,
  RACE_ENTRY_BEFORE_AROUND,
  RACE_ENTRY_BEFORE_FINISH,
  RACE_FOLIO_LOCKED,
  RACE_FOLIO_NOT_UPTODATE,
  RACE_FOLIO_REPLACED,
  RACE_FOLIO_TRUNCATED,
  RACE_I_SIZE,
  RACE_NONE,
} from '../mm/scene.js';
import { Dial, type Feature } from './space.js';

const flag = (name: string, feature: Feature | null, weight: number): Dial =>
  new Dial(name, feature, [
    [0, 256 - weight],
    [1, weight],
  ]);

/** Where a file ends: with the span, anywhere inside of it, around the end of a folio, before its first page. */
export const I_SIZE_SPAN = 0;
export const I_SIZE_EDGE = 1;
export const I_SIZE_EMPTY = 2;
export const I_SIZE_FOLIO = 3;

/** Accessed and dirty bits of single entries of a run: none, few, or any. */
export const BLOCK_ALIKE = 0;
export const BLOCK_FEW = 1;
export const BLOCK_ANY = 2;

export const DIALS = {
  // mapping
  shared: flag('shared', null, 128),
  write: flag('write', null, 150),
  exec: flag('exec', 'exec', 60),
  locked: flag('locked', 'mlock', 170),
  special: flag('special', 'special', 120),
  protnone: flag('protnone', 'protnone', 100),
  thpDisabled: flag('thp-disabled', 'thp-disabled', 128),
  hugepage: flag('hugepage', 'advice', 60),
  advice: new Dial('advice', 'advice', [
    [0, 2],
    [VM_RAND_READ, 1],
    [VM_SEQ_READ, 1],
  ]),
  uffd: new Dial('uffd', 'uffd', [
    [0, 2],
    [VM_UFFD_MISSING, 2],
    [VM_UFFD_WP, 3],
    [VM_UFFD_MINOR, 1],
    [VM_UFFD_MISSING | VM_UFFD_WP, 1],
  ]),
  vmaEnds: new Dial('vma-ends', 'partial-vma', [
    [0, 1],
    [1, 2],
    [2, 2],
    [3, 3],
  ]),
  outside: new Dial('outside-table', 'outside-table', [
    [0, 1],
    [1, 1],
    [2, 1],
    [3, 1],
  ]),
  shift: flag('shift', 'shifted', 200),
  /** whether slots and pages are aligned alike, as contiguous entries need it */
  alignedShift: flag('aligned-shift', null, 128),
  tableEnd: flag('table-end', 'outside-table', 128),
  noMapPages: flag('no-map-pages', 'failures', 10),
  vmaLock: flag('vma-lock', 'failures', 128),
  // file
  fileKind: new Dial('file-kind', 'file-kind', [
    [FILE_REGULAR, 2],
    [FILE_SHMEM, 2],
    [FILE_ANON_SHMEM, 2],
  ]),
  fileBase: flag('file-base', 'shifted', 64),
  iSize: new Dial('i-size', 'i-size', [
    [I_SIZE_SPAN, 1],
    [I_SIZE_EDGE, 3],
    [I_SIZE_FOLIO, 3],
    [I_SIZE_EMPTY, 1],
  ]),
  /** the same where the span is a page table, and one folio fills it: what i_size says of mapping it by PMD */
  wholeTableSize: new Dial('whole-table-size', null, [
    [I_SIZE_SPAN, 4],
    [I_SIZE_FOLIO, 3],
    [I_SIZE_EDGE, 1],
  ]),
  /** pages from the end of a folio to that of the file: 0 where they end together */
  besideFolio: new Dial('beside-folio', null, [
    [0, 2],
    [-1, 2],
    [1, 1],
  ]),
  noReadahead: flag('no-readahead', 'no-readahead', 128),
  mkwrite: new Dial('page-mkwrite', 'mkwrite', [
    [MKWRITE_NONE, 2],
    [MKWRITE_LOCKED, 3],
    [MKWRITE_UNLOCKED, 2],
    [MKWRITE_SIGBUS, 1],
    [MKWRITE_NOPAGE, 1],
  ]),
  mmapMiss: new Dial('mmap-miss', null, [
    [0, 2],
    [3, 2],
    [20, 3],
    [100, 2],
    [600, 1],
    [1000, 1],
  ]),
  // page cache
  orderBias: new Dial('order-bias', null, [
    [0, 3],
    [1, 1],
    [2, 3],
    [4, 6],
    [9, 3],
  ]),
  wholeFolio: flag('whole-folio', 'large-folios', 110),
  wholeTableFolio: flag('whole-table-folio', null, 128),
  hole: flag('hole', 'holes', 50),
  valueEntry: flag('value-entry', 'holes', 80),
  folioLocked: flag('folio-locked', 'folio-locked', 30),
  folioNotUptodate: flag('folio-not-uptodate', 'folio-not-uptodate', 30),
  folioReadahead: flag('folio-readahead', 'folio-readahead', 40),
  folioWorkingset: flag('folio-workingset', 'folio-workingset', 26),
  folioDirty: flag('folio-dirty', 'folio-dirty', 80),
  folioElsewhere: new Dial('folio-elsewhere', 'folio-elsewhere', [
    [0, 10],
    [1, 1],
    [2, 1],
  ]),
  hwpoison: flag('hwpoison', 'hwpoison', 60),
  otherMaps: flag('other-maps', 'other-maps', 110),
  pmdMaps: new Dial('pmd-maps', 'other-maps', [
    [0, 2],
    [1, 2],
    [2, 1],
  ]),
  otherRefs: flag('other-refs', 'other-refs', 70),
  // page table
  density: new Dial('entry-density', 'entries', [
    [0, 1],
    [12, 3],
    [48, 3],
    [160, 1],
  ]),
  /** chance, in 256, that an aligned run of one folio is populated as a whole */
  blocks: new Dial('block-density', 'entries', [
    [0, 4],
    [48, 2],
    [160, 2],
  ]),
  blockBits: new Dial('block-bits', null, [
    [BLOCK_ALIKE, 2],
    [BLOCK_FEW, 3],
    [BLOCK_ANY, 1],
  ]),
  contiguous: flag('contiguous', null, 200),
  entry: new Dial('entry', null, [
    [PTE_PRESENT, 3],
    [PTE_PRESENT | PTE_YOUNG, 3],
    [PTE_PRESENT | PTE_DIRTY, 1],
    [PTE_PRESENT | PTE_YOUNG | PTE_DIRTY, 1],
  ]),
  oddEntry: new Dial('odd-entry', 'odd-entries', [
    [0, 4],
    [PTE_SWAP, 1],
    [PTE_MIGRATION, 1],
    [PTE_MARKER_UFFD_WP, 3],
    [PTE_PRESENT, 2],
  ]),
  /** the same where the mapping is registered for write protection, of which markers tell */
  wpEntry: new Dial('wp-entry', null, [
    [0, 4],
    [PTE_SWAP, 1],
    [PTE_MIGRATION, 1],
    [PTE_MARKER_UFFD_WP, 6],
    [PTE_PRESENT, 2],
  ]),
  /** the PMD where the span is a whole page table, and may be mapped by one */
  wholeTablePmd: new Dial('whole-table-pmd', null, [
    [PMD_TABLE, 3],
    [PMD_NONE, 4],
    [PMD_HUGE, 1],
  ]),
  pmd: new Dial('pmd', 'pmd', [
    [PMD_TABLE, 1],
    [PMD_NONE, 3],
    [PMD_HUGE, 1],
  ]),
  // each case of a layout
  faultAround: new Dial('fault-around-pages', 'small-window', [
    [16, 3],
    [1, 2],
    [2, 1],
    [4, 2],
    [8, 1],
    [32, 1],
    [64, 1],
    [512, 1],
  ]),
  accesses: new Dial('accesses', null, [
    [1, 5],
    [2, 3],
    [3, 1],
    [4, 1],
  ]),
  writes: flag('writes', null, 90),
  agent: new Dial('agent', 'agents', [
    [0, 3],
    [1, 3],
    [2, 1],
  ]),
  between: new Dial('between', null, [
    [0, 5],
    [1, 1],
    [2, 1],
  ]),
  teardown: flag('teardown', null, 14),
  failure: new Dial('failure', 'failures', [
    [0, 10],
    [FAIL_PTE_ALLOC, 2],
    [FAIL_COW_ALLOC, 1],
    [FAIL_ANON_VMA, 1],
    [FAIL_UNSTABLE_MM, 2],
    [FAIL_FAULT_RETRY, 1],
    [FAIL_DONE_COW, 1],
  ]),
  mkwriteTruncates: flag('page-mkwrite-truncates', 'mkwrite', 60),
  race: new Dial('race', null, [
    [RACE_NONE, 6],
    [RACE_ENTRY_BEFORE_AROUND, 3],
    [RACE_ENTRY_BEFORE_FINISH, 3],
    [RACE_I_SIZE, 3],
    [RACE_FOLIO_REPLACED, 1],
    [RACE_FOLIO_LOCKED, 1],
    [RACE_FOLIO_TRUNCATED, 1],
    [RACE_FOLIO_NOT_UPTODATE, 1],
  ]),
} as const;
