/** Pairs of planted bugs, and their witnesses. */
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { PLANTED_BUGS, type PlantedBug, sharedStep } from '../../../src/batched/index.js';
import {
  baseOf,
  combinablePairs,
  type Pair,
  PairCheck,
  pairId,
  readWitnesses,
  revisionWith,
  signsOf,
} from '../../../src/campaign/selftest/pairs.js';
import { temporaryFolder } from '../../folders.js';
import { ALLOWLIST, FIXTURES, LEGACY } from '../../support.js';

const bug = (id: string): PlantedBug => PLANTED_BUGS.find((candidate) => candidate.id === id) as PlantedBug;
const pair = (a: string, b: string): Pair => [bug(a), bug(b)];
const witnesses = readWitnesses(FIXTURES);

let dir: string;
beforeAll(() => {
  const made = temporaryFolder();
  dir = made.path;
  return made.remove;
});

describe('the witnesses', () => {
  it('are one for each planted bug', () => {
    expect([...witnesses.keys()].sort()).toEqual(PLANTED_BUGS.map(({ id }) => id).sort());
  });

  it.each(PLANTED_BUGS.map(({ id }) => id))('of %s shows what its base does not', (id) => {
    const plain = witnesses.get(id);
    if (plain === undefined) throw new Error('no witness');
    const without = signsOf(plain, LEGACY, baseOf(bug(id)), ALLOWLIST);
    const shown = [...signsOf(plain, LEGACY, revisionWith(bug(id)), ALLOWLIST)];
    expect(shown.filter((sign) => !without.has(sign))).not.toEqual([]);
  });

  it('must not be missing', () => {
    cpSync(join(FIXTURES, 'regressions'), join(dir, 'regressions'), { recursive: true });
    rmSync(join(dir, 'regressions', 'm7-stat-accumulator.yaml'));
    expect(() => readWitnesses(dir)).toThrow('no regression fixture for the planted bug M7');
  });
});

describe('pairs', () => {
  const check = new PairCheck(ALLOWLIST, witnesses);

  it('are those that share no step', () => {
    const all = (PLANTED_BUGS.length * (PLANTED_BUGS.length - 1)) / 2;
    const shared = PLANTED_BUGS.flatMap((a, i) =>
      PLANTED_BUGS.slice(i + 1).filter((b) => sharedStep(a, b) !== undefined),
    );
    expect(combinablePairs()).toHaveLength(all - shared.length);
    expect(combinablePairs().map(pairId)).not.toContain('M1+M2');
  });

  it('give at least two classes each', () => {
    expect(combinablePairs().filter((both) => check.classes(both) < 2)).toEqual([]);
  });

  it('of independent bugs show both', () => {
    expect(check.covered(pair('M1', 'M9'))).toBeNull();
  });

  it('may have one bug that covers the other', () => {
    expect(check.covered(pair('M11', 'M17'))?.id).toBe('M17');
    expect(check.covered(pair('M16', 'R11'))?.id).toBe('M16');
  });

  it('are planted where both can be', () => {
    expect(revisionWith(bug('R11'), bug('M9')).id).toBe('batched@v6.18+M9+R11');
    expect(baseOf(bug('M1'), bug('M9')).id).toBe('batched@reference');
  });
});
