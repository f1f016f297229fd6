/* SPDX-License-Identifier: GPL-2.0-only */
/** x86-64: protection bits of an abstract entry, and what an entry says beside the generic accessors. */

#define SHIM_PMD_TABLE (_PAGE_PRESENT | _PAGE_RW | _PAGE_USER | _PAGE_ACCESSED | _PAGE_DIRTY | (1ULL << 12))

static u64 shim_prot(u32 flags)
{
	u64 prot = flags & IMG_PTE_YOUNG ? _PAGE_ACCESSED : 0;

	if (flags & IMG_PTE_UFFD_WP)
		prot |= _PAGE_UFFD_WP;
	if (flags & IMG_PTE_SPECIAL)
		prot |= _PAGE_SPECIAL;
	if (flags & IMG_PTE_SOFT_DIRTY)
		prot |= _PAGE_SOFT_DIRTY;
	if (flags & IMG_PTE_WRITE)
		prot |= _PAGE_RW;
	if (flags & IMG_PTE_PROTNONE)
		return prot | _PAGE_PROTNONE;
	prot |= _PAGE_PRESENT;
	if (flags & IMG_PTE_USER)
		prot |= _PAGE_USER;
	if (!(flags & IMG_PTE_EXEC))
		prot |= _PAGE_NX;
	return prot;
}

static pte_t shim_with_dirty(pte_t pte, u32 flags)
{
	if (!(flags & IMG_PTE_DIRTY))
		return pte;
	pte = pte_set_flags(pte, _PAGE_DIRTY);
#ifdef TREE_HAS_pte_mksaveddirty
	pte = pte_mksaveddirty(pte);
#endif
	return pte;
}

static u32 shim_decode_arch(pte_t pte)
{
	u64 bits = pte_val(pte);
	u32 flags = bits & _PAGE_SOFT_DIRTY ? IMG_PTE_SOFT_DIRTY : 0;

	if (bits & _PAGE_USER)
		flags |= IMG_PTE_USER;
	if (!(bits & _PAGE_PRESENT))
		return flags | IMG_PTE_PROTNONE;
	return bits & _PAGE_NX ? flags : flags | IMG_PTE_EXEC;
}

static ulong shim_arch_flags(void)
{
	return 0;
}

static pgprot_t shim_arch_prot(pgprot_t prot)
{
	return prot;
}
