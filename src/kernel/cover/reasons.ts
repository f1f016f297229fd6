/**
 * Why some lines and outcomes of the extracted functions are not reached, for those that were studied in 6.1 and 6.12.
 * The first entry whose function and token fit is the reason; what has none is shown as not studied.
 */

interface Reason {
  /** functions that it is about */
  readonly in: RegExp;
  /** in the text of the line, or of the condition; without it, everything in the function */
  readonly at?: RegExp;
  readonly why: string;
}

const ANON_FOLIO =
  'a private copy is one new page: large anonymous folios, and pages that have been mapped before, do not come here';
const SHADOW_STACK = 'shadow stacks are anonymous mappings, which are not modelled';
const NO_BIT = 'a stub for architectures without this bit';
const SET_PRESENT = 'the fault path sets present entries, none of them special';

const REASONS: readonly Reason[] = [
  // mappings
  { in: /./, at: /hugetlb|hugepage|PageHuge/, why: 'hugetlb mappings have a fault path of their own' },
  { in: /^linear_page_index$/, why: 'hugetlb mappings have a fault path of their own' },
  { in: /^(?:transhuge_vma_suitable|thp_vma_suitable_order)$/, why: 'anonymous mappings are not modelled' },
  { in: /./, at: /\bvm_(?:file|ops)\b|f_mapping|^mapping$/, why: 'a mapping of a file has all of these' },
  { in: /^vma_wants_writenotify$/, why: 'pgprot_modify() keeps every bit that the modelled mappings have' },
  { in: /^vma_thp_disabled$/, why: 'THP is switched off for a mapping, never for the whole process' },
  { in: /^maybe_pmd_mkwrite$/, why: 'asked for write faults, which need a writable mapping' },
  { in: /shstk|^p[mt][de]_(?:clear_flags|mkwrite|write)$/, at: /shstk|_PAGE|clear|SHADOW|pmd/, why: SHADOW_STACK },
  // faults
  { in: /^do_fault$/, why: 'without ->fault, no other thread puts an entry in place meanwhile' },
  { in: /^do_cow_fault$/, why: 'machine checks while a page is copied are not modelled' },
  { in: /^do_set_pmd$/, at: /pmd_none|goto/, why: 'another thread that maps by PMD at this moment is not modelled' },
  { in: /^do_set_pmd$/, why: 'memory for a page table that only some architectures deposit' },
  { in: /^pmd_install$/, why: 'another thread that installs a page table at this moment is not modelled' },
  { in: /^filemap_map_pmd$/, why: 'fault-around has a page table at hand where there is none' },
  {
    in: /^(?:folio_mapped|folio_mapcount)$/,
    why: 'a poisoned page is in no folio that is mapped by PMD, and in no slab',
  },
  { in: /^(?:folio_entire_mapcount|compound_mapcount)$/, why: 'only a folio that is mapped by PMD is asked' },
  { in: /^mapping_evict_folio$/, why: 'asked where the folio is in a mapping' },
  // reverse mapping
  { in: /anon|^compound_pincount_ptr$/, why: ANON_FOLIO },
  { in: /^__folio_mod_stat$/, why: ANON_FOLIO },
  { in: /^page_add_file_rmap$/, why: 'an assertion: only a THP is mapped by PMD' },
  { in: /^__folio_rmap_sanity_checks$/, why: 'an assertion on the level of the mapping' },
  { in: /^__folio_add_rmap$/, at: /level/, why: 'every level has a label' },
  { in: /^__folio_add_rmap$/, why: 'needs another thread that unmaps by PMD between two atomic operations' },
  // entries
  { in: /^is_swap_pte$/, why: 'do_fault() handles empty entries and markers' },
  { in: /^pte_marker_entry_uffd_wp$/, why: 'the only marker of the cases is that of userfaultfd' },
  { in: /^__pte_needs_invert$/, why: 'nobody asks for the page frame of an empty entry' },
  { in: /^pte_mkold$/, why: 'this architecture wants no old entries from fault-around' },
  { in: /^pte_swp_|^pte_mkuffd_wp$/, why: NO_BIT },
  { in: /^pte_wrprotect$/, why: 'asked for userfaultfd write-protection, which this architecture does not have here' },
  { in: /^pte_mkwrite/, at: /dirty/, why: 'an entry is made dirty before it is made writable' },
  { in: /^(?:set_pte|__set_pte)$/, why: "barriers for the kernel's own mappings" },
  { in: /^(?:__set_pte_at|__sync_cache_and_tags)$/, at: /present|special|none/, why: SET_PRESENT },
  { in: /^(?:pmd_present|pmd_trans_huge|pmd_pfn_mask)$/, why: 'a PMD is empty, a page table or a present huge page' },
  { in: /^in_range32$/, why: 'the operands have 64 bits' },
  // contiguous entries
  { in: /^contpte_ptep_get_lockless$/, why: 'nobody changes the block while it is read' },
  { in: /^(?:__)?contpte_try_unfold$/, why: 'entries are set where none was' },
  { in: /contpte/, at: /mm_is_user|return/, why: "a process's page table, and blocks whose frames are one folio's" },
  { in: /contpte/, at: /folio_/, why: 'frames that are aligned to a block are those of one folio' },
  {
    in: /contpte/,
    at: /pte_(?:special|cont|valid)/,
    why: 'what is set is present, not special and not contiguous yet',
  },
  { in: /^pte_(?:pfn|napot)$/, why: 'contiguous entries of riscv (Svnapot) are not configured' },
];

/** @param text of the line or condition */
export function reasonFor(name: string, text: string): string | null {
  const found = REASONS.find((reason) => reason.in.test(name) && (reason.at?.test(text) ?? true));
  return found?.why ?? null;
}
