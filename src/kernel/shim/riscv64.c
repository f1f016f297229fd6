/* SPDX-License-Identifier: GPL-2.0-only */
/** riscv64: protection bits of an abstract entry, and what an entry says beside the generic accessors. */

#define SHIM_PMD_TABLE (_PAGE_PRESENT | (1ULL << 10))

/* What DECLARE_VM_GET_PAGE_PROT makes of the architecture's protection_map. */
pgprot_t vm_get_page_prot(ulong vm_flags)
{
	return protection_map[vm_flags & (VM_READ | VM_WRITE | VM_EXEC | VM_SHARED)];
}

static u64 shim_prot(u32 flags)
{
	u64 prot = _PAGE_READ | (flags & IMG_PTE_PROTNONE ? _PAGE_PROT_NONE : _PAGE_PRESENT);

	if (flags & IMG_PTE_YOUNG)
		prot |= _PAGE_ACCESSED;
	if (flags & IMG_PTE_USER)
		prot |= _PAGE_USER;
	if (flags & IMG_PTE_WRITE)
		prot |= _PAGE_WRITE;
	if (flags & IMG_PTE_EXEC)
		prot |= _PAGE_EXEC;
	if (flags & IMG_PTE_SPECIAL)
		prot |= _PAGE_SPECIAL;
	return prot;
}

static pte_t shim_with_dirty(pte_t pte, u32 flags)
{
	return flags & IMG_PTE_DIRTY ? __pte(pte_val(pte) | _PAGE_DIRTY) : pte;
}

static u32 shim_decode_arch(pte_t pte)
{
	u64 bits = pte_val(pte);

	return (bits & _PAGE_USER ? IMG_PTE_USER : 0) | (bits & _PAGE_EXEC ? IMG_PTE_EXEC : 0) |
	       (bits & _PAGE_PRESENT ? 0 : IMG_PTE_PROTNONE);
}

static ulong shim_arch_flags(void)
{
	return 0;
}

static pgprot_t shim_arch_prot(pgprot_t prot)
{
	return prot;
}
