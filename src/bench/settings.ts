/** How large a benchmark run is, and where it finds what it needs. */
import type { StartAssistant } from './assistant.js';
import type { KernelPair } from './kernels.js';

/** Amounts of work, so that a whole run has a known length. */
export interface Amounts {
  /** slices of each contender in a race, their length, and that of the slices in which a contender warms up before */
  readonly rounds: number;
  readonly sliceMilliseconds: number;
  readonly warmUpMilliseconds: number;
  /** searches for each revision */
  readonly seeds: number;
  /** runs of the whole program */
  readonly processes: number;
  /** runs of each small command */
  readonly starts: number;
  /** faults that the garbage collector is watched for */
  readonly watchedFaults: number;
  /** rounds of the smallest campaign whose cost is measured, and how often it is repeated */
  readonly costRounds: number;
  readonly costRepeats: number;
  /** faults of a campaign with worker threads, and how often it is repeated with each number of them */
  readonly workerFaults: number;
  readonly workerRepeats: number;
}

export const FULL: Amounts = {
  rounds: 15,
  sliceMilliseconds: 100,
  warmUpMilliseconds: 700,
  seeds: 20,
  processes: 3,
  starts: 7,
  watchedFaults: 400_000,
  costRounds: 12,
  costRepeats: 5,
  workerFaults: 5_000_000,
  workerRepeats: 2,
};

/** Everything in less than 20 seconds; for a first look. */
export const QUICK: Amounts = {
  rounds: 4,
  sliceMilliseconds: 20,
  warmUpMilliseconds: 40,
  seeds: 3,
  processes: 1,
  starts: 2,
  watchedFaults: 20_000,
  costRounds: 1,
  costRepeats: 3,
  workerFaults: 100_000,
  workerRepeats: 1,
};

export interface Settings {
  readonly amounts: Amounts;
  /** folder of the allowlist */
  readonly allow: string;
  /** the program's file, for measurements of whole processes */
  readonly program: string;
  readonly start: StartAssistant;
  /** what is measured with kernels; null where the cache has no such pair */
  readonly kernels?: KernelPair | null;
  /** hears what is being measured */
  readonly onProgress?: (what: string) => void;
  /** asked between two sections; true ends the run with the sections that are complete */
  readonly stopRequested?: () => boolean;
}
