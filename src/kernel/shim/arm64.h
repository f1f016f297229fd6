/* SPDX-License-Identifier: GPL-2.0-only */
/** What the accessors of arm64 need beside the common stubs. */
#ifndef SHIM_ARCH_H
#define SHIM_ARCH_H

#define cpu_has_hw_af() ((bool)shim_scene[SCENE_HW_AF])
#define system_supports_mte() (shim_way(14))
#define lpa2_is_enabled() (false)
#define system_uses_lse_atomics() (true)
#define arm64_use_ng_mappings (false)
#define dsb(x) ((void)0)
#define isb() ((void)0)
#define mm_is_user(mm) ((void)(mm), true)
#define mm_is_efi(mm) ((void)(mm), false)
#define TLB_FLUSH_VMA(mm, flags) { .vm_mm = (mm) }
#define __flush_tlb_range(...) ((void)0)
#define xchg_relaxed(ptr, val) ({ __auto_type _old = *(ptr); *(ptr) = (val); _old; })
#define mte_sync_tags(...) ((void)0)
#define __check_safe_pte_update(...) ((void)0)
#define __check_racy_pte_update(...) ((void)0)

#endif
