/** Each revision is the reference with named steps replaced, and each replaced step does what its name says. */
import { describe, expect, it } from 'vitest';
import { BATCHED_REVISIONS, BatchedEngine } from '../../src/batched/index.js';
import { PLAIN_FEATURES, STEPS } from '../../src/batched/steps.js';
import {
  ASSERT_COW_NR,
  ASSERT_NR_PAGES_WRAP,
  ASSERT_RMAP_RANGE,
  ASSERT_SET_PTES_NONE,
} from '../../src/mm/assertions.js';
import { FAULT_FLAG_WRITE, FOLIO_MLOCKED, PMD_STATE_MASK, PMD_TABLE, VM_FAULT_NOPAGE } from '../../src/mm/bits.js';
import {
  ASSERTIONS,
  CALLS_REF_ADD,
  CALLS_RSS,
  MM_FILEPAGES,
  MMAP_MISS,
  NR_FILE_MAPPED,
  NR_MLOCK,
  PMD,
  RET,
} from '../../src/mm/fields.js';
import * as M from '../../src/mm/marks.js';
import { engine, layout, type Machine, machine, smallFolios } from '../support.js';

describe('the revisions', () => {
  it('name only features that exist, with values that a step or the reference has', () => {
    for (const { features } of BATCHED_REVISIONS) {
      for (const [feature, value] of Object.entries(features)) {
        const plain = PLAIN_FEATURES[feature as keyof typeof PLAIN_FEATURES];
        const steps: Readonly<Record<string, unknown>> = STEPS[feature as keyof typeof STEPS] ?? {};
        expect(value === plain || value in steps, `${feature}=${value}`).toBe(true);
      }
    }
  });

  it('use every replaced step somewhere', () => {
    const unused = Object.entries(STEPS).flatMap(([feature, values]) =>
      Object.keys(values).filter((value) => BATCHED_REVISIONS.every(({ features }) => features[feature] !== value)),
    );
    expect(unused).toEqual([]);
  });

  it('differ from each other in their features, their ids and what they say of themselves', () => {
    for (const pick of ['id', 'title', 'source', 'features'] as const) {
      expect(new Set(BATCHED_REVISIONS.map((revision) => JSON.stringify(revision[pick]))).size).toBe(
        BATCHED_REVISIONS.length,
      );
    }
    expect(BATCHED_REVISIONS.filter(({ experimental }) => experimental).map(({ name }) => name)).toEqual(['v6.18']);
  });

  it('the reference is the plain code', () => {
    expect(engine('batched@reference').engine).toBe(BatchedEngine);
  });
});

function fault(plain: ReturnType<typeof layout>, name: string, slot = 5, write = false): Machine {
  const m = machine(plain, `batched@${name}`);
  m.access.begin(slot, write, 0);
  m.access.fault();
  return m;
}

describe('resident pages', () => {
  const folios = [
    { at: 0, order: 2 },
    { at: 4, order: 2 },
    { at: 8, order: 3 },
  ];
  it.each([
    ['v4', 3 - 1],
    ['v6.6', 3],
    ['v6.10', 1],
    ['reference', 1],
  ])('are added by %s in %d calls for three folios', (name, calls) => {
    const m = fault(layout({ folios }), name, 0);
    expect(m.mm(CALLS_RSS)).toBe(calls);
  });

  it('are added even where none came, by the callers', () => {
    const m = fault(layout({ folios, row: 'o'.repeat(5).padEnd(6, '.').padEnd(16, 'o') }), 'reference', 5);
    expect([m.mm(CALLS_RSS), m.mm(MM_FILEPAGES)]).toEqual([1, 16]);
  });
});

describe('v4', () => {
  it('takes references of a folio at once when it calls the setter page by page (35/36)', () => {
    const [a, b] = ['v4-35', 'v4'].map((name) => fault(layout(), name, 0));
    expect([a.mm(CALLS_REF_ADD), b.mm(CALLS_REF_ADD)]).toEqual([1, 1]);
    expect([a.row(), b.row()]).toEqual(['yooooooooooooooo', 'y'.repeat(16)]);
  });

  it('jumps over a large folio that begins at the index it loses', () => {
    const folios = [
      { at: 3, order: 0 },
      { at: 4, order: 2 },
      { at: 8, order: 2 },
    ];
    expect(fault(layout({ folios }), 'v4-35', 3).row()).toBe('...y....oooo....');
  });

  it('writes the old mmap_miss back', () => {
    expect(fault(layout({ file: { mmapMiss: 20 } }), 'v4', 0).mm(MMAP_MISS)).toBe(20);
    expect(fault(layout({ file: { mmapMiss: 20 } }), 'v4-fixed', 0).mm(MMAP_MISS)).toBe(4);
  });

  it('counts pages as newly mapped that a PMD maps elsewhere', () => {
    const plain = layout({ span: 512, folios: [{ at: 0, order: 9, pmdMaps: 1 }] });
    expect(['v4', 'v4-fixed', 'reference'].map((name) => fault(plain, name, 0).mm(NR_FILE_MAPPED) - 512)).toEqual([
      16, 0, 0,
    ]);
  });
});

describe('v6.6-rc1', () => {
  it('skips a folio whose first entry in the window is populated', () => {
    const m = fault(layout({ row: 'y' }), 'v6.6-rc1');
    expect([m.row(), m.image.marks[M.PRECHECK_SKIP]]).toEqual(['y....o..........', 1]);
  });

  it('walks the page frames of PROT_NONE entries down on x86-64', () => {
    const plain = layout({ arch: 'x86-64', vma: { flags: ['protnone'] }, steps: [{ read: 5, by: 'gup' }] });
    const [wrong, right] = ['v6.6-rc1', 'v6.6'].map((name) => {
      const m = machine(plain, `batched@${name}`);
      m.touch(5, { by: 2 });
      return m.image.pfn[1] - m.image.pfn[0];
    });
    expect([wrong, right]).toEqual([-1, 1]);
  });
});

describe('i_size', () => {
  it.each([
    ['v6.6', 'y'.repeat(16).replaceAll('y', 'o')],
    ['v6.12', 'yyyyyyyy........'],
    ['reference', 'yyyyyyyy........'],
  ])('cuts the run of a large folio in %s like this: %s', (name, row) => {
    expect(fault(layout({ file: { size: 8 * 4096 } }), name).row()).toBe(row);
  });

  it('that shrinks between lookup and clamp makes nr_pages wrap in v6.12', () => {
    const race = { kind: 'i-size-shrinks' as const, at: 2 };
    const plain = layout({ race, folios: [{ at: 4, order: 2 }] });
    const [before, after] = ['v6.12', 'reference'].map((name) => fault(plain, name));
    expect([before.mm(ASSERTIONS), after.mm(ASSERTIONS)]).toEqual([1 << ASSERT_NR_PAGES_WRAP, 0]);
    expect(before.image.marks[M.NR_PAGES_WRAP]).toBe(1);
  });

  it('keeps a folio that reaches across it from being mapped by PMD', () => {
    const plain = layout({ span: 512, pmd: 'none', file: { size: 500 * 4096 } });
    const [reference, stable, first] = ['reference', 'v6.12.117', 'v6.12'].map((name) => fault(plain, name));
    expect([reference, stable].map((m) => m.mm(PMD) & PMD_STATE_MASK)).toEqual([PMD_TABLE, PMD_TABLE]);
    expect(reference.image.marks[M.PMD_I_SIZE]).toBe(1);
    expect(stable.image.marks[M.AROUND_NO_PAGE_TABLE]).toBe(1);
    expect(first.image.marks[M.PMD_MAPPED]).toBe(1);
  });
});

describe('a disabled transparent huge page', () => {
  it('is refused since 6.12, and mapped before', () => {
    const plain = layout({ span: 512, pmd: 'none', vma: { flags: ['thp-disabled'] } });
    const marks = (name: string) => {
      const { marks: counted } = fault(plain, name).image;
      return [counted[M.PMD_MAPPED], counted[M.PMD_THP_DISABLED]];
    };
    expect([marks('v6.6'), marks('reference')]).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });
});

describe('finish_fault() of anonymous shmem', () => {
  const anon = (parts: Parameters<typeof layout>[0] = {}) =>
    layout({ faultAroundPages: 1, vma: { flags: ['shared'] }, file: { kind: 'anon-shmem' }, ...parts });

  it('maps the folio whole', () => {
    const m = fault(anon(), 'reference');
    expect([m.row(), m.image.marks[M.FINISH_WHOLE_FOLIO]]).toEqual(['y'.repeat(16), 1]);
  });

  it('maps one page before 6.11, and where userfaultfd is armed', () => {
    expect(fault(anon(), 'v6.10').row()).toBe('.....o..........');
    const m = fault(anon({ vma: { flags: ['shared', 'uffd-missing'] } }), 'reference');
    expect([m.row(), m.image.marks[M.FINISH_UFFD_ARMED]]).toEqual(['.....y..........', 1]);
  });

  it.each([
    ['the mapping begins inside the folio', { vma: { start: 1, pages: 15, flags: ['shared' as const] } }],
    ['the mapping ends inside the folio', { vma: { pages: 15, flags: ['shared' as const] } }],
    [
      'the folio leaves the page table',
      { vma: { start: 0, tableIndex: 496, fileIndex: 8, flags: ['shared' as const] } },
    ],
  ])('maps one page where %s', (_what, parts) => {
    const slot = 5;
    const m = fault(
      anon({ ...parts, ...('tableIndex' in parts.vma && { folios: [{ at: 8, order: 3 }] }) }),
      'reference',
      slot,
    );
    if ('tableIndex' in parts.vma) expect(m.row()).toBe('y'.repeat(8).padEnd(16, '.'));
    else expect([m.row(), m.image.marks[M.FINISH_DOES_NOT_FIT]]).toEqual(['.....y..........', 1]);
  });

  it('falls back to one page where a neighbour is populated, or gives up in 6.12.0', () => {
    const [after, before] = ['reference', 'v6.12'].map((name) => fault(anon({ row: 'y' }), name));
    expect([after.image.marks[M.FINISH_FALLBACK], before.image.marks[M.FINISH_GIVES_UP]]).toEqual([1, 1]);
    expect([after.mm(RET), before.mm(RET)]).toEqual([0, VM_FAULT_NOPAGE]);
  });
});

describe('v6.18', () => {
  it('maps a folio whole beyond the window of fault-around', () => {
    const m = fault(layout({ faultAroundPages: 4 }), 'v6.18');
    expect([m.row(), m.image.marks[M.AROUND_WHOLE_FOLIO]]).toEqual(['y'.repeat(16), 1]);
  });

  it('keeps to the window for small folios and for one that leaves the mapping', () => {
    expect(fault(layout({ faultAroundPages: 4, folios: smallFolios(16) }), 'v6.18').row()).toBe('....oyoo........');
    const cut = layout({ faultAroundPages: 4, vma: { pages: 15 } });
    expect(fault(cut, 'v6.18').row()).toBe('....yyyy........');
  });

  it('maps the whole folio of a regular file in finish_fault(), but not a private copy', () => {
    expect(fault(layout({ faultAroundPages: 1 }), 'v6.18').row()).toBe('y'.repeat(16));
    const copy = layout({ faultAroundPages: 1, vma: { flags: ['write'] } });
    expect(fault(copy, 'v6.18', 5, true).row()).toBe('.....a..........');
  });

  it('mlocks a large folio that one call maps whole, and no part of one', () => {
    const locked = { vma: { flags: ['locked' as const] } };
    const whole = fault(layout(locked), 'v6.18');
    expect([whole.mm(NR_MLOCK), whole.image.folioTest(0, FOLIO_MLOCKED)]).toEqual([16, true]);
    expect(fault(layout({ ...locked, row: 'y' }), 'v6.18').mm(NR_MLOCK)).toBe(0);
    expect(fault(layout({ ...locked, span: 512, pmd: 'none' }), 'v6.18').mm(NR_MLOCK)).toBe(512);
  });
});

describe('assertions', () => {
  const m = (): { engine: BatchedEngine; machine: Machine } => {
    const made = machine(layout({ vma: { flags: ['write'] } }));
    return { engine: made.handler as BatchedEngine, machine: made };
  };

  it('fire for a private copy of more than one page', () => {
    const { engine: batched, machine: made } = m();
    batched.vmf.begin(5, 5, FAULT_FLAG_WRITE);
    batched.set_pte_range(16, 16, 2, 5);
    expect(made.mm(ASSERTIONS) & (1 << ASSERT_COW_NR)).not.toBe(0);
  });

  it('fire for a range that leaves its folio', () => {
    const { engine: batched, machine: made } = m();
    batched.folio_add_file_rmap_ptes(0, 12, 5);
    expect(made.mm(ASSERTIONS)).toBe(1 << ASSERT_RMAP_RANGE);
  });

  it('fire for a range over an entry that is not none', () => {
    const { engine: batched, machine: made } = m();
    made.image.writePte(3, 1, 1);
    batched.set_ptes(2, 1, 2, 3);
    expect(made.mm(ASSERTIONS)).toBe(1 << ASSERT_SET_PTES_NONE);
  });
});
