/* SPDX-License-Identifier: GPL-2.0-only */
/** One fault: builds the mapping, calls the tree's do_fault(), writes the state back. */

static vm_fault_t shim_fault(struct vm_fault *vmf)
{
	int ret, page = scene(FAULT_SLOT) + scene(SHIFT);
	struct page *head = page >= 0 && page < scene(SPAN) ? shim_head(&shim_pages[page]) : NULL;

	if (shim_uses_up_table())
		return shim_own_page(vmf);
	word(faultCalls)++;
	SHIM_EVENT(fault, scene(FAULT_SLOT), 1);
	if (vmf->cow_page && scene(FAILURES) & CASE_FAIL_DONE_COW) {
		/* a file that completes private writes itself (DAX) */
		__SetPageUptodate(vmf->cow_page);
		ret = (int)finish_fault(vmf);
		return ret ? ret : VM_FAULT_DONE_COW;
	}
	/* it works on the folio of the page */
	if (head)
		store_folio(head);
	ret = host_fault();
	if (head)
		load_folio(head);
	if (scene(FAULT_PAGE) >= 0)
		vmf->page = &shim_pages[scene(FAULT_PAGE)];
	return shim_answer_of_fault(vmf, ret);
}

static vm_fault_t shim_map_pages(struct vm_fault *vmf, pgoff_t start, pgoff_t end)
{
	vm_fault_t ret;

	SHIM_EVENT(filemap_map_pages, (int)((long long)start - scene(FILE_BASE)) - scene(SHIFT), (int)(end - start) + 1);
	shim_around = true;
	ret = filemap_map_pages(vmf, start, end);
	shim_around = false;
	return ret;
}

static vm_fault_t shim_page_mkwrite(struct vm_fault *vmf)
{
	struct folio *folio = page_folio(vmf->page);

	SHIM_EVENT(page_mkwrite, scene(FAULT_SLOT), 1);
	switch (scene(MKWRITE)) {
	case CASE_MKWRITE_LOCKED:
		folio_lock(folio);
		return VM_FAULT_LOCKED;
	case CASE_MKWRITE_SIGBUS:
		return VM_FAULT_SIGBUS;
	case CASE_MKWRITE_NOPAGE:
		return VM_FAULT_NOPAGE;
	case CASE_MKWRITE_TRUNCATED:
		store_folio(&folio->page);
		host_truncate(page_number(&folio->page));
		load_folio(&folio->page);
		return 0;
	default:
		return 0;
	}
}

static const struct {
	int ours;
	ulong theirs;
} vm_flags_table[] = {
	{ IMG_VM_SHARED, VM_SHARED },         { IMG_VM_WRITE, VM_WRITE },
	{ IMG_VM_EXEC, VM_EXEC },             { IMG_VM_LOCKED, VM_LOCKED },
	{ IMG_VM_SPECIAL, VM_DONTEXPAND },    { IMG_VM_UFFD_MISSING, VM_UFFD_MISSING },
	{ IMG_VM_UFFD_WP, VM_UFFD_WP },       { IMG_VM_UFFD_MINOR, VM_UFFD_MINOR },
	{ IMG_VM_RAND_READ, VM_RAND_READ },   { IMG_VM_SEQ_READ, VM_SEQ_READ },
	{ IMG_VM_HUGEPAGE, VM_HUGEPAGE },     { IMG_VM_THP_DISABLED, VM_NOHUGEPAGE },
};

/* What was made of the layout, and the layout: words of the scene. */
static struct vm_area_struct shim_loaded_vma;
static int shim_layout[SCENE_LAYOUT_WORDS];
/* a fault has begun; if another one begins, it has died, and what it left cannot be gone on with */
static int shim_running;

static void load_mapping(void)
{
	shim_vm_ops.map_pages = scene(HAS_MAP_PAGES) ? shim_map_pages : NULL;
	shim_vm_ops.page_mkwrite = scene(MKWRITE) != CASE_MKWRITE_NONE ? shim_page_mkwrite : NULL;
	shim_vma.vm_start = slot_address(scene(VMA_START));
	shim_vma.vm_end = slot_address(scene(VMA_START) + scene(VMA_PAGES));
	shim_vma.vm_mm = &shim_mm;
	shim_vma.vm_flags = VM_SOFTDIRTY | (scene(VM_FLAGS) & IMG_VM_PROTNONE ? 0 : VM_READ);
	for (size_t i = 0; i < ARRAY_SIZE(vm_flags_table); i++)
		if (scene(VM_FLAGS) & vm_flags_table[i].ours)
			shim_vma.vm_flags |= vm_flags_table[i].theirs;
	shim_ways_to_notice();
	shim_vma.anon_vma = &shim_anon_vma;
	shim_vma.vm_ops = &shim_vm_ops;
	shim_vma.vm_pgoff = (ulong)(long long)(scene(VMA_START) + scene(SHIFT) + scene(FILE_BASE));
	shim_vma.vm_file = &shim_file;
	shim_vma.vm_flags |= shim_arch_flags();
	shim_vma.vm_page_prot = shim_arch_prot(vm_get_page_prot(shim_vma.vm_flags));
	vma_set_page_prot(&shim_vma);
	shim_loaded_vma = shim_vma;
	for (int i = 0; i < SCENE_LAYOUT_WORDS; i++)
		shim_layout[i] = shim_scene[i];
	scene(NEW_CACHE) = 0;
}

/* Is the layout the one that is loaded, as the fault before has left it? */
static bool same_layout(void)
{
	int different = scene(NEW_CACHE) | shim_running;

	for (int i = 0; i < SCENE_LAYOUT_WORDS; i++)
		different |= shim_layout[i] ^ shim_scene[i];
	return !different;
}

static void load_scene(void)
{
	if (same_layout()) {
		shim_vma = shim_loaded_vma;
		load_state();
	} else {
		load_mapping();
		load_layout();
	}
	shim_vm_ops.fault = shim_has_no_fault() ? NULL : shim_fault;
	shim_mm.flags = scene(FAILURES) & CASE_FAIL_UNSTABLE_MM ? 1ULL << MMF_UNSTABLE : 0;
#ifdef TREE_HAS_fault_around_pages
	fault_around_pages = (ulong)scene(FAULT_AROUND_PAGES);
#else
	fault_around_bytes = (ulong)scene(FAULT_AROUND_PAGES) << 12;
#endif
}

static unsigned int fault_flags(void)
{
	unsigned int ours = (unsigned int)scene(FAULT_FLAGS), flags = 0;

	if (ours & IMG_FAULT_FLAG_WRITE)
		flags |= FAULT_FLAG_WRITE;
	if (ours & IMG_FAULT_FLAG_ORIG_PTE_VALID)
		flags |= FAULT_FLAG_ORIG_PTE_VALID;
#ifdef TREE_HAS_FAULT_FLAG_VMA_LOCK
	if (ours & IMG_FAULT_FLAG_VMA_LOCK)
		flags |= FAULT_FLAG_VMA_LOCK;
#endif
	return flags;
}

/* The fault that the scene block describes; returns the handler's vm_fault_t. */
__attribute__((export_name("run"))) int run(void)
{
	int ret, slot = scene(FAULT_SLOT);

	raced_folio = NULL;
	shim_fuel = SHIM_FULL;
	shim_around = false;
	shim_unlocked = false;
	shim_no_table = false;
	shim_folio_pages[MAX_SLOTS] = 1;
	shim_around_folio = NULL;
	load_scene();
	shim_running = 1;
	shim_vmf = (struct vm_fault){
		.vma = &shim_vma,
		.pgoff = (pgoff_t)(long long)(slot + scene(SHIFT) + scene(FILE_BASE)),
		.address = slot_address(slot),
		.real_address = slot_address(slot),
		.flags = fault_flags(),
		.pmd = &shim_pmd,
	};
	if (shim_vmf.flags & FAULT_FLAG_ORIG_PTE_VALID)
		shim_vmf.orig_pte = shim_ptes[slot + scene(PT_OFFSET)];
	if (!shim_vm_ops.fault)
		word(faultCalls)++;
	ret = shim_answer((int)do_fault(&shim_vmf));
	store_state();
	shim_running = 0;
	return ret;
}

#define ADDRESS(name, object) \
	__attribute__((export_name(name))) void *shim_address_of_##object(void) { return object; }
ADDRESS("scene", shim_scene)
ADDRESS("headOf", shim_head_of)
ADDRESS("folioPages", shim_folio_pages)
ADDRESS("hwpoison", shim_hwpoison)
