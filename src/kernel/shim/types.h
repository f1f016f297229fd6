/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * The types that extracted kernel text stands on: integers with a 64-bit long, and structures with just the members
 * that the fault paths of 6.1 to 6.12 use. Layouts are ours; members are named as in the kernel.
 */
#ifndef SHIM_TYPES_H
#define SHIM_TYPES_H

#include "layout.h"

#include <stdint.h>
#include <stddef.h>
#include <stdbool.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;
typedef int64_t s64;
typedef u64 __u64;
typedef u32 __u32;
typedef long long loff_t;
typedef unsigned long long pgoff_t;
typedef unsigned long long ulong;
typedef unsigned long long vm_flags_t;
typedef unsigned int gfp_t;
typedef unsigned int vm_fault_t;
typedef u64 phys_addr_t;
typedef u64 pteval_t;
typedef u64 pmdval_t;
typedef u64 pudval_t;
typedef u64 p4dval_t;
typedef u64 pgdval_t;
typedef u64 pgprotval_t;

typedef struct {
	pteval_t pte;
} pte_t;
typedef struct {
	pmdval_t pmd;
} pmd_t;
typedef struct {
	pgprotval_t pgprot;
} pgprot_t;
typedef struct {
	int counter;
} atomic_t;
typedef struct {
	u64 val;
} swp_entry_t;
typedef struct {
	int unused;
} spinlock_t;
typedef struct page *pgtable_t;

struct anon_vma {
	struct anon_vma *root;
};

struct xarray {
	int unused;
};

struct inode {
	loff_t i_size;
};

struct address_space {
	struct inode *host;
	struct xarray i_pages;
};

struct file_ra_state {
	unsigned int mmap_miss;
};

struct file {
	struct address_space *f_mapping;
	struct file_ra_state f_ra;
};

struct mm_struct {
	ulong flags;
	int unused;
};

/*
 * Every page has room for what the kernel keeps in the second page of a large
 * folio, so that a folio is its first page and nothing overlaps. The fields
 * are written twice: with a macro in its place, the grammar that looks for
 * what the shim supplies would not see the structs.
 */
struct page {
	ulong flags;
	struct address_space *mapping;
	pgoff_t index;
	ulong private;
	struct page *shim_head;
	atomic_t _mapcount;
	atomic_t _refcount;
	u32 shim_pfn;
	u32 shim_pages;
	u32 shim_word;
	bool shim_poisoned;
	bool shim_anon_exclusive;
	/* kept for the head of a large folio */
	atomic_t compound_mapcount;
	atomic_t compound_pincount;
	atomic_t _entire_mapcount;
	atomic_t _large_mapcount;
	atomic_t _nr_pages_mapped;
};

struct folio {
	union {
		struct page page;
		struct {
			ulong flags;
			struct address_space *mapping;
			pgoff_t index;
			ulong private;
			struct page *shim_head;
			atomic_t _mapcount;
			atomic_t _refcount;
			u32 shim_pfn;
			u32 shim_pages;
			u32 shim_word;
			bool shim_poisoned;
			bool shim_anon_exclusive;
			atomic_t compound_mapcount;
			atomic_t compound_pincount;
			atomic_t _entire_mapcount;
			atomic_t _large_mapcount;
			atomic_t _nr_pages_mapped;
		};
	};
};

struct vm_area_struct;
struct vm_fault;

struct vm_operations_struct {
	vm_fault_t (*fault)(struct vm_fault *vmf);
	vm_fault_t (*map_pages)(struct vm_fault *vmf, pgoff_t start, pgoff_t end);
	vm_fault_t (*page_mkwrite)(struct vm_fault *vmf);
	vm_fault_t (*pfn_mkwrite)(struct vm_fault *vmf);
};

struct vm_area_struct {
	ulong vm_start;
	ulong vm_end;
	struct mm_struct *vm_mm;
	pgprot_t vm_page_prot;
	ulong vm_flags;
	struct anon_vma *anon_vma;
	const struct vm_operations_struct *vm_ops;
	ulong vm_pgoff;
	struct file *vm_file;
};

struct vm_fault {
	struct vm_area_struct *vma;
	gfp_t gfp_mask;
	pgoff_t pgoff;
	ulong address;
	ulong real_address;
	unsigned int flags;
	pmd_t *pmd;
	pte_t orig_pte;
	struct page *cow_page;
	struct page *page;
	pte_t *pte;
	spinlock_t *ptl;
	pgtable_t prealloc_pte;
};

/* The page cache's cursor: an index, and the entry it last found. */
struct xa_state {
	ulong xa_index;
	struct folio *shim_entry;
	bool shim_started;
	bool shim_looked;
};

#define MAX_SLOTS (512 + IMG_COW_PAGES)

/* What a fault works on: see state.c. */
extern struct page shim_pages[MAX_SLOTS];
extern pte_t shim_ptes[512];
extern int shim_image[IMG_MAX_WORDS];
extern int shim_scene[SCENE_WORDS];
extern int shim_head_of[MAX_SLOTS];
extern int shim_folio_pages[MAX_SLOTS];
extern u8 shim_hwpoison[MAX_SLOTS];

#endif
