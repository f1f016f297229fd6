/** Processor time of the calling thread: what work really takes on a machine that does something else as well. */
import { readFileSync } from 'node:fs';

/** Nanoseconds on a processor come first; of the calling thread, worker threads included. */
const SCHEDSTAT = '/proc/thread-self/schedstat';

/**
 * Milliseconds that this thread has been on a processor, or null where the system does not tell. The kernel brings the
 * figure up to date some hundred times a second.
 */
export function processorMilliseconds(file = SCHEDSTAT): number | null {
  try {
    const nanoseconds = Number(readFileSync(file, 'utf8').split(' ')[0]);
    return nanoseconds > 0 ? nanoseconds / 1e6 : null;
  } catch {
    return null;
  }
}

/** Measures one stretch of work of this thread, by the clock and by the processor. */
export class Stopwatch {
  private readonly clock = performance.now();
  private readonly processor = processorMilliseconds();

  /** The time since the stopwatch was made. */
  read(): Elapsed {
    const processor = processorMilliseconds();
    const clock = performance.now() - this.clock;
    // A stretch too short for the kernel to have noticed is measured by the clock.
    const known = processor !== null && this.processor !== null && processor > this.processor;
    return { milliseconds: known ? processor - this.processor : clock, clock };
  }
}

export interface Elapsed {
  /** processor time where it is known, otherwise time of the clock */
  readonly milliseconds: number;
  readonly clock: number;
}
