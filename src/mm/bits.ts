/**
 * Bit layouts of the words that scene and image are made of. Kernel constants keep the kernel's names and, where the
 * kernel exports a number (VM_FAULT_*), its value; layouts that are ours (packed words) are described here once.
 */

// --- abstract page-table entry, first word (`pteFlags`); zero in both words is pte_none() ---
/** present or PROT_NONE-present, as pte_present() sees it */
export const PTE_PRESENT = 1 << 0;
/** swap entry; the second word holds its offset */
export const PTE_SWAP = 1 << 1;
/** migration entry; the second word holds the pfn */
export const PTE_MIGRATION = 1 << 2;
/** pte marker with PTE_MARKER_UFFD_WP */
export const PTE_MARKER_UFFD_WP = 1 << 3;
export const PTE_WRITE = 1 << 4;
export const PTE_YOUNG = 1 << 5;
/** pte_dirty(): hardware or software dirty */
export const PTE_DIRTY = 1 << 6;
export const PTE_EXEC = 1 << 7;
export const PTE_USER = 1 << 8;
/** present but inaccessible (PROT_NONE) */
export const PTE_PROTNONE = 1 << 9;
export const PTE_UFFD_WP = 1 << 10;
export const PTE_SPECIAL = 1 << 11;
/** arm64 PTE_CONT */
export const PTE_CONT = 1 << 12;
/** x86 soft-dirty, set by pte_mkdirty() */
export const PTE_SOFT_DIRTY = 1 << 13;
/** any kind of entry */
export const PTE_KIND_MASK = PTE_PRESENT | PTE_SWAP | PTE_MIGRATION | PTE_MARKER_UFFD_WP;

// --- vm_fault_t, kernel values (include/linux/mm_types.h, enum vm_fault_reason) ---
export const VM_FAULT_OOM = 0x1;
export const VM_FAULT_SIGBUS = 0x2;
export const VM_FAULT_MAJOR = 0x4;
export const VM_FAULT_HWPOISON = 0x10;
export const VM_FAULT_HWPOISON_LARGE = 0x20;
export const VM_FAULT_SIGSEGV = 0x40;
export const VM_FAULT_NOPAGE = 0x100;
export const VM_FAULT_LOCKED = 0x200;
export const VM_FAULT_RETRY = 0x400;
export const VM_FAULT_FALLBACK = 0x800;
export const VM_FAULT_DONE_COW = 0x1000;
export const VM_FAULT_NEEDDSYNC = 0x2000;
export const VM_FAULT_COMPLETED = 0x4000;
/** the bits that mean failure: OOM, SIGBUS, SIGSEGV, HWPOISON, HWPOISON_LARGE, FALLBACK */
export const VM_FAULT_ERROR =
  VM_FAULT_OOM | VM_FAULT_SIGBUS | VM_FAULT_SIGSEGV | VM_FAULT_HWPOISON | VM_FAULT_HWPOISON_LARGE | VM_FAULT_FALLBACK;

// --- vmf->flags, kernel values (include/linux/mm_types.h, enum fault_flag) ---
export const FAULT_FLAG_WRITE = 1 << 0;
export const FAULT_FLAG_MKWRITE = 1 << 1;
export const FAULT_FLAG_ORIG_PTE_VALID = 1 << 11;
export const FAULT_FLAG_VMA_LOCK = 1 << 12;

// --- vma->vm_flags as far as the fault paths read them; the numbers are ours ---
export const VM_SHARED = 1 << 0;
export const VM_WRITE = 1 << 1;
export const VM_EXEC = 1 << 2;
export const VM_LOCKED = 1 << 3;
/** any of VM_IO | VM_DONTEXPAND | VM_PFNMAP | VM_MIXEDMAP; reachable here: VM_DONTEXPAND */
export const VM_SPECIAL = 1 << 4;
export const VM_UFFD_MISSING = 1 << 5;
export const VM_UFFD_WP = 1 << 6;
export const VM_UFFD_MINOR = 1 << 7;
export const VM_RAND_READ = 1 << 8;
export const VM_SEQ_READ = 1 << 9;
export const VM_HUGEPAGE = 1 << 10;
/** transparent huge pages disabled for this VMA or process (VM_NOHUGEPAGE, MMF_DISABLE_THP) */
export const VM_THP_DISABLED = 1 << 11;
/** mapped PROT_NONE: entries are present but inaccessible */
export const VM_PROTNONE = 1 << 12;
/** userfaultfd_armed() */
export const VM_UFFD_MASK = VM_UFFD_MISSING | VM_UFFD_WP | VM_UFFD_MINOR;

// --- kind of the mapped file ---
export const FILE_REGULAR = 0;
/** tmpfs or memfd: shmem_mapping() */
export const FILE_SHMEM = 1;
/** MAP_SHARED | MAP_ANONYMOUS memory: vma_is_anon_shmem() */
export const FILE_ANON_SHMEM = 2;

// --- folio word: flags in the low 24 bits, number of entire (PMD) mappings above ---
export const FOLIO_LOCKED = 1 << 0;
export const FOLIO_UPTODATE = 1 << 1;
export const FOLIO_READAHEAD = 1 << 2;
export const FOLIO_WORKINGSET = 1 << 3;
export const FOLIO_SWAPBACKED = 1 << 4;
export const FOLIO_DIRTY = 1 << 5;
export const FOLIO_MLOCKED = 1 << 6;
export const FOLIO_LRU = 1 << 7;
/** PG_anon folio, made by a private write */
export const FOLIO_ANON = 1 << 8;
/** the page cache holds this folio at its index */
export const FOLIO_CACHED = 1 << 9;
/** the page cache holds a value entry (shadow or swap) at this index, no folio */
export const FOLIO_VALUE_ENTRY = 1 << 10;
/** found by the lookup although folio->mapping is another one (truncated or moved meanwhile) */
export const FOLIO_OTHER_MAPPING = 1 << 11;
/** some page of the folio has PG_hwpoison (PG_has_hwpoisoned) */
export const FOLIO_HAS_HWPOISONED = 1 << 12;
/** read in during the case: its pages are new ones, whatever the layout says of the old */
export const FOLIO_FRESH = 1 << 14;
export const FOLIO_ENTIRE_SHIFT = 24;

// --- page word: number of page-table entries that map the page in the low 16 bits, flags above ---
export const PAGE_MAPCOUNT_MASK = 0xffff;
/** PG_arch_1: the data cache of this page (6.1) or of its folio (6.6+) is clean for execution */
export const PAGE_DCACHE_CLEAN = 1 << 16;
export const PAGE_ANON_EXCLUSIVE = 1 << 17;

// --- maintenance word of a slot: how often this fault did it, 8 bits each ---
export const SET_SHIFT = 0;
export const ICACHE_SHIFT = 8;
export const MMU_CACHE_SHIFT = 16;
export const MMU_TLB_SHIFT = 24;

// --- pmd word ---
export const PMD_NONE = 0;
export const PMD_TABLE = 1;
export const PMD_HUGE = 2;
export const PMD_STATE_MASK = 3;
export const PMD_YOUNG = 1 << 2;
export const PMD_DIRTY = 1 << 3;
export const PMD_WRITE = 1 << 4;

// --- sizes (4 KiB pages, 64-bit) ---
export const PAGE_SIZE = 4096;
/** entries of one page table; fault-around never leaves one */
export const PTRS_PER_PTE = 512;
export const HPAGE_PMD_ORDER = 9;
export const HPAGE_PMD_NR = 512;
/** ENTIRELY_MAPPED (6.8+) and COMPOUND_MAPPED (6.2 to 6.7): the flag part of _nr_pages_mapped */
export const ENTIRELY_MAPPED = 0x800000;
/** the miss path stops counting here (ten times MMAP_LOTSAMISS) */
export const MMAP_MISS_MAX = 1000;
/** spare pages behind the span: what private writes copy into, one per access of a case */
export const COW_PAGES = 4;
/** 6.1 PG_double_map; kept in the column of _nr_pages_mapped, a field that 6.1 does not have */
export const DOUBLE_MAP = 1 << 30;
