/* SPDX-License-Identifier: GPL-2.0-only */
/** Bodies of the stubs, first part: calls out of the compiled code, folios, and the page cache. */

#define HOST(name) __attribute__((import_module("host"), import_name(name)))
/* The file's ->fault; what another thread does; both see and change the image. */
HOST("fault") int host_fault(void);
HOST("unmap") void host_unmap(int page, int pages);
HOST("truncate") void host_truncate(int folio);
HOST("race") void host_race(int finish);

_Noreturn void shim_bug(const char *file, int line)
{
	scene(BUG_FILE) = (int)(uintptr_t)file;
	scene(BUG_LINE) = line;
	__builtin_trap();
}

int shim_fuel;

_Noreturn void shim_endless(const char *file, int line)
{
	scene(ENDLESS) = 1;
	shim_bug(file, line);
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
	shim_other_maps(folio);
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

	if (shim_way(3) && !xas->shim_looked) {
		xas->shim_looked = true;
		return &shim_moving_entry;
	}
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

/* tmpfs has no backing store that dirty pages are written to */
bool mapping_can_writeback(struct address_space *mapping)
{
	return !shim_is_shmem(mapping);
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
