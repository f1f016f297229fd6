/* SPDX-License-Identifier: GPL-2.0-only */
/** What the accessors of arm64 need beside the common stubs. */
#ifndef SHIM_ARCH_H
#define SHIM_ARCH_H

/** Stub: cpu_has_hw_af. Kernel: every CPU sets the access flag itself. Shim: as the case says. */
#define cpu_has_hw_af() ((bool)shim_scene[SCENE_HW_AF])
/**
 * Stub: system_supports_mte, lpa2_is_enabled, system_uses_lse_atomics, mm_is_user, mm_is_efi. Kernel: features of
 * the machine, and whose mm it is. Shim: tags in some faults, no large addresses; an mm of user space. Omits: LPA2.
 */
#define system_supports_mte() (shim_layout_way(14))
#define lpa2_is_enabled() (false)
#define system_uses_lse_atomics() (true)
#define arm64_use_ng_mappings (false)
/**
 * Stub: dsb, isb, TLB_FLUSH_VMA, __flush_tlb_range, mte_sync_tags, __check_safe_pte_update, __check_racy_pte_update.
 * Kernel: barriers, TLB, tags, and checks of stores. Shim: nothing; a structure with the mm. Omits: all of it.
 */
#define dsb(x) ((void)0)
#define isb() ((void)0)
#define mm_is_user(mm) ((void)(mm), true)
#define mm_is_efi(mm) ((void)(mm), false)
#define TLB_FLUSH_VMA(mm, flags) { .vm_mm = (mm) }
#define __flush_tlb_range(...) ((void)0)
/** Stub: xchg_relaxed. Kernel: stores a value and has the old one, in one step. Shim: the same. Omits: other CPUs. */
#define xchg_relaxed(ptr, val) ({ __auto_type _old = *(ptr); *(ptr) = (val); _old; })
#define mte_sync_tags(...) ((void)0)
#define __check_safe_pte_update(...) ((void)0)
#define __check_racy_pte_update(...) ((void)0)

#endif
