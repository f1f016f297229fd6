/** Runs are maximal: the batched setter is called once for each, and the entries are those of the per-page engine. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Case } from '../../src/cases/case.js';
import { FOLIO_LOCKED } from '../../src/mm/bits.js';
import { CALLS_FLUSH_ICACHE, CALLS_SET_PTES, CALLS_UPDATE_MMU_CACHE } from '../../src/mm/fields.js';
import { layout, type Machine, machine } from '../support.js';

const SPAN = 32;

/** Folios in random order with random poison, entries and i_size; one read, the window covers the span. */
const layouts: fc.Arbitrary<Case> = fc
  .record({
    orders: fc.array(fc.integer({ min: -1, max: 4 }), { minLength: 1, maxLength: 12 }),
    poison: fc.uniqueArray(fc.nat(SPAN - 1), { maxLength: 4 }),
    row: fc.array(fc.constantFrom('.', '.', '.', 'o', 'y'), { minLength: SPAN, maxLength: SPAN }),
    size: fc.integer({ min: 1, max: SPAN }),
    fault: fc.nat(SPAN - 1),
    window: fc.constantFrom(4, 16, 32),
  })
  .map(({ orders, poison, row, size, fault, window }) => {
    const folios: Case['folios'] = [];
    for (let at = 0, i = 0; at < SPAN; i++) {
      let order = orders[i % orders.length];
      while (order > 0 && (at % (1 << order) !== 0 || at + (1 << order) > SPAN)) order--;
      if (order < 0) {
        at++;
        continue;
      }
      const hwpoison = poison.filter((page) => page >= at && page < at + (1 << order));
      folios.push({ at, order, ...(hwpoison.length > 0 && { hwpoison }) });
      at += 1 << order;
    }
    const cached = (slot: number): boolean => folios.some(({ at, order }) => slot >= at && slot < at + (1 << order));
    const entries = row.map((character, slot) => (cached(slot) ? character : '.')).join('');
    const file = { size: size * 4096 };
    return layout({ span: SPAN, folios, row: entries, file, faultAroundPages: window, steps: [{ read: fault }] });
  });

/** Maximal runs, read off the plain case: [first slot, pages] in order. */
function runsOf(plain: Case): (readonly [number, number])[] {
  const fault = (plain.steps[0] as { read: number }).read;
  const window = plain.faultAroundPages;
  const from = fault - (fault % window);
  const end = Math.min(from + window, SPAN, Math.ceil(plain.file.size / 4096));
  const runs: (readonly [number, number])[] = [];
  for (const { at, order, hwpoison = [] } of plain.folios) {
    let length = 0;
    for (let slot = at; slot <= at + (1 << order); slot++) {
      const inside = slot < at + (1 << order) && slot >= from && slot < end;
      if (inside && !hwpoison.includes(slot) && plain.row.padEnd(SPAN, '.')[slot] === '.') {
        length++;
      } else if (length > 0) {
        runs.push([slot - length, length]);
        length = 0;
      }
    }
  }
  return runs;
}

/** Fault-around alone, on one engine. */
function around(plain: Case, id: string): { m: Machine; ret: number; calls: number[] } {
  const m = machine(plain, id);
  const fault = (plain.steps[0] as { read: number }).read;
  m.handler.vmf.begin(fault, fault, 0);
  const ret = m.handler.do_fault_around();
  return { m, ret, calls: [CALLS_SET_PTES, CALLS_FLUSH_ICACHE, CALLS_UPDATE_MMU_CACHE].map(m.mm) };
}

const filled = (plain: Case, row: string): number[] =>
  [...row].flatMap((character, slot) => (character !== '.' && (plain.row[slot] ?? '.') === '.' ? [slot] : []));

describe('fault-around of the reference', () => {
  it('calls the setter, the icache flush and the mmu cache once for each maximal run', () => {
    fc.assert(
      fc.property(layouts, (plain) => {
        const runs = runsOf(plain).length;
        expect(around(plain, 'batched@reference').calls).toEqual([runs, runs, runs]);
      }),
      { numRuns: 1500 },
    );
  });

  it('fills exactly the pages of the runs, as the per-page engine does with one call for each page', () => {
    fc.assert(
      fc.property(layouts, (plain) => {
        const pages = runsOf(plain).flatMap(([first, length]) => Array.from({ length }, (_, i) => first + i));
        const [batched, legacy] = ['batched@reference', 'legacy@v6.1'].map((id) => around(plain, id));
        expect(filled(plain, batched.m.row())).toEqual(pages.sort((a, b) => a - b));
        expect(filled(plain, legacy.m.row())).toEqual(pages);
        expect(legacy.calls).toEqual([pages.length, pages.length, pages.length]);
        expect(batched.ret).toBe(legacy.ret);
        expect(batched.m.image.refcount).toEqual(legacy.m.image.refcount);
      }),
      { numRuns: 800 },
    );
  });

  it('makes the run of the fault young and every other run old', () => {
    fc.assert(
      fc.property(layouts, (plain) => {
        const fault = (plain.steps[0] as { read: number }).read;
        const { m } = around(plain, 'batched@reference');
        for (const [first, length] of runsOf(plain)) {
          const holds = fault >= first && fault < first + length;
          expect(m.row().slice(first, first + length)).toBe((holds ? 'y' : 'o').repeat(length));
        }
      }),
      { numRuns: 800 },
    );
  });

  it('leaves every folio unlocked', () => {
    fc.assert(
      fc.property(layouts, (plain) => {
        const { m } = around(plain, 'batched@reference');
        expect(plain.folios.filter(({ at }) => m.image.folioTest(at, FOLIO_LOCKED))).toEqual([]);
      }),
    );
  });
});
