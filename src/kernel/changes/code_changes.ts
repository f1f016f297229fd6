/** Which lines of code a patch changed in a file: comments, blank lines and white space are no code. */
import { structuredPatch } from 'diff';
import { blankComments } from '../extract/conditions.js';

export interface CodeChange {
  /** lines of the new text that are new or other ones, from 1 on */
  readonly added: readonly number[];
  /** lines of the old text that are gone, from 1 on */
  readonly removed: readonly number[];
  /** the line of the new text in front of which removed lines stood; may be one past the end */
  readonly at: number;
}

/** Beyond so many different lines everything counts as changed: the comparison would take too long. */
const MAX_DIFFERENT = 3000;

export function codeChanges(before: string, after: string): CodeChange[] {
  const [old, now] = [codeLines(before), codeLines(after)];
  const settings = { context: 0, maxEditLength: MAX_DIFFERENT };
  const patch = structuredPatch('a', 'b', textOf(old), textOf(now), '', '', settings);
  if (patch === undefined) return [{ added: withCode(now), removed: withCode(old), at: 1 }];
  return patch.hunks
    .map((hunk) => ({
      added: numbers(hunk.newStart, hunk.newLines).filter((line) => now[line - 1] !== ''),
      removed: numbers(hunk.oldStart, hunk.oldLines).filter((line) => old[line - 1] !== ''),
      at: hunk.newStart,
    }))
    .filter(({ added, removed }) => added.length + removed.length > 0);
}

/** Lines without comments, with single spaces unless there is a string; empty where there is no code. */
export function codeLines(text: string): string[] {
  return blankComments(text)
    .split('\n')
    .map((line) => (line.includes('"') ? line.trim() : line.replaceAll(/\s+/g, ' ').trim()));
}

const textOf = (lines: readonly string[]): string => `${lines.join('\n')}\n`;
const numbers = (first: number, count: number): number[] => Array.from({ length: count }, (_, i) => first + i);
const withCode = (lines: readonly string[]): number[] => lines.flatMap((line, i) => (line === '' ? [] : [i + 1]));
