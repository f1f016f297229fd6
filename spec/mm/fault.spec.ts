/** The branches of do_fault() that both engine families share: failures, private writes, page_mkwrite, bad memory. */
import { describe, expect, it } from 'vitest';
import type { BatchedEngine } from '../../src/batched/index.js';
import type { Case } from '../../src/cases/case.js';
import { BY_GUP } from '../../src/mm/access.js';
import {
  FOLIO_ANON,
  FOLIO_CACHED,
  FOLIO_DIRTY,
  FOLIO_LOCKED,
  FOLIO_LRU,
  PMD_NONE,
  PTE_WRITE,
  VM_FAULT_DONE_COW,
  VM_FAULT_HWPOISON,
  VM_FAULT_MAJOR,
  VM_FAULT_NOPAGE,
  VM_FAULT_OOM,
  VM_FAULT_RETRY,
  VM_FAULT_SIGBUS,
} from '../../src/mm/bits.js';
import {
  FAULT_CALLS,
  FILE_TIME,
  LRU_ADDS,
  MM_ANONPAGES,
  MM_NR_PTES,
  MMAP_MISS,
  NR_MLOCK,
  PGMAJFAULT,
  PMD,
  RET,
  THROTTLED,
} from '../../src/mm/fields.js';
import * as M from '../../src/mm/marks.js';
import type { EngineClass } from '../../src/mm/revision.js';
import { layout, type Machine, machine, REFERENCE, withEngine } from '../support.js';

const FAMILIES = ['legacy@v6.1', 'batched@reference'];
const alone = { faultAroundPages: 1 } as const;
const shared = { flags: ['shared' as const, 'write' as const] };
const privately = { flags: ['write' as const] };

/** One access on a fresh machine. */
function fault(plain: Case, id: string, write = false): Machine {
  const m = machine(plain, id);
  m.touch(5, { write });
  return m;
}

describe.each(FAMILIES)('%s', (id) => {
  describe('out of memory', () => {
    it.each([
      ['for a page table in fault-around', layout({ pmd: 'none', failures: ['page-table-alloc'] }), false],
      ['for a page table before ->fault', layout({ pmd: 'none', failures: ['page-table-alloc'], ...alone }), false],
      ['for a private copy', layout({ vma: privately, failures: ['cow-page-alloc'] }), true],
      ['for an anon_vma', layout({ vma: privately, failures: ['anon-vma-alloc'] }), true],
      ['for a page table below a copy', layout({ pmd: 'none', vma: privately, failures: ['page-table-alloc'] }), true],
    ])('%s ends the fault, with no reference left behind', (_what, plain, write) => {
      const before = machine(plain, id);
      const m = fault(plain, id, write);
      expect(m.mm(RET)).toBe(VM_FAULT_OOM);
      expect(m.image.refcount).toEqual(before.image.refcount);
      expect(m.row()).toBe('.'.repeat(16));
    });
  });

  describe('an unstable mm', () => {
    it('refuses private entries in finish_fault()', () => {
      const m = fault(layout({ failures: ['unstable-mm'], ...alone }), id);
      expect([m.mm(RET), m.image.refcount[0], m.image.folioTest(0, FOLIO_LOCKED)]).toEqual([
        VM_FAULT_SIGBUS,
        16,
        false,
      ]);
      expect(m.image.marks[M.UNSTABLE_MM]).toBe(1);
    });

    it('is not asked about by fault-around, nor for shared mappings', () => {
      expect(fault(layout({ failures: ['unstable-mm'] }), id).mm(RET)).toBe(VM_FAULT_NOPAGE);
      expect(fault(layout({ failures: ['unstable-mm'], vma: shared, ...alone }), id).mm(RET)).toBe(0);
    });
  });

  describe('a private write', () => {
    it('maps a copy, and the file’s page is unlocked and given back', () => {
      const m = fault(layout({ vma: privately }), id, true);
      expect(m.row()[5]).toBe('a');
      expect([m.image.refcount[0], m.image.refcount[16], m.mm(MM_ANONPAGES), m.mm(LRU_ADDS)]).toEqual([16, 1, 1, 1]);
      expect(m.image.folioTest(0, FOLIO_LOCKED)).toBe(false);
      expect(m.image.folioTest(16, FOLIO_ANON)).toBe(true);
    });

    it('mlocks the copy in a locked mapping', () => {
      const m = fault(layout({ vma: { flags: ['write', 'locked'] } }), id, true);
      expect([m.mm(NR_MLOCK), m.mm(LRU_ADDS), m.image.marks[M.MLOCK_NEW]]).toEqual([1, 0, 1]);
      expect(m.image.folioTest(16, FOLIO_LRU)).toBe(true);
    });

    it('that the file completes itself is done with VM_FAULT_DONE_COW', () => {
      const m = fault(layout({ vma: privately, failures: ['done-cow'] }), id, true);
      expect([m.mm(RET), m.row()[5], m.image.marks[M.DONE_COW]]).toEqual([VM_FAULT_DONE_COW, 'a', 1]);
    });

    it('takes a further spare page for each copy', () => {
      const m = machine(layout({ vma: privately, steps: [{ write: 5 }, { write: 6 }] }), id);
      m.touch(5, { write: true });
      m.touch(6, { write: true });
      expect([m.image.refcount[16], m.image.refcount[17]]).toEqual([1, 1]);
    });

    it('that is forced makes a dirty copy without write permission', () => {
      const m = machine(layout({ steps: [{ write: 5, by: 'gup' }] }), id);
      m.touch(5, { write: true, by: BY_GUP });
      expect([m.row()[5], m.image.pte[5] & PTE_WRITE]).toEqual(['a', 0]);
    });
  });

  describe('a shared write', () => {
    it('without page_mkwrite updates the file’s time, dirties the folio and throttles', () => {
      const m = fault(layout({ vma: shared }), id, true);
      expect([m.mm(RET), m.mm(FILE_TIME), m.mm(THROTTLED)]).toEqual([0, 1, 1]);
      expect(m.image.folioTest(0, FOLIO_DIRTY)).toBe(true);
    });

    it('to a dirty folio does not throttle', () => {
      const m = fault(layout({ vma: shared, folios: [{ at: 0, order: 4, flags: ['dirty'] }] }), id, true);
      expect([m.mm(FILE_TIME), m.mm(THROTTLED)]).toEqual([1, 0]);
    });

    it.each([
      'locked',
      'unlocked',
    ] as const)('with page_mkwrite (%s) leaves the time to the file, and throttles', (mkwrite) => {
      const m = fault(layout({ vma: shared, file: { pageMkwrite: mkwrite } }), id, true);
      expect([m.mm(RET), m.mm(FILE_TIME), m.mm(THROTTLED), m.row()[5]]).toEqual([0, 0, 1, 'Y']);
    });

    it.each([
      ['sigbus', VM_FAULT_SIGBUS],
      ['nopage', VM_FAULT_NOPAGE],
    ] as const)('that page_mkwrite refuses (%s) maps nothing and gives the page back', (mkwrite, ret) => {
      const m = fault(layout({ vma: shared, file: { pageMkwrite: mkwrite } }), id, true);
      expect([m.mm(RET), m.image.refcount[0], m.row()]).toEqual([ret, 16, '.'.repeat(16)]);
      expect(m.image.folioTest(0, FOLIO_LOCKED)).toBe(false);
      expect(m.image.marks[M.MKWRITE_REFUSED]).toBeGreaterThan(0);
    });

    it('to the head page of a folio truncated meanwhile is tried again', () => {
      const m = machine(layout({ vma: shared, file: { pageMkwrite: 'truncated' }, steps: [{ write: 0 }] }), id);
      m.access.begin(0, true, 0);
      m.access.fault();
      expect([m.mm(RET), m.image.marks[M.MKWRITE_RETRY], m.row()[0]]).toEqual([0, 1, '.']);
      expect(m.image.folioTest(0, FOLIO_CACHED | FOLIO_LOCKED)).toBe(false);
    });

    it('that finds its entry changed gives the page back', () => {
      const race = { kind: 'entry-before-finish-fault-lock' as const, at: 5 };
      const m = machine(layout({ vma: shared, race }), id);
      m.access.begin(5, true, 0);
      m.access.fault();
      expect([m.mm(RET), m.image.refcount[0], m.row()[5]]).toEqual([VM_FAULT_NOPAGE, 17, 'y']);
      expect(m.image.folioTest(0, FOLIO_LOCKED)).toBe(false);
    });
  });

  describe('->fault', () => {
    it('beyond i_size is SIGBUS', () => {
      const m = fault(layout({ file: { size: 5 * 4096 } }), id);
      expect([m.mm(RET), m.image.marks[M.FAULT_BEYOND_EOF]]).toEqual([VM_FAULT_SIGBUS, 1]);
    });

    it('of a page that is not cached reads it in: a major fault and a miss', () => {
      const m = fault(layout({ folios: [], file: { mmapMiss: 3 } }), id);
      expect([m.mm(RET), m.mm(PGMAJFAULT), m.mm(MMAP_MISS), m.image.refcount[5]]).toEqual([VM_FAULT_MAJOR, 1, 4, 2]);
    });

    it.each([
      ['random', { flags: ['random-read' as const] }, {}],
      ['sequential', { flags: ['sequential-read' as const] }, {}],
      ['huge-page', { flags: ['hugepage' as const] }, {}],
      ['no read-ahead', {}, { readahead: false }],
    ])('counts no miss under %s advice', (_what, vma, file) => {
      expect(fault(layout({ folios: [], vma, file: { mmapMiss: 3, ...file } }), id).mm(MMAP_MISS)).toBe(3);
    });

    it('counts misses up to their limit', () => {
      expect(fault(layout({ folios: [], file: { mmapMiss: 1000 } }), id).mm(MMAP_MISS)).toBe(1000);
    });

    it('of shmem allocates without a major fault, or swaps in with one', () => {
      const file = { kind: 'shmem' as const };
      expect(fault(layout({ folios: [], file }), id).mm(RET)).toBe(0);
      expect(fault(layout({ folios: [], valueEntries: [5], file }), id).mm(RET)).toBe(VM_FAULT_MAJOR);
    });

    it('of a cached page takes a miss back, unless access is random', () => {
      const file = { mmapMiss: 9 };
      expect(fault(layout({ file, ...alone }), id).mm(MMAP_MISS)).toBe(8);
      expect(fault(layout({ file, vma: { flags: ['random-read'] }, ...alone }), id).mm(MMAP_MISS)).toBe(9);
    });

    it.each(['other-mapping', 'refcount-zero'] as const)('of a folio that is %s is tried again', (flag) => {
      const m = fault(layout({ folios: [{ at: 0, order: 4, flags: [flag] }] }), id);
      expect([m.mm(RET), m.mm(FAULT_CALLS)]).toEqual([VM_FAULT_RETRY, 4]);
    });

    it('waits for a locked folio and for one that is being read', () => {
      for (const flag of ['locked', 'not-uptodate', 'readahead'] as const) {
        const m = fault(layout({ folios: [{ at: 0, order: 4, flags: [flag] }] }), id);
        expect([m.row()[5], m.mm(FAULT_CALLS)]).toEqual(['y', 1]);
      }
    });
  });

  describe('a poisoned page', () => {
    const poisoned = (more: Partial<Case['folios'][number]> = {}) =>
      layout({ folios: [{ at: 0, order: 4, hwpoison: [5], ...more }], ...alone });

    it('of a clean folio without other users is evicted, and the access reads a new one in', () => {
      const m = machine(poisoned(), id);
      expect(m.touch(5)).toBe(2);
      expect([m.row()[5], m.mm(PGMAJFAULT), m.image.marks[M.FAULT_POISONED]]).toEqual(['y', 1, 1]);
    });

    it.each([{ flags: ['dirty' as const] }, { refs: 1 }])('of a folio with %j is an error', (more) => {
      const m = fault(poisoned(more), id);
      expect([m.mm(RET), m.image.refcount[0]]).toEqual([VM_FAULT_HWPOISON, 16 + (more.refs ?? 0)]);
      expect(m.image.folioTest(0, FOLIO_LOCKED)).toBe(false);
    });
  });

  describe('a page table allocated beforehand', () => {
    it('goes in where the PMD is none, and is counted', () => {
      const m = fault(layout({ pmd: 'none' }), id);
      expect(m.mm(MM_NR_PTES)).toBe(1);
    });

    it('is freed where it was not needed', () => {
      const m = fault(layout({ pmd: 'none', file: { size: 0 } }), id);
      expect([m.mm(PMD), m.mm(MM_NR_PTES), m.handler.vmf.prealloc]).toEqual([PMD_NONE, 0, false]);
      expect(m.image.marks[M.PREALLOC_FREED]).toBe(1);
    });
  });

  it('does not fault around a mapping that userfaultfd watches', () => {
    const vma = { flags: ['uffd-minor' as const, 'shared' as const] };
    const m = fault(layout({ vma, file: { kind: 'shmem' } }), id);
    expect([m.row(), m.image.marks[M.AROUND_UFFD]]).toEqual(['.....y..........', 1]);
  });

  it('gives up a fault whose entry changed before finish_fault(), and the access finds the new entry', () => {
    const race = { kind: 'entry-before-finish-fault-lock' as const, at: 5 };
    const m = machine(layout({ race, ...alone }), id);
    expect(m.touch(5)).toBe(1);
    expect([m.mm(RET), m.image.marks[M.FINISH_CHANGED], m.image.marks[M.RACE_ENTRY]]).toEqual([VM_FAULT_NOPAGE, 1, 1]);
  });
});

describe('a poisoned tail page that other mms map', () => {
  const folios = [{ at: 0, order: 4, hwpoison: [5], maps: { '5': 2, '7': 1 } }];
  it('is unmapped with its whole folio by 6.12, and by 6.1 not at all', () => {
    const [after, before] = [...FAMILIES].reverse().map((id) => fault(layout({ folios, ...alone }), id));
    expect([after.mm(RET), before.mm(RET)]).toEqual([VM_FAULT_MAJOR, VM_FAULT_HWPOISON]);
    expect(before.image.marks[M.POISONED_TAIL]).toBe(1);
    expect([before.image.pageMapcount(5), before.image.pageMapcount(7)]).toEqual([2, 1]);
  });
});

describe('a folio truncated during page_mkwrite', () => {
  it('is noticed at its tail pages by 6.12 alone', () => {
    const plain = layout({ vma: shared, file: { pageMkwrite: 'truncated' } });
    const [legacy, batched] = FAMILIES.map((id) => {
      const m = machine(plain, id);
      m.access.begin(5, true, 0);
      m.access.fault();
      return m;
    });
    expect([legacy.row()[5], batched.row()[5]]).toEqual(['Y', '.']);
    expect(legacy.mm(THROTTLED)).toBe(0);
  });
});

describe('an engine that loses private copies', () => {
  class Loses extends (REFERENCE.engine as EngineClass<BatchedEngine>) {
    override finish_fault(): number {
      return 0;
    }
  }

  it('runs out of spare pages, and the access ends', () => {
    const m = machine(layout({ vma: { flags: ['write'] } }), withEngine(REFERENCE, 'batched@loses', Loses));
    expect(m.touch(5, { write: true })).toBe(4);
    expect(m.touch(5, { write: true })).toBe(1);
    expect(m.mm(RET)).toBe(VM_FAULT_OOM);
  });
});
