/* SPDX-License-Identifier: GPL-2.0-only */
/** The state, second part: pages and folios out of the image. */

/* Bits of the folio word that are bits of page->flags meanwhile. */
#define SHIM_FLAGS                                                                            \
	(IMG_FOLIO_LOCKED | IMG_FOLIO_UPTODATE | IMG_FOLIO_READAHEAD | IMG_FOLIO_WORKINGSET | \
	 IMG_FOLIO_SWAPBACKED | IMG_FOLIO_DIRTY | IMG_FOLIO_MLOCKED | IMG_FOLIO_LRU |         \
	 IMG_FOLIO_HAS_HWPOISONED)
/* Those that the word does not keep while the fault runs. */
#define TRACKED (SHIM_FLAGS | IMG_FOLIO_ANON | (0x7f << IMG_FOLIO_ENTIRE_SHIFT))
/* Bits of page->flags that the image has for a folio: all but that of a page of its own. */
#define FOLIO_FLAGS (SHIM_FLAGS | 1ULL << PG_double_map)

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
	const int n = slots(), mapped = column_of(nrPagesMapped, n)[i];
	int entire = word >> IMG_FOLIO_ENTIRE_SHIFT;

	page->shim_word = word;
	page->mapping = mapping_of(word);
	page->flags = word & SHIM_FLAGS;
	page->_refcount.counter = column_of(refcount, n)[i];
	page->_entire_mapcount.counter = entire - 1;
	page->_nr_pages_mapped.counter = mapped & ~IMG_DOUBLE_MAP;
	page->_large_mapcount.counter = column_of(largeMapcount, n)[i] - 1;
	if (mapped & IMG_DOUBLE_MAP)
		page->flags |= 1ULL << PG_double_map;
}

static void see_folio(int i)
{
	const int n = slots();

	seen_of(folio, n)[i] = column_of(folio, n)[i];
	seen_of(refcount, n)[i] = column_of(refcount, n)[i];
	seen_of(nrPagesMapped, n)[i] = column_of(nrPagesMapped, n)[i];
	seen_of(largeMapcount, n)[i] = column_of(largeMapcount, n)[i];
}

static void load_page(int i)
{
	const int n = slots(), head = shim_head_of[i], value = column_of(page, n)[i];
	const u32 word = column_of(folio, n)[head];
	struct page *page = &shim_pages[i];

	/* the whole page, so that nothing is left of a fault before; mapping and index of a tail page mean nothing */
	*page = (struct page){
		.mapping = (struct address_space *)0x400,
		.index = ~0ULL >> 1,
		.shim_anon_exclusive = (value & IMG_PAGE_ANON_EXCLUSIVE) != 0,
		._mapcount.counter = (value & IMG_PAGE_MAPCOUNT_MASK) - 1,
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
	if (value & IMG_PAGE_DCACHE_CLEAN)
		page->flags |= 1ULL << PG_arch_1;
	shim_loaded_pages[i] = *page;
	seen_of(page, n)[i] = value;
	see_folio(i);
}

/* Which of four pages are the first of a folio? A mask for each. */
static inline words4 heads_of_four(int i)
{
	return WORDS(shim_head_of + i) == (words4){ i, i + 1, i + 2, i + 3 };
}

static inline void see_counters(int n, int i)
{
	SEE(page, n, i);
	SEE(refcount, n, i);
	SEE(nrPagesMapped, n, i);
	SEE(largeMapcount, n, i);
}

static ulong flags_of(int folio, int mapped)
{
	return (folio & SHIM_FLAGS) | (mapped & IMG_DOUBLE_MAP ? 1ULL << PG_double_map : 0);
}

/* What has changed outside in four pages is counters, and flags of folios: loads these. */
static void load_small_changes(int n, int i)
{
	const words4 mapped = WORDS(column_of(nrPagesMapped, n) + i), heads = heads_of_four(i);
	const words4 flags = UNSEEN(folio, n, i) | (UNSEEN(nrPagesMapped, n, i) & IMG_DOUBLE_MAP);
	struct counters now = counters_of(&shim_pages[i]);

	now.mapcount += WORDS(column_of(page, n) + i) - WORDS(seen_of(page, n) + i);
	now.refcount = PICK(heads, WORDS(column_of(refcount, n) + i), now.refcount);
	now.nr_pages_mapped = PICK(heads, mapped & ~IMG_DOUBLE_MAP, now.nr_pages_mapped);
	now.large_mapcount = PICK(heads, WORDS(column_of(largeMapcount, n) + i) - 1, now.large_mapcount);
	set_counters(&shim_pages[i], now);
	set_counters(&shim_loaded_pages[i], now);
	see_counters(n, i);
	SEE(folio, n, i);
	if (!ANY(flags & heads))
		return;
	for (int k = i; k < i + 4; k++) {
		struct page *page = &shim_pages[k];

		if (shim_head_of[k] != k)
			continue;
		page->flags = (page->flags & ~FOLIO_FLAGS) |
			      flags_of(column_of(folio, n)[k], column_of(nrPagesMapped, n)[k]);
		shim_loaded_pages[k].flags = page->flags;
	}
}

static void load_changed_page(int n, int i)
{
	int pages = shim_folio_pages[i];
	/* how often the folio is mapped as a whole stands in every page of it */
	bool whole = (u32)(column_of(folio, n)[i] ^ seen_of(folio, n)[i]) >> IMG_FOLIO_ENTIRE_SHIFT;

	for (int page = i; page < (whole ? i + pages : i + 1); page++)
		load_page(page);
}

static void load_changed_pages(void)
{
	const int n = slots();

	for (int left = n; left > 0; left -= 4) {
		int i = first_of_four(left);
		words4 changed = UNSEEN(page, n, i) | UNSEEN(folio, n, i) | UNSEEN(refcount, n, i) |
				 UNSEEN(nrPagesMapped, n, i) | UNSEEN(largeMapcount, n, i);

		if (!ANY(changed))
			continue;
		changed = (UNSEEN(page, n, i) & ~IMG_PAGE_MAPCOUNT_MASK) | (UNSEEN(folio, n, i) & ~SHIM_FLAGS);
		for (int k = 0; ANY(changed) && k < 4; k++)
			if (changed[k])
				load_changed_page(n, i + k);
		load_small_changes(n, i);
	}
}
