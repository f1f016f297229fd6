/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * The state that kernel text works on, built from image and scene before a fault and written back after it. Comes
 * behind the extracted text: entries are encoded and decoded by the tree's own accessors.
 *
 * Pages and entries stay from one fault to the next. What the image has had since is found by comparing it with what
 * was seen of it last, and what a fault has changed by comparing pages and entries with what they were: both word by
 * word, so that nothing depends on who changes what. Only what differs is carried over.
 */

__attribute__((aligned(64))) struct page shim_pages[MAX_SLOTS + 2];
__attribute__((aligned(4096))) pte_t shim_ptes[512];
int shim_scene[SCENE_WORDS];
int shim_head_of[MAX_SLOTS + 1];
int shim_folio_pages[MAX_SLOTS + 1];
u32 shim_frames[MAX_SLOTS + 1];
u8 shim_hwpoison[MAX_SLOTS + 1];
spinlock_t shim_lock;

/* What they were when they were loaded, and the image of then: same places as in the image. */
static __attribute__((aligned(64))) struct page shim_loaded_pages[MAX_SLOTS];
static __attribute__((aligned(16))) pte_t shim_loaded[512];
static int shim_seen[IMG_MAX_WORDS];

static pmd_t shim_pmd, shim_loaded_pmd;
/* the entry that who watches the fault knows of */
static pmd_t shim_watched_pmd;
static struct inode shim_inode;
static struct address_space shim_mapping = { .host = &shim_inode };
static struct address_space shim_other_mapping = { .host = &shim_inode };
static struct file shim_file = { .f_mapping = &shim_mapping };
static struct mm_struct shim_mm;
static struct anon_vma shim_anon_vma = { .root = &shim_anon_vma };
static struct vm_operations_struct shim_vm_ops;
static struct vm_fault shim_vmf;

#define scene(name) (shim_scene[SCENE_##name])
#define slots() (scene(SPAN) + IMG_COW_PAGES)
/* A column of an image with n slots, and the same of the image that was seen last. */
#define column_of(name, n) (shim_image + IMG_COLUMN_##name(n))
#define seen_of(name, n) (shim_seen + IMG_COLUMN_##name(n))
#define column(name) column_of(name, slots())
#define word(name) (shim_image[IMG_MM(slots()) + WORD_##name])

/* entry 0 of the page table: slot s is entry PT_OFFSET + s */
#define SHIM_TABLE 0x7f0000000000ULL

static ulong slot_address(int slot)
{
	return SHIM_TABLE + ((ulong)(long long)(slot + scene(PT_OFFSET)) << 12);
}

static int address_slot(ulong addr)
{
	return (int)((long long)(addr - SHIM_TABLE) >> 12) - scene(PT_OFFSET);
}

static int page_number(const struct page *page)
{
	return shim_number(page);
}

/* --- comparing --- */
/* four words, wherever they are, and sixteen bytes of a page or of two entries */
typedef int __attribute__((vector_size(16), aligned(4), may_alias)) words4;
typedef signed char __attribute__((vector_size(16))) bytes16;
#define WORDS(pointer) (*(words4 *)(pointer))
#define DIFFERENCE(left, right) (WORDS(left) ^ WORDS(right))
#define ANY(words) (__builtin_wasm_any_true_v128((bytes16)(words)))
/* words of `yes` where the mask has ones, of `no` where it has none */
#define PICK(mask, yes, no) (((yes) & (mask)) | ((no) & ~(mask)))
#define UNSEEN(name, n, i) DIFFERENCE(column_of(name, n) + (i), seen_of(name, n) + (i))
#define SEE(name, n, i) (WORDS(seen_of(name, n) + (i)) = WORDS(column_of(name, n) + (i)))

/* Four at a time, from the end; the last ones overlap the four before where their number is no multiple of four. */
static inline int first_of_four(int left)
{
	return left < 4 ? 0 : left - 4;
}

/* A page as four vectors: all that is rarely written, and its counters. */
struct page_words {
	words4 first, second, third, counters;
};
/* Members of a struct, not elements of an array: only these become offsets of a load, with this option of overflow. */
struct four_pages {
	struct page_words a, b, c, d;
};
#define PAGE_WORDS(page) (*(struct page_words *)(page))
#define COUNTERS(page) (PAGE_WORDS(page).counters)

/* The counters of four pages, each kind on its own. */
struct counters {
	words4 mapcount, refcount, nr_pages_mapped, large_mapcount;
};

/* Four pages of four counters are four counters of four pages, and the other way about. */
static inline struct counters turned(words4 a, words4 b, words4 c, words4 d)
{
	words4 ab = __builtin_shufflevector(a, b, 0, 4, 1, 5), cd = __builtin_shufflevector(c, d, 0, 4, 1, 5);
	words4 rest_ab = __builtin_shufflevector(a, b, 2, 6, 3, 7);
	words4 rest_cd = __builtin_shufflevector(c, d, 2, 6, 3, 7);

	return (struct counters){
		__builtin_shufflevector(ab, cd, 0, 1, 4, 5),
		__builtin_shufflevector(ab, cd, 2, 3, 6, 7),
		__builtin_shufflevector(rest_ab, rest_cd, 0, 1, 4, 5),
		__builtin_shufflevector(rest_ab, rest_cd, 2, 3, 6, 7),
	};
}

static inline struct counters counters_of(const struct page *page)
{
	return turned(COUNTERS(page), COUNTERS(page + 1), COUNTERS(page + 2), COUNTERS(page + 3));
}

static inline void set_counters(struct page *page, struct counters all)
{
	struct counters by_page =
		turned(all.mapcount, all.refcount, all.nr_pages_mapped, all.large_mapcount);

	COUNTERS(page) = by_page.mapcount;
	COUNTERS(page + 1) = by_page.refcount;
	COUNTERS(page + 2) = by_page.nr_pages_mapped;
	COUNTERS(page + 3) = by_page.large_mapcount;
}

/* What has changed in a page. */
#define CHANGED(now, then)                                                        \
	(((now).first ^ (then).first) | ((now).second ^ (then).second) |          \
	 ((now).third ^ (then).third) | ((now).counters ^ (then).counters))

static inline words4 page_difference(int i)
{
	return CHANGED(PAGE_WORDS(&shim_pages[i]), PAGE_WORDS(&shim_loaded_pages[i]));
}

/* --- page frames --- */
/* a page that is no file page: private copies from before the case have none of their own */
#define shim_no_page (shim_pages[MAX_SLOTS])
/* by distance from the first frame; that of a page is less than twice the span: see page_frame() */
static short shim_page_of_frame[2 * MAX_SLOTS];

static u32 page_frame(int page)
{
	if (page >= scene(SPAN))
		return CASE_COW_PFN_BASE + page - scene(SPAN);
	return CASE_PFN_BASE + shim_head_of[page] + page;
}

struct page *pfn_to_page(ulong pfn)
{
	ulong spare = pfn - CASE_COW_PFN_BASE, frame = pfn - CASE_PFN_BASE;

	if (spare < IMG_COW_PAGES)
		return &shim_pages[scene(SPAN) + spare];
	return frame < 2 * (ulong)scene(SPAN) ? &shim_pages[shim_page_of_frame[frame]] : &shim_no_page;
}
