/* SPDX-License-Identifier: GPL-2.0-only */
/** The state, second part: pages and folios out of the image and back into it. */

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

static void store_head(struct page *page, int i)
{
	const int n = slots();
	u32 value = (page->shim_word & ~TRACKED) | (page->flags & SHIM_FLAGS);
	int entire = page->_entire_mapcount.counter + 1;

#ifndef TREE_HAS___folio_add_rmap
	entire = *compound_mapcount_of(page) + 1;
#endif
	if ((uintptr_t)page->mapping & PAGE_MAPPING_ANON)
		value |= IMG_FOLIO_ANON;
	column_of(folio, n)[i] = value | (u32)entire << IMG_FOLIO_ENTIRE_SHIFT;
	column_of(refcount, n)[i] = page->_refcount.counter;
	column_of(nrPagesMapped, n)[i] =
		page->_nr_pages_mapped.counter | (page->flags >> PG_double_map & 1 ? IMG_DOUBLE_MAP : 0);
	column_of(largeMapcount, n)[i] = page->_large_mapcount.counter + 1;
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

/* Where nothing has changed in a page but counters, and flags that the folio has in the image: stores the flags. */
static bool store_flags(int n, int i)
{
	static const words4 known = { SHIM_FLAGS, FOLIO_FLAGS >> 32, 0, 0 };
	const struct page_words *now = &PAGE_WORDS(&shim_pages[i]), *then = &PAGE_WORDS(&shim_loaded_pages[i]);
	const ulong flags = shim_pages[i].flags;
	const words4 first = now->first ^ then->first;
	int *folio = column_of(folio, n) + i, *mapped = column_of(nrPagesMapped, n) + i;

	if (ANY((first & ~known) | (now->second ^ then->second) | (now->third ^ then->third)))
		return false;
	if (!ANY(first))
		return true;
	if (shim_head_of[i] != i)
		return false;
	seen_of(folio, n)[i] = *folio = (*folio & ~SHIM_FLAGS) | (int)(flags & SHIM_FLAGS);
	*mapped = (*mapped & ~IMG_DOUBLE_MAP) | (flags >> PG_double_map & 1 ? IMG_DOUBLE_MAP : 0);
	seen_of(nrPagesMapped, n)[i] = *mapped;
	shim_loaded_pages[i].flags = flags;
	return true;
}

/* Stores the counters of four pages, if the image can keep them. */
static bool store_counters(int n, int i)
{
	const words4 heads = heads_of_four(i), image = WORDS(column_of(page, n) + i);
	const struct counters now = counters_of(&shim_pages[i]), then = counters_of(&shim_loaded_pages[i]);
	const words4 mapcount = (image & IMG_PAGE_MAPCOUNT_MASK) + (now.mapcount - then.mapcount);
	const words4 refused = (mapcount & ~IMG_PAGE_MAPCOUNT_MASK) | (heads & now.nr_pages_mapped & IMG_DOUBLE_MAP) |
			       (~heads & ((now.refcount ^ then.refcount) |
					  (now.nr_pages_mapped ^ then.nr_pages_mapped) |
					  (now.large_mapcount ^ then.large_mapcount)));
	words4 *refcount = &WORDS(column_of(refcount, n) + i), *mapped = &WORDS(column_of(nrPagesMapped, n) + i);
	words4 *large = &WORDS(column_of(largeMapcount, n) + i);

	if (ANY(refused))
		return false;
	WORDS(column_of(page, n) + i) = (image & ~IMG_PAGE_MAPCOUNT_MASK) | mapcount;
	*refcount = PICK(heads, now.refcount, *refcount);
	*mapped = PICK(heads, now.nr_pages_mapped | (*mapped & IMG_DOUBLE_MAP), *mapped);
	*large = PICK(heads, now.large_mapcount + 1, *large);
	see_counters(n, i);
	for (int k = i; k < i + 4; k++)
		COUNTERS(&shim_loaded_pages[k]) = COUNTERS(&shim_pages[k]);
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

static void store_four_pages(int n, int i)
{
	for (int k = i; k < i + 4; k++)
		if (ANY(page_difference(k)) && !store_flags(n, k))
			note_changed_page(k);
	if (store_counters(n, i))
		return;
	for (int k = i; k < i + 4; k++)
		if (ANY(page_difference(k)))
			note_changed_page(k);
}

static void store_changed_pages(void)
{
	const int all = slots();

	for (int left = all; left > 0; left -= 4) {
		const int i = first_of_four(left);
		const struct four_pages *now = (const struct four_pages *)&shim_pages[i];
		const struct four_pages *then = (const struct four_pages *)&shim_loaded_pages[i];

		/* two and two: the vectors of four have no room in the registers of most machines */
		if (ANY(CHANGED(now->a, then->a) | CHANGED(now->b, then->b)) ||
		    ANY(CHANGED(now->c, then->c) | CHANGED(now->d, then->d)))
			store_four_pages(all, i);
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
