/* SPDX-License-Identifier: GPL-2.0-only */
/** What the accessors of x86-64 need beside the common stubs; the second part comes behind the extracted text. */
#ifndef SHIM_ARCH_H
#define SHIM_ARCH_H

#define __supported_pte_mask (~0ULL)
#define __default_kernel_pte_mask (~0ULL)
/**
 * Stub: cpu_feature_enabled, boot_cpu_has, boot_cpu_has_bug, pgtable_l5_enabled. Kernel: features and defects of the
 * processor. Shim: none. Omits: PTI, L1TF, protection keys, five levels.
 */
#define cpu_feature_enabled(feature) (false)
#define boot_cpu_has(feature) (false)
#define boot_cpu_has_bug(bug) (false)
#define sme_me_mask 0ULL
#define cc_mask 0ULL
/**
 * Stub: __sme_set, __sme_clr. Kernel: adds or takes away the bit that encrypts memory. Shim: the address as it is.
 * Omits: memory encryption.
 */
#define __sme_set(x) (x)
#define __sme_clr(x) (x)
/** Stub: pmd_devmap. Kernel: whether a PMD maps memory of a device. Shim: never. Omits: device memory. */
#define pmd_devmap(pmd) ((void)(pmd), 0)
#define physical_mask ((1ULL << 52) - 1)
#define __PHYSICAL_MASK ((1ULL << 52) - 1)
/**
 * Stub: native_make_pte, __pgprot, pgprot_val. Kernel: an entry of a word; protection bits of a word, and back.
 * Shim: the same.
 */
#define native_make_pte(val) ((pte_t){ .pte = (val) })
#define __pgprot(x) ((pgprot_t){ (x) })
#define pgprot_val(x) ((x).pgprot)
#define pgtable_l5_enabled() (false)

#endif
