/* SPDX-License-Identifier: GPL-2.0-only */
/** arm64: protection bits of an abstract entry, and what an entry says beside the generic accessors. */

#define SHIM_PMD_TABLE (PMD_TYPE_TABLE | (1ULL << 12))

static u64 shim_prot(u32 flags)
{
	u64 prot = PTE_TYPE_PAGE | PTE_SHARED | PTE_NG | PTE_PXN;

	if (flags & IMG_PTE_PROTNONE) {
		prot &= ~PTE_VALID;
#ifdef TREE_HAS_PTE_PROT_NONE
		prot |= PTE_PROT_NONE;
#endif
	}
	if (flags & IMG_PTE_YOUNG)
		prot |= PTE_AF;
	if (flags & IMG_PTE_USER)
		prot |= PTE_USER;
	if (flags & IMG_PTE_WRITE)
		prot |= PTE_WRITE;
	if (!(flags & IMG_PTE_EXEC))
		prot |= PTE_UXN;
	if (flags & IMG_PTE_SPECIAL)
		prot |= PTE_SPECIAL;
#ifdef CONFIG_ARM64_CONTPTE
	if (flags & IMG_PTE_CONT)
		prot |= PTE_CONT;
#endif
#ifdef TREE_HAS_PTE_UFFD_WP
	if (flags & IMG_PTE_UFFD_WP)
		prot |= PTE_UFFD_WP;
#endif
	if ((flags & (IMG_PTE_WRITE | IMG_PTE_DIRTY)) != (IMG_PTE_WRITE | IMG_PTE_DIRTY))
		prot |= PTE_RDONLY;
	return prot;
}

static pte_t shim_with_dirty(pte_t pte, u32 flags)
{
	return flags & IMG_PTE_DIRTY ? set_pte_bit(pte, __pgprot(PTE_DIRTY)) : pte;
}

static u32 shim_decode_arch(pte_t pte)
{
	u64 bits = pte_val(pte);
	u32 flags = bits & PTE_USER ? IMG_PTE_USER : 0;

	if (bits & PTE_CONT)
		flags |= IMG_PTE_CONT;
	if (!(bits & PTE_VALID))
		flags |= IMG_PTE_PROTNONE;
	return bits & PTE_UXN ? flags : flags | IMG_PTE_EXEC;
}
