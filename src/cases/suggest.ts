/** Finds the known word that a mistyped one most likely means. */

/** Misspellings of longer words than this many edits are guesses, not suggestions. */
const MAX_EDITS = 3;

/**
 * The candidate nearest to `word`, when it is near enough to be a likely misspelling: one edit in three letters, at
 * most three edits. An edit is an insertion, a deletion, a replacement or a swap of two neighbours; upper and lower
 * case are the same. Of equally near candidates the first one wins.
 */
export function didYouMean(word: string, candidates: readonly string[]): string | undefined {
  const wanted = word.toLowerCase();
  let best: string | undefined;
  let bestEdits = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const known = candidate.toLowerCase();
    const allowed = Math.min(MAX_EDITS, Math.floor(Math.max(wanted.length, known.length) / 3));
    if (Math.abs(wanted.length - known.length) > allowed) continue;
    const edits = editDistance(wanted, known);
    if (edits <= allowed && edits < bestEdits) {
      best = candidate;
      bestEdits = edits;
    }
  }
  return best;
}

/** Damerau-Levenshtein distance in the variant that edits no substring twice (optimal string alignment). */
function editDistance(from: string, to: string): number {
  if (from === to) return 0;
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const replaced = at(last, column - 1) + (from[row - 1] === to[column - 1] ? 0 : 1);
      let edits = Math.min(at(last, column) + 1, at(current, column - 1) + 1, replaced);
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (swapped) edits = Math.min(edits, at(beforeLast, column - 2) + 1);
      current.push(edits);
    }
    beforeLast = last;
    last = current;
  }
  return at(last, to.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] as number;
}
