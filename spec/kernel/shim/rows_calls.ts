/** What the stubs for counters, mlock and LRU, page tables, private copies and cache maintenance do. */
import { expect } from 'vitest';
import { FOLIO_LRU, FOLIO_MLOCKED, PMD_HUGE, PMD_NONE, PMD_TABLE } from '../../../src/mm/bits.js';
import * as word from '../../../src/mm/fields.js';
import type { Image } from '../../../src/mm/image.js';
import {
  FAIL_ANON_VMA,
  FAIL_COW_ALLOC,
  FAIL_PTE_ALLOC,
  RACE_ENTRY_BEFORE_AROUND,
  RACE_ENTRY_BEFORE_FINISH,
  RACE_I_SIZE,
} from '../../../src/mm/scene.js';
import type { Row } from './bench.js';

const mm = (image: Image, ...words: readonly number[]): number[] => words.map((i) => image.mm[i] ?? 0);
const pmd = (state: number) => (image: Image) => {
  image.mm[word.PMD] = state;
  image.mm[word.MM_NR_PTES] = 0;
};
const SMALL = 4;

export const CALLS: readonly Row[] = [
  {
    does: 'count resident pages of each type, and calls',
    c: `inc_mm_counter_fast(&shim_mm, MM_FILEPAGES); add_mm_counter(&shim_mm, MM_ANONPAGES, 3);
      add_mm_counter(&shim_mm, MM_SHMEMPAGES, -2); return 1;`,
    before: (image) => image.mm.fill(9, word.MM_FILEPAGES, word.MM_SHMEMPAGES + 1),
    after: ({ image }) =>
      expect(mm(image, word.MM_FILEPAGES, word.MM_ANONPAGES, word.MM_SHMEMPAGES, word.CALLS_RSS)).toEqual([
        10, 12, 7, 3,
      ]),
  },
  {
    does: 'add to node and memcg; an unknown statistic is no word',
    c: `__lruvec_stat_mod_folio(F(0), NR_FILE_MAPPED, 3); __mod_lruvec_page_state(P(1), NR_ANON_MAPPED, 1);
      __lruvec_stat_mod_folio(F(0), NR_UNKNOWN, 7); return 1;`,
    after: ({ image }) => {
      expect(mm(image, word.NR_FILE_MAPPED, word.MEMCG_FILE_MAPPED)).toEqual([3, 3]);
      expect(mm(image, word.NR_ANON_MAPPED, word.MEMCG_ANON_MAPPED, word.CALLS_STAT)).toEqual([1, 1, 3]);
    },
  },
  {
    does: 'adds to the node alone',
    c: '__mod_node_page_state(folio_pgdat(F(0)), NR_FILE_PMDMAPPED, 512); return 1;',
    after: ({ image }) => expect(mm(image, word.NR_FILE_PMDMAPPED, word.MEMCG_FILE_PMDMAPPED)).toEqual([512, 0]),
  },
  {
    does: 'count the one event that the image has, and page tables',
    c: `count_vm_event(THP_FILE_MAPPED); count_vm_event(OTHER_EVENT); mod_mthp_stat(0, 0, 1);
      mm_inc_nr_ptes(&shim_mm); return 1;`,
    before: pmd(PMD_NONE),
    after: ({ image }) => expect(mm(image, word.THP_FILE_MAPPED, word.MM_NR_PTES)).toEqual([1, 1]),
  },
  {
    does: 'marks a folio once, with all of its pages',
    c: 'mlock_folio(F(0)); mlock_folio(F(0)); return 1;',
    after: ({ image }) => {
      expect((image.folio[0] ?? 0) & FOLIO_MLOCKED).not.toBe(0);
      expect(mm(image, word.NR_MLOCK, word.UNEVICTABLE_PGMLOCKED, word.CALLS_MLOCK)).toEqual([4, 4, 2]);
    },
  },
  {
    does: 'put a new folio on the LRU, mlocked or not, and take no reference',
    c: 'mlock_new_page(P(16)); mlock_new_folio(F(17)); folio_add_lru(F(18)); lru_cache_add(P(19)); return 1;',
    after: ({ image }) => {
      expect([16, 17, 18, 19].map((i) => image.folio[i])).toEqual([
        ...[FOLIO_LRU | FOLIO_MLOCKED, FOLIO_LRU | FOLIO_MLOCKED],
        ...[FOLIO_LRU, FOLIO_LRU],
      ]);
      expect(mm(image, word.NR_MLOCK, word.LRU_ADDS, word.CALLS_MLOCK)).toEqual([2, 2, 0]);
      expect([...image.refcount.subarray(16, 20)]).toEqual([0, 0, 0, 0]);
    },
  },
  {
    does: 'give a page table, and put it under the PMD once',
    c: `pgtable_t table = pte_alloc_one(&shim_mm); pte_free(&shim_mm, table); pmd_populate(&shim_mm, &shim_pmd, table);
      return table != NULL && pte_alloc(&shim_mm, &shim_pmd) == 0;`,
    before: pmd(PMD_NONE),
    after: ({ image }) => expect(mm(image, word.PMD, word.MM_NR_PTES)).toEqual([PMD_TABLE, 0]),
  },
  {
    does: 'fills an empty PMD, and counts the table',
    c: 'return pte_alloc(&shim_mm, &shim_pmd) == 0;',
    before: pmd(PMD_NONE),
    after: ({ image }) => expect(mm(image, word.PMD, word.MM_NR_PTES)).toEqual([PMD_TABLE, 1]),
  },
  {
    does: 'have no memory where the case says so',
    c: 'return pte_alloc_one(&shim_mm) == NULL && pte_alloc(&shim_mm, &shim_pmd) == -12;',
    before: (image, scene) => {
      pmd(PMD_NONE)(image);
      scene.failures = FAIL_PTE_ALLOC;
    },
    after: ({ image }) => expect(mm(image, word.PMD, word.MM_NR_PTES)).toEqual([PMD_NONE, 0]),
  },
  {
    does: 'is the locked entry of the address',
    c: `spinlock_t *lock = NULL; pte_t *pte = pte_offset_map_lock(&shim_mm, &shim_pmd, A(5), &lock);
      return pte == &shim_ptes[5] && lock == &shim_lock;`,
  },
  ...[PMD_NONE, PMD_HUGE].flatMap((state): Row[] => [
    {
      does: `is NULL from 6.5 on where the PMD is ${state === PMD_NONE ? 'empty' : 'huge'}`,
      c: 'spinlock_t *lock; return pte_offset_map_lock(&shim_mm, &shim_pmd, A(5), &lock) == NULL;',
      on: ['new'],
      before: pmd(state),
    },
    {
      does: `cannot fail before 6.5, even where the PMD is ${state === PMD_NONE ? 'empty' : 'huge'}`,
      c: 'spinlock_t *lock; return pte_offset_map_lock(&shim_mm, &shim_pmd, A(5), &lock) == &shim_ptes[5];',
      on: ['old'],
      before: pmd(state),
    },
  ]),
  ...[
    { race: RACE_ENTRY_BEFORE_AROUND, around: true, calls: ['race 0'] },
    { race: RACE_ENTRY_BEFORE_AROUND, around: false, calls: [] },
    { race: RACE_I_SIZE, around: true, calls: ['race 0'] },
    { race: RACE_ENTRY_BEFORE_FINISH, around: false, calls: ['race 1'] },
    { race: RACE_ENTRY_BEFORE_FINISH, around: true, calls: [] },
  ].map(
    ({ race, around, calls }): Row => ({
      does: `lets race ${race} happen ${calls.length === 0 ? 'elsewhere' : 'here'} (fault-around: ${around})`,
      c: `spinlock_t *lock; shim_around = ${around};
        lock = pte_offset_map_lock(&shim_mm, &shim_pmd, A(0), &lock) ? lock : NULL; shim_around = false; return 1;`,
      before: (_, scene) => {
        scene.race = race;
      },
      after: (bench) => expect(bench.calls).toEqual(calls),
    }),
  ),
  ...[
    { state: PMD_NONE, unstable: 1 },
    { state: PMD_HUGE, unstable: 1 },
    { state: PMD_TABLE, unstable: 0 },
  ].map(
    ({ state, unstable }): Row => ({
      does: `say whether a PMD of state ${state} is no page table`,
      c: 'return pmd_trans_unstable(&shim_pmd) + pmd_devmap_trans_unstable(&shim_pmd);',
      before: pmd(state),
      gives: 2 * unstable,
    }),
  ),
  {
    does: 'keep no page table, and allow huge PMDs',
    c: 'deposit_prealloc_pte(NULL); return !arch_needs_pgtable_deposit() && !thp_disabled_by_hw();',
  },
  { does: 'find an anon_vma', c: 'return vmf_anon_prepare(NULL) == 0 && anon_vma_prepare(NULL) == 0;' },
  {
    does: 'fail as planned',
    c: 'return vmf_anon_prepare(NULL) == VM_FAULT_OOM && anon_vma_prepare(NULL) == -12;',
    before: (_, scene) => {
      scene.failures = FAIL_ANON_VMA;
    },
  },
  {
    does: 'give one new page after the other, with one reference each',
    c: 'return folio_prealloc(NULL, NULL, 0, false) == F(16) && alloc_page_vma(0, NULL, 0) == P(17);',
    after: ({ image }) => expect([...image.refcount.subarray(16, 19)]).toEqual([1, 1, 0]),
  },
  {
    does: 'have no page where the case says so',
    c: 'return folio_prealloc(NULL, NULL, 0, false) == NULL && alloc_page_vma(0, NULL, 0) == NULL;',
    before: (_, scene) => {
      scene.failures = FAIL_COW_ALLOC;
    },
  },
  {
    does: 'charge and copy with success, and change nothing',
    c: `cgroup_throttle_swaprate(P(4), 0); copy_user_highpage(P(16), P(4), 0, NULL);
      return mem_cgroup_charge(F(4), NULL, 0) == 0 && copy_mc_user_highpage(P(16), P(4), 0, NULL) == 0;`,
  },
  {
    does: 'cover the slots of pages, and count calls',
    c: 'flush_icache_pages(NULL, P(1), 2); flush_icache_page(NULL, P(2)); return 1;',
    after: ({ image }) => {
      expect([...image.maintenance.subarray(0, SMALL)].map((each) => (each >>> 8) & 0xff)).toEqual([0, 1, 2, 0]);
      expect(mm(image, word.CALLS_FLUSH_ICACHE)).toEqual([2]);
    },
  },
  {
    does: 'cover the slots of addresses, and count calls',
    c: `update_mmu_cache_range(NULL, NULL, A(1), NULL, 2); update_mmu_cache(NULL, A(2), NULL);
      update_mmu_tlb(NULL, A(0), NULL); update_mmu_tlb_range(NULL, A(0), NULL, 2); return 1;`,
    after: ({ image }) => {
      expect([...image.maintenance.subarray(0, SMALL)].map((each) => each >>> 16)).toEqual([0x200, 0x101, 2, 0]);
      expect(mm(image, word.CALLS_UPDATE_MMU_CACHE, word.CALLS_UPDATE_MMU_TLB)).toEqual([2, 2]);
    },
  },
  {
    does: 'covers every slot of the table that is modelled',
    c: 'update_mmu_cache_pmd(NULL, A(0), NULL); return 1;',
    after: ({ image }) =>
      expect([...image.maintenance.subarray(0, 16)].map((each) => each >>> 16)).toEqual(Array(16).fill(1)),
  },
  {
    does: 'count stores and calls of the setter, not of PMDs and of what is cleared',
    c: `page_table_check_ptes_set(NULL, &shim_ptes[1], __pte(0), 2); page_table_check_pte_set(NULL, A(2), &shim_ptes[2],
      __pte(0)); page_table_check_pmd_set(NULL); page_table_check_pte_clear(NULL); return scene(SETTER_CALLED);`,
    after: ({ image }) => {
      expect([...image.maintenance.subarray(0, SMALL)]).toEqual([0, 1, 2, 0]);
      expect(mm(image, word.CALLS_SET_PTES)).toEqual([2]);
    },
  },
];
