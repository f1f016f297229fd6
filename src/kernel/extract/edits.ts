/** Text with something put in front of and behind pieces of it. No line is added. */

export interface Edit {
  /** offsets of the piece */
  readonly start: number;
  readonly end: number;
  readonly open: string;
  readonly close: string;
}

/** Pieces may lie inside of each other; what is put around an outer piece is outside. */
export function edited(text: string, edits: readonly Edit[]): string {
  const inserts = edits.flatMap(({ start, end, open, close }) => [
    { at: start, isOpen: true, other: end, text: open },
    { at: end, isOpen: false, other: start, text: close },
  ]);
  // What ends at a place comes before what begins there. The other end that is further away belongs to the outer piece.
  const sorted = inserts
    .filter(({ text }) => text !== '')
    .sort((a, b) => a.at - b.at || Number(a.isOpen) - Number(b.isOpen) || b.other - a.other);
  let result = '';
  let done = 0;
  for (const { at, text: insert } of sorted) {
    result += text.slice(done, at) + insert;
    done = at;
  }
  return result + text.slice(done);
}
