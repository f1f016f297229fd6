/* SPDX-License-Identifier: GPL-2.0-only */
/** arm64: protection bits of an abstract entry, and what an entry says beside the generic accessors. */

#define SHIM_PMD_TABLE (PMD_TYPE_TABLE | (1ULL << 12))

static struct vm_area_struct shim_vma;

/* what the entries of a mapping have in common, and the image does not know */
#define SHIM_ATTRIBUTES (PTE_ATTRINDX_MASK | PTE_GP)

static u64 shim_prot(u32 flags)
{
	u64 prot = PTE_TYPE_PAGE | PTE_SHARED | PTE_NG | PTE_PXN;

	prot |= pgprot_val(shim_vma.vm_page_prot) & SHIM_ATTRIBUTES;

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

static bool shim_may_have_attributes(void)
{
	return shim_scene[SCENE_FILE_KIND] != IMG_FILE_REGULAR && !(shim_scene[SCENE_VM_FLAGS] & IMG_VM_EXEC);
}

/* Shared memory may be tagged, code guarded by BTI. */
static ulong shim_arch_flags(void)
{
	if (shim_scene[SCENE_VM_FLAGS] & IMG_VM_EXEC)
		return shim_layout_way(13) ? VM_ARM64_BTI : 0;
	return shim_may_have_attributes() && shim_layout_way(13) ? VM_MTE : 0;
}

/* Shared memory of devices is mapped with their memory types. */
static pgprot_t shim_arch_prot(pgprot_t prot)
{
	if (!shim_may_have_attributes() || shim_layout_way(13))
		return prot;
	switch (shim_layout_way(8) + 2 * shim_layout_way(9)) {
	case 1:
		return pgprot_noncached(prot);
	case 2:
		return pgprot_writecombine(prot);
	case 3:
		return pgprot_device(prot);
	default:
		return prot;
	}
}
