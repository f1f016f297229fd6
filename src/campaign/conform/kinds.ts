/** What disagreed, in the order in which people want to see it. */
import type { Disagreement, Outcome } from './conform.js';

/** What is left out of a comparison, in words for people. */
export const NOT_COMPARED = 'how often entries with the contiguous bit are written: the kernel folds and unfolds them';

/** Kinds of disagreement, the most frequent first. */
export function kindsOf({ disagreements }: Pick<Outcome, 'disagreements'>): Disagreement[] {
  return [...disagreements.values()].sort((a, b) => b.count - a.count);
}
