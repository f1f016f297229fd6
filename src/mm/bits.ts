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
