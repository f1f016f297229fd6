/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * The state that kernel text works on, built from image and scene before a fault and written back after it. Comes
 * behind the extracted text: entries are encoded and decoded by the tree's own accessors.
 */

struct page shim_pages[MAX_SLOTS];
__attribute__((aligned(4096))) pte_t shim_ptes[512];
int shim_image[IMG_MAX_WORDS];
int shim_scene[SCENE_WORDS];
int shim_head_of[MAX_SLOTS];
int shim_folio_pages[MAX_SLOTS];
u8 shim_hwpoison[MAX_SLOTS];
spinlock_t shim_lock;

static pte_t shim_loaded[512];
static pmd_t shim_pmd, shim_loaded_pmd;
/* the entry that who watches the fault knows of */
static pmd_t shim_watched_pmd;
static struct inode shim_inode;
static struct address_space shim_mapping = { .host = &shim_inode };
static struct address_space shim_other_mapping = { .host = &shim_inode };
static struct file shim_file = { .f_mapping = &shim_mapping };
static struct mm_struct shim_mm;
static struct anon_vma shim_anon_vma = { .root = &shim_anon_vma };
static struct vm_operations_struct shim_vm_ops;
static struct vm_fault shim_vmf;

#define scene(name) (shim_scene[SCENE_##name])
#define slots() (scene(SPAN) + IMG_COW_PAGES)
#define column(name) (shim_image + IMG_COLUMN_##name(slots()))
#define word(name) (shim_image[IMG_MM(slots()) + WORD_##name])

/* entry 0 of the page table: slot s is entry PT_OFFSET + s */
#define SHIM_TABLE 0x7f0000000000ULL

static ulong slot_address(int slot)
{
	return SHIM_TABLE + ((ulong)(long long)(slot + scene(PT_OFFSET)) << 12);
}

static int address_slot(ulong addr)
{
	return (int)((long long)(addr - SHIM_TABLE) >> 12) - scene(PT_OFFSET);
}

static int page_number(const struct page *page)
{
	return (int)(page - shim_pages);
}

/* a page that is no file page: private copies from before the case have none of their own */
static struct page shim_no_page = { .shim_head = &shim_no_page, .shim_pages = 1 };

static u32 page_frame(int page)
{
	if (page >= scene(SPAN))
		return CASE_COW_PFN_BASE + page - scene(SPAN);
	return CASE_PFN_BASE + shim_head_of[page] + page;
}

struct page *pfn_to_page(ulong pfn)
{
	for (int i = 0; i < slots(); i++)
		if (shim_pages[i].shim_pfn == pfn)
			return &shim_pages[i];
	return &shim_no_page;
}

/* Bits of the folio word that are bits of page->flags meanwhile. */
#define SHIM_FLAGS                                                                            \
	(IMG_FOLIO_LOCKED | IMG_FOLIO_UPTODATE | IMG_FOLIO_READAHEAD | IMG_FOLIO_WORKINGSET | \
	 IMG_FOLIO_SWAPBACKED | IMG_FOLIO_DIRTY | IMG_FOLIO_MLOCKED | IMG_FOLIO_LRU |         \
	 IMG_FOLIO_HAS_HWPOISONED)
/* Those that the word does not keep while the fault runs. */
#define TRACKED (SHIM_FLAGS | IMG_FOLIO_ANON | (0x7f << IMG_FOLIO_ENTIRE_SHIFT))

static struct address_space *mapping_of(u32 word)
{
	if (word & IMG_FOLIO_ANON)
		return (struct address_space *)((uintptr_t)&shim_anon_vma + PAGE_MAPPING_ANON);
	if (word & IMG_FOLIO_OTHER_MAPPING)
		return &shim_other_mapping;
	return word & IMG_FOLIO_CACHED ? &shim_mapping : NULL;
}

/* 6.1 keeps it in the second page */
static int *compound_mapcount_of(struct page *head)
{
	return &head[head->shim_pages > 1 ? 1 : 0].compound_mapcount.counter;
}

static void load_head(struct page *page, int i, u32 word)
{
	int entire = word >> IMG_FOLIO_ENTIRE_SHIFT;

	page->shim_word = word;
	page->mapping = mapping_of(word);
	page->flags = word & SHIM_FLAGS;
	page->_refcount.counter = column(refcount)[i];
	page->_entire_mapcount.counter = entire - 1;
	page->_nr_pages_mapped.counter = column(nrPagesMapped)[i] & ~IMG_DOUBLE_MAP;
	page->_large_mapcount.counter = column(largeMapcount)[i] - 1;
	if (column(nrPagesMapped)[i] & IMG_DOUBLE_MAP)
		page->flags |= 1ULL << PG_double_map;
}

static void load_page(int i)
{
	int span = scene(SPAN), head = i < span ? shim_head_of[i] : i;
	struct page *page = &shim_pages[i];
	u32 word = column(folio)[head];

	/* the whole page, so that nothing is left of a fault before; mapping and index of a tail page mean nothing */
	*page = (struct page){
		.shim_head = &shim_pages[head],
		.mapping = (struct address_space *)0x400,
		.index = ~0ULL >> 1,
		.shim_pages = 1,
		.shim_pfn = page_frame(i),
		.shim_poisoned = i < span && shim_hwpoison[i] && !(word & IMG_FOLIO_FRESH),
		.shim_anon_exclusive = column(page)[i] & IMG_PAGE_ANON_EXCLUSIVE,
		._mapcount.counter = (column(page)[i] & IMG_PAGE_MAPCOUNT_MASK) - 1,
		.compound_mapcount.counter = (int)(word >> IMG_FOLIO_ENTIRE_SHIFT) - 1,
	};
#ifndef TREE_HAS___folio_add_rmap
	/* until 6.1 a PMD mapping of a file folio counts for every page */
	if (i < span && shim_folio_pages[head] > 1)
		page->_mapcount.counter += word >> IMG_FOLIO_ENTIRE_SHIFT;
#endif
	if (head == i) {
		page->shim_pages = i < span ? shim_folio_pages[i] : 1;
		page->index = i < span ? (pgoff_t)(i + scene(FILE_BASE)) : 0;
		load_head(page, i, word);
	}
	if (column(page)[i] & IMG_PAGE_DCACHE_CLEAN)
		page->flags |= 1ULL << PG_arch_1;
}

/* The span may lie elsewhere in the table than that of the layout before. */
static void clear_table(void)
{
	static int offset;

	if (offset == scene(PT_OFFSET))
		return;
	offset = scene(PT_OFFSET);
	for (int i = 0; i < 512; i++)
		shim_ptes[i] = __pte(0);
}

static void load_state(void)
{
	int pages = word(iSizePages) + scene(FILE_BASE);

	clear_table();
	for (int i = 0; i < slots(); i++)
		load_page(i);
	for (int slot = 0; slot < scene(SPAN); slot++) {
		pte_t pte = shim_encode(column(pte)[slot], (u32)column(pfn)[slot]);

		shim_ptes[slot + scene(PT_OFFSET)] = pte;
		shim_loaded[slot + scene(PT_OFFSET)] = pte;
	}
	shim_pmd = shim_encode_pmd(word(pmd));
	shim_loaded_pmd = shim_pmd;
	shim_watched_pmd = shim_pmd;
	shim_inode.i_size = pages <= 0 ? 0 : (long long)(pages - 1) * 4096 + scene(I_SIZE_TAIL);
	shim_file.f_ra.mmap_miss = word(mmap_miss);
}

static void store_head(struct page *page, int i)
{
	u32 value = (page->shim_word & ~TRACKED) | (page->flags & SHIM_FLAGS);
	int entire = page->_entire_mapcount.counter + 1;

#ifndef TREE_HAS___folio_add_rmap
	entire = *compound_mapcount_of(page) + 1;
#endif
	if ((uintptr_t)page->mapping & PAGE_MAPPING_ANON)
		value |= IMG_FOLIO_ANON;
	column(folio)[i] = value | (u32)entire << IMG_FOLIO_ENTIRE_SHIFT;
	column(refcount)[i] = page->_refcount.counter;
	column(nrPagesMapped)[i] =
		page->_nr_pages_mapped.counter | (page->flags >> PG_double_map & 1 ? IMG_DOUBLE_MAP : 0);
	column(largeMapcount)[i] = page->_large_mapcount.counter + 1;
}

static void store_page(int i)
{
	struct page *page = &shim_pages[i], *head = page->shim_head;
	int mapcount = page->_mapcount.counter + 1;
	const struct page *clean = page;

#ifndef TREE_HAS___folio_add_rmap
	if (i < scene(SPAN) && head->shim_pages > 1)
		mapcount -= *compound_mapcount_of(head) + 1;
#endif
#ifdef TREE_HAS_set_ptes
	/* the folio carries PG_arch_1 */
	clean = head;
#endif
	column(page)[i] = (mapcount & IMG_PAGE_MAPCOUNT_MASK) |
			  (page->shim_anon_exclusive ? IMG_PAGE_ANON_EXCLUSIVE : 0) |
			  (clean->flags >> PG_arch_1 & 1 ? IMG_PAGE_DCACHE_CLEAN : 0);
	if (head == page)
		store_head(page, i);
}

static void store_state(void)
{
	for (int i = 0; i < slots(); i++)
		store_page(i);
	for (int slot = 0; slot < scene(SPAN); slot++) {
		pte_t pte = shim_ptes[slot + scene(PT_OFFSET)];

		if (pte_val(pte) != pte_val(shim_loaded[slot + scene(PT_OFFSET)]))
			shim_decode(pte, &column(pte)[slot], &column(pfn)[slot]);
	}
	if (pmd_val(shim_pmd) != pmd_val(shim_loaded_pmd))
		word(pmd) = shim_decode_pmd(shim_pmd);
	word(mmap_miss) = shim_file.f_ra.mmap_miss;
}
