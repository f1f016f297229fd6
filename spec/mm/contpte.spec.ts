/** arm64 contiguous entries: folded when a block is complete, unfolded when one of its entries changes alone. */
import { describe, expect, it } from 'vitest';
import { PTE_CONT, PTE_DIRTY, PTE_YOUNG } from '../../src/mm/bits.js';
import { contpteTryUnfold } from '../../src/mm/contpte.js';
import * as M from '../../src/mm/marks.js';
import { layout, type Machine, machine, smallFolios } from '../support.js';

const contpte = { arch: 'arm64-contpte' } as const;
const blocks = ({ image }: Machine): number => [...image.pte].filter((flags) => (flags & PTE_CONT) !== 0).length / 16;

function around(parts: Parameters<typeof layout>[0], id = 'batched@reference', slot = 5): Machine {
  const m = machine(layout({ ...contpte, ...parts }), id);
  m.touch(slot);
  return m;
}

describe('a run that covers a complete block', () => {
  it('is written contiguous', () => {
    const m = around({});
    expect([blocks(m), m.row(), m.image.marks[M.CONTPTE_BLOCK]]).toEqual([1, 'y'.repeat(16), 16]);
  });

  it('is not, where the span’s folio is not aligned like the addresses', () => {
    expect(
      blocks(around({ span: 32, folios: [{ at: 0, order: 5 }], vma: { fileIndex: 4 }, faultAroundPages: 32 })),
    ).toBe(0);
  });

  it('is not, where two folios share the block', () => {
    const folios = [
      { at: 0, order: 3 },
      { at: 8, order: 3 },
    ];
    expect(blocks(around({ folios }))).toBe(0);
  });
});

describe('entries set one by one', () => {
  it('are folded with the last entry of their block, and all of them read young then', () => {
    const m = around({}, 'legacy@v6.1');
    expect([blocks(m), m.row(), m.image.marks[M.CONTPTE_FOLD]]).toEqual([1, 'y'.repeat(16), 1]);
  });

  it.each([
    ['a hole', { folios: [{ at: 0, order: 4, hwpoison: [9] }] }],
    [
      'two folios',
      {
        folios: [
          { at: 0, order: 3 },
          { at: 8, order: 3 },
        ],
      },
    ],
    ['small folios', { folios: smallFolios(16) }],
    ['a window smaller than the block', { faultAroundPages: 8 }],
    ['a block that the span ends in', { span: 8, folios: [{ at: 0, order: 3 }] }],
    ['PROT_NONE entries', { vma: { flags: ['protnone' as const] }, steps: [{ read: 5, by: 'gup' as const }] }],
  ])('are not folded over %s', (_what, parts) => {
    const m = machine(layout({ ...contpte, ...parts }), 'legacy@v6.1');
    m.touch(5, { by: 'steps' in parts ? 2 : 0 });
    expect([blocks(m), m.image.marks[M.CONTPTE_FOLD]]).toEqual([0, 0]);
  });

  it('are not folded where one differs in more than young and dirty', () => {
    const bits = { '0': ['write' as const] };
    const vma = { flags: ['shared' as const, 'write' as const] };
    const m = around({ row: 'y', bits, vma }, 'legacy@v6.1');
    expect([blocks(m), m.row()]).toEqual([0, 'yooooyoooooooooo']);
  });

  it('are folded beside a block that stays as it is', () => {
    const m = machine(layout({ ...contpte, span: 32, folios: [{ at: 0, order: 5 }] }), 'legacy@v6.1');
    m.touch(5);
    m.touch(20);
    expect([blocks(m), m.image.marks[M.CONTPTE_FOLD]]).toEqual([2, 2]);
  });
});

describe('unfolding', () => {
  it('leaves every entry young and dirty if one was', () => {
    const m = around({});
    m.image.rewritePte(3, m.image.pte[3] | PTE_DIRTY);
    contpteTryUnfold(m.scene, m.image, 7);
    expect(blocks(m)).toBe(0);
    expect(
      [...m.image.pte.slice(0, 16)].every((flags) => (flags & (PTE_YOUNG | PTE_DIRTY)) === (PTE_YOUNG | PTE_DIRTY)),
    ).toBe(true);
  });

  it('is nothing to do for an entry that is not contiguous', () => {
    const m = around({ faultAroundPages: 8 });
    const row = m.row();
    contpteTryUnfold(m.scene, m.image, 5);
    expect(m.row()).toBe(row);
  });
});

describe('reading an entry of a block', () => {
  it('gathers young and dirty over the block, and only there', () => {
    const m = around({});
    for (let i = 0; i < 16; i++) m.image.rewritePte(i, m.image.pte[i] & ~PTE_YOUNG);
    m.image.rewritePte(9, m.image.pte[9] | PTE_YOUNG | PTE_DIRTY);
    expect(m.image.ptepGet(2, 16, 0) & (PTE_YOUNG | PTE_DIRTY)).toBe(PTE_YOUNG | PTE_DIRTY);
    expect(m.image.ptepGet(2, 0, 0) & (PTE_YOUNG | PTE_DIRTY)).toBe(0);
  });
});

describe('6.12.0', () => {
  it('marks PROT_NONE blocks contiguous, which 6.12.117 does not', () => {
    const parts = { ...contpte, vma: { flags: ['protnone' as const] }, steps: [{ read: 5, by: 'gup' as const }] };
    const [before, after] = ['batched@v6.12', 'batched@reference'].map((id) => {
      const m = machine(layout(parts), id);
      m.touch(5, { by: 2 });
      return m;
    });
    expect([blocks(before), blocks(after)]).toEqual([1, 0]);
  });
});
