/* SPDX-License-Identifier: GPL-2.0-only */
/** What the accessors of riscv64 need beside the common stubs: no Svpbmt, no T-Head memory types. */
#ifndef SHIM_ARCH_H
#define SHIM_ARCH_H

/**
 * Stub: riscv_page_mtmask, riscv_page_nocache, riscv_page_io, has_svnapot, ALT_SVPBMT, ALT_THEAD_PMA,
 * ALT_THEAD_PBMT. Kernel: memory types of Svpbmt and of T-Head, and large entries of Svnapot, patched in where the
 * machine has them. Shim: none of the types: 0, nothing; Svnapot in some faults, without
 * large entries. Omits: Svpbmt, large entries.
 */
#define riscv_page_mtmask() (0)
#define riscv_page_nocache() (0)
#define riscv_page_io() (0)
#define has_svnapot() (shim_layout_way(12))
#define ALT_SVPBMT(val, prot) ((val) = 0)
#define ALT_THEAD_PMA(val) ((void)(val))
#define ALT_THEAD_PBMT(val) ((void)(val))
/**
 * Stub: flush_icache_all, flush_icache_mm. Kernel: makes instructions visible to every hart. Shim: nothing. Omits:
 * caches.
 */
#define flush_icache_all() ((void)0)
#define flush_icache_mm(mm, local) ((void)(mm))
#define pgtable_l4_enabled (true)
#define pgtable_l5_enabled (false)
/**
 * Stub: vm_get_page_prot. Kernel: the protection bits of a mapping's flags, from the architecture's table. Shim: the
 * same table; the function is a macro in the tree.
 */
pgprot_t vm_get_page_prot(ulong vm_flags);

#endif
