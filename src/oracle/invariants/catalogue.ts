/**
 * The catalogue of invariants: what must hold after every completed fault whatever the engine, with no lock held and
 * all per-CPU batches drained. Each has a bit, so that one pass over the state answers for all of them.
 *
 * What the model cannot express is left out of the sentences:
 * - I2: the transient references of LRU and mlock batches; batches are drained when a fault returns.
 * - I14: the page-table lock and the preallocated page table, which are not part of the image; that an unused page
 *   table is not counted is I23.
 * - I20: that runs are maximal. How a range was cut into calls leaves no trace in an image but the call counts, which
 *   belong to one engine while the state before a fault is shared by two. That a run stays within its folio is kept.
 * - I21: content, mapping and index of the private copy, which have no columns.
 * - I24: which of several setter calls made an entry; the number of entries is kept.
 */

interface Law {
  readonly id: string;
  /** one sentence for people */
  readonly sentence: string;
}

const laws: Law[] = [];

function law(id: string, sentence: string): number {
  laws.push({ id, sentence });
  return 1 << (laws.length - 1);
}

export const I1 = law(
  'I1',
  "A page's mapcount is the number of entries that map it, in all mms; the folio's is their sum and the PMD mappings.",
);
export const I2 = law(
  'I2',
  "A folio's refcount is one for each page-cache slot, mapping and other holder; a frozen folio stays at zero.",
);
export const I3 = law(
  'I3',
  'The resident-page and swap counters of the mm equal the entries of their type in its page table.',
);
export const I4 = law(
  'I4',
  'NR_FILE_MAPPED and NR_ANON_MAPPED count each mapped page once, alike for the node and for the memcg.',
);
export const I4b = law(
  'I4b',
  'NR_FILE_PMDMAPPED and NR_SHMEM_PMDMAPPED are 512 for each folio that a PMD maps; a memcg that has them follows.',
);
export const I4c = law(
  'I4c',
  '_nr_pages_mapped counts the pages of a large folio that entries map, its flag says whether a PMD maps the folio.',
);
export const I5 = law(
  'I5',
  'New entries lie inside the mapping, and those that were not asked for inside the fault-around window.',
);
export const I6 = law('I6', 'No new entry maps a file page at or beyond the end of the file.');
export const I7 = law('I7', 'An entry of the file maps the page that belongs under its address.');
export const I8 = law(
  'I8',
  'After a successful fault the faulting entry is young, where the architecture makes new entries young.',
);
export const I9 = law(
  'I9',
  'Prefaulted entries are old where the architecture wants that, and like any other elsewhere.',
);
export const I10 = law(
  'I10',
  'An entry is userfaultfd write-protected exactly if it replaced such a marker, and then it is not writable.',
);
export const I11 = law(
  'I11',
  'A new entry has the permissions of its mapping; a write, not a read, makes it dirty and, where allowed, writable.',
);
export const I12 = law('I12', 'No new entry maps a poisoned page, and no PMD a folio with one.');
export const I13 = law('I13', 'Entries that existed before the fault are unchanged, but for the faulting one.');
export const I14 = law('I14', 'The fault leaves no folio locked, and waits for the lock of its own folio alone.');
export const I15 = law('I15', 'Fault-around reports VM_FAULT_NOPAGE if and only if it mapped the faulting page.');
export const I16 = law('I16', 'mmap_miss stays between 0 and 1000, and fault-around never raises it.');
export const I17 = law(
  'I17',
  'Each new entry, and no other, is stored, flushed from the instruction cache and told to the MMU cache just once.',
);
export const I18 = law('I18', 'Neighbouring new entries of one folio differ in nothing but the page frame.');
export const I19 = law('I19', 'A range is stored over empty entries only.');
export const I20 = law('I20', 'A run of new entries never leaves its folio.');
export const I21 = law(
  'I21',
  'A private copy is an anonymous, exclusive, uptodate page on the LRU, mapped once; an unmapped copy is freed.',
);
export const I22 = law(
  'I22',
  'A small folio that a VM_LOCKED mapping maps is mlocked, and each mlocked folio is counted once.',
);
export const I23 = law('I23', 'The count of page tables rises by one exactly if the fault installed one.');
export const I24 = law(
  'I24',
  '->fault is followed by exactly one new entry, or by those of a whole folio where the kernel maps it whole.',
);
export const I25 = law(
  'I25',
  'A fault that asks for the access to be repeated has made progress: the entry is there, or something else changed.',
);
export const I26 = law('I26', 'All entries of one fault count as resident pages of the same type.');
export const I27 = law(
  'I27',
  'A contiguous block is complete, aligned, of one folio, and its entries are valid and alike but for young and dirty.',
);

/** Every invariant; the one with bit `1 << i` at index i. */
export const LAWS: readonly Law[] = laws;
