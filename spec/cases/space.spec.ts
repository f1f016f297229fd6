/** Dials: every value has a chance in proportion to its weight, and the first is what an absent feature gives. */
import { describe, expect, it } from 'vitest';
import { DIALS } from '../../src/cases/dials.js';
import { Drawer } from '../../src/cases/draw.js';
import { Dial, FEATURES, featureBit } from '../../src/cases/space.js';
import { architecture } from '../../src/mm/arch/index.js';

const share = (dial: Dial, value: number): number => dial.table.filter((entry) => entry === value).length / 256;

describe.each(Object.entries(DIALS))('the dial %s', (_name, dial) => {
  it('can give each of its values, in proportion to the weights', () => {
    const total = dial.choices.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [value, weight] of dial.choices) {
      expect(share(dial, value)).toBeCloseTo(weight / total, 1);
      expect(share(dial, value)).toBeGreaterThan(0);
    }
    expect(dial.choices.reduce((sum, [value]) => sum + share(dial, value), 0)).toBe(1);
  });
});

describe('a dial', () => {
  const drawer = new Drawer(architecture('arm64'), { uffdWp: false, vmaLock: false, races: false }, 1, 8);
  const dial = new Dial('example', 'mlock', [
    [3, 1],
    [4, 1],
  ]);

  it('gives its first value to a block without its feature', () => {
    drawer.features = featureBit('holes');
    expect(new Set(Array.from({ length: 50 }, () => drawer.pick(dial)))).toEqual(new Set([3]));
  });

  it('gives all of them to a block that has it', () => {
    drawer.features = featureBit('mlock');
    expect(new Set(Array.from({ length: 50 }, () => drawer.pick(dial)))).toEqual(new Set([3, 4]));
  });
});

it('each feature has a bit of its own, in one word', () => {
  expect(new Set(FEATURES.map(featureBit)).size).toBe(FEATURES.length);
  expect(FEATURES.length).toBeLessThan(32);
});

it('each feature switches some dial', () => {
  const used = Object.values(DIALS).reduce((bits, { bit }) => bits | bit, 0);
  expect(FEATURES.filter((feature) => (used & featureBit(feature)) === 0)).toEqual([]);
});
