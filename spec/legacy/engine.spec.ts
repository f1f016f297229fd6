/** The per-page engines: one setter call for each page, and what 6.1 and 6.5 do differently. */
import { describe, expect, it } from 'vitest';
import { LEGACY_REVISIONS } from '../../src/legacy/index.js';
import {
  DOUBLE_MAP,
  ENTIRELY_MAPPED,
  FOLIO_MLOCKED,
  PMD_HUGE,
  PMD_NONE,
  PMD_STATE_MASK,
  PTE_MARKER_UFFD_WP,
  PTE_UFFD_WP,
  PTE_WRITE,
  VM_FAULT_NOPAGE,
  VM_FAULT_OOM,
} from '../../src/mm/bits.js';
import {
  CALLS_RSS,
  CALLS_SET_PTES,
  MEMCG_FILE_PMDMAPPED,
  MM_NR_PTES,
  MMAP_MISS,
  NR_FILE_MAPPED,
  NR_FILE_PMDMAPPED,
  NR_MLOCK,
  NR_SHMEM_PMDMAPPED,
  PMD,
  RET,
} from '../../src/mm/fields.js';
import * as M from '../../src/mm/marks.js';
import { layout, type Machine, machine, smallFolios } from '../support.js';

function fault(plain: ReturnType<typeof layout>, name = 'v6.1', write = false): Machine {
  const m = machine(plain, `legacy@${name}`);
  m.access.begin(5, write, 0);
  m.access.fault();
  return m;
}

describe('fault-around', () => {
  it('calls the setter and adds to the resident pages for each page', () => {
    const m = fault(layout());
    expect([m.row(), m.mm(CALLS_SET_PTES), m.mm(CALLS_RSS)]).toEqual(['oooooyoooooooooo', 16, 16]);
  });

  it('takes one miss for each page that is not poisoned, populated or not, and stops at zero', () => {
    const parts = { folios: [{ at: 0, order: 4, hwpoison: [1] }], row: 'o' };
    expect(fault(layout({ ...parts, file: { mmapMiss: 20 } })).mm(MMAP_MISS)).toBe(5);
    const floored = fault(layout({ ...parts, file: { mmapMiss: 3 } }));
    expect([floored.mm(MMAP_MISS), floored.image.marks[M.LEGACY_MMAP_MISS_FLOOR]]).toEqual([0, 12]);
  });

  it.each([
    ['every page skipped', 'y'.repeat(16), 16 + 16],
    ['the last page skipped', `${'.'.repeat(15)}y`, 16 + 16],
    ['the first page skipped', 'y', 16 + 16],
    ['nothing skipped', '', 16 + 16],
  ])('leaves one reference for each entry with %s', (_what, row, refs) => {
    const m = machine(
      layout({ row: row.replace('y'.repeat(16), `${'y'.repeat(5)}.${'y'.repeat(10)}`) }),
      'legacy@v6.1',
    );
    m.touch(5);
    expect(m.image.refcount[0]).toBe(refs);
  });

  it('gives the folio back where not one of its pages could be mapped', () => {
    const folios = [
      { at: 0, order: 2, hwpoison: [0, 1, 2, 3] },
      { at: 4, order: 1 },
    ];
    const m = fault(layout({ folios }));
    expect([m.row(), m.image.refcount[0]]).toEqual(['....oy..........', 4]);
  });

  it('gives the folio back where there is no page table under the lock', () => {
    const m = machine(layout({ pmd: 'none' }), 'legacy@v6.1');
    m.handler.vmf.begin(5, 5, 0);
    expect([m.handler.filemap_map_pages(0, 15), m.image.refcount[0], m.row()]).toEqual([0, 16, '.'.repeat(16)]);
  });

  it('clamps to i_size in 6.1.159, and not in 6.5', () => {
    const plain = layout({ file: { size: 8 * 4096 } });
    const [backported, older] = ['v6.1', 'v6.5'].map((name) => fault(plain, name));
    expect([backported.row(), older.row()]).toEqual(['oooooyoo........', 'oooooyoooooooooo']);
    expect(backported.image.marks[M.LEGACY_I_SIZE_CLAMP]).toBe(1);
  });
});

describe('reverse mapping', () => {
  it('of a large folio sets PG_double_map in 6.1 and counts mapped pages in 6.5', () => {
    const [old, newer] = ['v6.1', 'v6.5'].map((name) => fault(layout(), name));
    expect([old.image.nrPagesMapped[0], newer.image.nrPagesMapped[0]]).toEqual([DOUBLE_MAP, 16]);
  });

  it.each(['v6.1', 'v6.5'])('of %s counts no page that a PMD maps elsewhere', (name) => {
    const plain = layout({ span: 512, folios: [{ at: 0, order: 9, pmdMaps: 1 }] });
    expect(fault(plain, name).mm(NR_FILE_MAPPED)).toBe(512);
  });

  it('mlocks small folios, and not the pages of large ones', () => {
    const vma = { flags: ['locked' as const] };
    expect(fault(layout({ vma, folios: smallFolios(16) })).mm(NR_MLOCK)).toBe(16);
    expect(fault(layout({ vma })).mm(NR_MLOCK)).toBe(0);
  });
});

describe('a PMD mapping', () => {
  const huge = { span: 512, pmd: 'none' } as const;

  it('is made by fault-around, counted for node and memcg, and mlocked', () => {
    const m = fault(layout({ ...huge, vma: { flags: ['locked'] } }));
    expect([m.mm(PMD) & PMD_STATE_MASK, m.mm(RET), m.mm(NR_MLOCK)]).toEqual([PMD_HUGE, VM_FAULT_NOPAGE, 512]);
    expect([NR_FILE_PMDMAPPED, MEMCG_FILE_PMDMAPPED, NR_FILE_MAPPED].map(m.mm)).toEqual([512, 512, 512]);
    expect(m.image.folioTest(0, FOLIO_MLOCKED)).toBe(true);
  });

  it('is made by finish_fault() where fault-around is off, dirty and writable for a write', () => {
    const plain = layout({
      ...huge,
      faultAroundPages: 1,
      vma: { flags: ['shared', 'write'] },
      file: { kind: 'shmem' },
    });
    const m = fault(plain, 'v6.1', true);
    expect([m.mm(PMD), m.mm(NR_SHMEM_PMDMAPPED)]).toEqual([PMD_HUGE | 4 | 8 | 16, 512]);
  });

  it('adds only the pages that were not mapped before', () => {
    const m = fault(layout({ ...huge, folios: [{ at: 0, order: 9, maps: { '3': 1, '9': 2 } }] }));
    expect([m.mm(NR_FILE_MAPPED), m.image.pageMapcount(9)]).toEqual([512, 2]);
  });

  it('of a folio that is mapped by PMD already counts nothing again', () => {
    const [first, second] = [0, 1].map((pmdMaps) =>
      fault(layout({ ...huge, folios: [{ at: 0, order: 9, pmdMaps }] }), 'v6.5'),
    );
    expect([first, second].map((m) => m.mm(NR_FILE_PMDMAPPED))).toEqual([512, 512]);
    expect(second.image.nrPagesMapped[0]).toBe(ENTIRELY_MAPPED);
  });

  it.each([
    ['a poisoned page', { folios: [{ at: 0, order: 9, hwpoison: [77] }] }],
    ['a smaller folio', { folios: [{ at: 0, order: 8 }] }],
    ['a mapping that does not hold the whole table', { vma: { pages: 511 } }],
    ['a mapping that does not hold the table’s begin', { vma: { start: 1, pages: 511 } }],
    ['file and table out of step', { vma: { fileIndex: 16 } }],
  ])('is not made for %s: a page table and entries instead', (_what, parts) => {
    for (const id of ['legacy@v6.1', 'batched@reference']) {
      const m = machine(layout({ ...huge, ...parts }), id);
      m.touch(5);
      expect([m.mm(MM_NR_PTES), m.row()[5]]).toEqual([1, 'y']);
    }
  });

  it('is found by the next fault-around, which gives its folio back', () => {
    for (const id of ['legacy@v6.1', 'batched@reference']) {
      const m = machine(layout({ span: 512, pmd: 'huge' }), id);
      m.handler.vmf.begin(5, 5, 0);
      expect([m.handler.filemap_map_pages(0, 15), m.image.refcount[0]]).toEqual([VM_FAULT_NOPAGE, 513]);
      expect(m.image.marks[M.PMD_ALREADY]).toBe(1);
    }
  });

  it('that appeared before finish_fault() ends the fault', () => {
    for (const id of ['legacy@v6.1', 'batched@reference']) {
      const m = machine(layout({ span: 512, pmd: 'huge' }), id);
      m.handler.vmf.begin(5, 5, 0);
      m.handler.vmf.page = 5;
      expect(m.handler.finish_fault()).toBe(VM_FAULT_NOPAGE);
    }
  });

  it('that appeared before the lock leaves fault-around without a table', () => {
    const m = fault(layout({ ...huge, failures: ['page-table-alloc'] }));
    expect([m.mm(RET), m.mm(PMD)]).toEqual([VM_FAULT_OOM, PMD_NONE]);
  });
});

describe('a uffd-wp marker in orig_pte', () => {
  const plain = layout({ vma: { flags: ['shared', 'write', 'uffd-wp'] }, file: { kind: 'shmem' }, row: '.....u' });

  it.each(['v6.1', 'v6.5'])('write-protects the entry in %s', (name) => {
    const m = fault(plain, name);
    expect(m.image.pte[5] & (PTE_UFFD_WP | PTE_WRITE)).toBe(PTE_UFFD_WP);
    expect(m.image.marks[M.LEGACY_UFFD_WP]).toBe(1);
  });

  it('that is not valid is believed by 6.1 and not by 6.5', () => {
    const entries = ['v6.1', 'v6.5'].map((name) => {
      const m = machine(layout(), `legacy@${name}`);
      m.handler.vmf.begin(5, 5, 0);
      m.handler.vmf.origPte = PTE_MARKER_UFFD_WP;
      m.handler.do_fault_around();
      return m.image.pte[5] & PTE_UFFD_WP;
    });
    expect(entries).toEqual([PTE_UFFD_WP, 0]);
  });
});

it('the legacy revisions have different features, and none is experimental', () => {
  expect(LEGACY_REVISIONS.map(({ name }) => name)).toEqual(['v6.1', 'v6.5']);
  expect(new Set(LEGACY_REVISIONS.map(({ features }) => JSON.stringify(features))).size).toBe(2);
  expect(LEGACY_REVISIONS.some(({ experimental }) => experimental)).toBe(false);
});
