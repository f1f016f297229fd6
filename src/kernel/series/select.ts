/** Which of the patches that were found make up the series, and in which order. */
import { isDeepStrictEqual } from 'node:util';
import { excerpt } from '../../cases/escape.js';
import { InputError } from '../../cases/files.js';
import type { FileDiff, Patch } from './patch.js';
import type { Subject } from './subject.js';

export interface FoundPatch extends Patch {
  readonly subject: Subject;
}

const SHOWN = 5;

/**
 * The newest version of each patch: by number where they have numbers, else in the order in which they were given.
 *
 * @param patches not empty
 * @throws InputError when a part is missing, or when two different mails say that they are the same patch
 */
export function selectSeries(patches: readonly FoundPatch[]): Patch[] {
  const numbered = patches.filter(({ subject }) => subject.number !== undefined);
  if (numbered.length === 0) return unnumberedSeries(patches);
  const [stray] = patches.filter(({ subject }) => subject.number === undefined);
  if (stray === undefined) return numberedSeries(numbered);
  throw new InputError(stray.file, `expected patches that are all numbered, found "${excerpt(stray.title)}" besides`, {
    hint: 'The order is not clear: give the files one by one in several runs, or number them.',
  });
}

function numberedSeries(patches: readonly FoundPatch[]): Patch[] {
  const newest = patches.reduce((best, each) => (each.subject.version > best.subject.version ? each : best));
  const { version, total = 0 } = newest.subject;
  const chosen: Patch[] = [];
  const missing: string[] = [];
  for (let number = 1; number <= total; number++) {
    // A later version of a single patch keeps its number only as long as the series keeps its length.
    const same = patches.filter(({ subject }) => subject.number === number && subject.total === total);
    if (same.length > 0) chosen.push(newestOf(same));
    else missing.push(`${number}/${total}`);
  }
  if (missing.length === 0) return chosen;
  const more = missing.length > SHOWN ? ` and ${missing.length - SHOWN} more` : '';
  const which = `${missing.slice(0, SHOWN).join(', ')}${more}`;
  throw new InputError(newest.file, `expected ${total} patches of version ${version}, found no ${which}`, {
    hint: 'Give all mails of the series, or the patch as a plain diff.',
  });
}

function unnumberedSeries(patches: readonly FoundPatch[]): Patch[] {
  const titles = new Set(patches.map(({ subject }) => subject.title));
  const groups = [...titles].map((title) => patches.filter(({ subject }) => subject.title === title));
  const newest = groups.map((group) => newestOf(group));
  return patches.filter((patch) => newest.includes(patch));
}

function newestOf(patches: readonly FoundPatch[]): FoundPatch {
  const version = Math.max(...patches.map(({ subject }) => subject.version));
  const latest = patches.filter(({ subject }) => subject.version === version);
  const again = latest.filter(({ subject }) => subject.isResend);
  const [first, ...others] = again.length > 0 ? again : latest;
  const different = others.find((other) => !isDeepStrictEqual(linesOf(other.files), linesOf(first?.files ?? [])));
  if (first !== undefined && different === undefined) return first;
  throw new InputError(
    different?.file ?? '',
    `expected one patch "${excerpt(first?.title ?? '')}", found two different`,
  );
}

/** Everything but where it stands in the file. */
function linesOf(files: readonly FileDiff[]) {
  return files.map(({ hunks, ...file }) => ({ ...file, hunks: hunks.map(({ line, ...hunk }) => hunk) }));
}
