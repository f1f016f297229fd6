/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * What extracted text calls outside of its files: counters, mlock and LRU, page tables, memory, cache maintenance. What
 * a tree has decides (TREE_HAS_*), never its version.
 */
#ifndef SHIM_CALLS_H
#define SHIM_CALLS_H

#include "pages.h"

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
#define thp_disabled_by_hw() (false)
#define transparent_hugepage_flags 0

/* --- memory for private copies --- */
vm_fault_t vmf_anon_prepare(struct vm_fault *vmf);
int anon_vma_prepare(struct vm_area_struct *vma);
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
#define page_table_check_pte_clear(...) ((void)0)

#endif
