/**
 * Where a thread is: the case that it plays and the engine that handles a fault. Memory that two threads share, so that
 * it can still be read when the thread that wrote it has died in an engine.
 */
export type Beacon = Float64Array;

/** Word with the number of the case in its cell, or one of the two below. */
export const BEACON_CASE = 0;
/** The unit waits for a thread. */
export const NOT_BEGUN = -1;
/** The thread is outside of a case. */
export const NO_CASE = -2;

/** Word with the side that handles a fault. */
export const BEACON_SIDE = 1;
export const NOBODY_RUNS = 0;
export const LEGACY_RUNS = 1;
export const BATCHED_RUNS = 2;

/** A beacon of a unit that has not begun. */
export function newBeacon(): Beacon {
  const beacon = new Float64Array(new SharedArrayBuffer(2 * Float64Array.BYTES_PER_ELEMENT));
  beacon[BEACON_CASE] = NOT_BEGUN;
  return beacon;
}
