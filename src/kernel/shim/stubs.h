/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * What extracted kernel text calls and the shim supplies: atomics, locks that nobody contends, flags of pages and
 * folios, counters, and hooks that write into the image. What a tree has decides (TREE_HAS_*), never its version.
 */
#ifndef SHIM_STUBS_H
#define SHIM_STUBS_H

#include "types.h"

/* --- compiler --- */
#undef inline
#define inline __inline__ __attribute__((unused))
#define __always_inline inline
#define noinline
#define __read_mostly
#define __ro_after_init
#define __init
#define __force
#define __bitwise
#define __rcu
#define __user
#define __pure
#define __must_check
#define __maybe_unused __attribute__((unused))
#define __always_unused __attribute__((unused))
#define __attribute_const__
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define READ_ONCE(x) (x)
#define WRITE_ONCE(x, val) ((x) = (val))
#define barrier() ((void)0)
#define smp_wmb() ((void)0)
#define smp_rmb() ((void)0)
#define smp_mb() ((void)0)
#define might_sleep() ((void)0)
#define EXPORT_SYMBOL(x)
#define EXPORT_SYMBOL_GPL(x)
#define BUILD_BUG_ON(x) ((void)0)
#define BUILD_BUG() shim_bug(__FILE__, __LINE__)
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define fallthrough __attribute__((__fallthrough__))
#define BITS_PER_LONG 64
#define BITS_PER_XA_VALUE 63
#define _AC(x, suffix) ((shim_ac_##suffix)(x))
#define _AT(type, x) ((type)(x))
#define _UL(x) ((ulong)(x))
#define _ULL(x) ((ulong)(x))
#define UL(x) ((ulong)(x))
#define ULL(x) ((ulong)(x))
#define _BITUL(n) (1ULL << (n))
#define _BITULL(n) (1ULL << (n))
#define BIT(n) (1ULL << (n))
#define BIT_ULL(n) (1ULL << (n))
#define GENMASK(h, l) ((~0ULL << (l)) & (~0ULL >> (63 - (h))))
#define GENMASK_ULL(h, l) GENMASK(h, l)
typedef unsigned long long shim_ac_UL;
typedef unsigned long long shim_ac_ULL;
typedef unsigned long long shim_ac_U;
typedef long long shim_ac_L;
#define shim_type_of(x) __typeof__((x) + 0)
#define min(x, y) ({ __auto_type _x = (x); __auto_type _y = (y); _x < _y ? _x : _y; })
#define max(x, y) ({ __auto_type _m = (x); __auto_type _n = (y); _m > _n ? _m : _n; })
#define min3(x, y, z) min(min(x, y), z)
#define max3(x, y, z) max(max(x, y), z)
#define min_t(type, x, y) min((type)(x), (type)(y))
#define max_t(type, x, y) max((type)(x), (type)(y))
#define rounddown_pow_of_two(n) (1ULL << (63 - __builtin_clzll(n)))
#define DIV_ROUND_UP(n, d) (((n) + (d) - 1) / (d))
#define ALIGN(x, a) (((x) + (a) - 1) & ~((__typeof__(x))(a) - 1))
#define ALIGN_DOWN(x, a) ((x) & ~((__typeof__(x))(a) - 1))
#define IS_ALIGNED(x, a) (((x) & ((__typeof__(x))(a) - 1)) == 0)
#define IS_ENABLED(option) shim_enabled(option)
#define shim_enabled(x) shim_enabled_(x)
#define shim_enabled_(x) shim_second(shim_is_##x 1, 0)
#define shim_second_(ignored, value, ...) value
#define shim_second(...) shim_second_(__VA_ARGS__)
#define shim_is_1 0,

/* --- assertions: a fired one ends the fault --- */
_Noreturn void shim_bug(const char *file, int line);
void shim_warn(const char *file, int line);
#define BUG() shim_bug(__FILE__, __LINE__)
#define BUG_ON(cond) do { if (unlikely(cond)) BUG(); } while (0)
#define VM_BUG_ON(cond) BUG_ON(cond)
#define VM_BUG_ON_PAGE(cond, page) BUG_ON(cond)
#define VM_BUG_ON_FOLIO(cond, folio) BUG_ON(cond)
#define VM_BUG_ON_VMA(cond, vma) BUG_ON(cond)
#define VM_BUG_ON_PGFLAGS(cond, page) BUG_ON(cond)
#define WARN_ON(cond) ({ bool _w = !!(cond); if (_w) shim_warn(__FILE__, __LINE__); _w; })
#define WARN_ON_ONCE(cond) WARN_ON(cond)
#define VM_WARN_ON(cond) ((void)WARN_ON(cond))
#define VM_WARN_ON_ONCE(cond) WARN_ON(cond)
#define VM_WARN_ON_FOLIO(cond, folio) ((void)WARN_ON(cond))
#define VM_WARN_ON_ONCE_FOLIO(cond, folio) WARN_ON(cond)
#define VM_WARN_ON_ONCE_PAGE(cond, page) WARN_ON(cond)
#define VM_WARN_ONCE(cond, ...) WARN_ON(cond)
#define WARN_ONCE(cond, ...) WARN_ON(cond)
#define WARN(cond, ...) WARN_ON(cond)
#define pr_err(...) ((void)0)
#define pr_warn_once(...) ((void)0)

/* --- atomics and bits: one thread --- */
#define ATOMIC_INIT(i) { (i) }
static inline int atomic_read(const atomic_t *v) { return v->counter; }
static inline void atomic_set(atomic_t *v, int i) { v->counter = i; }
static inline void atomic_inc(atomic_t *v) { v->counter++; }
static inline void atomic_dec(atomic_t *v) { v->counter--; }
static inline void atomic_add(int i, atomic_t *v) { v->counter += i; }
static inline void atomic_sub(int i, atomic_t *v) { v->counter -= i; }
static inline int atomic_inc_return(atomic_t *v) { return ++v->counter; }
static inline bool atomic_inc_and_test(atomic_t *v) { return ++v->counter == 0; }
static inline int atomic_add_return(int i, atomic_t *v) { return v->counter += i; }
#define atomic_add_return_relaxed atomic_add_return
#define atomic_inc_return_relaxed atomic_inc_return
static inline bool test_bit(int nr, const ulong *addr) { return (*addr >> nr) & 1; }
static inline void set_bit(int nr, ulong *addr) { *addr |= 1ULL << nr; }
static inline void clear_bit(int nr, ulong *addr) { *addr &= ~(1ULL << nr); }
#define __set_bit set_bit
#define __clear_bit clear_bit

/* --- locks --- */
#define rcu_read_lock() ((void)0)
#define rcu_read_unlock() ((void)0)
#define spin_lock(ptl) ((void)(ptl))
#define spin_unlock(ptl) ((void)(ptl))
extern spinlock_t shim_lock;
#define pmd_lock(mm, pmd) ((void)(mm), (void)(pmd), &shim_lock)
#define pte_unmap(pte) ((void)(pte))
#define pte_unmap_unlock(pte, ptl) ((void)(pte), (void)(ptl))
#define vma_end_read(vma) ((void)(vma))
#define lock_page_memcg(page) ((void)(page))
#define unlock_page_memcg(page) ((void)(page))
#define maybe_unlock_mmap_for_io(vmf, fpin) (fpin)
#define fput(file) ((void)(file))

/* --- flags of pages and folios --- */
enum shim_pageflags {
	PG_locked,
	PG_uptodate,
	PG_readahead,
	PG_workingset,
	PG_swapbacked,
	PG_dirty,
	PG_mlocked,
	PG_lru,
	PG_arch_1,
	PG_has_hwpoisoned,
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
#define folio_test_writeback(f) ((void)(f), false)
#define folio_test_swapcache(f) ((void)(f), false)
#define folio_test_private(f) ((void)(f), false)
#define folio_has_private(f) ((void)(f), 0)
#define folio_needs_release(f) ((void)(f), false)
#define filemap_release_folio(f, gfp) ((void)(f), true)
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
#define xas_retry(xas, entry) ((void)(xas), (void)(entry), false)
#define i_size_read(inode) ((inode)->i_size)
#define IS_SWAPFILE(inode) ((void)(inode), false)
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
#define trace_mm_filemap_map_pages(...) ((void)0)

/* --- counters --- */
void add_mm_counter(struct mm_struct *mm, int member, long long value);
#define inc_mm_counter_fast(mm, member) add_mm_counter(mm, member, 1)
void __lruvec_stat_mod_folio(struct folio *folio, int item, int value);
void __mod_node_page_state(void *pgdat, int item, long long value);
#define __mod_lruvec_page_state(page, item, value) __lruvec_stat_mod_folio(page_folio(page), item, value)
void count_vm_event(int item);
#define mod_mthp_stat(order, item, delta) ((void)0)
void mm_inc_nr_ptes(struct mm_struct *mm);

/* --- mlock and LRU: per-CPU batches are drained at once --- */
void mlock_folio(struct folio *folio);
void mlock_new_folio(struct folio *folio);
#define mlock_new_page(page) mlock_new_folio(page_folio(page))
void folio_add_lru(struct folio *folio);
#define lru_cache_add(page) folio_add_lru(page_folio(page))

/* --- page tables --- */
pgtable_t pte_alloc_one(struct mm_struct *mm);
void pte_free(struct mm_struct *mm, pgtable_t pte);
int shim_pte_alloc(struct mm_struct *mm, pmd_t *pmd);
#define pte_alloc(mm, pmd) shim_pte_alloc(mm, pmd)
void pmd_populate(struct mm_struct *mm, pmd_t *pmd, pgtable_t pte);
pte_t *shim_pte_lock(pmd_t *pmd, ulong addr);
#define pte_offset_map_lock(mm, pmd, addr, ptlp) ((void)(mm), *(ptlp) = &shim_lock, shim_pte_lock(pmd, addr))
#define pmd_trans_unstable(pmd) shim_pmd_unstable(pmd)
#define pmd_devmap_trans_unstable(pmd) shim_pmd_unstable(pmd)
int shim_pmd_unstable(pmd_t *pmd);
#define arch_needs_pgtable_deposit() (false)
#define deposit_prealloc_pte(vmf) ((void)(vmf))
#define thp_disabled_by_hw() (false)
#define transparent_hugepage_flags 0
bool vma_thp_disabled(struct vm_area_struct *vma, ulong vm_flags);

/* --- memory for private copies --- */
vm_fault_t vmf_anon_prepare(struct vm_fault *vmf);
int anon_vma_prepare(struct vm_area_struct *vma);
struct folio *shim_cow_alloc(void);
#define folio_prealloc(mm, vma, addr, zero) shim_cow_alloc()
#define alloc_page_vma(gfp, vma, addr) ((struct page *)shim_cow_alloc())
#define mem_cgroup_charge(folio, mm, gfp) ((void)(folio), 0)
#define cgroup_throttle_swaprate(page, gfp) ((void)(page))
#define copy_mc_user_highpage(to, from, addr, vma) ((void)(to), (void)(from), 0)
#define copy_user_highpage(to, from, addr, vma) ((void)(to), (void)(from))
#define GFP_KERNEL 0u
#define GFP_HIGHUSER_MOVABLE 0u

/* --- cache maintenance: hooks that count --- */
void shim_flush_icache(struct page *page, int nr);
void shim_update_mmu_cache(ulong addr, int nr);
void shim_update_mmu_tlb(ulong addr, int nr);
void shim_set_ptes(pte_t *ptep, int nr);
#define flush_icache_pages(vma, page, nr) ((void)(vma), shim_flush_icache(page, nr))
#define flush_icache_page(vma, page) ((void)(vma), shim_flush_icache(page, 1))
#define update_mmu_cache_range(vmf, vma, addr, ptep, nr) ((void)(vma), (void)(ptep), shim_update_mmu_cache(addr, nr))
#define update_mmu_cache(vma, addr, ptep) ((void)(vma), (void)(ptep), shim_update_mmu_cache(addr, 1))
#define update_mmu_cache_pmd(vma, addr, pmd) ((void)(vma), (void)(pmd), shim_update_mmu_cache(addr, 512))
#define update_mmu_tlb(vma, addr, ptep) ((void)(vma), (void)(ptep), shim_update_mmu_tlb(addr, 1))
#define update_mmu_tlb_range(vma, addr, ptep, nr) ((void)(vma), (void)(ptep), shim_update_mmu_tlb(addr, nr))
#define page_table_check_ptes_set(mm, ptep, pte, nr) ((void)(mm), shim_set_ptes(ptep, nr))
#define page_table_check_pte_set(mm, addr, ptep, pte) ((void)(mm), shim_set_ptes(ptep, 1))
#define page_table_check_pmd_set(...) ((void)0)

#endif
