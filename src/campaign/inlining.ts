/**
 * How much the optimising compiler of Node puts into one function. The engines are many small verbs, one inside of the
 * other, and the usual limits end in the middle of them. With more room a fault takes a tenth less time, but a thread
 * compiles about half a second longer: that pays for long runs alone.
 */
import { setFlagsFromString } from 'node:v8';

/** Bytes of bytecode: of all functions that are put into one, and of each of them (src/flags/flag-definitions.h). */
const LIMITS = {
  short: { all: 920, each: 460 },
  long: { all: 3000, each: 1000 },
} as const;

/** Faults, or cases of a sweep, from which on a run of one thread is long. */
const LONG = 2_000_000;
/** Seconds, where time limits it. */
const LONG_SECONDS = 10;

/**
 * How long a run will be for each of its threads.
 *
 * @param amount faults or cases, or null if time limits the run
 * @param seconds null if nothing else does
 */
export function lengthOf(amount: number | null, seconds: number | null, workers: number): keyof typeof LIMITS {
  const long = amount === null ? (seconds ?? 0) >= LONG_SECONDS : amount / Math.max(1, workers) >= LONG;
  return long ? 'long' : 'short';
}

/** Makes the limits suit runs of this length. Holds for all threads, and for what is compiled from now on. */
export function compileFor(length: keyof typeof LIMITS): void {
  const { all, each } = LIMITS[length];
  setFlagsFromString(`--max-inlined-bytecode-size-cumulative=${all}`);
  setFlagsFromString(`--max-inlined-bytecode-size=${each}`);
}
