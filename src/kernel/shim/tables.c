/* SPDX-License-Identifier: GPL-2.0-only */
/** Bodies of the stubs, third part: page tables, memory for private copies, cache maintenance. */

/* --- page tables --- */
pgtable_t pte_alloc_one(struct mm_struct *mm)
{
	(void)mm;
	if (scene(FAILURES) & CASE_FAIL_PTE_ALLOC && (shim_no_table || !shim_uses_up_table()))
		return NULL;
	return &shim_pages[MAX_SLOTS - 1];
}

void pte_free(struct mm_struct *mm, pgtable_t pte)
{
	(void)mm;
	(void)pte;
}

void pmd_populate(struct mm_struct *mm, pmd_t *pmd, pgtable_t pte)
{
	(void)mm;
	(void)pte;
	*pmd = __pmd(SHIM_PMD_TABLE);
}

int shim_pte_alloc(struct mm_struct *mm, pmd_t *pmd)
{
	if (!pmd_none(*pmd))
		return 0;
	if (scene(FAILURES) & CASE_FAIL_PTE_ALLOC)
		return -12;
	mm_inc_nr_ptes(mm);
	pmd_populate(mm, pmd, NULL);
	return 0;
}

/* What another thread does before the page-table lock is taken. */
static void race_before_lock(void)
{
	int race = scene(RACE);
	bool around = race == CASE_RACE_ENTRY_BEFORE_AROUND || race == CASE_RACE_I_SIZE;

	if (shim_around ? !around : race != CASE_RACE_ENTRY_BEFORE_FINISH)
		return;
	store_state();
	host_race(!shim_around);
	load_state();
}

/*
 * Another thread has put the entry in place that the fault is about: finish_fault() sees it, or finds that the page
 * table is being changed. The flush that belongs to the first is counted for both.
 */
static bool entry_comes_first(void)
{
	pte_t *pte = &shim_ptes[scene(FAULT_SLOT) + scene(PT_OFFSET)];
	bool ours = scene(RACE) == CASE_RACE_ENTRY_BEFORE_FINISH && scene(RACE_AT) == scene(FAULT_SLOT);

	if (shim_around || !ours || !shim_way(12) || !pte_none(*pte))
		return false;
	store_state();
	host_race(1);
	load_state();
	if (pte_none(*pte))
		return false;
	shim_update_mmu_tlb(slot_address(scene(FAULT_SLOT)), 1);
	return true;
}

int shim_pmd_unstable(pmd_t *pmd)
{
	return pmd_none(*pmd) || pmd_trans_huge(*pmd) || entry_comes_first();
}

pte_t *shim_pte_lock(pmd_t *pmd, ulong addr)
{
#ifdef TREE_HAS___pte_offset_map_lock
	if (entry_comes_first())
		return NULL;
#endif
	race_before_lock();
#ifdef TREE_HAS___pte_offset_map_lock
	/* from 6.5 on there may be no page table any more */
	if (pmd_none(*pmd) || pmd_trans_huge(*pmd))
		return NULL;
#endif
	return &shim_ptes[addr >> 12 & 511];
}

/* --- private copies --- */
vm_fault_t vmf_anon_prepare(struct vm_fault *vmf)
{
	(void)vmf;
	return scene(FAILURES) & CASE_FAIL_ANON_VMA ? VM_FAULT_OOM : 0;
}

int anon_vma_prepare(struct vm_area_struct *vma)
{
	(void)vma;
	return scene(FAILURES) & CASE_FAIL_ANON_VMA ? -12 : 0;
}

static struct folio *spare_page(void)
{
	for (int i = scene(SPAN); i < slots(); i++) {
		if (shim_pages[i]._refcount.counter != 0)
			continue;
		shim_pages[i]._refcount.counter = 1;
		return (struct folio *)&shim_pages[i];
	}
	return NULL;
}

struct folio *shim_cow_alloc(void)
{
	return scene(FAILURES) & CASE_FAIL_COW_ALLOC ? NULL : spare_page();
}

/* the caller charges it */
struct page *shim_cow_page(void)
{
	return shim_way(5) ? (struct page *)spare_page() : (struct page *)shim_cow_alloc();
}

/* --- cache maintenance --- */
static void cover(int slot, int nr, int shift)
{
	for (int i = slot < 0 ? 0 : slot; i < slot + nr && i < slots(); i++)
		column(maintenance)[i] += 1 << shift;
}

void shim_flush_icache(struct page *page, int nr)
{
	int number = page_number(page);

	count_call(&word(calls_flush_icache_pages));
	cover(number >= scene(SPAN) ? scene(FAULT_SLOT) : number - scene(SHIFT), nr, IMG_ICACHE_SHIFT);
}

void shim_update_mmu_cache(ulong addr, int nr)
{
	count_call(&word(calls_update_mmu_cache_range));
	cover(address_slot(addr), nr, IMG_MMU_CACHE_SHIFT);
}

void shim_update_mmu_tlb(ulong addr, int nr)
{
	count_call(&word(calls_update_mmu_tlb));
	cover(address_slot(addr), nr, IMG_MMU_TLB_SHIFT);
}

void shim_set_ptes(pte_t *ptep, int nr)
{
	scene(SETTER_CALLED) = 1;
	count_call(&word(calls_set_ptes));
	cover((int)(ptep - shim_ptes) - scene(PT_OFFSET), nr, IMG_SET_SHIFT);
}
