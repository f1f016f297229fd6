/**
 * Random numbers for the drawer: xoroshiro64* (Blackman and Vigna, public domain) with 32-bit integer state, seeded
 * through a mixing hash so that neighbouring seeds and indexes share nothing.
 */

/** A bijective mix of 32 bits (the finaliser of MurmurHash3, constants of Stafford's variant). */
function mix(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return x ^ (x >>> 16);
}

export class Rng {
  private s0 = 1;
  private s1 = 2;

  /** Starts a stream that is named by these numbers; each is taken as a 53-bit non-negative integer. */
  seed(a: number, b: number, c: number): void {
    let x = mix(0x9e3779b9 ^ (a | 0));
    let y = mix(x ^ Math.floor(a / 2 ** 32));
    x = mix(x ^ (b | 0));
    y = mix(y ^ x ^ Math.floor(b / 2 ** 32));
    x = mix(x ^ (c | 0));
    y = mix(y ^ x ^ Math.floor(c / 2 ** 32));
    this.s0 = x;
    this.s1 = (x | y) === 0 ? 1 : y;
  }

  /** 32 random bits as a signed integer; the high ones are the best. */
  next(): number {
    const s0 = this.s0;
    let s1 = this.s1;
    s1 ^= s0;
    this.s0 = ((s0 << 26) | (s0 >>> 6)) ^ s1 ^ (s1 << 9);
    this.s1 = (s1 << 13) | (s1 >>> 19);
    return Math.imul(s0, 0x9e3779bb);
  }

  /** Uniform in [0, n), n up to 65536. */
  below(n: number): number {
    return ((this.next() >>> 16) * n) >>> 16;
  }

  /** True in k of 256 draws. */
  chance(k: number): boolean {
    return this.next() >>> 24 < k;
  }
}
