/** What the stubs for pages, folios and their flags, for references, and for the file do. */
import { expect } from 'vitest';
import {
  FILE_ANON_SHMEM,
  FILE_SHMEM,
  FOLIO_ANON,
  FOLIO_CACHED,
  FOLIO_DIRTY,
  FOLIO_HAS_HWPOISONED,
  FOLIO_LOCKED,
  FOLIO_LRU,
  FOLIO_READAHEAD,
  FOLIO_SWAPBACKED,
  FOLIO_UPTODATE,
  FOLIO_WORKINGSET,
  PAGE_ANON_EXCLUSIVE,
} from '../../../src/mm/bits.js';
import { CALLS_REF_ADD, FILE_TIME, I_SIZE, THROTTLED } from '../../../src/mm/fields.js';
import { RACE_FOLIO_LOCKED, RACE_FOLIO_NOT_UPTODATE, RACE_FOLIO_TRUNCATED, type Scene } from '../../../src/mm/scene.js';
import type { Row } from './bench.js';

const FLAGS = [
  ['locked', FOLIO_LOCKED],
  ['readahead', FOLIO_READAHEAD],
  ['workingset', FOLIO_WORKINGSET],
  ['swapbacked', FOLIO_SWAPBACKED],
  ['dirty', FOLIO_DIRTY],
  ['lru', FOLIO_LRU],
  ['uptodate', FOLIO_UPTODATE],
  ['has_hwpoisoned', FOLIO_HAS_HWPOISONED],
] as const;

const race = (kind: number, at: number) => (_: unknown, scene: Scene) => {
  scene.race = kind;
  scene.raceAt = at;
};

export const PAGES: readonly Row[] = [
  ...FLAGS.map(
    ([name, bit]): Row => ({
      does: `are the ${name} bit of the folio's word`,
      c: `folio_clear_${name}(F(0)); if (folio_test_${name}(F(0))) return 0; folio_set_${name}(F(0));
        folio_clear_${name}(F(4)); return folio_test_${name}(F(0));`,
      after: ({ image }) => expect([0, 4].map((i) => (image.folio[i] ?? 0) & bit)).toEqual([bit, 0]),
    }),
  ),
  {
    does: 'find folio and head of a page, and pages of a folio',
    c: `return page_folio(P(3)) == F(0) && compound_head(P(3)) == P(0) && folio_page(F(8), 7) == P(15) &&
      nth_page(P(8), 2) == P(10);`,
  },
  {
    does: 'are the size in pages, as a power of two, and in bytes',
    c: `return folio_nr_pages(F(8)) == 8 && compound_nr(P(8)) == 8 && thp_nr_pages(P(8)) == 8 &&
      folio_order(F(8)) == 3 && compound_order(P(4)) == 0 && folio_size(F(8)) == 32768 && page_size(P(4)) == 4096;`,
  },
  {
    does: 'tell first, other and only pages',
    c: `return folio_test_large(F(0)) && folio_test_head(F(0)) && !folio_test_large(F(4)) && PageHead(P(0)) &&
      !PageHead(P(1)) && PageTail(P(1)) && !PageTail(P(0)) && !PageTail(P(4)) && PageCompound(P(1)) &&
      !PageCompound(P(4)) && PageTransCompound(P(1)) && PageTransHuge(P(0)) && !PageTransHuge(P(4));`,
  },
  {
    does: 'know no hugetlb, writeback, swap cache, private data, zero page and device memory',
    c: `return !folio_test_hugetlb(F(0)) && !is_vm_hugetlb_page(NULL) && linear_hugepage_index(NULL, 0) == 0 &&
      !PageHuge(P(0)) && !folio_test_writeback(F(0)) && !folio_test_swapcache(F(0)) && !folio_test_private(F(0)) &&
      !folio_has_private(F(0)) && !folio_needs_release(F(0)) && filemap_release_folio(F(0), 0) &&
      !is_zero_folio(F(0)) && !is_zero_pfn(0) && !folio_is_zone_device(F(0));`,
  },
  {
    does: 'tell the broken page, and by a flag that its folio has one',
    c: 'folio_set_has_hwpoisoned(F(8)); return PageHWPoison(P(9)) && !PageHWPoison(P(8)) && PageHasHWPoisoned(P(15));',
  },
  {
    does: 'are flags of the folio, asked by page',
    c: `__SetPageUptodate(P(16)); __folio_mark_uptodate(F(17)); __SetPageSwapBacked(P(1)); __folio_set_swapbacked(F(4));
      return PageLocked(P(3)) && !PageLocked(P(4)) && PageAnon(P(17)) && !PageAnon(P(0)) && PageSwapBacked(P(2)) &&
        folio_test_anon(F(17)) && !folio_test_anon(F(0));`,
    before: ({ folio }) => {
      folio[0] = (folio[0] ?? 0) | FOLIO_LOCKED;
      folio[17] = FOLIO_ANON;
    },
    after: ({ image }) => {
      expect([16, 17].map((i) => (image.folio[i] ?? 0) & FOLIO_UPTODATE)).toEqual([FOLIO_UPTODATE, FOLIO_UPTODATE]);
      expect([0, 4].map((i) => (image.folio[i] ?? 0) & FOLIO_SWAPBACKED)).toEqual([FOLIO_SWAPBACKED, FOLIO_SWAPBACKED]);
    },
  },
  {
    does: 'is a flag of the page itself',
    c: 'SetPageAnonExclusive(P(1)); return 1;',
    after: ({ image }) => expect([...image.page.subarray(0, 3)]).toEqual([0, PAGE_ANON_EXCLUSIVE, 0]),
  },
  {
    does: 'are a flag of the folio beside its counter',
    c: `SetPageDoubleMap(P(0)); SetPageDoubleMap(P(8)); ClearPageDoubleMap(P(8));
      return PageDoubleMap(P(0)) && !PageDoubleMap(P(8));`,
    after: ({ image }) => expect([image.nrPagesMapped[0] !== 0, image.nrPagesMapped[8]]).toEqual([true, 0]),
  },
  { does: 'locks once', c: 'return folio_trylock(F(0)) && !folio_trylock(F(0)) && folio_test_locked(F(0));' },
  {
    does: 'comes too late where another thread takes the lock',
    c: 'return !folio_trylock(F(0)) && !folio_test_locked(F(0)) && folio_trylock(F(4));',
    before: race(RACE_FOLIO_LOCKED, 0),
  },
  {
    does: 'locks a folio that was truncated just before; folio_unlock() ends that',
    c: `if (!folio_trylock(F(0)) || F(0)->mapping != NULL) return 0; folio_unlock(F(0));
      return F(0)->mapping == &shim_mapping;`,
    before: race(RACE_FOLIO_TRUNCATED, 0),
  },
  {
    does: 'locks a folio that is not uptodate any more; folio_unlock() ends that',
    c: `if (!folio_trylock(F(0)) || folio_test_uptodate(F(0))) return 0; folio_unlock(F(0));
      return folio_test_uptodate(F(0));`,
    before: race(RACE_FOLIO_NOT_UPTODATE, 0),
  },
  {
    does: 'lock at once, and unlock',
    c: `folio_lock(F(0)); lock_page(P(9)); if (!folio_test_locked(F(0)) || !folio_test_locked(F(8))) return 0;
      folio_unlock(F(0)); unlock_page(P(15)); return !folio_test_locked(F(0)) && !folio_test_locked(F(8));`,
  },
  {
    does: 'take no reference of a folio that has none: it is being freed',
    c: 'return !folio_try_get(F(0)) && !folio_try_get_rcu(F(0)) && folio_try_get(F(4)) && folio_try_get_rcu(F(4));',
    before: ({ refcount }) => {
      refcount[0] = 0;
    },
    after: ({ image }) => expect([image.refcount[0], image.refcount[4]]).toEqual([0, 3]),
  },
  {
    does: 'take and drop references of the folio',
    c: `folio_get(F(0)); get_page(P(3)); get_page(P(3)); folio_put(F(0)); put_page(P(2));
      return folio_ref_count(F(0));`,
    gives: 5,
  },
  {
    does: 'leave nothing of a private copy whose last reference goes',
    c: 'folio_put(F(16)); put_page(P(17)); return 1;',
    before: ({ folio, refcount, page }) => {
      for (const i of [16, 17]) [folio[i], refcount[i], page[i]] = [FOLIO_ANON | FOLIO_UPTODATE, 1, 1];
    },
    after: ({ image }) =>
      expect([16, 17].flatMap((i) => [image.folio[i], image.refcount[i], image.page[i]])).toEqual(Array(6).fill(0)),
  },
  {
    does: 'take several references at once, and count calls',
    c: 'folio_ref_add(F(0), 3); folio_ref_inc(F(0)); return folio_ref_count(F(0));',
    gives: 8,
    after: ({ image }) => expect(image.mm[CALLS_REF_ADD]).toBe(2),
  },
  {
    does: 'number pages: neighbours in a folio are neighbours in memory',
    c: `return page_to_pfn(P(1)) == page_to_pfn(P(0)) + 1 && page_to_pfn(P(8)) != page_to_pfn(P(7)) + 1 &&
      pfn_to_page(page_to_pfn(P(9))) == P(9) && pfn_to_page(1) == &shim_no_page &&
      page_folio(pfn_to_page(1)) == (struct folio *)&shim_no_page;`,
  },
  {
    does: 'are addresses of their own, one node, and nothing to synchronise',
    c: `sync_icache_aliases(0, 1); trace_mm_filemap_map_pages(0, 1); return page_address(P(1)) != page_address(P(2)) &&
      folio_address(F(4)) == page_address(P(4)) && page_to_nid(P(0)) == 0 && folio_pgdat(F(0)) == folio_pgdat(F(8));`,
  },
  {
    does: 'is the size in bytes, to the last byte of a page that is not full',
    c: 'return i_size_read(&shim_inode) == 12 * 4096 + 7 && !IS_SWAPFILE(&shim_inode);',
    before: ({ mm }, scene) => {
      mm[I_SIZE] = 13;
      scene.iSizeTail = 7;
    },
  },
  ...[
    { kind: 0, name: 'a regular file', gives: 4 },
    { kind: FILE_SHMEM, name: 'shmem', gives: 1 },
    { kind: FILE_ANON_SHMEM, name: 'shared anonymous memory', gives: 3 },
  ].map(
    ({ kind, name, gives }): Row => ({
      does: `tell what ${name} is`,
      c: `return shmem_mapping(&shim_mapping) | vma_is_anon_shmem(&shim_vma) << 1 |
        mapping_can_writeback(&shim_mapping) << 2;`,
      before: (_, scene) => {
        scene.fileKind = kind;
      },
      gives,
    }),
  ),
  {
    does: 'takes a folio out that only caller and cache hold: the caller keeps one reference',
    c: 'folio_get(F(0)); return remove_mapping(&shim_mapping, F(0)) && F(0)->mapping == NULL;',
    after: ({ image }) => expect([(image.folio[0] ?? 0) & FOLIO_CACHED, image.refcount[0]]).toEqual([0, 1]),
  },
  {
    does: 'leaves a folio that somebody else holds',
    c: `folio_get(F(0)); folio_get(F(0));
      return !remove_mapping(&shim_mapping, F(0)) && F(0)->mapping == &shim_mapping;`,
    after: ({ image }) => expect([(image.folio[0] ?? 0) & FOLIO_CACHED, image.refcount[0]]).toEqual([FOLIO_CACHED, 6]),
  },
  {
    does: 'ask for a folio, for a range, and not for what is outside',
    c: `unmap_mapping_folio(F(8)); unmap_mapping_pages(&shim_mapping, 2, 1, false);
      unmap_mapping_pages(&shim_mapping, 1000, 1, false); return 1;`,
    after: (bench) => expect(bench.calls).toEqual(['unmap 8 8', 'unmap 2 1']),
  },
  {
    does: 'are the file of a folio, and nothing for an anonymous one',
    c: `return folio_mapping(F(0)) == &shim_mapping && page_mapping(P(3)) == &shim_mapping &&
      folio_mapping(F(17)) == NULL && page_rmapping(P(17)) == (void *)&shim_anon_vma &&
      page_rmapping(P(3)) == (void *)&shim_mapping;`,
    before: ({ folio }) => {
      folio[17] = FOLIO_ANON;
    },
  },
  {
    does: 'say whether the folio was clean',
    c: 'return folio_mark_dirty(F(0)) && !folio_mark_dirty(F(0)) && set_page_dirty(P(9)) && folio_test_dirty(F(8));',
  },
  {
    does: 'count their calls',
    c: `file_update_time(NULL); balance_dirty_pages_ratelimited(NULL); balance_dirty_pages_ratelimited(NULL);
      return 1;`,
    after: ({ image }) => expect([image.mm[FILE_TIME], image.mm[THROTTLED]]).toEqual([1, 2]),
  },
];
