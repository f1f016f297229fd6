/**
 * Every stub of the shim has a contract, and each contract holds for the compiled stub. Where the optional compiler is
 * not installed, only the contracts' texts are looked at.
 */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { contracts, contractsIn, shimHeaders, stubsIn } from '../../../src/kernel/contracts.js';
import {
  FOLIO_LOCKED,
  FOLIO_OTHER_MAPPING,
  FOLIO_READAHEAD,
  FOLIO_UPTODATE,
  FOLIO_WORKINGSET,
} from '../../../src/mm/bits.js';
import { I_SIZE } from '../../../src/mm/fields.js';
import { Image } from '../../../src/mm/image.js';
import { nextUptodateFolio } from '../../../src/mm/page_cache.js';
import { RACE_FOLIO_NOT_UPTODATE, RACE_FOLIO_REPLACED, RACE_NONE, type Scene } from '../../../src/mm/scene.js';
import { Bench, KINDS, type Kind, type Row } from './bench.js';
import { BASICS } from './rows_basics.js';
import { CALLS } from './rows_calls.js';
import { CURSOR, WALK } from './rows_cursor.js';
import { PAGES } from './rows_pages.js';
import { WAYS } from './rows_ways.js';

const installed = await import('@yowasp/clang').then(
  () => true,
  () => false,
);

const ROWS = [...BASICS, ...PAGES, ...CURSOR, ...CALLS, ...WAYS];
const ALL_STUBS = contracts().flatMap(({ names }) => names);

/** The stubs that a row calls, for its title. */
const stubsOf = ({ c }: Row): string[] => ALL_STUBS.filter((name) => new RegExp(`\\b${name}\\b`).test(c));
const rowsOf = (kind: Kind): Row[] => ROWS.filter(({ on = ['old', 'new'] }) => on.includes(kind));

describe('contracts', () => {
  it.each([...shimHeaders()])('stand in %s for every stub that it supplies', (file, text) => {
    const own = contractsIn(file, text).flatMap(({ names }) => names);
    expect(stubsIn(text).filter((name) => !own.includes(name))).toEqual([]);
  });

  it('are about stubs that there are', () => {
    const there = new Set([...shimHeaders().values()].flatMap(stubsIn));
    expect(ALL_STUBS.filter((name) => !there.has(name))).toEqual([]);
    expect(ALL_STUBS.length).toBeGreaterThan(200);
  });

  it('have a test each that calls the stub', () => {
    const called = new Set(ROWS.flatMap(stubsOf));
    expect(ALL_STUBS.filter((name) => !called.has(name))).toEqual([]);
  });

  it('are read from comments, and refused where a part is missing', () => {
    const text = '/**\n * Stub: a, b_{c,d}. Kernel: does\n * this. Shim: that. Omits: more.\n */\n';
    expect(contractsIn('x.h', text)).toEqual([
      { names: ['a', 'b_c', 'b_d'], file: 'x.h', kernel: 'does this.', shim: 'that.', omits: 'more.' },
    ]);
    expect(contractsIn('x.h', '/** Stub: a. Kernel: b. Shim: c. */')[0]?.omits).toBeUndefined();
    expect(() => contractsIn('x.h', '/** Stub: a. Kernel: b. */')).toThrow('x.h: expected Stub, Kernel, Shim');
  });
});

/** First pages of the folios of the bench. */
const HEADS = [0, 4, 8] as const;
const TOGGLED = fc.array(
  fc.constantFrom(0, FOLIO_LOCKED, FOLIO_READAHEAD, FOLIO_OTHER_MAPPING, FOLIO_WORKINGSET, FOLIO_UPTODATE),
  { minLength: 3, maxLength: 3 },
);
const SIZE = fc.integer({ min: 0, max: 16 });
const RACES = fc.oneof(fc.constant(RACE_NONE), fc.integer({ min: RACE_FOLIO_REPLACED, max: RACE_FOLIO_NOT_UPTODATE }));

/** The pages that the model's walk begins with at each folio; the image is the one behind it. */
function modelWalk(image: Image, scene: Scene): number {
  let found = 0;
  for (let at = 0; at < 16; ) {
    const index = nextUptodateFolio(scene, image, at, 15);
    if (index < 0) break;
    found |= 1 << index;
    const head = scene.headOf[index] ?? 0;
    at = head + (scene.folioPages[head] ?? 1);
  }
  return found;
}

describe.skipIf(installed)('without the optional compiler', () => {
  it('no stub is called', () => {
    expect(installed).toBe(false);
  });
});

describe.skipIf(!installed).each(Object.keys(KINDS) as Kind[])('the stubs for %s kernels', (kind) => {
  const rows = rowsOf(kind);
  let bench: Bench;

  beforeAll(async () => {
    bench = await Bench.of(kind, rows);
  }, 120_000);

  const titled = rows.map((row, i) => [`${stubsOf(row).join(', ')}: ${row.does}`, row, i] as const);
  it.each(titled)('%s', (_title, row, i) => {
    const { gives = 1, after = () => {} } = row;
    expect(bench.run(i, row)).toBe(gives);
    after(bench);
  });

  it.skipIf(kind === 'x86')('find, lock and hold what the model does, whatever the state of the folios', () => {
    const probe = rows.findIndex(({ c }) => c === WALK);
    fc.assert(
      fc.property(TOGGLED, SIZE, RACES, fc.constantFrom(...HEADS), (toggled, size, race, at) => {
        let expected = 0;
        const modelled = new Image(16);
        const before = (image: Image, scene: Scene): void => {
          HEADS.forEach((head, i) => {
            image.folio[head] = (image.folio[head] ?? 0) ^ (toggled[i] ?? 0);
          });
          image.mm[I_SIZE] = size;
          scene.race = race;
          scene.raceAt = at;
          modelled.copyFrom(image);
          expected = modelWalk(modelled, scene);
        };
        expect(bench.run(probe, { does: 'walk', c: WALK, before })).toBe(expected);
        expect(bench.image.words).toEqual(modelled.words);
      }),
      { numRuns: 2000 },
    );
  });
});
