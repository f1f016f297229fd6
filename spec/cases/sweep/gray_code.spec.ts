/** The Gray code visits each combination once, one digit by one at a time, and can start anywhere. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GrayCode } from '../../../src/cases/sweep/gray_code.js';

const radixes = fc.array(fc.integer({ min: 2, max: 5 }), { minLength: 0, maxLength: 5 });

describe('a Gray code', () => {
  it('has each combination exactly once, and ends with -1', () => {
    fc.assert(
      fc.property(radixes, (sizes) => {
        const gray = new GrayCode(sizes);
        const seen = new Set([gray.values.join()]);
        let steps = 1;
        for (; gray.next() >= 0; steps++) seen.add(gray.values.join());
        expect([steps, seen.size]).toEqual([gray.size, sizes.reduce((product, size) => product * size, 1)]);
        expect(seen.size).toBe(steps);
        expect(gray.next()).toBe(-1);
      }),
      { numRuns: 60 },
    );
  });

  it('changes one digit by one in each step, and says which and whereto', () => {
    fc.assert(
      fc.property(radixes, (sizes) => {
        const gray = new GrayCode(sizes);
        let before = [...gray.values];
        for (let turned = gray.next(); turned >= 0; turned = gray.next()) {
          const moved = before.map((digit, i) => gray.values[i] - digit);
          expect(moved).toEqual(before.map((_, i) => (i === turned ? gray.direction[turned] : 0)));
          before = [...gray.values];
        }
      }),
      { numRuns: 40 },
    );
  });

  it('starts at any position as if it had walked there', () => {
    fc.assert(
      fc.property(radixes, fc.nat(), fc.nat(20), (sizes, somewhere, further) => {
        const [walked, sought] = [new GrayCode(sizes), new GrayCode(sizes)];
        const rank = somewhere % walked.size;
        for (let i = 0; i < rank; i++) walked.next();
        sought.seek(rank);
        for (let i = 0; i < further; i++) {
          expect(sought).toEqual(walked);
          expect(sought.next()).toBe(walked.next());
        }
      }),
      { numRuns: 100 },
    );
  });

  it('knows the number of every combination', () => {
    fc.assert(
      fc.property(radixes, fc.nat(), (sizes, somewhere) => {
        const gray = new GrayCode(sizes);
        const rank = somewhere % gray.size;
        gray.seek(rank);
        expect([gray.rank([...gray.values]), gray.position()]).toEqual([rank, rank]);
      }),
      { numRuns: 200 },
    );
  });

  it('is exact for more combinations than 32 bits count', () => {
    const gray = new GrayCode(new Array(40).fill(2));
    expect(gray.size).toBe(2 ** 40);
    gray.seek(2 ** 40 - 1);
    expect([gray.position(), gray.rank([...gray.values])]).toEqual([2 ** 40 - 1, 2 ** 40 - 1]);
  });
});
