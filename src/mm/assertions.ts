/**
 * Kernel assertions that the engines evaluate. A fired one is recorded in the image instead of stopping the machine.
 */

/** One assertion: its bit in the `assertions` word is its index in ASSERTION_LIST. */
export interface Assertion {
  readonly name: string;
  /** what the kernel checks, and where */
  readonly meaning: string;
}

export const ASSERTION_LIST: readonly Assertion[] = [
  { name: 'cow-nr', meaning: 'VM_BUG_ON_FOLIO(nr != 1) in the copy-on-write branch of set_pte_range()' },
  { name: 'rmap-range', meaning: '__folio_rmap_sanity_checks(): the pages of the range belong to the folio' },
  { name: 'set-ptes-none', meaning: 'contract of set_ptes(): with nr > 1 every old entry is not present' },
  { name: 'nr-pages-wrap', meaning: 'nr_pages of filemap_map_pages() wrapped below zero' },
  { name: 'bad-page-map', meaning: 'print_bad_pte(): an entry maps a page that its rmap does not know' },
];

export const ASSERT_COW_NR = 0;
export const ASSERT_RMAP_RANGE = 1;
export const ASSERT_SET_PTES_NONE = 2;
export const ASSERT_NR_PAGES_WRAP = 3;
export const ASSERT_BAD_PAGE_MAP = 4;
