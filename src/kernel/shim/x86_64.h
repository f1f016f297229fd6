/* SPDX-License-Identifier: GPL-2.0-only */
/** What the accessors of x86-64 need beside the common stubs; the second part comes behind the extracted text. */
#ifndef SHIM_ARCH_H
#define SHIM_ARCH_H

#define __supported_pte_mask (~0ULL)
#define __default_kernel_pte_mask (~0ULL)
#define cpu_feature_enabled(feature) (false)
#define boot_cpu_has(feature) (false)
#define boot_cpu_has_bug(bug) (false)
#define sme_me_mask 0ULL
#define cc_mask 0ULL
#define __sme_set(x) (x)
#define __sme_clr(x) (x)
#define pmd_devmap(pmd) ((void)(pmd), 0)
#define physical_mask ((1ULL << 52) - 1)
#define __PHYSICAL_MASK ((1ULL << 52) - 1)
#define native_make_pte(val) ((pte_t){ .pte = (val) })
#define __pgprot(x) ((pgprot_t){ (x) })
#define pgprot_val(x) ((x).pgprot)
#define pgtable_l5_enabled() (false)

#endif
