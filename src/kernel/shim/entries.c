/* SPDX-License-Identifier: GPL-2.0-only */
/** Abstract entries to the architecture's and back, by the tree's own constructors and tests. */

/* the architecture's file supplies: shim_prot(), shim_dirty_bits(), shim_decode_arch(), SHIM_PMD_TABLE */

static struct vm_area_struct shim_vma;

/* What a swap entry says beside its value means nothing here, and does not change the value. */
static pte_t shim_swap(swp_entry_t entry)
{
	pte_t plain = swp_entry_to_pte(entry), pte = plain;

#ifdef TREE_HAS_pte_swp_mkexclusive
	if (shim_layout_way(13))
		pte = pte_swp_mkexclusive(pte);
#endif
#ifdef TREE_HAS_pte_swp_mksoft_dirty
	if (shim_layout_way(14))
		pte = pte_swp_mksoft_dirty(pte);
#endif
#ifdef TREE_HAS_pte_swp_mkuffd_wp
	if (shim_layout_way(15))
		pte = pte_swp_mkuffd_wp(pte);
#endif
	BUG_ON(pte_val(swp_entry_to_pte(pte_to_swp_entry(pte))) != pte_val(plain));
	return pte;
}

static pte_t shim_encode(u32 flags, u32 pfn)
{
	if (flags == 0)
		return __pte(0);
	if (flags & IMG_PTE_SWAP)
		return shim_swap(swp_entry(0, pfn));
	if (flags & IMG_PTE_MIGRATION)
		return swp_entry_to_pte(swp_entry(SWP_MIGRATION_READ, pfn));
	if (flags & IMG_PTE_MARKER_UFFD_WP)
		return shim_swap(swp_entry(SWP_PTE_MARKER, PTE_MARKER_UFFD_WP));
	return shim_with_dirty(pfn_pte(pfn, (pgprot_t){ shim_prot(flags) }), flags);
}

static void shim_decode(pte_t pte, int *flags, int *pfn)
{
	u32 f = IMG_PTE_PRESENT;

	*pfn = 0;
	*flags = 0;
	if (pte_none(pte))
		return;
	if (!pte_present(pte)) {
		swp_entry_t entry = pte_to_swp_entry(pte);

		if (swp_type(entry) == SWP_PTE_MARKER) {
			*flags = IMG_PTE_MARKER_UFFD_WP;
			return;
		}
		*flags = swp_type(entry) == SWP_MIGRATION_READ ? IMG_PTE_MIGRATION : IMG_PTE_SWAP;
		*pfn = (int)swp_offset(entry);
		return;
	}
	if (pte_write(pte))
		f |= IMG_PTE_WRITE;
	if (pte_young(pte))
		f |= IMG_PTE_YOUNG;
	if (pte_dirty(pte))
		f |= IMG_PTE_DIRTY;
	if (pte_uffd_wp(pte))
		f |= IMG_PTE_UFFD_WP;
	if (pte_special(pte))
		f |= IMG_PTE_SPECIAL;
	*flags = f | shim_decode_arch(pte);
	*pfn = (int)pte_pfn(pte);
}

static pmd_t shim_encode_pmd(u32 word)
{
	pmd_t pmd;

	if ((word & IMG_PMD_STATE_MASK) == IMG_PMD_NONE)
		return __pmd(0);
	if ((word & IMG_PMD_STATE_MASK) == IMG_PMD_TABLE)
		return __pmd(SHIM_PMD_TABLE);
	pmd = mk_huge_pmd(&shim_pages[shim_head_of[shim_scene[SCENE_SHIFT]]], shim_vma.vm_page_prot);
	if (word & IMG_PMD_DIRTY)
		pmd = pmd_mkdirty(pmd);
	return pmd;
}

static u32 shim_decode_pmd(pmd_t pmd)
{
	if (pmd_none(pmd))
		return IMG_PMD_NONE;
	BUG_ON(!pmd_present(pmd));
	if (!pmd_trans_huge(pmd))
		return IMG_PMD_TABLE;
	return IMG_PMD_HUGE | (pmd_young(pmd) ? IMG_PMD_YOUNG : 0) | (pmd_dirty(pmd) ? IMG_PMD_DIRTY : 0) |
	       (pmd_write(pmd) ? IMG_PMD_WRITE : 0);
}
