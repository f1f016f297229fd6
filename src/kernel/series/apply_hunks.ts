/** Applying the hunks of one file to its text, by the `diff` package. */
import { applyPatch, type StructuredPatch } from 'diff';
import { squeezed, whyNot } from './nearest.js';
import type { FileDiff, Hunk } from './patch.js';

/** More failures of a file than this tell nothing new, and each takes its time. */
const MAX_FAILURES = 20;

export interface HunkFailure {
  readonly path: string;
  /** 1-based among the hunks of its file */
  readonly number: number;
  readonly hunk: Hunk;
  /** a sentence without its point */
  readonly why: string;
}

export type HunksApplied =
  | { readonly text: string; readonly ignoredSpace: boolean }
  | { readonly failures: readonly HunkFailure[] };

/** @param quoted white space may have been lost: try without it when it does not apply with it */
export function applyHunks(text: string, file: FileDiff, quoted: boolean): HunksApplied {
  const exact = tryHunks(text, file.hunks, false);
  if (exact !== undefined) return { text: exact, ignoredSpace: false };
  const loose = quoted ? tryHunks(text, file.hunks, true) : undefined;
  if (loose !== undefined) return { text: loose, ignoredSpace: true };
  return { failures: failuresOf(text, file, quoted) };
}

function tryHunks(text: string, hunks: readonly Hunk[], ignoreSpace: boolean): string | undefined {
  const patch: StructuredPatch = {
    ...{ oldFileName: 'a', newFileName: 'b', oldHeader: '', newHeader: '' },
    hunks: hunks.map(({ lines, ...hunk }) => ({ ...hunk, lines: [...lines] })),
  };
  const compareLine = (_number: number, line: string | undefined, _mark: string, wanted: string) =>
    line !== undefined && squeezed(line) === squeezed(wanted);
  const result = applyPatch(text, patch, ignoreSpace ? { compareLine } : {});
  return result === false ? undefined : result;
}

/** The first hunks that do not apply when those in front of them that do are applied. */
function failuresOf(text: string, file: FileDiff, ignoreSpace: boolean): HunkFailure[] {
  let hunks = file.hunks;
  const failures: HunkFailure[] = [];
  while (failures.length < MAX_FAILURES) {
    const hunk = firstFailing(text, hunks, ignoreSpace);
    if (hunk === undefined) break;
    const number = file.hunks.indexOf(hunk) + 1;
    failures.push({ path: file.oldPath, number, hunk, why: whyNot(text, hunk, ignoreSpace) });
    hunks = hunks.filter((other) => other !== hunk);
  }
  return failures;
}

/** Halves the hunks again and again: when some do not apply, more of them do not either. */
function firstFailing(text: string, hunks: readonly Hunk[], ignoreSpace: boolean): Hunk | undefined {
  const applies = (count: number) => tryHunks(text, hunks.slice(0, count), ignoreSpace) !== undefined;
  if (applies(hunks.length)) return undefined;
  let good = 0;
  let bad = hunks.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (applies(middle)) good = middle;
    else bad = middle;
  }
  return hunks[good];
}
