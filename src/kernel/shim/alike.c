/* SPDX-License-Identifier: GPL-2.0-only */
/** Bodies of the ways that end alike: mappings, and what a file's ->fault may do. */

struct folio shim_moving_entry;

static bool shim_around;

/* ->fault has used up the only page table that there was memory for */
static bool shim_no_table;

/* ->fault gave its page back unlocked */
static bool shim_unlocked;

/* the folio that fault-around locked last */
static struct folio *shim_around_folio;

typedef vm_fault_t shim_pmd_setter(struct vm_fault *vmf, struct page *page);

static vm_fault_t shim_no_setter(struct vm_fault *vmf, struct page *page)
{
	(void)vmf;
	(void)page;
	return VM_FAULT_FALLBACK;
}

/* do_set_pmd() where it has the parameters that are known here */
#define SHIM_IS_SETTER __builtin_types_compatible_p(__typeof__(do_set_pmd), shim_pmd_setter)
#define SHIM_SET_PMD __builtin_choose_expr(SHIM_IS_SETTER, do_set_pmd, shim_no_setter)

/* Another thread maps the folio by PMD, if this fault would do that next. */
static void shim_map_by_pmd(struct folio *folio)
{
	struct vm_fault other = shim_vmf;
	static bool nested;

	if (nested || !shim_around || scene(RACE) != CASE_RACE_NONE || !pmd_none(shim_pmd) || folio_nr_pages(folio) != 512)
		return;
	if (folio->mapping != &shim_mapping || !folio_test_uptodate(folio))
		return;
	/* fault-around of a regular file maps by PMD only what ends before the last page of the file (6.12) */
	if (page_number(&folio->page) + 512 + !shim_is_shmem(&shim_mapping) > word(iSizePages))
		return;
	nested = true;
	other.prealloc_pte = NULL;
	folio->_refcount.counter++;
	if (SHIM_SET_PMD(&other, &folio->page))
		folio->_refcount.counter--;
	nested = false;
}

/* before the folio is locked */
static void shim_other_maps(struct folio *folio)
{
	shim_around_folio = folio;
	if (shim_way(14) && shim_way(15) && !folio_test_locked(folio))
		shim_map_by_pmd(folio);
}

/* before the PMD is locked; later kernels would call ->fault then, which does not end alike */
spinlock_t *shim_pmd_lock(void)
{
#ifndef TREE_HAS___pte_offset_map_lock
	if (shim_way(14) && !shim_way(15) && shim_around_folio)
		shim_map_by_pmd(shim_around_folio);
#endif
	return &shim_lock;
}

struct file *shim_unlock_for_io(struct file *fpin)
{
	return shim_way(4) ? &shim_file : fpin;
}

int shim_charge(void)
{
	return scene(FAILURES) & CASE_FAIL_COW_ALLOC ? -12 : 0;
}

static vm_fault_t shim_pfn_mkwrite(struct vm_fault *vmf)
{
	(void)vmf;
	return 0;
}

/* Writes are noticed anyway: because the file can be written back, because soft-dirty bits are tracked, or for pfns. */
static void shim_ways_to_notice(void)
{
	bool shared = scene(VM_FLAGS) & IMG_VM_SHARED && scene(VM_FLAGS) & IMG_VM_WRITE;
	bool noticed = shared && scene(FILE_KIND) == IMG_FILE_REGULAR && scene(MKWRITE) == CASE_MKWRITE_NONE;

	if (noticed && shim_layout_way(6))
		shim_vma.vm_flags &= ~VM_SOFTDIRTY;
	shim_vm_ops.pfn_mkwrite = noticed && shim_layout_way(7) ? shim_pfn_mkwrite : NULL;
	/* nobody wants to notice: no backing store, or a mapping of pfns */
	if (scene(FILE_KIND) != IMG_FILE_REGULAR && shim_vma.vm_flags & VM_DONTEXPAND && shim_layout_way(6))
		shim_vma.vm_flags ^= VM_DONTEXPAND | VM_PFNMAP;
}

/* One thread, no fault-around, nothing fails but what is in `failures`. */
static bool shim_is_plain(int failures)
{
	int flags = scene(FAULT_FLAGS);

	return scene(RACE) == CASE_RACE_NONE && scene(FAILURES) == failures && !(flags & IMG_FAULT_FLAG_VMA_LOCK) &&
	       (flags & IMG_FAULT_FLAG_WRITE || !scene(HAS_MAP_PAGES));
}

/* No entry and no page: SIGBUS, by the file's ->fault or because there is none. */
static bool shim_has_no_fault(void)
{
	int index = scene(FAULT_SLOT) + scene(SHIFT);

	if (!shim_is_plain(0) || !shim_way(8) || column(pte)[scene(FAULT_SLOT)] != 0)
		return false;
	return index < 0 || index >= scene(SPAN) || index >= word(iSizePages);
}

/*
 * There is memory for one page table, and ->fault, which has a page of its own, uses it up: finish_fault() finds none
 * where otherwise nobody would have found one.
 */
static bool shim_uses_up_table(void)
{
	return shim_is_plain(CASE_FAIL_PTE_ALLOC) && scene(MKWRITE) == CASE_MKWRITE_NONE && shim_way(9) &&
	       (word(pmd) & IMG_PMD_STATE_MASK) == IMG_PMD_NONE;
}

void shim_use_up_table(struct vm_fault *vmf)
{
	if (vmf->prealloc_pte)
		pte_free(vmf->vma->vm_mm, vmf->prealloc_pte);
	vmf->prealloc_pte = NULL;
}

static vm_fault_t shim_own_page(struct vm_fault *vmf)
{
	shim_no_page = (struct page){ ._refcount.counter = 2, ._mapcount.counter = -1 };
	/* a small folio, or one that could be mapped by PMD if a page table could be deposited */
	shim_folio_pages[MAX_SLOTS] = arch_needs_pgtable_deposit() && shim_way(10) ? 512 : 1;
	vmf->page = &shim_no_page;
	shim_use_up_table(vmf);
	shim_no_table = true;
	return 0;
}

/* The answer of ->fault: the page may come back unlocked, and without a page table for it. */
static int shim_answer_of_fault(struct vm_fault *vmf, int ret)
{
	if (!(ret & VM_FAULT_LOCKED))
		return ret;
	if (shim_way(10))
		shim_use_up_table(vmf);
	if (PageHWPoison(vmf->page) && shim_left_mapping(page_folio(vmf->page)))
		page_folio(vmf->page)->mapping = NULL;
	if (!shim_way(11) || scene(MKWRITE) != CASE_MKWRITE_NONE || PageHWPoison(vmf->page))
		return ret;
	folio_unlock(page_folio(vmf->page));
	shim_unlocked = true;
	return ret & ~VM_FAULT_LOCKED;
}

/* What the model answers: it always hears of a locked page, and never of a dropped lock. */
static int shim_answer(int ret)
{
#ifdef TREE_HAS_VM_FAULT_COMPLETED
	ret &= ~VM_FAULT_COMPLETED;
#endif
	return shim_unlocked ? ret | VM_FAULT_LOCKED : ret;
}
