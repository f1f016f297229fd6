/** Flags and counter indexes of the sketch; the values are its own, one bit each. */

export const PTE_PRESENT = 1 << 0;
export const PTE_WRITE = 1 << 1;
export const PTE_USER = 1 << 2;
export const PTE_YOUNG = 1 << 5;
export const PTE_DIRTY = 1 << 6;
export const PTE_UFFD_WP = 1 << 10;
export const PTE_MARKER_UFFD_WP = 1 << 12;
export const PTE_SWAP = 1 << 13;

export const FOLIO_LOCKED = 1 << 0;
export const FOLIO_UPTODATE = 1 << 1;
export const FOLIO_READAHEAD = 1 << 2;
export const FOLIO_SWAPBACKED = 1 << 3;
export const FOLIO_WORKINGSET = 1 << 4;
export const FOLIO_MLOCKED = 1 << 5;
export const FOLIO_LARGE = 1 << 6;
export const FOLIO_ANON = 1 << 7;
export const FOLIO_LRU = 1 << 8;

export const PAGE_HWPOISON = 1 << 0;
export const PAGE_ANON_EXCLUSIVE = 1 << 1;

export const VM_WRITE = 1 << 0;
export const VM_SHARED = 1 << 1;
export const VM_LOCKED = 1 << 2;
export const VM_UFFD_WP = 1 << 3;

export const FAULT_WRITE = 1 << 0;
export const FAULT_ORIG_PTE_VALID = 1 << 1;
export const FAULT_ORIG_PTE_MARKER = 1 << 2;

export const VM_FAULT_SIGBUS = 0x2;
export const VM_FAULT_HWPOISON = 0x10;
export const VM_FAULT_NOPAGE = 0x100;
export const VM_FAULT_RETRY = 0x400;

export const MM_FILE = 0;
export const MM_ANON = 1;
export const MM_SHMEM = 2;
export const NR_FILE_MAPPED = 3;
export const NR_ANON_MAPPED = 4;
export const NR_MMU_CACHE = 5;
export const NR_ICACHE_FLUSH = 6;
export const NR_LRU_ADD = 7;
export const NR_MLOCK = 8;
export const MMAP_MISS = 9;
export const NR_TLB_UPDATE = 10;
export const NR_COUNTERS = 12;

export const ENTIRELY_MAPPED = 0x800000;
export const PFN_BASE = 0x4000;
