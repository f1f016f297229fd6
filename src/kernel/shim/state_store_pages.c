/* SPDX-License-Identifier: GPL-2.0-only */
/** The state, third part: pages and folios back into the image. */

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
	const words4 refused = (mapcount & ~IMG_PAGE_MAPCOUNT_MASK) |
			       (heads & now.nr_pages_mapped & IMG_DOUBLE_MAP) |
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
