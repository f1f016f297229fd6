/**
 * The names that a case is written with. They stand apart from its schema because the hot paths need them and must not
 * wait for the validator to load.
 */
export const ARCH_NAMES = [
  'x86-64',
  'arm64',
  'arm64-noaf',
  'arm64-contpte',
  'riscv64',
  'mips64',
  'loongarch64',
] as const;

export const VMA_FLAG_NAMES = [
  'shared',
  'write',
  'exec',
  'locked',
  'special',
  'uffd-missing',
  'uffd-wp',
  'uffd-minor',
  'random-read',
  'sequential-read',
  'hugepage',
  'thp-disabled',
  'protnone',
] as const;

export const FILE_KINDS = ['regular', 'shmem', 'anon-shmem'] as const;
export const MKWRITE_NAMES = ['none', 'locked', 'unlocked', 'sigbus', 'nopage', 'truncated'] as const;
export const FAILURE_NAMES = [
  'page-table-alloc',
  'cow-page-alloc',
  'anon-vma-alloc',
  'unstable-mm',
  'fault-retry',
  'done-cow',
] as const;
export const RACE_NAMES = [
  'none',
  'entry-before-fault-around-lock',
  'entry-before-finish-fault-lock',
  'i-size-shrinks',
  'folio-replaced',
  'folio-locked',
  'folio-truncated',
  'folio-not-uptodate',
] as const;
export const FOLIO_FLAG_NAMES = [
  'locked',
  'not-uptodate',
  'readahead',
  'workingset',
  'dirty',
  'other-mapping',
  'refcount-zero',
] as const;
export const PTE_BIT_NAMES = ['write', 'dirty', 'uffd-wp'] as const;
export const PMD_NAMES = ['table', 'none', 'huge'] as const;
export const AGENT_NAMES = ['cpu', 'device', 'gup'] as const;

/** Most accesses of one case: each private write needs a spare page. */
export const MAX_ACCESSES = 4;
