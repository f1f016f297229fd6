/**
 * The two token rewrites that make C for a machine with 64-bit long run where long has 32 bits: a single `long` becomes
 * `long long`, and integer literals with one L get two.
 */

/** One rewritten token. */
export interface Rewrite {
  /** from 1 on, within the text */
  readonly line: number;
  readonly from: string;
  readonly to: string;
}

const PIECES = new RegExp(
  [
    // strings, characters and comments stay as they are
    /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|\/\*[\s\S]*?\*\/|\/\/[^\n]*/,
    /\blong(?:\s+long)?\b/,
    /\b(?:0[xX][0-9a-fA-F]+|\d+)([uU]?[lL]+[uU]?)\b/,
    /\bU?L(?=\s*\))/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'g',
);

/** The text with both rewrites, and a list of them. */
export function widen(text: string): { text: string; rewrites: Rewrite[] } {
  const rewrites: Rewrite[] = [];
  const widened = text.replace(PIECES, (piece: string, suffix: string | undefined, offset: number) => {
    const to = widenToken(piece, suffix);
    if (to !== piece) rewrites.push({ line: text.slice(0, offset).split('\n').length, from: piece, to });
    return to;
  });
  return { text: widened, rewrites };
}

function widenToken(piece: string, suffix: string | undefined): string {
  if (suffix !== undefined) {
    const wide = suffix.replace(/[lL]+/, 'LL');
    return piece.slice(0, -suffix.length) + wide;
  }
  if (piece === 'long') return 'long long';
  // The second argument of _AC() and _AT().
  if (piece === 'UL') return 'ULL';
  if (piece === 'L') return 'LL';
  return piece;
}
