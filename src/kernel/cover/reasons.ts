/**
 * Why some lines and outcomes of the extracted functions are not reached, for those that were studied. The first entry
 * whose function and token fit is the reason; what has none is shown as not studied.
 */

interface Reason {
  /** functions that it is about */
  readonly in: RegExp;
  /** in the text of the line, or of the condition; without it, everything in the function */
  readonly at?: RegExp;
  readonly why: string;
}

const REASONS: readonly Reason[] = [];

/** @param text of the line or condition */
export function reasonFor(name: string, text: string): string | null {
  const found = REASONS.find((reason) => reason.in.test(name) && (reason.at?.test(text) ?? true));
  return found?.why ?? null;
}
