/** Directions have numbers for counting and texts for people, and both tell the same directions apart. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PMD_DIRTY, PMD_HUGE, PMD_TABLE, PMD_WRITE, PMD_YOUNG } from '../../src/mm/bits.js';
import { FIELDS } from '../../src/mm/fields.js';
import { classId, classWord, directionCode } from '../../src/oracle/classify.js';
import { FACTS } from '../../src/oracle/facts.js';
import type { Finding } from '../../src/oracle/judge.js';
import { PATH_ACCESS_FLAG, PATHS } from '../../src/oracle/prediction.js';

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

describe('a fault that only sets access flags', () => {
  const [path, around] = ['path', 'around'].map((name) => FACTS.find((fact) => fact.name === name)?.shift ?? -1);
  const wordOf = (name: number): number => (name << path) | (1 << around);
  const found = (word: number, name = 'accessOutcome'): Finding => {
    const field = FIELDS.findIndex((candidate) => candidate.name === name);
    return { field, site: 0, missing: false, legacy: 1, batched: 3, word, entry: null, promise: null };
  };

  it('has classes of its own, by id and by word', () => {
    const finding = found(wordOf(PATH_ACCESS_FLAG));
    expect(classId(finding)).toBe('accessOutcome:done>no progress:path=access-flag,around');
    const others = PATHS.map((_, number) => number).filter((number) => number !== PATH_ACCESS_FLAG);
    for (const other of others) expect(classWord(found(wordOf(other)))).not.toBe(classWord(finding));
  });

  it('is all that is told apart by its path', () => {
    const others = PATHS.map((_, number) => found(wordOf(number))).filter((_, number) => number !== PATH_ACCESS_FLAG);
    expect(new Set(others.map(classId))).toEqual(new Set(['accessOutcome:done>no progress:around']));
    expect(new Set(others.map(classWord)).size).toBe(1);
  });
});

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
