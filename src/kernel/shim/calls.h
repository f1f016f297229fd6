/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * What extracted text calls outside of its files: counters, mlock and LRU, page tables, memory, cache maintenance. What
 * a tree has decides (TREE_HAS_*), never its version.
 */
#ifndef SHIM_CALLS_H
#define SHIM_CALLS_H

#include "pages.h"

/* --- counters --- */
/**
 * Stub: add_mm_counter, inc_mm_counter_fast. Kernel: adds to a counter of resident pages of the mm. Shim: adds to
 * the image's word, and counts the call. Omits: batches of a task or CPU.
 */
void add_mm_counter(struct mm_struct *mm, int member, long long value);
#define inc_mm_counter_fast(mm, member) add_mm_counter(mm, member, 1)
/**
 * Stub: __lruvec_stat_mod_folio, __mod_lruvec_page_state. Kernel: adds to a statistic of the folio's node and of its
 * memcg. Shim: adds to both words, and counts the call; a statistic that the image has no word for changes nothing.
 * Omits: several memcgs, batches of a CPU.
 */
void __lruvec_stat_mod_folio(struct folio *folio, int item, int value);
/**
 * Stub: __mod_node_page_state. Kernel: adds to a statistic of the node alone. Shim: adds to the node's word, and
 * counts the call.
 */
void __mod_node_page_state(void *pgdat, int item, long long value);
#define __mod_lruvec_page_state(page, item, value) __lruvec_stat_mod_folio(page_folio(page), item, value)
/**
 * Stub: count_vm_event, mod_mthp_stat. Kernel: counts an event of the system, or of folios of a size. Shim: counts
 * THP_FILE_MAPPED; nothing. Omits: other events.
 */
void count_vm_event(int item);
#define mod_mthp_stat(order, item, delta) ((void)0)
/** Stub: mm_inc_nr_ptes. Kernel: the mm has a page table more. Shim: the same. */
void mm_inc_nr_ptes(struct mm_struct *mm);

/* --- mlock and LRU: per-CPU batches are drained at once --- */
/**
 * Stub: mlock_folio. Kernel: marks a folio as mlocked, once, and counts its pages in NR_MLOCK and
 * UNEVICTABLE_PGMLOCKED; it moves to the unevictable list when the CPU's batch is drained. Shim: the same, drained
 * at once; counts the call. Omits: the batch, which holds a reference until then.
 */
void mlock_folio(struct folio *folio);
/**
 * Stub: mlock_new_folio, mlock_new_page, folio_add_lru, lru_cache_add. Kernel: puts a new folio on the LRU, as
 * mlocked with its counters, or as an ordinary one, by way of a batch. Shim: the same, drained at once; counts what
 * is added as an ordinary one. Omits: the batch, and which list.
 */
void mlock_new_folio(struct folio *folio);
#define mlock_new_page(page) mlock_new_folio(page_folio(page))
void folio_add_lru(struct folio *folio);
#define lru_cache_add(page) folio_add_lru(page_folio(page))

/* --- page tables --- */
/**
 * Stub: pte_alloc_one, pte_free, pmd_populate, pte_alloc. Kernel: memory for a page table, NULL or -ENOMEM where
 * there is none; puts it under an empty PMD. pte_alloc() does nothing where the PMD is populated. Shim: the same;
 * there is none where the case says so. pte_alloc() counts the table. Omits: freeing.
 */
pgtable_t pte_alloc_one(struct mm_struct *mm);
void pte_free(struct mm_struct *mm, pgtable_t pte);
int shim_pte_alloc(struct mm_struct *mm, pmd_t *pmd);
#define pte_alloc(mm, pmd) shim_pte_alloc(mm, pmd)
void pmd_populate(struct mm_struct *mm, pmd_t *pmd, pgtable_t pte);
/**
 * Stub: pte_offset_map_lock. Kernel: the locked entry of an address. From 6.5 on NULL where the PMD has no page
 * table any more; before, the caller has seen to that, and it cannot fail. Shim: the same: NULL is for trees that
 * have __pte_offset_map_lock(). What a race of the case does comes before. Omits: waiting.
 */
pte_t *shim_pte_lock(pmd_t *pmd, ulong addr);
#define pte_offset_map_lock(mm, pmd, addr, ptlp) ((void)(mm), *(ptlp) = &shim_lock, shim_pte_lock(pmd, addr))
/**
 * Stub: pmd_trans_unstable, pmd_devmap_trans_unstable. Kernel: before 6.5: whether the PMD is no page table at this
 * moment, but empty or huge. Shim: the same. Omits: PMDs that are bad, and those of devices.
 */
#define pmd_trans_unstable(pmd) shim_pmd_unstable(pmd)
#define pmd_devmap_trans_unstable(pmd) shim_pmd_unstable(pmd)
int shim_pmd_unstable(pmd_t *pmd);
/** Stub: thp_disabled_by_hw. Kernel: whether huge PMDs are impossible. Shim: no. */
#define thp_disabled_by_hw() (false)
#define transparent_hugepage_flags 0

/* --- memory for private copies --- */
/**
 * Stub: vmf_anon_prepare, anon_vma_prepare. Kernel: sees that the mapping has an anon_vma: 0 or VM_FAULT_OOM, or
 * VM_FAULT_RETRY under the VMA's lock; the older one 0 or -ENOMEM. Shim: 0, or the failure that the case plans.
 * Omits: VM_FAULT_RETRY.
 */
vm_fault_t vmf_anon_prepare(struct vm_fault *vmf);
int anon_vma_prepare(struct vm_area_struct *vma);
/**
 * Stub: cgroup_throttle_swaprate. Kernel: slows the task down while the memcg swaps. Shim: nothing. Omits: all of it.
 */
#define cgroup_throttle_swaprate(page, gfp) ((void)(page))
/**
 * Stub: copy_mc_user_highpage, copy_user_highpage. Kernel: copies a page; the first says how many bytes could not be
 * read. Shim: copies nothing; 0. Omits: contents, and machine checks.
 */
#define copy_mc_user_highpage(to, from, addr, vma) ((void)(to), (void)(from), 0)
#define copy_user_highpage(to, from, addr, vma) ((void)(to), (void)(from))
#define GFP_KERNEL 0u
#define GFP_HIGHUSER_MOVABLE 0u

/* --- cache maintenance: hooks that count --- */
/**
 * Stub: flush_icache_pages, flush_icache_page. Kernel: makes the instructions of pages visible, on architectures
 * that do it here. Shim: counts the call, and covers the slots.
 */
void shim_flush_icache(struct page *page, int nr);
/**
 * Stub: update_mmu_cache_range, update_mmu_cache, update_mmu_cache_pmd. Kernel: tells the architecture of entries
 * that became present; of all 512 pages for a PMD. Shim: counts the call, and covers the slots. Omits: what
 * architectures do then.
 */
void shim_update_mmu_cache(ulong addr, int nr);
/**
 * Stub: update_mmu_tlb, update_mmu_tlb_range. Kernel: an entry was found changed: a stale translation may go. Shim:
 * counts the call, and covers the slots. Omits: the TLB.
 */
void shim_update_mmu_tlb(ulong addr, int nr);
/**
 * Stub: page_table_check_ptes_set, page_table_check_pte_set. Kernel: checks entries that are about to be stored, in
 * one call for each call of set_ptes() or set_pte_at(). Shim: counts the call and covers the slots: it stands for
 * the store. Omits: the check.
 */
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
/**
 * Stub: page_table_check_pmd_set, page_table_check_pte_clear. Kernel: checks a PMD that is stored, an entry that is
 * cleared. Shim: nothing. Omits: the check.
 */
#define page_table_check_pmd_set(...) ((void)0)
#define page_table_check_pte_clear(...) ((void)0)

#endif
