/* SPDX-License-Identifier: GPL-2.0-only */
/** Entries and protections of architectures that wrap one word and do nothing else with it. */
#ifndef SHIM_PLAIN_ENTRIES_H
#define SHIM_PLAIN_ENTRIES_H

/**
 * Stub: __pte, pte_val, __pmd, pmd_val, __pgprot, pgprot_val, pmd_devmap. Kernel: an entry of a word, the word of an
 * entry; whether a PMD maps memory of a device. Shim: the same; never. Omits: device memory.
 */
#define __pte(x) ((pte_t){ (x) })
#define pte_val(x) ((x).pte)
#define __pmd(x) ((pmd_t){ (x) })
#define pmd_val(x) ((x).pmd)
#define __pgprot(x) ((pgprot_t){ (x) })
#define pgprot_val(x) ((x).pgprot)
#define pmd_devmap(pmd) ((void)(pmd), 0)

#endif
