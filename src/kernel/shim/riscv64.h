/* SPDX-License-Identifier: GPL-2.0-only */
/** What the accessors of riscv64 need beside the common stubs: no Svpbmt, no T-Head memory types. */
#ifndef SHIM_ARCH_H
#define SHIM_ARCH_H

#define riscv_page_mtmask() (0)
#define riscv_page_nocache() (0)
#define riscv_page_io() (0)
#define has_svnapot() (shim_way(12))
#define ALT_SVPBMT(val, prot) ((val) = 0)
#define ALT_THEAD_PMA(val) ((void)(val))
#define ALT_THEAD_PBMT(val) ((void)(val))
#define flush_icache_all() ((void)0)
#define flush_icache_mm(mm, local) ((void)(mm))
#define pgtable_l4_enabled (true)
#define pgtable_l5_enabled (false)
pgprot_t vm_get_page_prot(ulong vm_flags);

#endif
