/* SPDX-License-Identifier: GPL-2.0-only */
/** Bodies of the stubs: page cache, folios, counters, page tables. Each does what its contract says to the state. */

#define HOST(name) __attribute__((import_module("host"), import_name(name)))
/* The file's ->fault; what another thread does; both see and change the image. */
HOST("fault") int host_fault(void);
HOST("unmap") void host_unmap(int page, int pages);
HOST("truncate") void host_truncate(int folio);
HOST("race") void host_race(int finish);

static bool shim_around;

_Noreturn void shim_bug(const char *file, int line)
{
	scene(BUG_FILE) = (int)(uintptr_t)file;
	scene(BUG_LINE) = line;
	__builtin_trap();
}

void shim_warn(const char *file, int line)
{
	(void)file;
	(void)line;
	scene(WARNINGS)++;
}

static void count_call(int *calls)
{
	if (scene(COUNTING))
		(*calls)++;
}

/* --- folios --- */
static bool races(const struct folio *folio, int race)
{
	return scene(RACE) == race && scene(RACE_AT) == page_number(&folio->page);
}

static const struct folio *raced_folio;

bool folio_trylock(struct folio *folio)
{
	if (folio_test_locked(folio) || races(folio, CASE_RACE_FOLIO_LOCKED))
		return false;
	folio_set_locked(folio);
	if (races(folio, CASE_RACE_FOLIO_TRUNCATED)) {
		raced_folio = folio;
		folio->mapping = NULL;
	} else if (races(folio, CASE_RACE_FOLIO_NOT_UPTODATE)) {
		raced_folio = folio;
		folio_clear_uptodate(folio);
	}
	return true;
}

void folio_lock(struct folio *folio)
{
	folio_set_locked(folio);
}

void folio_unlock(struct folio *folio)
{
	folio_clear_locked(folio);
	if (raced_folio != folio)
		return;
	/* what the other thread did concerned the lookup alone */
	raced_folio = NULL;
	if (races(folio, CASE_RACE_FOLIO_TRUNCATED))
		folio->mapping = mapping_of(folio->shim_word);
	else
		folio_set_uptodate(folio);
}

bool folio_try_get(struct folio *folio)
{
	if (folio->_refcount.counter == 0)
		return false;
	folio->_refcount.counter++;
	return true;
}

void folio_put(struct folio *folio)
{
	if (--folio->_refcount.counter != 0 || page_number(&folio->page) < scene(SPAN))
		return;
	/* a private copy is freed */
	folio->flags = 0;
	folio->mapping = NULL;
	folio->shim_word = 0;
	folio->_mapcount.counter = -1;
	folio->shim_anon_exclusive = false;
}

void folio_ref_add(struct folio *folio, int nr)
{
	count_call(&word(calls_folio_ref_add));
	folio->_refcount.counter += nr;
}

/* --- page cache: an array cursor --- */
static struct folio *cached_entry(int index)
{
	struct page *page = &shim_pages[index];

	if (page->shim_head->shim_word & (IMG_FOLIO_CACHED | IMG_FOLIO_VALUE_ENTRY))
		return (struct folio *)page->shim_head;
	return NULL;
}

struct folio *xas_next_entry(struct xa_state *xas, ulong max)
{
	long long base = scene(FILE_BASE);
	long long index = (long long)xas->xa_index - base, last = (long long)max - base;
	bool first = !xas->shim_started;

	if (!first) {
		struct folio *now = index >= 0 && index < scene(SPAN) ? cached_entry((int)index) : NULL;

		index = now ? page_number(&now->page) + folio_nr_pages(now) : index + 1;
	}
	xas->shim_started = true;
	if (index < 0)
		index = 0;
	for (; index <= last && index < scene(SPAN); index++) {
		xas->shim_entry = cached_entry((int)index);
		if (!xas->shim_entry)
			continue;
		xas->xa_index = (ulong)(index + base);
		return xas->shim_entry;
	}
	return NULL;
}

struct folio *xas_find(struct xa_state *xas, ulong max)
{
	return xas_next_entry(xas, max);
}

struct folio *xas_reload(struct xa_state *xas)
{
	return races(xas->shim_entry, CASE_RACE_FOLIO_REPLACED) ? NULL : xas->shim_entry;
}

bool xa_is_value(const void *entry)
{
	const struct folio *folio = entry;

	return !(folio->shim_word & IMG_FOLIO_CACHED);
}

bool shim_is_shmem(const struct address_space *mapping)
{
	(void)mapping;
	return scene(FILE_KIND) != IMG_FILE_REGULAR;
}

bool vma_is_anon_shmem(const struct vm_area_struct *vma)
{
	(void)vma;
	return scene(FILE_KIND) == IMG_FILE_ANON_SHMEM;
}

bool vma_thp_disabled(struct vm_area_struct *vma, ulong vm_flags)
{
	(void)vma;
	(void)vm_flags;
	return (scene(VM_FLAGS) & IMG_VM_THP_DISABLED) != 0;
}

/* A folio leaves the page cache if nobody but the caller and the cache holds it. */
int remove_mapping(struct address_space *mapping, struct folio *folio)
{
	(void)mapping;
	if (folio->_refcount.counter != folio_nr_pages(folio) + 1)
		return 0;
	folio->shim_word &= ~IMG_FOLIO_CACHED;
	folio->mapping = NULL;
	folio->_refcount.counter = 1;
	return 1;
}

void unmap_mapping_folio(struct folio *folio)
{
	store_state();
	host_unmap(page_number(&folio->page), (int)folio_nr_pages(folio));
	load_state();
}

void unmap_mapping_pages(struct address_space *mapping, pgoff_t start, pgoff_t nr, bool even_cows)
{
	long long page = (long long)start - scene(FILE_BASE);

	(void)mapping;
	(void)even_cows;
	if (page < 0 || page >= scene(SPAN))
		return;
	store_state();
	host_unmap((int)page, (int)nr);
	load_state();
}

struct address_space *folio_mapping(struct folio *folio)
{
	return folio_test_anon(folio) ? NULL : folio->mapping;
}

struct address_space *page_mapping(struct page *page)
{
	return folio_mapping(page_folio(page));
}

bool folio_mark_dirty(struct folio *folio)
{
	bool dirtied = !folio_test_dirty(folio);

	folio_set_dirty(folio);
	return dirtied;
}

void file_update_time(struct file *file)
{
	(void)file;
	word(fileTimeUpdates)++;
}

void balance_dirty_pages_ratelimited(struct address_space *mapping)
{
	(void)mapping;
	word(throttled)++;
}

/* --- counters --- */
void add_mm_counter(struct mm_struct *mm, int member, long long value)
{
	(void)mm;
	count_call(&word(calls_add_mm_counter));
	if (member == MM_FILEPAGES)
		word(MM_FILEPAGES) += (int)value;
	else if (member == MM_ANONPAGES)
		word(MM_ANONPAGES) += (int)value;
	else if (member == MM_SHMEMPAGES)
		word(MM_SHMEMPAGES) += (int)value;
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

void __mod_node_page_state(void *pgdat, int item, long long value)
{
	int *stat = node_stat(item);

	(void)pgdat;
	count_call(&word(calls_mod_lruvec_state));
	if (stat)
		*stat += (int)value;
}

void __lruvec_stat_mod_folio(struct folio *folio, int item, int value)
{
	int *stat = node_stat(item);

	(void)folio;
	__mod_node_page_state(NULL, item, value);
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

/* --- page tables --- */
pgtable_t pte_alloc_one(struct mm_struct *mm)
{
	(void)mm;
	return scene(FAILURES) & CASE_FAIL_PTE_ALLOC ? NULL : &shim_pages[MAX_SLOTS - 1];
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

int shim_pmd_unstable(pmd_t *pmd)
{
	return pmd_none(*pmd) || pmd_trans_huge(*pmd);
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

pte_t *shim_pte_lock(pmd_t *pmd, ulong addr)
{
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

struct folio *shim_cow_alloc(void)
{
	if (scene(FAILURES) & CASE_FAIL_COW_ALLOC)
		return NULL;
	for (int i = scene(SPAN); i < slots(); i++) {
		if (shim_pages[i]._refcount.counter != 0)
			continue;
		shim_pages[i]._refcount.counter = 1;
		return (struct folio *)&shim_pages[i];
	}
	return NULL;
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
