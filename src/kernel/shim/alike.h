/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * Ways that end alike. Where kernel text has several ways to the same end and the models know one of them, the shim
 * lets it take any: which one follows from the fault alone. So all of them run, and all are compared with the model.
 */
#ifndef SHIM_ALIKE_H
#define SHIM_ALIKE_H

#include "calls.h"

static inline bool shim_bit_of(u32 value, int bit) { return (value + 1) * 0x9e3779b1u >> (16 + bit) & 1; }

/*
 * Is way number `way`, 0 to 15, taken in the layout of the fault that runs? What is loaded once for a layout, and what
 * has to fit it, asks this: it must not depend on which fault was the first.
 */
static inline bool shim_layout_way(int way)
{
	u32 layout = (u32)(shim_scene[SCENE_VMA_START] + 8 * shim_scene[SCENE_SHIFT] + 64 * shim_scene[SCENE_PT_OFFSET]);

	return shim_bit_of(layout + 512 * (u32)shim_scene[SCENE_VMA_PAGES], way);
}

/* Is it taken by the fault that runs? */
static inline bool shim_way(int way)
{
	u32 fault = (u32)(shim_scene[SCENE_FAULT_SLOT] + 64 * shim_scene[SCENE_SHIFT] + 512 * shim_scene[SCENE_VMA_PAGES]);

	return shim_bit_of(fault, way);
}

/* A folio that others hold besides is not evicted: because of that, or for one of three more reasons. */
static inline bool shim_is_held(const struct folio *f, int others)
{
	return f->_refcount.counter > (int)folio_nr_pages(f) + others;
}
/**
 * Stub: folio_test_writeback, folio_has_private, filemap_release_folio. Kernel: whether a folio is being written, or
 * has data of its file system; gives that data back. Shim: for some folios that are held besides the first, or the
 * second and it cannot be given back; else neither. Omits: writeback and private data of folios that nobody else
 * holds.
 */
#define folio_test_writeback(f) (shim_way(0) && shim_is_held(f, 1))
#define folio_has_private(f) ((int)(shim_way(1) && shim_is_held(f, 1) && !shim_is_held(f, 2)))
#define filemap_release_folio(f, gfp) (!folio_has_private(f))
/* Or it has left its mapping. */
#define shim_left_mapping(f) (shim_way(2) && shim_is_held(f, 1))

/**
 * Stub: arch_needs_pgtable_deposit, deposit_prealloc_pte. Kernel: whether a huge PMD keeps a page table for later;
 * keeps it. Shim: in some faults; the table is used up, and not counted. Omits: what is kept.
 */
#define arch_needs_pgtable_deposit() (shim_way(13))
void shim_use_up_table(struct vm_fault *vmf);
#define deposit_prealloc_pte(vmf) shim_use_up_table(vmf)

/**
 * Stub: pmd_lock. Kernel: locks the PMD entry, and returns the lock that it took. Shim: returns the one lock there
 * is; in some faults another thread maps by PMD first what fault-around is about to map so. Omits: waiting.
 */
spinlock_t *shim_pmd_lock(void);
#define pmd_lock(mm, pmd) ((void)(mm), (void)(pmd), shim_pmd_lock())

extern struct folio shim_moving_entry;
/**
 * Stub: xas_retry. Kernel: whether the entry moves, so that the walk has to look again. Shim: for an entry that the
 * cursor gives at its start in some faults.
 */
#define xas_retry(xas, entry) ((void)(xas), (entry) == &shim_moving_entry)

/**
 * Stub: IS_SWAPFILE. Kernel: whether the file is used for swapping, and must not be written through a mapping. Shim: in
 * some faults whose ->page_mkwrite refuses, which has the same answer; else never.
 */
#define IS_SWAPFILE(inode) ((void)(inode), shim_scene[SCENE_MKWRITE] == CASE_MKWRITE_SIGBUS && shim_way(4))

/**
 * Stub: folio_prealloc, alloc_page_vma. Kernel: a new page for a private copy, with one reference; NULL where there
 * is none. folio_prealloc() also charges it to the memcg. Shim: the next free spare page of the image; NULL where
 * the case says so, except that alloc_page_vma() leaves the refusal to mem_cgroup_charge() in some faults.
 */
struct folio *shim_cow_alloc(void);
struct page *shim_cow_page(void);
#define folio_prealloc(mm, vma, addr, zero) shim_cow_alloc()
#define alloc_page_vma(gfp, vma, addr) shim_cow_page()
/**
 * Stub: mem_cgroup_charge. Kernel: charges the folio to the memcg: 0, or an error. Shim: an error where the case has no
 * memory for a private copy. Omits: limits of memcgs.
 */
#define mem_cgroup_charge(folio, mm, gfp) ((void)(folio), shim_charge())
int shim_charge(void);

/**
 * Stub: maybe_unlock_mmap_for_io. Kernel: lets go of mmap_lock before a wait if that is allowed, and returns the file
 * that the caller has to put then. Shim: says in some faults that it did. Omits: what others do meanwhile.
 */
struct file *shim_unlock_for_io(struct file *fpin);
#define maybe_unlock_mmap_for_io(vmf, fpin) ((void)(vmf), shim_unlock_for_io(fpin))

#endif
