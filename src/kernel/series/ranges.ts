/** Which lines of a file a patch changed, in the numbers of the file as it is after the patch. */
import { structuredPatch } from 'diff';

export interface LineRange {
  /** 1-based; for removed lines alone, the line that stands after them, which may be one past the end */
  readonly start: number;
  /** lines that are new or changed; 0 where lines were only removed */
  readonly count: number;
  /** lines of the old file that are gone */
  readonly removed: number;
}

/** Beyond so many different lines the whole file counts as changed: the comparison would take too long. */
const MAX_DIFFERENT = 3000;

export function changedRanges(before: string, after: string): LineRange[] {
  const patch = structuredPatch('a', 'b', before, after, '', '', { context: 0, maxEditLength: MAX_DIFFERENT });
  if (patch === undefined) return [{ start: 1, count: lineCount(after), removed: lineCount(before) }];
  return patch.hunks.map(({ newStart, newLines, oldLines }) => ({
    start: newStart,
    count: newLines,
    removed: oldLines,
  }));
}

function lineCount(text: string): number {
  const breaks = text.split('\n').length - 1;
  return text.endsWith('\n') ? breaks : breaks + (text === '' ? 0 : 1);
}
