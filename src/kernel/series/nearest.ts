/** Why a hunk does not apply: the place in the file that it fits best, and the first line that is different there. */
import { excerpt } from '../../cases/escape.js';
import type { Hunk } from './patch.js';

/** More comparisons of a line would take seconds. */
const MAX_WORK = 50_000_000;

/**
 * Says in one sentence what stands in the file where the hunk should go.
 *
 * @param ignoreSpace white space does not count as a difference
 */
export function whyNot(text: string, hunk: Hunk, ignoreSpace: boolean): string {
  const normal = ignoreSpace ? squeezed : (line: string) => line;
  const original = text.split('\n');
  const lines = original.map(normal);
  const after = side(hunk, '+').map(normal);
  const before = side(hunk, '-').map(normal);
  if (before.length === 0) return 'the file has lines already';
  if (before.length * lines.length > MAX_WORK) return 'the file is too large to look for a similar place';
  if (isChange(hunk) && bestPlace(lines, after, hunk.oldStart - 1).matching === after.length) {
    return 'it seems to be in the file already';
  }
  const { at, matching } = bestPlace(lines, before, hunk.oldStart - 1);
  if (matching === 0) return 'none of its lines is in the file';
  const offset = before.findIndex((line, index) => lines[at + index] !== line);
  const found = original[at + offset];
  const what = found === undefined ? 'the end of the file' : quoted(found);
  const place = `it matches best at line ${at + 1}, with ${matching} of its ${before.length} lines`;
  if (offset === -1) return `${place}, ${orderOrEnd(hunk)}`;
  const space = found !== undefined && squeezed(found) === squeezed(before[offset] ?? '') ? ', other white space' : '';
  return `${place}; at line ${at + offset + 1}: expected ${quoted(before[offset] ?? '')}, found ${what}${space}`;
}

/** A line as it is compared where white space may be lost. */
export function squeezed(line: string): string {
  return line.replaceAll(/\s+/g, ' ').trim();
}

/** Why a hunk does not apply although its lines are there. */
function orderOrEnd(hunk: Hunk): string {
  const saysEnd = hunk.lines.some((line) => line.startsWith('\\'));
  return saysEnd ? 'but the file ends in another way' : 'in another order than the other hunks';
}

function isChange(hunk: Hunk): boolean {
  return hunk.lines.some((line) => line.startsWith('+'));
}

/** The unchanged lines of a hunk with its old or its new ones. */
function side(hunk: Hunk, mark: '-' | '+'): string[] {
  return hunk.lines.filter((line) => line[0] === ' ' || line[0] === mark).map((line) => line.slice(1));
}

interface Place {
  /** 0-based line */
  readonly at: number;
  readonly matching: number;
}

/** Where most lines are the same; of several such places, the one that is nearest to the expected one. */
function bestPlace(lines: readonly string[], wanted: readonly string[], expected: number): Place {
  let best: Place = { at: 0, matching: 0 };
  for (let at = 0; at < lines.length; at++) {
    let matching = 0;
    for (const [index, line] of wanted.entries()) if (lines[at + index] === line) matching++;
    const nearer = Math.abs(at - expected) < Math.abs(best.at - expected);
    if (matching > best.matching || (matching === best.matching && matching > 0 && nearer)) best = { at, matching };
  }
  return best;
}

function quoted(line: string): string {
  return `"${excerpt(line.replaceAll('\t', ' ').trim())}"`;
}
