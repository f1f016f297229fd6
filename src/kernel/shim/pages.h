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

/**
 * Stub: folio_{test,set,clear}_{locked,readahead,workingset,swapbacked,dirty,lru,uptodate,has_hwpoisoned}. Kernel: a
 * flag of the folio, in its first page (has_hwpoisoned: in its second). Shim: a bit of the first page's flags; it is
 * the same bit in the image's folio word. Omits: order between CPUs.
 */
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

/* of pages and folios alike */
#define shim_number(p) ((int)((const struct page *)(p) - shim_pages))
#define shim_head(p) (&shim_pages[shim_head_of[shim_number(p)]])
#define shim_size(p) (shim_folio_pages[shim_number(p)])
/**
 * Stub: page_folio, compound_head, folio_page, nth_page. Kernel: the folio, or the first page of it, that a page
 * belongs to; page number n of a folio. Shim: the same; a page knows its head.
 */
#define page_folio(p) ((struct folio *)shim_head(p))
#define compound_head(p) shim_head(p)
#define folio_page(f, n) (&(f)->page + (n))
#define nth_page(page, n) ((page) + (n))
/**
 * Stub: folio_nr_pages, compound_nr, thp_nr_pages, folio_order, compound_order, folio_size, page_size. Kernel: size
 * of a folio in pages, as a power of two, in bytes; 1, 0 and 4096 for a single page. Shim: the same.
 */
#define folio_nr_pages(f) ((long long)shim_size(f))
#define compound_nr(page) ((ulong)shim_size(page))
#define thp_nr_pages(page) ((int)shim_size(page))
#define folio_test_large(f) (shim_size(f) > 1)
#define folio_test_head(f) folio_test_large(f)
#define folio_order(f) ((unsigned int)__builtin_ctz(shim_size(f)))
#define compound_order(page) ((unsigned int)__builtin_ctz(shim_size(page)))
#define folio_size(f) ((ulong)shim_size(f) << 12)
#define page_size(p) ((ulong)shim_size(p) << 12)
/**
 * Stub: folio_test_hugetlb, is_vm_hugetlb_page, linear_hugepage_index, PageHuge. Kernel: whether folio, page or
 * mapping is of hugetlb; the index there. Shim: never; 0. Omits: hugetlb, which has a fault path of its own.
 */
#define folio_test_hugetlb(f) ((void)(f), false)
#define is_vm_hugetlb_page(vma) ((void)(vma), false)
#define linear_hugepage_index(vma, addr) ((void)(vma), (void)(addr), (pgoff_t)0)
#define PageHuge(p) ((void)(p), false)
/**
 * Stub: folio_test_large, folio_test_head, PageTail, PageHead, PageCompound, PageTransCompound, PageTransHuge.
 * Kernel: whether a folio has more than one page, and whether a page is one of these, the first, or another one.
 * PageTransHuge() is for first pages of any such folio. Shim: the same.
 */
#define PageTail(p) (shim_head(p) != (p))
#define PageHead(p) (shim_head(p) == (p) && shim_size(p) > 1)
#define PageCompound(p) (shim_size(shim_head(p)) > 1)
#define PageTransCompound(p) PageCompound(p)
#define PageTransHuge(p) PageHead(p)
/**
 * Stub: PageHWPoison, PageHasHWPoisoned. Kernel: the page's memory is broken; some page of its folio is. Shim: as
 * the case says for the page, until its folio is read in again into other frames; the folio's flag.
 */
#define PageHWPoison(p) \
	((bool)(shim_hwpoison[shim_number(p)] && !(shim_head(p)->shim_word & IMG_FOLIO_FRESH)))
#define PageHasHWPoisoned(p) folio_test_has_hwpoisoned(page_folio(p))
/**
 * Stub: PageLocked, PageAnon, PageSwapBacked, __SetPageSwapBacked, __folio_set_swapbacked, __SetPageUptodate,
 * __folio_mark_uptodate. Kernel: flags of the folio that a page belongs to; those with two underscores set them
 * where nobody else looks yet. Shim: the same.
 */
#define PageLocked(p) folio_test_locked(page_folio(p))
#define PageAnon(p) folio_test_anon(page_folio(p))
#define PageSwapBacked(p) folio_test_swapbacked(page_folio(p))
#define __SetPageSwapBacked(p) folio_set_swapbacked(page_folio(p))
#define __folio_set_swapbacked(f) folio_set_swapbacked(f)
#define __SetPageUptodate(p) folio_set_uptodate(page_folio(p))
#define __folio_mark_uptodate(f) folio_set_uptodate(f)
/**
 * Stub: SetPageAnonExclusive. Kernel: the anonymous page belongs to one mm; a flag of the page itself. Shim: the
 * same.
 */
#define SetPageAnonExclusive(p) ((void)((p)->shim_anon_exclusive = true))
/**
 * Stub: PageDoubleMap, SetPageDoubleMap, ClearPageDoubleMap. Kernel: before 6.2: the folio is mapped by page tables
 * too; a flag in its second page. Shim: the same, in its first page.
 */
#define PageDoubleMap(p) ((bool)((p)->flags >> PG_double_map & 1))
#define SetPageDoubleMap(p) ((void)((p)->flags |= 1ULL << PG_double_map))
#define ClearPageDoubleMap(p) ((void)((p)->flags &= ~(1ULL << PG_double_map)))
/**
 * Stub: folio_test_swapcache, folio_test_private, folio_needs_release. Kernel: whether a folio is being swapped, or has
 * data of its file system. Shim: never. Omits: swap cache, private data.
 */
#define folio_test_swapcache(f) ((void)(f), false)
#define folio_test_private(f) ((void)(f), false)
#define folio_needs_release(f) ((void)(f), false)
/**
 * Stub: is_zero_folio, is_zero_pfn, folio_is_zone_device. Kernel: whether it is the page of zeroes, or memory of a
 * device. Shim: never. Omits: the zero page, and device memory.
 */
#define is_zero_folio(f) ((void)(f), false)
#define is_zero_pfn(pfn) ((void)(pfn), 0)
#define folio_is_zone_device(f) ((void)(f), false)

/** Stub: folio_test_anon. Kernel: the lowest bit of ->mapping: it points to an anon_vma. Shim: the same. */
static inline bool folio_test_anon(const struct folio *f)
{
	return ((uintptr_t)f->mapping & PAGE_MAPPING_ANON) != 0;
}

/**
 * Stub: folio_trylock. Kernel: locks the folio if nobody has it locked; says whether it did. Shim: the same; and
 * where the case has such a race, another thread was faster, or has truncated the folio or made it not uptodate just
 * before. Omits: other threads that the case does not name.
 */
bool folio_trylock(struct folio *folio);
/**
 * Stub: folio_lock, lock_page, folio_unlock, unlock_page. Kernel: waits until the folio is free, and locks it;
 * unlocks it. Shim: locks at once; unlocking also ends what a race of the case did to the folio. Omits: waiting.
 */
void folio_lock(struct folio *folio);
void folio_unlock(struct folio *folio);
/**
 * Stub: folio_try_get, folio_try_get_rcu. Kernel: takes a reference unless there is none, when the folio is being
 * freed; says whether it did. Shim: the same.
 */
bool folio_try_get(struct folio *folio);
/**
 * Stub: folio_get, get_page, folio_put, put_page, folio_ref_count. Kernel: takes or drops a reference of the folio;
 * the last one frees it. Shim: the same; a private copy that is freed has nothing left of it. Omits: freeing pages
 * of the file: the cache holds them.
 */
void folio_put(struct folio *folio);
/** Stub: folio_ref_add, folio_ref_inc. Kernel: takes nr references at once. Shim: the same, and counts the call. */
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
/**
 * Stub: page_to_pfn, pfn_to_page. Kernel: the frame number of a page, and the page of a number; neighbours in a
 * folio are neighbours in memory. Shim: as the case numbers them; an unknown frame is a page of its own.
 */
#define page_to_pfn(p) ((ulong)shim_frames[shim_number(p)])
struct page *pfn_to_page(ulong pfn);
/**
 * Stub: page_address, folio_address, sync_icache_aliases. Kernel: where the kernel has a page mapped; makes
 * instructions in that range visible. Shim: an address to compare; nothing. Omits: contents of memory, and caches.
 */
#define page_address(p) ((void *)(p))
#define folio_address(f) ((void *)(f))
#define sync_icache_aliases(start, end) ((void)(start), (void)(end))
/** Stub: page_to_nid, folio_pgdat. Kernel: the node that a page is of. Shim: the only one. Omits: several nodes. */
#define page_to_nid(p) ((void)(p), 0)
#define folio_pgdat(f) ((void)(f), (void *)0)

/* --- page cache --- */
/**
 * Stub: XA_STATE, xas_next_entry, xas_find. Kernel: a cursor: each entry of the page cache from an index on, up to
 * and with a last one; an entry of several slots comes once, at the first index that the walk meets it at. xa_index
 * is that index. Shim: the same, on an array of the slots that the case has. Omits: the tree and its locks; entries
 * that another thread moves during the walk.
 */
#define XA_STATE(name, xa, start) struct xa_state name = { .xa_index = (start) }
struct folio *xas_next_entry(struct xa_state *xas, ulong max);
struct folio *xas_find(struct xa_state *xas, ulong max);
/**
 * Stub: xas_reload. Kernel: the entry that is at the cursor now: another one, or none, if it was replaced since.
 * Shim: the entry that was found; none where the case has such a race.
 */
struct folio *xas_reload(struct xa_state *xas);
/**
 * Stub: xa_is_value. Kernel: whether an entry is no folio but a value: a shadow of an evicted one, or a swap entry.
 * Shim: an entry that the case has as a value.
 */
bool xa_is_value(const void *entry);
/** Stub: i_size_read. Kernel: size of the file in bytes. Shim: the case's. */
#define i_size_read(inode) ((inode)->i_size)
/**
 * Stub: shmem_mapping, vma_is_anon_shmem, mapping_can_writeback. Kernel: whether the file is of shmem, and of a
 * shared anonymous mapping; whether its dirty pages are written somewhere. Shim: as the case says what the file is;
 * written unless it is of shmem.
 */
#define shmem_mapping(mapping) shim_is_shmem(mapping)
bool shim_is_shmem(const struct address_space *mapping);
bool vma_is_anon_shmem(const struct vm_area_struct *vma);
/**
 * Stub: remove_mapping. Kernel: takes a clean folio out of the page cache if only the caller and the cache hold it;
 * says whether it did. The cache holds one reference for each page. Shim: the same; the caller's reference stays.
 * Omits: shadow entries.
 */
int remove_mapping(struct address_space *mapping, struct folio *folio);
/**
 * Stub: unmap_mapping_folio, unmap_mapping_pages. Kernel: takes a folio, or a range of the file, out of every page
 * table that maps it. Shim: asks the harness, whose code the models use too; a range outside of the modelled one is
 * none of its business.
 */
void unmap_mapping_folio(struct folio *folio);
void unmap_mapping_pages(struct address_space *mapping, pgoff_t start, pgoff_t nr, bool even_cows);
/**
 * Stub: folio_mapping, page_mapping, page_rmapping. Kernel: the file that a folio is of, NULL for an anonymous one;
 * ->mapping without its flags. Shim: the same. Omits: the swap cache.
 */
struct address_space *page_mapping(struct page *page);
struct address_space *folio_mapping(struct folio *folio);
#define page_rmapping(page) ((void *)((uintptr_t)page_folio(page)->mapping & ~PAGE_MAPPING_FLAGS))
/**
 * Stub: folio_mark_dirty, set_page_dirty. Kernel: the folio is to be written; says whether it was clean before.
 * Shim: the same. Omits: what file systems do then.
 */
bool folio_mark_dirty(struct folio *folio);
#define set_page_dirty(page) folio_mark_dirty(page_folio(page))
/**
 * Stub: file_update_time, balance_dirty_pages_ratelimited. Kernel: sets the file's times; makes a writer wait where
 * too much is dirty. Shim: counts the calls. Omits: times, and waiting.
 */
void file_update_time(struct file *file);
void balance_dirty_pages_ratelimited(struct address_space *mapping);
bool mapping_can_writeback(struct address_space *mapping);
/** Stub: trace_mm_filemap_map_pages. Kernel: a trace point. Shim: nothing. Omits: tracing. */
#define trace_mm_filemap_map_pages(...) ((void)0)

#endif
