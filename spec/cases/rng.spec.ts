/** The drawer's random numbers: fair enough, repeatable, and unrelated for neighbouring seeds. */
import { describe, expect, it } from 'vitest';
import { Rng } from '../../src/cases/rng.js';

function stream(a: number, b = 0, c = 0, length = 64): number[] {
  const rng = new Rng();
  rng.seed(a, b, c);
  return Array.from({ length }, () => rng.next());
}

describe('a stream', () => {
  it('is named by its three numbers alone', () => {
    const rng = new Rng();
    rng.seed(9, 9, 9);
    rng.next();
    rng.seed(1, 2, 3);
    expect(rng.next()).toBe(stream(1, 2, 3)[0]);
  });

  it('is another one for each neighbour', () => {
    const firsts = new Set<number>();
    for (let i = 0; i < 300; i++) {
      firsts.add(stream(i)[0]);
      firsts.add(stream(0, i + 1)[0]);
      firsts.add(stream(0, 0, i + 1)[0]);
    }
    expect(firsts.size).toBe(900);
  });

  it('is another one where its numbers differ above 32 bits alone', () => {
    const streams = new Set<string>();
    for (let i = 0; i < 300; i++) {
      streams.add(stream(i * 2 ** 32, 0, 0, 4).join());
      streams.add(stream(0, (i + 1) * 2 ** 32, 0, 4).join());
      streams.add(stream(0, 0, (i + 1) * 2 ** 32, 4).join());
    }
    expect(streams.size).toBe(900);
  });

  it('does not collapse for the seed of zeros', () => {
    expect(new Set(stream(0)).size).toBe(64);
  });

  it('flips about half of the bits between neighbouring seeds', () => {
    let flipped = 0;
    for (let seed = 0; seed < 100; seed++) {
      const [a, b] = [stream(seed), stream(seed + 1)];
      a.forEach((word, i) => {
        for (let x = word ^ b[i]; x !== 0; x &= x - 1) flipped++;
      });
    }
    expect(flipped / (100 * 64 * 32)).toBeCloseTo(0.5, 2);
  });
});

describe('a choice', () => {
  it('below n hits every value about equally often', () => {
    const rng = new Rng();
    rng.seed(1, 1, 1);
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 20_000; i++) counts[rng.below(10)]++;
    expect(Math.min(...counts)).toBeGreaterThan(1800);
    expect(Math.max(...counts)).toBeLessThan(2200);
  });

  it('with k chances of 256 is true about so often', () => {
    const rng = new Rng();
    rng.seed(2, 2, 2);
    let hits = 0;
    for (let i = 0; i < 20_000; i++) if (rng.chance(64)) hits++;
    expect(hits / 20_000).toBeCloseTo(0.25, 1);
    expect([rng.chance(0), rng.chance(256)]).toEqual([false, true]);
  });
});
