/** How a plan is divided over machines that do not know of each other. */

/** One of `of` equal parts of a plan; `index` counts from 1. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/** Shards of one plan at most. */
export const MAX_SHARDS = 10_000;
