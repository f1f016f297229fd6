/** A fault counts once in each class and for each entry, and the first occurrence keeps its address. */
import { describe, expect, it } from 'vitest';
import { Tally } from '../../src/campaign/tally.js';
import { FIELDS } from '../../src/mm/fields.js';
import { factMask } from '../../src/oracle/facts.js';
import type { Finding } from '../../src/oracle/judge.js';
import { ALLOWLIST } from '../support.js';

const at = (index: number) => () => `g2.arm64.8.1.${index}`;
const young = FIELDS.findIndex(({ name }) => name === 'young');
const misses = FIELDS.findIndex(({ name }) => name === 'mmap_miss');
const plain: Finding = {
  field: young,
  site: 0,
  missing: false,
  legacy: 1,
  batched: 0,
  word: 0,
  entry: null,
  promise: null,
};

describe('a tally', () => {
  it('counts a class once in a fault, however many sites show it', () => {
    const tally = new Tally();
    for (const fault of [1, 1, 1, 2]) tally.add({ ...plain, site: fault }, fault, at(fault));
    expect(tally.classes).toHaveLength(1);
    expect(tally.classes[0]).toMatchObject({ count: 2, first: 'g2.arm64.8.1.1', id: 'young:1>0:' });
  });

  it('tells directions, fields, classifying facts, missing ones and entries apart', () => {
    const tally = new Tally();
    const others: Partial<Finding>[] = [
      {},
      { legacy: 0, batched: 1 },
      { missing: true },
      { field: misses },
      { word: factMask(['faultPage']) },
      { entry: ALLOWLIST.entries[0] },
      { entry: ALLOWLIST.entries[1] },
    ];
    for (const other of others) tally.add({ ...plain, ...other }, 1, at(1));
    expect(tally.classes).toHaveLength(others.length);
    expect(tally.unexplained).toBe(others.length - 2);
  });

  it('does not tell apart what only other facts and values tell apart', () => {
    const tally = new Tally();
    tally.add({ ...plain, field: misses, legacy: 1, batched: 7 }, 1, at(1));
    tally.add({ ...plain, field: misses, legacy: 20, batched: 90, word: factMask(['mlock']) }, 2, at(2));
    expect(tally.classes.map(({ count }) => count)).toEqual([2]);
  });

  it('counts the faults that an entry explains, not the findings', () => {
    const tally = new Tally();
    const [entry] = ALLOWLIST.entries;
    for (const fault of [4, 4, 5]) {
      tally.add({ ...plain, entry }, fault, at(fault));
      tally.add({ ...plain, entry, field: misses }, fault, at(fault));
    }
    expect(tally.entryHits.get(entry.id)).toBe(2);
  });

  it('counts violated invariants by engine', () => {
    const tally = new Tally();
    for (const [engine, fault] of [
      ['a', 1],
      ['a', 1],
      ['a', 2],
      ['b', 2],
    ] as const)
      tally.addViolation('I1', engine, fault, at(fault));
    expect([...tally.violations.values()].map(({ engine, count, first }) => [engine, count, first])).toEqual([
      ['a', 2, 'g2.arm64.8.1.1'],
      ['b', 1, 'g2.arm64.8.1.2'],
    ]);
  });
});
