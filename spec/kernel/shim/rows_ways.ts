/** What the stubs do in faults that take another of the ways that end alike. */
import { FAIL_COW_ALLOC, MKWRITE_SIGBUS } from '../../../src/mm/scene.js';
import type { Row } from './bench.js';

export const WAYS: readonly Row[] = [
  {
    does: 'find a folio under writeback if somebody holds it besides the caller and the cache',
    c: 'int free = folio_test_writeback(F(0)); folio_get(F(0)); folio_get(F(0)); return !free && folio_test_writeback(F(0));',
    ways: [0],
  },
  {
    does: 'are of the one who holds it besides, and cannot be given back',
    c: 'folio_get(F(0)); folio_get(F(0)); return folio_has_private(F(0)) && !filemap_release_folio(F(0), 0);',
    ways: [1],
  },
  {
    does: 'moves once, and is found when the walk looks again',
    c: `
      XA_STATE(xas, NULL, scene(FILE_BASE)); struct folio *f = xas_next_entry(&xas, scene(FILE_BASE) + 15); int again = 0;
      while (xas_retry(&xas, f) && again++ < 5)
        f = xas_next_entry(&xas, scene(FILE_BASE) + 15);
      return again == 1 && f == F(0);`,
    ways: [3],
  },
  {
    does: 'is in use where ->page_mkwrite refuses',
    c: 'return IS_SWAPFILE(&shim_inode);',
    ways: [4],
    before: (_, scene) => {
      scene.mkwrite = MKWRITE_SIGBUS;
    },
  },
  {
    does: 'says that it let go of the lock',
    c: 'return maybe_unlock_mmap_for_io(NULL, NULL) == &shim_file;',
    ways: [4],
  },
  {
    does: 'has a page, and the charge for it is refused',
    c: 'return alloc_page_vma(0, NULL, 0) != NULL && mem_cgroup_charge(F(16), NULL, 0) < 0;',
    ways: [5],
    before: (_, scene) => {
      scene.failures = FAIL_COW_ALLOC;
    },
  },
  {
    does: 'keeps a page table, which is used up',
    c: `
      struct vm_fault vmf = { .vma = &shim_vma, .prealloc_pte = &shim_pages[MAX_SLOTS - 1] };
      if (arch_needs_pgtable_deposit())
        deposit_prealloc_pte(&vmf);
      return vmf.prealloc_pte == NULL;`,
    ways: [13],
  },
];
