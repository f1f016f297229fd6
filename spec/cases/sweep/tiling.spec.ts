/** Tilings: every cover of the span by aligned folios and single indexes, each once. */
import { describe, expect, it } from 'vitest';
import { pagesOf, tilingKey, tilingOf, tilings } from '../../../src/cases/sweep/tiling.js';
import { layout } from '../../support.js';

describe('the tilings of a span', () => {
  it.each([
    [4, 26],
    [6, 130],
    [8, 677],
  ])('of %i pages are %i with holes and folios', (span, count) => {
    const all = tilings(span, ['hole', 'folio']);
    expect(all).toHaveLength(count);
    expect(new Set(all.map(tilingKey)).size).toBe(count);
  });

  it('cover each index once, by folios that are naturally aligned', () => {
    for (const tiling of tilings(6, ['hole', 'value-entry', 'folio', 'not-uptodate'])) {
      expect(tiling.flatMap(pagesOf)).toEqual([0, 1, 2, 3, 4, 5]);
      for (const { at, order } of tiling) expect(at % (1 << order)).toBe(0);
      for (const { order, kind } of tiling) if (kind === 'hole' || kind === 'value-entry') expect(order).toBe(0);
    }
  });

  it('begin with the simplest: nothing is cached', () => {
    expect(tilings(4, ['hole', 'folio'])[0].map(({ kind }) => kind)).toEqual(['hole', 'hole', 'hole', 'hole']);
  });
});

it('the tiling of a plain case names folios, holes and value entries by index', () => {
  const plain = layout({
    span: 8,
    folios: [
      { at: 6, order: 1, flags: ['dirty', 'refcount-zero'] },
      { at: 0, order: 2 },
      { at: 5, order: 0, flags: ['not-uptodate'] },
    ],
    valueEntries: [4],
    steps: [{ read: 0 }],
  });
  expect(tilingOf(plain)).toEqual([
    { at: 0, order: 2, kind: 'folio' },
    { at: 4, order: 0, kind: 'value-entry' },
    { at: 5, order: 0, kind: 'not-uptodate' },
    { at: 6, order: 1, kind: 'refcount-zero' },
  ]);
  expect(tilings(8, ['hole', 'value-entry', 'folio', 'not-uptodate', 'refcount-zero']).map(tilingKey)).toContain(
    tilingKey(tilingOf(plain)),
  );
});
