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
#define column(name) (shim_image + IMG_COLUMN_##name(slots()))
/* the same column of the image that was seen last */
#define seen(name) (shim_seen + IMG_COLUMN_##name(slots()))
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
#define WORDS(pointer) (*(const words4 *)(pointer))
#define DIFFERENCE(left, right) (WORDS(left) ^ WORDS(right))
#define ANY(words) (__builtin_wasm_any_true_v128((bytes16)(words)))
#define UNSEEN(name, n, i) \
	DIFFERENCE(shim_image + IMG_COLUMN_##name(n) + (i), shim_seen + IMG_COLUMN_##name(n) + (i))

/* Four at a time, from the end; the last ones overlap the four before where their number is no multiple of four. */
static inline int first_of_four(int left)
{
	return left < 4 ? 0 : left - 4;
}

/* What has changed in a page: its counters, and all the rest. */
#define COUNTERS(page) (*(words4 *)&(page)->_mapcount)

static inline words4 counter_difference(int i)
{
	return COUNTERS(&shim_pages[i]) ^ COUNTERS(&shim_loaded_pages[i]);
}

static inline words4 other_difference(int i)
{
	const char *now = (const char *)&shim_pages[i], *then = (const char *)&shim_loaded_pages[i];

	return DIFFERENCE(now, then) | DIFFERENCE(now + 16, then + 16) | DIFFERENCE(now + 32, then + 32);
}

static inline words4 page_difference(int i)
{
	return counter_difference(i) | other_difference(i);
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
