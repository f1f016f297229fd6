/* SPDX-License-Identifier: GPL-2.0-only */
/** The state, fourth part: page-table entries, and all of it together. */

/* an entry outside of the span was written: nothing is left of it in the next fault */
static bool shim_strayed;

static void load_entry(int slot)
{
	const int n = slots(), flags = column_of(pte, n)[slot], pfn = column_of(pfn, n)[slot];
	const int i = slot + scene(PT_OFFSET);

	shim_loaded[i] = shim_ptes[i] = shim_encode(flags, (u32)pfn);
	seen_of(pte, n)[slot] = flags;
	seen_of(pfn, n)[slot] = pfn;
}

static void load_table(void)
{
	for (int i = 0; i < 512; i++)
		shim_ptes[i] = __pte(0);
	for (int slot = 0; slot < scene(SPAN); slot++)
		load_entry(slot);
	shim_strayed = false;
}

static void load_changed_entries(void)
{
	const int n = slots();

	if (shim_strayed)
		load_table();
	for (int left = scene(SPAN); left > 0; left -= 4) {
		int i = first_of_four(left);
		words4 changed = UNSEEN(pte, n, i) | UNSEEN(pfn, n, i);

		if (!ANY(changed))
			continue;
		for (int k = 0; k < 4; k++)
			if (changed[k])
				load_entry(i + k);
	}
}

static void store_changed_entries(void)
{
	const pte_t *now = shim_ptes + scene(PT_OFFSET), *then = shim_loaded + scene(PT_OFFSET);

	for (int left = scene(SPAN); left > 0; left -= 4) {
		int i = first_of_four(left);

		if (!ANY(DIFFERENCE(now + i, then + i) | DIFFERENCE(now + i + 2, then + i + 2)))
			continue;
		for (int k = i; k < i + 4; k++) {
			if (pte_val(now[k]) == pte_val(then[k]))
				continue;
			shim_decode(now[k], &column(pte)[k], &column(pfn)[k]);
			load_entry(k);
		}
	}
}

/* --- all of it --- */
/* the PMD's word that shim_pmd was made of */
static int shim_seen_pmd;
#define NO_WORD (-1)

static void load_rest(void)
{
	int pages = word(iSizePages) + scene(FILE_BASE);

	if (word(pmd) != shim_seen_pmd) {
		shim_seen_pmd = word(pmd);
		shim_pmd = shim_encode_pmd(word(pmd));
		shim_loaded_pmd = shim_pmd;
		shim_watched_pmd = shim_pmd;
	}
	shim_inode.i_size = pages <= 0 ? 0 : (long long)(pages - 1) * 4096 + scene(I_SIZE_TAIL);
	shim_file.f_ra.mmap_miss = word(mmap_miss);
}

/* What the image has had since it was loaded or stored. */
static void load_state(void)
{
	load_changed_pages();
	load_changed_entries();
	load_rest();
}

/* Another layout: nothing is known of it. */
static void load_layout(void)
{
	int span = scene(SPAN);

	for (int i = slots(); i <= MAX_SLOTS; i++) {
		shim_head_of[i] = i;
		shim_folio_pages[i] = 1;
	}
	for (int i = 0; i < 2 * span; i++)
		shim_page_of_frame[i] = MAX_SLOTS;
	for (int i = 0; i < slots(); i++) {
		shim_frames[i] = page_frame(i);
		if (i < span)
			shim_page_of_frame[shim_frames[i] - CASE_PFN_BASE] = (short)i;
		shim_noted[i] = false;
		load_page(i);
	}
	shim_changes = 0;
	load_table();
	shim_seen_pmd = NO_WORD;
	load_rest();
}

static void store_state(void)
{
	store_changed_pages();
	store_changed_entries();
	if (pmd_val(shim_pmd) != pmd_val(shim_loaded_pmd)) {
		word(pmd) = shim_decode_pmd(shim_pmd);
		shim_seen_pmd = NO_WORD;
	}
	word(mmap_miss) = shim_file.f_ra.mmap_miss;
}

/* --- one folio --- */
/* For what looks at a folio's word and references, and at words of the mm, and at nothing else. */
static void store_folio(struct page *head)
{
	store_head(head, page_number(head));
	word(mmap_miss) = shim_file.f_ra.mmap_miss;
}

static void load_folio(struct page *head)
{
	const int i = page_number(head);
	const ulong clean = head->flags & 1ULL << PG_arch_1;
	struct page *loaded = &shim_loaded_pages[i], then = *loaded;

	load_head(head, i, (u32)column(folio)[i]);
	*loaded = *head;
	head->flags |= clean;
	/* what the image has of the page itself is as it was */
	loaded->flags |= then.flags & 1ULL << PG_arch_1;
	loaded->index = then.index;
	loaded->compound_mapcount = then.compound_mapcount;
	loaded->shim_anon_exclusive = then.shim_anon_exclusive;
	loaded->_mapcount = then._mapcount;
	see_folio(i);
	load_rest();
}
