/**
 * Reflected mixed-radix Gray code (Knuth, The Art of Computer Programming, 7.2.1.1): walks through all combinations of
 * digits so that each step changes one digit by one. Any position can be computed from its number, and back.
 */
export class GrayCode {
  /** digits of the code at the position, the fastest first */
  readonly values: Int32Array;
  /** combinations; exact below 2^53 */
  readonly size: number;
  /** digits of the position's number */
  private readonly counter: Int32Array;
  /** which way each digit goes, 1 or -1 */
  readonly direction: Int32Array;
  readonly radixes: Int32Array;

  /** @param radixes number of values of each digit (at least 2), the fastest first */
  constructor(radixes: readonly number[]) {
    this.radixes = Int32Array.from(radixes);
    this.values = new Int32Array(radixes.length);
    this.counter = new Int32Array(radixes.length);
    this.direction = new Int32Array(radixes.length).fill(1);
    this.size = radixes.reduce((product, radix) => product * radix, 1);
  }

  /** Goes to a position, 0 <= rank < size. */
  seek(rank: number): void {
    let rest = rank;
    for (let i = 0; i < this.radixes.length; i++) {
      const radix = this.radixes[i];
      const digit = rest % radix;
      rest = (rest - digit) / radix;
      // `rest` counts how often the digit has run through all its values: every second time it runs backwards.
      const up = rest % 2 === 0;
      this.counter[i] = digit;
      this.direction[i] = up ? 1 : -1;
      this.values[i] = up ? digit : radix - 1 - digit;
    }
  }

  /** One step: the digit that changes, or -1 at the last position, where nothing changes. */
  next(): number {
    const { radixes, counter, direction } = this;
    let i = 0;
    while (i < radixes.length && counter[i] === radixes[i] - 1) i++;
    if (i === radixes.length) return -1;
    for (let done = 0; done < i; done++) {
      counter[done] = 0;
      direction[done] = -direction[done];
    }
    counter[i]++;
    this.values[i] += direction[i];
    return i;
  }

  /** The position of these digits. */
  rank(values: readonly number[]): number {
    let rank = 0;
    for (let i = this.radixes.length - 1; i >= 0; i--) {
      const radix = this.radixes[i];
      const digit = rank % 2 === 0 ? values[i] : radix - 1 - values[i];
      rank = rank * radix + digit;
    }
    return rank;
  }

  /** Number of the position. */
  position(): number {
    let position = 0;
    for (let i = this.radixes.length - 1; i >= 0; i--) position = position * this.radixes[i] + this.counter[i];
    return position;
  }
}
