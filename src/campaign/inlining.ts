/**
 * How much the optimising compiler of Node puts into one function. The engines are many small verbs, one inside of the
 * other, and the usual limits end in the middle of them. With more room a fault takes up to a tenth less time, but each
 * thread compiles a second or two longer, on a core that another thread may need: that pays for long runs alone.
 */
import { setFlagsFromString } from 'node:v8';

/** Bytes of bytecode: of all functions that are put into one, and of each of them (src/flags/flag-definitions.h). */
const LIMITS = {
  short: { all: 920, each: 460 },
  long: { all: 3000, each: 1000 },
} as const;

/** Seconds of work for one thread from which on a run is long: what the compiler takes is won back only then. */
const LONG_SECONDS = 30;

/** What one thread does in a second, roughly: faults of a random search, cases of a sweep. */
const RATES = { faults: 400_000, cases: 2_000_000 } as const;

/**
 * How long a run will be for each of its threads.
 *
 * @param amount faults or cases, or null if time limits the run
 * @param seconds null if nothing else does
 */
export function lengthOf(
  amount: number | null,
  of: keyof typeof RATES,
  seconds: number | null,
  workers: number,
): keyof typeof LIMITS {
  const expected = amount === null ? (seconds ?? 0) : amount / Math.max(1, workers) / RATES[of];
  return expected >= LONG_SECONDS ? 'long' : 'short';
}

/** Makes the limits suit runs of this length. Holds for all threads, and for what is compiled from now on. */
export function compileFor(length: keyof typeof LIMITS): void {
  const { all, each } = LIMITS[length];
  setFlagsFromString(`--max-inlined-bytecode-size-cumulative=${all}`);
  setFlagsFromString(`--max-inlined-bytecode-size=${each}`);
}
