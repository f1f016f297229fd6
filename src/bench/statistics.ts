/** Order statistics of repeated measurements, and ratios of contenders that were measured side by side. */

/** The middle value, or the mean of the two middle ones. @throws RangeError for no values */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('median of no values');
  const sorted = [...values].sort((left, right) => left - right);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}

/**
 * Median of the ratios of measurements that were taken one right after the other: what slows the machine down for a
 * while slows both.
 */
export function pairedRatio(over: readonly number[], under: readonly number[]): number {
  if (over.length !== under.length) throw new RangeError(`${over.length} measurements against ${under.length}`);
  return median(over.map((value, i) => value / (under[i] as number)));
}
