/** Xorshift32. The state stays a small integer: an unsigned field would become a boxed double. */
export class Rng {
  constructor(private state: number) {
    this.state = state | 1;
  }

  /** 32 random bits as a signed integer. */
  next(): number {
    let bits = this.state;
    bits ^= bits << 13;
    bits ^= bits >>> 17;
    bits ^= bits << 5;
    this.state = bits;
    return bits;
  }

  /** Nearly uniform in [0, limit), limit at most 2^16. */
  below(limit: number): number {
    return ((this.next() >>> 16) * limit) >>> 16;
  }

  /** True in `share` of 256 draws. */
  chance(share: number): boolean {
    return this.next() >>> 24 < share;
  }
}
