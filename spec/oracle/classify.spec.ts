/** Directions have numbers for counting and texts for people, and both tell the same directions apart. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PMD_DIRTY, PMD_HUGE, PMD_TABLE, PMD_WRITE, PMD_YOUNG } from '../../src/mm/bits.js';
import { FIELDS } from '../../src/mm/fields.js';
import { classId, directionCode } from '../../src/oracle/classify.js';
import type { Finding } from '../../src/oracle/judge.js';

const compared = FIELDS.filter(({ compare }) => compare !== 'conform');

function idOf(field: number, legacy: number, batched: number): string {
  const finding: Finding = { field, site: 0, missing: false, legacy, batched, word: 0, entry: null, promise: null };
  return classId(finding);
}

/** Values that a field can have, as far as its width and meaning limit them. */
function valuesOf(name: string, mask: number): fc.Arbitrary<number> {
  if (name === 'pte') return fc.constantFrom(0, 1, 2, 4, 8);
  if (name === 'ret') return fc.nat(0x7fff).map((bits) => bits & 0x7d77);
  if (name === 'pmd') return fc.constantFrom(0, PMD_TABLE).chain((small) => fc.constantFrom(small, ...hugePmds));
  if (name === 'accessOutcome') return fc.nat(6);
  if (name === 'assertions') return fc.nat(31);
  return (mask & (mask - 1)) === 0 ? fc.nat(1) : fc.nat(1000);
}
const hugePmds = [0, PMD_YOUNG, PMD_DIRTY, PMD_WRITE, PMD_YOUNG | PMD_DIRTY, PMD_DIRTY | PMD_WRITE].map(
  (bits) => PMD_HUGE | bits,
);

describe('directions', () => {
  it('of a PMD that was dirty and of one that was not are two', () => {
    const pmd = FIELDS.findIndex(({ name }) => name === 'pmd');
    const clean = PMD_HUGE | PMD_YOUNG | PMD_WRITE;
    const codes = [clean, clean | PMD_DIRTY].map((legacy) => directionCode(FIELDS[pmd], legacy, PMD_TABLE));
    expect(codes[0]).not.toBe(codes[1]);
  });

  it.each(
    compared.map(({ name, mask }) => [name, mask] as const),
  )('of %s are counted as they are named', (name, mask) => {
    const index = FIELDS.findIndex((field) => field.name === name);
    const values = valuesOf(name, mask);
    const pairs = fc.tuple(values, values).filter(([legacy, batched]) => legacy !== batched);
    fc.assert(
      fc.property(pairs, pairs, ([l, b], [otherL, otherB]) => {
        const sameCode = directionCode(FIELDS[index], l, b) === directionCode(FIELDS[index], otherL, otherB);
        expect(sameCode).toBe(idOf(index, l, b) === idOf(index, otherL, otherB));
      }),
      { numRuns: 300 },
    );
  });
});
