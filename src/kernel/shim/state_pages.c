/* SPDX-License-Identifier: GPL-2.0-only */
/** The state, second part: pages and folios out of the image and back into it. */

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
	return &head[shim_size(head) > 1 ? 1 : 0].compound_mapcount.counter;
}

/* How many mappings of the whole folio stand in the mapcount of a page: all of them until 6.1, none since. */
static int entire_in(int page)
{
#ifndef TREE_HAS___folio_add_rmap
	struct page *head = shim_head(&shim_pages[page]);

	if (shim_size(head) > 1)
		return *compound_mapcount_of(head) + 1;
#endif
	(void)page;
	return 0;
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

static void see_counters(int i)
{
	seen(page)[i] = column(page)[i];
	seen(refcount)[i] = column(refcount)[i];
	seen(nrPagesMapped)[i] = column(nrPagesMapped)[i];
	seen(largeMapcount)[i] = column(largeMapcount)[i];
}

static void load_page(int i)
{
	int head = shim_head_of[i];
	struct page *page = &shim_pages[i];
	u32 word = column(folio)[head];

	/* the whole page, so that nothing is left of a fault before; mapping and index of a tail page mean nothing */
	*page = (struct page){
		.mapping = (struct address_space *)0x400,
		.index = ~0ULL >> 1,
		.shim_anon_exclusive = (column(page)[i] & IMG_PAGE_ANON_EXCLUSIVE) != 0,
		._mapcount.counter = (column(page)[i] & IMG_PAGE_MAPCOUNT_MASK) - 1,
		.compound_mapcount.counter = (int)(word >> IMG_FOLIO_ENTIRE_SHIFT) - 1,
	};
#ifndef TREE_HAS___folio_add_rmap
	/* until 6.1 a PMD mapping of a file folio counts for every page */
	if (shim_folio_pages[head] > 1)
		page->_mapcount.counter += word >> IMG_FOLIO_ENTIRE_SHIFT;
#endif
	if (head == i) {
		page->index = i < scene(SPAN) ? (pgoff_t)(i + scene(FILE_BASE)) : 0;
		load_head(page, i, word);
	}
	if (column(page)[i] & IMG_PAGE_DCACHE_CLEAN)
		page->flags |= 1ULL << PG_arch_1;
	shim_loaded_pages[i] = *page;
	seen(folio)[i] = column(folio)[i];
	see_counters(i);
}

/* Where nothing but counters of a page has changed outside: loads them. */
static bool load_counters(int i)
{
	struct page *page = &shim_pages[i];

	if (column(folio)[i] != seen(folio)[i] || (column(page)[i] ^ seen(page)[i]) & ~IMG_PAGE_MAPCOUNT_MASK ||
	    (column(nrPagesMapped)[i] ^ seen(nrPagesMapped)[i]) & IMG_DOUBLE_MAP)
		return false;
	page->_mapcount.counter = (column(page)[i] & IMG_PAGE_MAPCOUNT_MASK) - 1 + entire_in(i);
	if (shim_head_of[i] == i) {
		page->_refcount.counter = column(refcount)[i];
		page->_nr_pages_mapped.counter = column(nrPagesMapped)[i] & ~IMG_DOUBLE_MAP;
		page->_large_mapcount.counter = column(largeMapcount)[i] - 1;
	}
	COUNTERS(&shim_loaded_pages[i]) = COUNTERS(page);
	see_counters(i);
	return true;
}

static void load_changed_page(int i)
{
	int pages = shim_folio_pages[i];
	/* how often the folio is mapped as a whole stands in every page of it */
	bool whole = (u32)(column(folio)[i] ^ seen(folio)[i]) >> IMG_FOLIO_ENTIRE_SHIFT;

	for (int page = i; page < (whole ? i + pages : i + 1); page++)
		load_page(page);
}

static bool was_changed(int i)
{
	return column(page)[i] != seen(page)[i] || column(folio)[i] != seen(folio)[i] ||
	       column(refcount)[i] != seen(refcount)[i] || column(nrPagesMapped)[i] != seen(nrPagesMapped)[i] ||
	       column(largeMapcount)[i] != seen(largeMapcount)[i];
}

static void load_changed_pages(void)
{
	const int n = slots();

	for (int left = n; left > 0; left -= 4) {
		int i = first_of_four(left);

		if (!ANY(UNSEEN(page, n, i) | UNSEEN(folio, n, i) | UNSEEN(refcount, n, i) |
			 UNSEEN(nrPagesMapped, n, i) | UNSEEN(largeMapcount, n, i)))
			continue;
		for (int k = i; k < i + 4; k++)
			if (was_changed(k) && !load_counters(k))
				load_changed_page(k);
	}
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
	struct page *page = &shim_pages[i], *head = shim_head(page);
	int mapcount = page->_mapcount.counter + 1 - entire_in(i);
	const struct page *clean = page;

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

/* Where nothing but counters of a page has changed, and the image can keep them: stores them. */
static bool store_counters(int i)
{
	const struct page *page = &shim_pages[i];
	int mapcount = page->_mapcount.counter + 1 - entire_in(i), nr = page->_nr_pages_mapped.counter;
	words4 changed = counter_difference(i);

	if (ANY(other_difference(i)) || mapcount & ~IMG_PAGE_MAPCOUNT_MASK)
		return false;
	if (shim_head_of[i] != i) {
		if (changed[1] | changed[2] | changed[3])
			return false;
	} else {
		if (nr & IMG_DOUBLE_MAP)
			return false;
		column(refcount)[i] = page->_refcount.counter;
		column(nrPagesMapped)[i] = nr | (column(nrPagesMapped)[i] & IMG_DOUBLE_MAP);
		column(largeMapcount)[i] = page->_large_mapcount.counter + 1;
	}
	column(page)[i] = (column(page)[i] & ~IMG_PAGE_MAPCOUNT_MASK) | mapcount;
	see_counters(i);
	COUNTERS(&shim_loaded_pages[i]) = COUNTERS(page);
	return true;
}

/* pages of which more has changed, each once */
static short shim_changed[MAX_SLOTS];
static int shim_changes;
static bool shim_noted[MAX_SLOTS];

static void note_changed(int i)
{
	if (shim_noted[i])
		return;
	shim_noted[i] = true;
	shim_changed[shim_changes++] = (short)i;
}

/* Notes the page, or its whole folio where what has changed stands for all pages of it. */
static void note_changed_page(int i)
{
	const struct page *now = &shim_pages[i], *then = &shim_loaded_pages[i];
	int head = shim_head_of[i];
	bool whole = now->compound_mapcount.counter != then->compound_mapcount.counter;

#ifdef TREE_HAS_set_ptes
	whole |= (now->flags ^ then->flags) >> PG_arch_1 & 1;
#endif
	note_changed(i);
	for (int page = head; whole && page < head + shim_folio_pages[head]; page++)
		note_changed(page);
}

static void store_changed_pages(void)
{
	for (int left = slots(); left > 0; left -= 4) {
		int i = first_of_four(left);

		if (!ANY(page_difference(i) | page_difference(i + 1) | page_difference(i + 2) | page_difference(i + 3)))
			continue;
		for (int k = i; k < i + 4; k++)
			if (ANY(page_difference(k)) && !store_counters(k))
				note_changed_page(k);
	}
	for (int n = 0; n < shim_changes; n++)
		store_page(shim_changed[n]);
	/* what the image does not keep is forgotten, so that no case depends on those before it */
	for (int n = 0; n < shim_changes; n++) {
		load_page(shim_changed[n]);
		shim_noted[shim_changed[n]] = false;
	}
	shim_changes = 0;
}
