/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * Ways that end alike. Where kernel text has several ways to the same end and the models know one of them, the shim
 * lets it take any: which one follows from the fault alone. So all of them run, and all are compared with the model.
 */
#ifndef SHIM_ALIKE_H
#define SHIM_ALIKE_H

#include "calls.h"

/* Is way number `way`, 0 to 15, taken by the fault that runs? */
static inline bool shim_way(int way)
{
	u32 fault = (u32)(shim_scene[SCENE_FAULT_SLOT] + 64 * shim_scene[SCENE_SHIFT] + 512 * shim_scene[SCENE_VMA_PAGES]);

	return (fault + 1) * 0x9e3779b1u >> (16 + way) & 1;
}

/* A folio that others hold besides is not evicted: because of that, or because it is under writeback, ... */
static inline bool shim_is_held(const struct folio *f, int others)
{
	return f->_refcount.counter > (int)f->shim_pages + others;
}
#define folio_test_writeback(f) (shim_way(0) && shim_is_held(f, 1))
/* ... or because the one who holds it is the file system, whose private data cannot be released, ... */
#define folio_has_private(f) ((int)(shim_way(1) && shim_is_held(f, 1) && !shim_is_held(f, 2)))
#define filemap_release_folio(f, gfp) (!folio_has_private(f))
/* ... or because it has left its mapping. */
#define shim_left_mapping(f) (shim_way(2) && shim_is_held(f, 1))

/* A page table may be deposited with a huge PMD, which is not counted. */
#define arch_needs_pgtable_deposit() (shim_way(13))
void shim_use_up_table(struct vm_fault *vmf);
#define deposit_prealloc_pte(vmf) shim_use_up_table(vmf)

/* Another thread may map by PMD first what fault-around is about to map so. */
spinlock_t *shim_pmd_lock(void);
#define pmd_lock(mm, pmd) ((void)(mm), (void)(pmd), shim_pmd_lock())

/* The page-cache cursor may meet an entry that moves: it has to look again. */
extern struct folio shim_moving_entry;
#define xas_retry(xas, entry) ((void)(xas), (entry) == &shim_moving_entry)

/* A swap file is not written to: the same answer as that of a ->page_mkwrite that refuses. */
#define IS_SWAPFILE(inode) ((void)(inode), shim_scene[SCENE_MKWRITE] == CASE_MKWRITE_SIGBUS && shim_way(4))

/* The memory for a private copy is missing: the page, or the right to charge it to the memory cgroup. */
struct folio *shim_cow_alloc(void);
struct page *shim_cow_page(void);
#define folio_prealloc(mm, vma, addr, zero) shim_cow_alloc()
#define alloc_page_vma(gfp, vma, addr) shim_cow_page()
#define mem_cgroup_charge(folio, mm, gfp) ((void)(folio), shim_charge())
int shim_charge(void);

/* The lock of the mm may be dropped for throttling: the handler says so, and nothing else is different. */
struct file *shim_unlock_for_io(struct file *fpin);
#define maybe_unlock_mmap_for_io(vmf, fpin) ((void)(vmf), shim_unlock_for_io(fpin))

#endif
