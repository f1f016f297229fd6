/** The scopes of four pages: each turns the dials of one concern and holds the others still. */
import { type Configuration, PLAIN_CHOICES, type Scope } from '../sweep/scope.js';

const PRIVATE_READ_ONLY: Configuration = { kind: 'regular', flags: [] };
const PRIVATE: Configuration = { kind: 'regular', flags: ['write'] };
const SHARED: Configuration = { kind: 'regular', flags: ['shared', 'write'] };
const SHMEM: Configuration = { kind: 'shmem', flags: ['shared', 'write'] };
const ANON_SHMEM: Configuration = { kind: 'anon-shmem', flags: ['shared', 'write'] };

export const FOUR_PAGES_YOUNG: Scope = {
  ...PLAIN_CHOICES,
  name: '4-pages-young',
  title: 'Which entries are young, old or missing, on every kind of young function',
  proves:
    'Every entry gets the accessed bit that it should, whatever run, window, hole, poisoned or unusable page or ' +
    'populated entry is beside it, for reads, private and shared writes by a CPU or a device.',
  leavesOut: 'mappings of a part of the span, shmem, userfaultfd, mlock, failures, contiguous PTEs',
  span: 4,
  architectures: ['x86-64', 'arm64', 'arm64-noaf', 'mips64', 'loongarch64'],
  configurations: [PRIVATE_READ_ONLY, PRIVATE, SHARED],
  folioFlags: [[], ['readahead']],
  hwpoison: 'every-page',
  entries: '.oys',
  sizes: [4, 3],
  faultAround: [16, 1, 2],
  accesses: ['read', 'write', 'device-read', 'device-write'],
};

export const FOUR_PAGES_READAHEAD: Scope = {
  ...PLAIN_CHOICES,
  name: '4-pages-readahead',
  title: 'How mmap_miss and the read-ahead flags go, with folios that fault-around must skip',
  proves:
    'mmap_miss, major faults and the flags of folios end as they should for every mix of read-ahead, workingset, ' +
    'locked, poisoned and not uptodate folios, advice, and a read-ahead that is switched off.',
  leavesOut: 'shared mappings of regular files, the end of the file inside of the span, old entries, PMD mappings',
  span: 4,
  architectures: ['x86-64'],
  configurations: [
    PRIVATE,
    { ...PRIVATE, flags: ['write', 'random-read'] },
    { ...PRIVATE, flags: ['write', 'sequential-read'] },
    { ...PRIVATE, readahead: false },
    SHMEM,
  ],
  tiles: ['hole', 'value-entry', 'folio', 'not-uptodate'],
  folioFlags: [[], ['locked'], ['readahead'], ['workingset']],
  hwpoison: 'every-page',
  entries: '.y',
  sizes: [4],
  faultAround: [16, 1, 2],
  mmapMiss: [0, 3, 20, 100],
  accesses: ['read', 'write'],
};

const locked = ({ kind, flags }: Configuration): Configuration => ({ kind, flags: [...flags, 'locked'] });

export const FOUR_PAGES_RMAP: Scope = {
  ...PLAIN_CHOICES,
  name: '4-pages-rmap',
  title: 'Mapcounts, references and counters, with other users of the folios, mlock and teardown',
  proves:
    'Mapcounts, references, resident pages and statistics are exact after the fault and back at their base after ' +
    'unmapping everything, whatever other mms map and hold, and where a poisoned page is evicted.',
  leavesOut: 'PMD mappings, which need 512 pages; several poisoned pages in a folio; more than one other mapping',
  span: 4,
  architectures: ['x86-64'],
  configurations: [
    ...[SHARED, SHMEM, ANON_SHMEM].flatMap((plain) => [plain, locked(plain)]),
    ...[PRIVATE, locked(PRIVATE)],
  ],
  refs: [0, 1],
  maps: [0, 1],
  hwpoison: 'last-page',
  entries: '.yma',
  sizes: [4],
  accesses: ['read', 'write'],
  teardown: [true],
};

const armed = ({ kind, flags }: Configuration): Configuration[] => [
  { kind, flags },
  { kind, flags: [...flags, 'uffd-missing'] },
  { kind, flags: [...flags, 'uffd-wp'] },
  { kind, flags: [...flags, 'uffd-minor'] },
  { kind, flags: [...flags, 'uffd-missing', 'uffd-wp'] },
];
const UFFD_CONFIGURATIONS = [SHMEM, ANON_SHMEM, { ...SHMEM, flags: ['write'] } as const].flatMap(armed);

export const FOUR_PAGES_UFFD: Scope = {
  ...PLAIN_CHOICES,
  name: '4-pages-uffd',
  title: 'userfaultfd: the modes of registration, write-protection markers and what is left of them',
  proves:
    'Markers are honoured, kept or cleared as they should be and never lost to a run, and no write gets past ' +
    'write-protection, in every mode of registration.',
  leavesOut: 'userfaultfd events themselves (no monitor answers), arm64, and mappings that are not writable',
  span: 4,
  architectures: ['x86-64'],
  configurations: [...UFFD_CONFIGURATIONS, ...UFFD_CONFIGURATIONS.map((plain) => ({ ...plain, pmdNone: true }))],
  tiles: ['hole', 'value-entry', 'folio'],
  folioFlags: [[], ['locked']],
  entries: '.uys',
  sizes: [4, 3],
  faultAround: [16, 1, 2],
  accesses: ['read', 'write', 'gup-read', 'gup-write'],
};

const withTableOrNone = (configuration: Configuration): Configuration[] => [
  configuration,
  { ...configuration, pmdNone: true, failures: [...(configuration.failures ?? []), 'page-table-alloc'] },
];
const FAILURES_OF_PRIVATE = ['cow-page-alloc', 'anon-vma-alloc', 'unstable-mm', 'fault-retry', 'done-cow'] as const;

export const FOUR_PAGES_FINISH: Scope = {
  ...PLAIN_CHOICES,
  name: '4-pages-finish',
  title: 'The end of a fault: private copies, shared writes, page_mkwrite, failures, whole folios of shmem, i_size',
  proves:
    'finish_fault() and its callers leave the right entries, return values, references and dirty folios, on success ' +
    'and after each single failure, with and without a page table, inside and beyond the end of the file.',
  leavesOut: 'two failures at once, folios that are not uptodate, advice, races',
  span: 4,
  architectures: ['arm64', 'x86-64'],
  configurations: [
    { ...PRIVATE, failures: FAILURES_OF_PRIVATE },
    { ...PRIVATE_READ_ONLY, failures: ['anon-vma-alloc', 'unstable-mm', 'done-cow'] as const },
    { ...PRIVATE_READ_ONLY, mapPages: false, vmaLock: true },
    { ...SHARED, failures: ['fault-retry'] as const },
    ...(['locked', 'unlocked', 'sigbus', 'nopage'] as const).map((pageMkwrite) => ({ ...SHARED, pageMkwrite })),
    SHMEM,
    ANON_SHMEM,
    { kind: 'anon-shmem', flags: ['shared'] } as const,
  ].flatMap(withTableOrNone),
  folioFlags: [[], ['locked'], ['dirty']],
  hwpoison: 'every-page',
  entries: '.y',
  sizes: [4, 3, 0],
  accesses: ['read', 'write', 'gup-write'],
};
