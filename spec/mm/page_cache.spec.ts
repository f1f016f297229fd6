/** The lookup of fault-around takes the first usable folio, and leaves every folio that it refuses as it was. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  FOLIO_CACHED,
  FOLIO_FRESH,
  FOLIO_LOCKED,
  FOLIO_OTHER_MAPPING,
  FOLIO_READAHEAD,
  FOLIO_UPTODATE,
  FOLIO_VALUE_ENTRY,
} from '../../src/mm/bits.js';
import { I_SIZE } from '../../src/mm/fields.js';
import { Image } from '../../src/mm/image.js';
import * as M from '../../src/mm/marks.js';
import { fileEnd, maxIndex, nextUptodateFolio, pageHwpoison } from '../../src/mm/page_cache.js';
import {
  RACE_FOLIO_LOCKED,
  RACE_FOLIO_NOT_UPTODATE,
  RACE_FOLIO_REPLACED,
  RACE_FOLIO_TRUNCATED,
  RACE_I_SIZE,
  Scene,
} from '../../src/mm/scene.js';

const SPAN = 32;
const GOOD = FOLIO_CACHED | FOLIO_UPTODATE;

/** What stands at an index: a folio with these flags and references, or nothing. */
interface Tile {
  readonly order: number;
  readonly flags: number;
  readonly refs: number;
}

/** A cache of tiles in a row; each folio is aligned to its size. */
function cache(tiles: readonly Tile[], size = SPAN): { scene: Scene; image: Image; heads: number[] } {
  const scene = new Scene(SPAN);
  const image = new Image(SPAN);
  image.mm[I_SIZE] = size;
  const heads: number[] = [];
  let at = 0;
  for (const { order, flags, refs } of tiles) {
    const pages = 1 << order;
    at = Math.ceil(at / pages) * pages;
    if (at + pages > SPAN) break;
    heads.push(at);
    scene.folioPages[at] = pages;
    for (let page = at; page < at + pages; page++) scene.headOf[page] = at;
    image.folio[at] = flags;
    image.refcount[at] = refs;
    at += pages;
  }
  return { scene, image, heads };
}

const tile: fc.Arbitrary<Tile> = fc.record({
  order: fc.integer({ min: 0, max: 3 }),
  flags: fc.oneof(
    fc.constantFrom(GOOD, GOOD, GOOD | FOLIO_LOCKED, GOOD | FOLIO_READAHEAD, GOOD | FOLIO_OTHER_MAPPING),
    fc.constantFrom(FOLIO_CACHED, 0, FOLIO_VALUE_ENTRY, FOLIO_UPTODATE),
  ),
  refs: fc.constantFrom(1, 1, 5, 0),
});

/** Plain reading of the rules: is the folio usable at this index? */
function isUsable(scene: Scene, image: Image, index: number): boolean {
  const head = scene.headOf[index];
  const has = (flag: number): boolean => image.folioTest(head, flag);
  if (!has(FOLIO_CACHED) || image.refcount[head] === 0 || index >= image.mm[I_SIZE]) return false;
  return !has(FOLIO_LOCKED) && has(FOLIO_UPTODATE) && !has(FOLIO_READAHEAD) && !has(FOLIO_OTHER_MAPPING);
}

describe('the lookup', () => {
  const anywhere = fc.record({
    tiles: fc.array(tile, { maxLength: 16 }),
    size: fc.integer({ min: 0, max: SPAN }),
    from: fc.nat(SPAN - 1),
    length: fc.nat(SPAN + 8),
  });

  it('finds the first index of the window that lies in a usable folio', () => {
    fc.assert(
      fc.property(anywhere, ({ tiles, size, from, length }) => {
        const { scene, image } = cache(tiles, size);
        const last = Math.min(SPAN - 1, from + length);
        // A folio is visited once, at its first index in the window: what is refused there stays refused.
        const visits = Array.from({ length: last - from + 1 }, (_, i) => from + i).filter(
          (index) => index === from || scene.headOf[index] === index,
        );
        const expected = visits.find((index) => isUsable(scene, image, index)) ?? -1;
        expect(nextUptodateFolio(scene, image, from, from + length)).toBe(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it('locks what it found, takes one reference, and touches nothing else', () => {
    fc.assert(
      fc.property(anywhere, ({ tiles, size, from, length }) => {
        const { scene, image } = cache(tiles, size);
        const before = new Image(SPAN);
        before.copyFrom(image);
        const found = nextUptodateFolio(scene, image, from, from + length);
        if (found >= 0) {
          const head = scene.headOf[found];
          expect(image.folioTest(head, FOLIO_LOCKED)).toBe(true);
          expect(image.refcount[head]).toBe(before.refcount[head] + 1);
          image.folioUnlock(head);
          image.refcount[head]--;
        }
        expect(image.words).toEqual(before.words);
      }),
    );
  });

  it.each([
    ['locked', GOOD | FOLIO_LOCKED, 1, M.LOOKUP_LOCKED],
    ['without references', GOOD, 0, M.LOOKUP_REF_ZERO],
    ['not uptodate', FOLIO_CACHED, 1, M.LOOKUP_NOT_UPTODATE],
    ['marked for read-ahead', GOOD | FOLIO_READAHEAD, 1, M.LOOKUP_READAHEAD],
    ['of another mapping', GOOD | FOLIO_OTHER_MAPPING, 1, M.LOOKUP_OTHER_MAPPING],
    ['only a value entry', FOLIO_VALUE_ENTRY, 0, M.LOOKUP_VALUE],
  ])('refuses a folio that is %s, and marks why', (_what, flags, refs, mark) => {
    const { scene, image } = cache([
      { order: 0, flags, refs },
      { order: 0, flags: GOOD, refs: 1 },
    ]);
    expect(nextUptodateFolio(scene, image, 0, 5)).toBe(1);
    expect(image.marks[mark]).toBe(1);
    expect({ flags: image.folio[0], refs: image.refcount[0] }).toEqual({ flags, refs });
  });

  it('asks i_size about the index alone: the tail of a large folio may lie beyond', () => {
    const { scene, image } = cache([{ order: 3, flags: GOOD, refs: 8 }], 3);
    expect(nextUptodateFolio(scene, image, 2, 7)).toBe(2);
    image.folioUnlock(0);
    expect(nextUptodateFolio(scene, image, 3, 7)).toBe(-1);
    expect(image.marks[M.LOOKUP_I_SIZE]).toBe(1);
  });

  it.each([
    [RACE_FOLIO_REPLACED, M.LOOKUP_REPLACED],
    [RACE_FOLIO_LOCKED, M.LOOKUP_TRYLOCK],
    [RACE_FOLIO_TRUNCATED, M.LOOKUP_TRUNCATED],
    [RACE_FOLIO_NOT_UPTODATE, M.LOOKUP_RECHECK],
  ])('loses folio 4 to race %d alone, and leaves it as it was', (race, mark) => {
    const tiles = Array.from({ length: 2 }, () => ({ order: 2, flags: GOOD, refs: 4 }));
    const { scene, image } = cache(tiles);
    Object.assign(scene, { race, raceAt: 4 });
    expect(nextUptodateFolio(scene, image, 0, 7)).toBe(0);
    expect(nextUptodateFolio(scene, image, 4, 7)).toBe(-1);
    expect(image.marks[mark]).toBe(1);
    expect({ flags: image.folio[4], refs: image.refcount[4] }).toEqual({ flags: GOOD, refs: 4 });
  });

  it('is not troubled by a race about something else', () => {
    const { scene, image } = cache([{ order: 2, flags: GOOD, refs: 4 }]);
    Object.assign(scene, { race: RACE_I_SIZE, raceAt: 0 });
    expect(nextUptodateFolio(scene, image, 0, 3)).toBe(0);
  });
});

describe('i_size', () => {
  it('is exclusive in one form and inclusive in the other', () => {
    const { scene, image } = cache([], 7);
    expect([maxIndex(image), fileEnd(scene, image)]).toEqual([7, 6]);
  });

  it('wraps to no limit at all for an empty file, wherever the span lies in it', () => {
    for (const fileBase of [0, 512]) {
      const { scene, image } = cache([], -fileBase);
      Object.assign(scene, { fileBase });
      expect(fileEnd(scene, image)).toBeGreaterThan(1 << 20);
    }
  });
});

describe('a poisoned page', () => {
  it('is a new and sound one after it was read in again', () => {
    const { scene, image } = cache([{ order: 1, flags: GOOD, refs: 2 }]);
    scene.hwpoison[1] = 1;
    expect([0, 1].map((page) => pageHwpoison(scene, image, page))).toEqual([false, true]);
    image.folioSet(0, FOLIO_FRESH);
    expect(pageHwpoison(scene, image, 1)).toBe(false);
  });
});
