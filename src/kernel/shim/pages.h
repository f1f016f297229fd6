/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * Flags and sizes of pages and folios, references, and the page cache. A page of a large folio knows its head; what the
 * kernel packs into bits is spread out here.
 */
#ifndef SHIM_PAGES_H
#define SHIM_PAGES_H

#include "basics.h"

/* --- flags of pages and folios --- */
/* Bits of page->flags: those of the image's folio word, and behind them what the image keeps elsewhere. */
#define SHIM_BIT(word) __builtin_ctz(word)
enum shim_pageflags {
	PG_locked = SHIM_BIT(IMG_FOLIO_LOCKED),
	PG_uptodate = SHIM_BIT(IMG_FOLIO_UPTODATE),
	PG_readahead = SHIM_BIT(IMG_FOLIO_READAHEAD),
	PG_workingset = SHIM_BIT(IMG_FOLIO_WORKINGSET),
	PG_swapbacked = SHIM_BIT(IMG_FOLIO_SWAPBACKED),
	PG_dirty = SHIM_BIT(IMG_FOLIO_DIRTY),
	PG_mlocked = SHIM_BIT(IMG_FOLIO_MLOCKED),
	PG_lru = SHIM_BIT(IMG_FOLIO_LRU),
	PG_has_hwpoisoned = SHIM_BIT(IMG_FOLIO_HAS_HWPOISONED),
	PG_arch_1 = 32,
	PG_double_map,
};

/* low bit of page->mapping, as in the kernel (page-flags.h) */
#define PAGE_MAPPING_ANON 0x1
#define PAGE_MAPPING_MOVABLE 0x2
#define PAGE_MAPPING_FLAGS 0x3

#define SHIM_FLAG(lower, flag)                                                                   \
	static inline bool folio_test_##lower(const struct folio *f) { return f->flags >> (flag) & 1; } \
	static inline void folio_set_##lower(struct folio *f) { f->flags |= 1ULL << (flag); }       \
	static inline void folio_clear_##lower(struct folio *f) { f->flags &= ~(1ULL << (flag)); }

SHIM_FLAG(locked, PG_locked)
SHIM_FLAG(readahead, PG_readahead)
SHIM_FLAG(workingset, PG_workingset)
SHIM_FLAG(swapbacked, PG_swapbacked)
SHIM_FLAG(dirty, PG_dirty)
SHIM_FLAG(lru, PG_lru)
SHIM_FLAG(uptodate, PG_uptodate)
SHIM_FLAG(has_hwpoisoned, PG_has_hwpoisoned)

#define page_folio(p) ((struct folio *)((const struct page *)(p))->shim_head)
#define compound_head(p) ((struct page *)((const struct page *)(p))->shim_head)
#define folio_page(f, n) (&(f)->page + (n))
#define nth_page(page, n) ((page) + (n))
#define folio_nr_pages(f) ((long long)(f)->shim_pages)
#define compound_nr(page) ((ulong)(page)->shim_pages)
#define thp_nr_pages(page) ((int)(page)->shim_pages)
#define folio_test_large(f) ((f)->shim_pages > 1)
#define folio_test_head(f) folio_test_large(f)
#define folio_order(f) ((unsigned int)__builtin_ctz((f)->shim_pages))
#define compound_order(page) ((unsigned int)__builtin_ctz((page)->shim_pages))
#define folio_size(f) ((ulong)(f)->shim_pages << 12)
#define page_size(p) ((ulong)(p)->shim_pages << 12)
#define folio_test_hugetlb(f) ((void)(f), false)
#define is_vm_hugetlb_page(vma) ((void)(vma), false)
#define linear_hugepage_index(vma, addr) ((void)(vma), (void)(addr), (pgoff_t)0)
#define PageHuge(p) ((void)(p), false)
#define PageTail(p) ((p)->shim_head != (p))
#define PageHead(p) ((p)->shim_head == (p) && (p)->shim_pages > 1)
#define PageCompound(p) ((p)->shim_head->shim_pages > 1)
#define PageTransCompound(p) PageCompound(p)
#define PageTransHuge(p) PageHead(p)
#define PageHWPoison(p) ((p)->shim_poisoned)
#define PageHasHWPoisoned(p) folio_test_has_hwpoisoned(page_folio(p))
#define PageLocked(p) folio_test_locked(page_folio(p))
#define PageAnon(p) folio_test_anon(page_folio(p))
#define PageSwapBacked(p) folio_test_swapbacked(page_folio(p))
#define __SetPageSwapBacked(p) folio_set_swapbacked(page_folio(p))
#define __folio_set_swapbacked(f) folio_set_swapbacked(f)
#define __SetPageUptodate(p) folio_set_uptodate(page_folio(p))
#define __folio_mark_uptodate(f) folio_set_uptodate(f)
#define SetPageAnonExclusive(p) ((void)((p)->shim_anon_exclusive = true))
#define PageDoubleMap(p) ((bool)((p)->flags >> PG_double_map & 1))
#define SetPageDoubleMap(p) ((void)((p)->flags |= 1ULL << PG_double_map))
#define ClearPageDoubleMap(p) ((void)((p)->flags &= ~(1ULL << PG_double_map)))
#define folio_test_swapcache(f) ((void)(f), false)
#define folio_test_private(f) ((void)(f), false)
#define folio_needs_release(f) ((void)(f), false)
#define is_zero_folio(f) ((void)(f), false)
#define is_zero_pfn(pfn) ((void)(pfn), 0)
#define folio_is_zone_device(f) ((void)(f), false)

static inline bool folio_test_anon(const struct folio *f)
{
	return ((uintptr_t)f->mapping & PAGE_MAPPING_ANON) != 0;
}

bool folio_trylock(struct folio *folio);
void folio_lock(struct folio *folio);
void folio_unlock(struct folio *folio);
bool folio_try_get(struct folio *folio);
void folio_put(struct folio *folio);
void folio_ref_add(struct folio *folio, int nr);
#define folio_try_get_rcu folio_try_get
#define folio_get(f) ((void)(f)->_refcount.counter++)
#define folio_ref_inc(f) folio_ref_add(f, 1)
#define folio_ref_count(f) ((f)->_refcount.counter)
#define lock_page(p) folio_lock(page_folio(p))
#define unlock_page(p) folio_unlock(page_folio(p))
#define put_page(p) folio_put(page_folio(p))
#define get_page(p) folio_get(page_folio(p))

/* page frames: a page knows its own */
#define page_to_pfn(p) ((ulong)(p)->shim_pfn)
struct page *pfn_to_page(ulong pfn);
#define page_address(p) ((void *)(p))
#define folio_address(f) ((void *)(f))
#define sync_icache_aliases(start, end) ((void)(start), (void)(end))
#define page_to_nid(p) ((void)(p), 0)
#define folio_pgdat(f) ((void)(f), (void *)0)

/* --- page cache --- */
#define XA_STATE(name, xa, start) struct xa_state name = { .xa_index = (start) }
struct folio *xas_next_entry(struct xa_state *xas, ulong max);
struct folio *xas_find(struct xa_state *xas, ulong max);
struct folio *xas_reload(struct xa_state *xas);
bool xa_is_value(const void *entry);
#define i_size_read(inode) ((inode)->i_size)
#define shmem_mapping(mapping) shim_is_shmem(mapping)
bool shim_is_shmem(const struct address_space *mapping);
bool vma_is_anon_shmem(const struct vm_area_struct *vma);
int remove_mapping(struct address_space *mapping, struct folio *folio);
void unmap_mapping_folio(struct folio *folio);
void unmap_mapping_pages(struct address_space *mapping, pgoff_t start, pgoff_t nr, bool even_cows);
struct address_space *page_mapping(struct page *page);
struct address_space *folio_mapping(struct folio *folio);
#define page_rmapping(page) ((void *)((uintptr_t)page_folio(page)->mapping & ~PAGE_MAPPING_FLAGS))
bool folio_mark_dirty(struct folio *folio);
#define set_page_dirty(page) folio_mark_dirty(page_folio(page))
void file_update_time(struct file *file);
void balance_dirty_pages_ratelimited(struct address_space *mapping);
bool mapping_can_writeback(struct address_space *mapping);
#define trace_mm_filemap_map_pages(...) ((void)0)

#endif
