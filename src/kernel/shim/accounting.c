/* SPDX-License-Identifier: GPL-2.0-only */
/** Bodies of the stubs, second part: counters of mm, node and memcg; mlock and LRU with their batches drained. */

/* --- counters --- */
static int mm_counter_word(int member)
{
	if (member == MM_FILEPAGES)
		return WORD_MM_FILEPAGES;
	if (member == MM_ANONPAGES)
		return WORD_MM_ANONPAGES;
	return member == MM_SHMEMPAGES ? WORD_MM_SHMEMPAGES : -1;
}

void add_mm_counter(struct mm_struct *mm, int member, long long value)
{
	(void)mm;
	count_call(&word(calls_add_mm_counter));
	SHIM_EVENT(add_mm_counter, mm_counter_word(member), (int)value);
	if (mm_counter_word(member) >= 0)
		shim_image[IMG_MM(slots()) + mm_counter_word(member)] += (int)value;
}

static int *node_stat(int item)
{
	switch (item) {
	case NR_FILE_MAPPED:
		return &word(NR_FILE_MAPPED);
	case NR_ANON_MAPPED:
		return &word(NR_ANON_MAPPED);
	case NR_FILE_PMDMAPPED:
		return &word(NR_FILE_PMDMAPPED);
	case NR_SHMEM_PMDMAPPED:
		return &word(NR_SHMEM_PMDMAPPED);
	default:
		return NULL;
	}
}

static int *mod_node_stat(int item, int value)
{
	int *stat = node_stat(item);

	count_call(&word(calls_mod_lruvec_state));
	if (stat)
		*stat += value;
	return stat;
}

/* index of a statistic among the words of the mm */
#define STAT_WORD(item) ((int)(node_stat(item) - &shim_image[IMG_MM(slots())]))

void __mod_node_page_state(void *pgdat, int item, long long value)
{
	(void)pgdat;
	SHIM_EVENT(mod_node_state, STAT_WORD(item), (int)value);
	mod_node_stat(item, (int)value);
}

void __lruvec_stat_mod_folio(struct folio *folio, int item, int value)
{
	int *stat;

	(void)folio;
	SHIM_EVENT(mod_lruvec_state, STAT_WORD(item), value);
	stat = mod_node_stat(item, value);
	if (stat)
		stat[WORD_memcg_NR_FILE_MAPPED - WORD_NR_FILE_MAPPED] += value;
}

void count_vm_event(int item)
{
	if (item == THP_FILE_MAPPED)
		word(THP_FILE_MAPPED)++;
}

void mm_inc_nr_ptes(struct mm_struct *mm)
{
	(void)mm;
	word(nrPtes)++;
}

/* --- mlock and LRU --- */
static bool set_mlocked(struct folio *folio)
{
	if (folio->flags >> PG_mlocked & 1)
		return false;
	folio->flags |= 1ULL << PG_mlocked;
	word(NR_MLOCK) += (int)folio_nr_pages(folio);
	word(UNEVICTABLE_PGMLOCKED) += (int)folio_nr_pages(folio);
	return true;
}

void mlock_folio(struct folio *folio)
{
	count_call(&word(calls_mlock_folio));
	SHIM_EVENT(mlock_folio, page_number(&folio->page), (int)folio_nr_pages(folio));
	set_mlocked(folio);
}

void mlock_new_folio(struct folio *folio)
{
	set_mlocked(folio);
	folio_set_lru(folio);
}

void folio_add_lru(struct folio *folio)
{
	folio_set_lru(folio);
	word(lruAdds)++;
}
