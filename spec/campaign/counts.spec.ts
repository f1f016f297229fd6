/** Counts of disjoint parts add up to the same sum in whatever order they come, and the first occurrence stays first. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ClassCount,
  type Counts,
  DIED_KEPT,
  type DiedCase,
  EMPTY_COUNTS,
  faultsRun,
  hasFailed,
  mergeCounts,
} from '../../src/campaign/counts.js';
import { MARKS } from '../../src/mm/marks.js';

const aClass = (changes: Partial<ClassCount> = {}): ClassCount => ({
  id: 'young:1>0:',
  kind: 'difference',
  field: 'young',
  legacy: 1,
  batched: 0,
  facts: [],
  entry: null,
  count: 1,
  first: `g2.arm64.8.1.${changes.position ?? 0}`,
  position: 0,
  ...changes,
});

const small = fc.nat(1000);
const marks = fc.array(small, { minLength: MARKS.length, maxLength: MARKS.length });
const names = <T>(value: fc.Arbitrary<T>) => fc.dictionary(fc.constantFrom('x86-64', 'arm64', 'riscv64'), value);

/** What one part of a plan may have counted; positions in it are `part` modulo 10, so that parts share none. */
const countsOf = (part: number): fc.Arbitrary<Counts> => {
  const position = small.map((n) => n * 10 + part);
  const classes = fc.uniqueArray(
    fc.record({
      id: fc.constantFrom('a', 'b', 'c', 'd'),
      entry: fc.constantFrom(null, 'one', 'other'),
      legacy: small,
      position,
      count: small,
    }),
    { selector: ({ id, entry }) => `${id} ${entry}` },
  );
  const violations = fc.uniqueArray(
    fc.record({ invariant: fc.constantFrom('I1', 'I2'), engine: fc.constantFrom('a', 'b'), position, count: small }),
    { selector: ({ invariant, engine }) => `${invariant} ${engine}` },
  );
  const died = fc.uniqueArray(position, { maxLength: 60 });
  return fc
    .record({
      cases: small,
      run: names(small),
      effective: small,
      legacy: marks,
      batched: marks,
      classes,
      violations,
      died,
      entryHits: names(small),
    })
    .map(({ legacy, batched, ...rest }) => ({
      ...rest,
      marks: { legacy, batched },
      classes: rest.classes.map((found) => aClass(found)),
      violations: rest.violations.map((found) => ({ ...found, first: `at ${found.position}` })),
      died: rest.died.map((at): DiedCase => ({ engine: 'a', address: `at ${at}`, message: 'gone', position: at })),
      deaths: rest.died.length,
    }));
};

const parts = fc
  .integer({ min: 0, max: 6 })
  .chain((n) => fc.tuple(...Array.from({ length: n }, (_, i) => countsOf(i))));

describe('the sum of counts', () => {
  it('does not depend on their order', () => {
    fc.assert(
      fc.property(
        parts.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        ([list, shuffled]) => {
          expect(JSON.stringify(mergeCounts(shuffled))).toBe(JSON.stringify(mergeCounts(list)));
        },
      ),
    );
  });

  it('does not depend on how they are grouped', () => {
    fc.assert(
      fc.property(parts, fc.nat(6), (list, cut) => {
        const grouped = mergeCounts([mergeCounts(list.slice(0, cut)), mergeCounts(list.slice(cut))]);
        expect(JSON.stringify(grouped)).toBe(JSON.stringify(mergeCounts(list)));
      }),
    );
  });

  it('is what was counted, to the last fault', () => {
    fc.assert(
      fc.property(parts, (list) => {
        const total = mergeCounts(list);
        const sum = (of: (counts: Counts) => number): number => list.reduce((all, counts) => all + of(counts), 0);
        const countOf = (counts: Counts): number => counts.classes.reduce((all, { count }) => all + count, 0);
        expect(faultsRun(total)).toBe(sum(faultsRun));
        expect(countOf(total)).toBe(sum(countOf));
        expect(total.deaths).toBe(sum(({ deaths }) => deaths));
        expect(total.marks.batched.at(-1)).toBe(sum(({ marks: { batched } }) => batched.at(-1) ?? 0));
      }),
    );
  });

  it('of nothing is nothing', () => {
    expect(mergeCounts([])).toEqual(EMPTY_COUNTS);
    expect(faultsRun(EMPTY_COUNTS)).toBe(0);
  });
});

describe('a class that several parts have', () => {
  const early = aClass({ position: 3, legacy: 7, count: 2 });
  const late = aClass({ position: 40, legacy: 9, count: 5 });
  const withClasses = (...classes: ClassCount[]): Counts => ({ ...EMPTY_COUNTS, classes });

  it('has the address and values of the first occurrence in the plan', () => {
    const { classes } = mergeCounts([withClasses(late), withClasses(early)]);
    expect(classes).toEqual([{ ...early, count: 7 }]);
  });

  it('is another one under another entry', () => {
    const known = aClass({ position: 1, entry: 'known' });
    const { classes } = mergeCounts([withClasses(late), withClasses(known)]);
    expect(classes.map(({ entry }) => entry)).toEqual(['known', null]);
  });

  it('fails a campaign unless an entry explains it', () => {
    expect(hasFailed(withClasses(aClass({ entry: 'known' })))).toBe(false);
    expect(hasFailed(withClasses(early))).toBe(true);
    const violation = { invariant: 'I1', engine: 'a', count: 1, first: 'at 1', position: 1 };
    expect(hasFailed({ ...EMPTY_COUNTS, violations: [violation] })).toBe(true);
  });
});

it('cases in which an engine died are all counted, and listed up to a limit, the first ones', () => {
  const died = (from: number): DiedCase[] =>
    Array.from({ length: 80 }, (_, i) => ({
      engine: 'a',
      address: `${from + 2 * i}`,
      message: '',
      position: from + 2 * i,
    }));
  const total = mergeCounts([0, 1].map((from) => ({ ...EMPTY_COUNTS, died: died(from), deaths: 80 })));
  expect(total.deaths).toBe(160);
  expect(total.died.map(({ position }) => position)).toEqual(Array.from({ length: DIED_KEPT }, (_, i) => i));
});
