/** The fast-check walker: possible cases only, and shrinking that ends in something a person can read. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { caseArbitrary, isPossible, shrinkCase } from '../../src/cases/arbitrary.js';
import type { Case } from '../../src/cases/case.js';
import { simplerCases } from '../../src/cases/simplify.js';
import { layout } from '../support.js';

describe('the arbitrary', () => {
  it('gives possible cases of the asked architectures and spans', () => {
    const cases = caseArbitrary({ archs: ['arm64', 'mips64'], spans: [8, 16], races: true });
    fc.assert(
      fc.property(cases, (plain) => {
        expect(isPossible(plain)).toBe(true);
        expect(['arm64', 'mips64']).toContain(plain.arch);
        expect([8, 16]).toContain(plain.span);
      }),
      { numRuns: 200 },
    );
  });

  it('gives all architectures without races unless asked', () => {
    const seen = fc.sample(caseArbitrary(), { numRuns: 150, seed: 1 });
    expect(new Set(seen.map(({ arch }) => arch)).size).toBe(7);
    expect(new Set(seen.map(({ race }) => race.kind))).toEqual(new Set(['none']));
  });

  it('shrinks to possible cases only', () => {
    const cases = caseArbitrary({ spans: [8, 64], races: true });
    fc.assert(
      fc.property(cases, (plain) => {
        for (const { value } of cases.shrink(plain, undefined).take(30)) expect(isPossible(value)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('takes examples of cases, and nothing else', () => {
    const cases = caseArbitrary();
    expect([layout(), 3, null].map((value) => cases.canShrinkWithoutContext(value))).toEqual([true, false, false]);
  });
});

/** How much there is to read. */
const size = (plain: Case): number => JSON.stringify(plain).length;

describe('a simpler neighbour', () => {
  it('is never the case itself', () => {
    fc.assert(
      fc.property(caseArbitrary({ spans: [8, 64], races: true }), (plain) => {
        const text = JSON.stringify(plain);
        let n = 0;
        for (const simpler of simplerCases(plain)) {
          expect(JSON.stringify(simpler)).not.toBe(text);
          if (++n > 200) break;
        }
      }),
      { numRuns: 60 },
    );
  });

  it('exists for everything but the simplest case', () => {
    const simplest = layout({ span: 4, steps: [{ read: 0 }], folios: [] });
    expect([...simplerCases(simplest)].filter(isPossible)).toEqual([]);
  });

  it('moves what it cuts out of a span to its start', () => {
    const plain = layout({
      span: 32,
      folios: [
        { at: 16, order: 3, hwpoison: [18], maps: { '20': 2 }, flags: ['dirty'] },
        { at: 24, order: 0 },
      ],
      valueEntries: [25, 2],
      row: `${'.'.repeat(16)}y.O`,
      bits: { '18': ['write'] },
      steps: [
        { read: 17 },
        { zap: { from: 16, pages: 16 } },
        { age: { from: 18, pages: 14 } },
        { write: 19, by: 'gup' },
      ],
      race: { kind: 'entry-before-finish-fault-lock', at: 19 },
    });
    const cut = [...simplerCases(plain)].find(({ span, steps }) => span === 8 && steps.length === 4);
    expect(cut).toMatchObject({
      folios: [{ at: 0, order: 3, hwpoison: [2], maps: { '4': 2 }, flags: ['dirty'] }],
      valueEntries: [],
      row: 'y.O',
      bits: { '2': ['write'] },
      steps: [{ read: 1 }, { zap: { from: 0, pages: 8 } }, { age: { from: 2, pages: 6 } }, { write: 3, by: 'gup' }],
      race: { at: 3 },
      vma: { start: 0, pages: 8 },
    });
  });

  it('keeps contiguous blocks whole, or takes them apart', () => {
    const row = `${'.'.repeat(16)}${'Oy'.repeat(8)}`;
    const parts = { arch: 'arm64-contpte', span: 32, row, contiguous: [16], steps: [{ read: 20 }] } as const;
    const plain = layout({ ...parts, contiguous: [16], steps: [{ read: 20 }] });
    const simpler = [...simplerCases(plain)];
    const rest = (c: Case): unknown => ({ row: c.row, contiguous: c.contiguous });
    const [cut, cutApart] = [16, 8].map((span) => simpler.find((c) => c.span === span));
    expect(cut && rest(cut)).toEqual({ row: 'Oy'.repeat(8), contiguous: [0] });
    expect(cutApart?.contiguous).toEqual([]);
    const blocks = simpler.filter((c) => c.span === 32).map(rest);
    expect(blocks).toContainEqual({ row, contiguous: [] });
    expect(blocks).toContainEqual({ row: '', contiguous: [] });
    expect(blocks).toContainEqual({ row: row.replaceAll('O', 'o'), contiguous: [16] });
    expect(blocks.filter((c) => JSON.stringify(c).includes('..')).length).toBeGreaterThan(3);
  });

  it('drops agents, writes and repeated mappings', () => {
    const folios = [{ at: 0, order: 9, pmdMaps: 3, maps: { '1': 2, '2': 3 } }];
    const plain = layout({ span: 512, folios, vma: { flags: ['write'] }, steps: [{ write: 9, by: 'device' }] });
    const all = [...simplerCases(plain)];
    expect(all.flatMap(({ steps }) => steps)).toContainEqual({ read: 9, by: 'device' });
    expect(all.flatMap(({ steps }) => steps)).toContainEqual({ write: 9 });
    expect(all.flatMap((c) => c.folios)).toContainEqual({ at: 0, order: 9, pmdMaps: 3, maps: { '1': 1 } });
    expect(all.flatMap((c) => c.folios)).toContainEqual({ ...folios[0], pmdMaps: 1 });
  });
});

describe('shrinking', () => {
  it('keeps what is interesting and drops the rest', () => {
    const [found] = fc.sample(
      caseArbitrary({ archs: ['arm64'], spans: [64] }).filter(({ folios }) => folios.some(({ hwpoison }) => hwpoison)),
      { numRuns: 1, seed: 4 },
    );
    const poisoned = (plain: Case): boolean => plain.folios.some(({ hwpoison }) => hwpoison !== undefined);
    const small = shrinkCase(found, poisoned);
    expect(poisoned(small)).toBe(true);
    expect(size(small)).toBeLessThan(size(found));
    expect(small).toMatchObject({ row: '', failures: [], valueEntries: [], teardown: false });
    expect(small.span).toBeLessThan(32);
    expect(small.folios).toEqual([
      { at: expect.any(Number), order: expect.any(Number), hwpoison: [expect.any(Number)] },
    ]);
    expect(small.steps).toHaveLength(1);
  });

  it('stops at its limit, with what it has', () => {
    const found = layout({ row: 'yyyy', steps: [{ read: 9 }, { read: 5 }] });
    let asked = 0;
    const small = shrinkCase(found, () => ++asked < 1000, 5);
    expect(asked).toBeLessThan(8);
    expect(size(small)).toBeLessThan(size(found));
  });

  it('gives the case itself back where nothing simpler is interesting', () => {
    const found = layout();
    expect(shrinkCase(found, (plain) => plain === found)).toBe(found);
  });
});
