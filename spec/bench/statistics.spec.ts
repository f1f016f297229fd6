/** Medians and paired ratios. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { median, pairedRatio } from '../../src/bench/statistics.js';

describe('the median', () => {
  it('is the middle value, or the mean of the two middle ones', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([7])).toBe(7);
  });

  it('has as many values above as below, whatever their order', () => {
    const property = fc.property(fc.array(fc.nat(1000), { minLength: 1 }), (values) => {
      const middle = median(values);
      const below = values.filter((value) => value < middle).length;
      const above = values.filter((value) => value > middle).length;
      expect(Math.max(below, above)).toBeLessThanOrEqual(values.length / 2);
    });
    fc.assert(property);
  });

  it('does not exist for no values', () => {
    expect(() => median([])).toThrow(RangeError);
  });

  it('is endless where most values are', () => {
    expect(median([1, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY])).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('the paired ratio', () => {
  it('compares neighbours, so that a slow moment of the machine cancels out', () => {
    expect(pairedRatio([20, 2, 200], [10, 1, 100])).toBe(2);
  });

  it('needs as many measurements of both', () => {
    expect(() => pairedRatio([1, 2], [1])).toThrow('2 measurements against 1');
  });
});
