/**
 * What a series changes, for a person who is about to send it: for each patch the classes of difference that come and
 * go, what did not run, what was not looked at. Plain ASCII in the width of a mail; the verdict is the last line.
 */
import { escapeControl } from '../cases/escape.js';
import { caseLines } from './case_text.js';
import { fullBlocks, groupsOf } from './class_text.js';
import { replayCommand } from './commands.js';
import type { Replay, ReportClass } from './model.js';
import { coldLines, unseenLines } from './patch_lines_text.js';
import type { FoundBroken, FoundClass, PatchEntry, PatchReport } from './patch_model.js';
import { expiredLines, staleText } from './stale_text.js';
import {
  commandLines,
  grouped,
  labelled,
  namedRows,
  painter,
  plural,
  type TextOptions,
  VERDICT_STYLE,
  wrap,
} from './words.js';

/** What the two sides are called: against the base, and between two trees of the series. */
export const BASE_SIDES = ['base', 'patched'] as const;
export const STEP_SIDES = ['without', 'with'] as const;

/** What the smallest case of a found class does. */
type ReplayOf = (found: FoundClass) => Replay | undefined;

/** Classes that are shown in full under each heading; a mail is to be read. */
const FULL = 4;

/** The classes that are shown in full, each with those that its smallest case shows. */
export const shownOf = (found: readonly FoundClass[]): readonly (readonly ReportClass[])[] =>
  groupsOf(found.map((one) => one.class)).slice(0, FULL);

/** The whole report. */
export function renderPatches(report: PatchReport, options: TextOptions, replayOf: ReplayOf): string {
  const sections = [
    headerLines(report, options),
    ...report.patches.flatMap((patch) => patchSections(patch, report, options, replayOf)),
    wholeLines(report, options),
    expiredLines(report.expiredEntries, options),
  ];
  const text = sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
  const verdict = wrap(patchVerdict(report), options.width);
  return `${text}\n${verdict.map((line) => painter(options.color)(VERDICT_STYLE[report.verdict], line)).join('\n')}\n`;
}

function headerLines(report: PatchReport, { color, width }: TextOptions): string[] {
  const { base, patches, architectures, spans, seed, races, faults } = report;
  const title = `${base.engine} and ${plural(patches.length, 'patch', 'patches')} on it (ptediff ${report.version})`;
  const rows: readonly (readonly [string, string])[] = [
    ['base', base.source],
    ['on', architectures.join(', ')],
    ['spans', `${spans.join(', ')} pages`],
    ['seed', `${seed} (generator version ${report.generatorVersion})`],
    ['faults', `${grouped(faults)} in each comparison${races ? ', with races' : ''}`],
  ];
  return [
    painter(color)('bold', escapeControl(title)),
    ...rows.flatMap(([label, text]) => labelled(label, escapeControl(text), width)),
  ];
}

function patchSections(
  patch: PatchEntry,
  { patches }: PatchReport,
  options: TextOptions,
  replayOf: ReplayOf,
): string[][] {
  const { number, title, introduces, changes, breaks, cold, unseen } = patch;
  const paint = painter(options.color);
  const place = patches.length === 1 ? 'Patch' : `Patch ${number}/${patches.length}`;
  const head = wrap(escapeControl(`${place}: ${plainTitle(title)}`), options.width).map((line) => paint('bold', line));
  return [
    [...head, ...summaryLines(patch, options)],
    ...foundSections('Introduces', introduces, BASE_SIDES, options, replayOf),
    ...brokenSection('Breaks', breaks, options),
    goneLines(patch, patches, options),
    ...foundSections('Changes further', changes, STEP_SIDES, options, replayOf),
    diedLines(patch, options),
    coldLines(cold, options),
    unseenLines(unseen, options),
  ];
}

/** The subject without what mail programs put in front of it. */
function plainTitle(title: string): string {
  return title.replace(/^\s*(?:re:\s*)*(?:\[[^\]]*\]\s*)+(?=\S)/i, '');
}

/** What there is to say about the patch in a line or two. */
function summaryLines(patch: PatchEntry, { width }: TextOptions): string[] {
  const { compared, sameCode, faults, reached, defined, cold, explained, notes } = patch;
  const parts: string[] = [];
  if (!compared) parts.push('not compared: the run was stopped before');
  else if (sameCode) parts.push('the code that is run stays the same: nothing to compare');
  else if (faults.run === 0) parts.push('the code that is run is that of the base again');
  else parts.push(`${isChanging(patch) ? '' : 'no difference in '}${plural(faults.effective, 'effective fault')}`);
  if (reached + cold.length > 0) parts.push(`${plural(reached, 'changed line')} ran, ${cold.length} did not`);
  if (defined > 0) parts.push(`${plural(defined, 'changed line')} of macros, types and constants`);
  if (explained.length > 0) parts.push(`explained by the allowlist: ${explained.join(', ')}`);
  return [...parts, ...notes].flatMap((text) => wrap(escapeControl(text), width, '  '));
}

/** Does the patch make a fault do something else? */
export const isChanging = ({ introduces, removes, changes, breaks, mends }: PatchEntry): boolean =>
  introduces.length + removes.length + changes.length + breaks.length + mends.length > 0;

function foundSections(
  verb: string,
  found: readonly FoundClass[],
  sides: readonly [string, string],
  options: TextOptions,
  replayOf: ReplayOf,
): string[][] {
  const [first] = found;
  if (first === undefined) return [];
  const title = `${verb} ${plural(found.length, 'class of difference', 'classes of difference')}`;
  const replays = new Map(
    found.flatMap((one): [string, Replay][] => {
      const replay = replayOf(one);
      return replay === undefined ? [] : [[one.class.id, replay]];
    }),
  );
  const origin = { engines: first.engines, sweep: null };
  const full = fullBlocks(shownOf(found), origin, { ...options, sides }, replays);
  return [[painter(options.color)('bold', title)], ...full, restLines(found, options.width)];
}

function restLines(found: readonly FoundClass[], width: number): string[] {
  const rest = groupsOf(found.map((one) => one.class))
    .slice(FULL)
    .flat();
  if (rest.length === 0) return [];
  const rows = rest.map(({ id, count }): [string, string] => [escapeControl(id), plural(count, 'fault')]);
  const title = `And ${plural(rest.length, 'more class', 'more classes')} (in full with --format json):`;
  return [title, ...namedRows(rows, width, '  ')];
}

function brokenSection(
  verb: string,
  broken: readonly FoundBroken[],
  { color, width, program }: TextOptions,
): string[][] {
  if (broken.length === 0) return [];
  const lines = broken.flatMap(({ invariant, sentence, first, shrunk, engines }) => [
    ...wrap(escapeControl(`${invariant}: ${sentence}`), width, '  '),
    ...(shrunk === null ? [] : caseLines(shrunk, width - 4).map((line) => `    ${line}`)),
    ...commandLines('    ', escapeControl(replayCommand(first, engines, program)), width, 4),
  ]);
  return [[painter(color)('bold', `${verb} ${plural(broken.length, 'invariant')}`), ...lines]];
}

/** What is gone has come with an earlier patch, where it is shown in full. */
function goneLines(
  { removes, mends, number }: PatchEntry,
  patches: readonly PatchEntry[],
  { color, width }: TextOptions,
) {
  if (removes.length + mends.length === 0) return [];
  const earlier = patches.filter((other) => other.number < number).reverse();
  const from = (has: (other: PatchEntry) => boolean): string => `of patch ${earlier.find(has)?.number ?? '?'}`;
  const rows = [
    ...removes.map((one): [string, string] => [
      escapeControl(one.class.id),
      from(({ introduces }) => introduces.some((other) => other.class.id === one.class.id)),
    ]),
    ...mends.map(({ invariant }): [string, string] => [
      `violated invariant ${escapeControl(invariant)}`,
      from(({ breaks }) => breaks.some((other) => other.invariant === invariant)),
    ]),
  ];
  const parts = removes.length === 0 ? [] : [plural(removes.length, 'class of difference', 'classes of difference')];
  if (mends.length > 0) parts.push(plural(mends.length, 'violated invariant'));
  return [painter(color)('bold', `Removes ${parts.join(' and ')}`), ...namedRows(rows, width, '  ')];
}

/** Cases that are listed; the JSON report has more of them. */
const DIED_SHOWN = 5;

function diedLines({ died, deaths }: PatchEntry, { color, width }: TextOptions): string[] {
  if (deaths === 0) return [];
  const shown = died.slice(0, DIED_SHOWN).map(({ engine, address, message }) => `${engine} at ${address}: ${message}`);
  const rest = deaths - shown.length;
  const texts = rest > 0 ? [...shown, `and in ${plural(rest, 'more case')}`] : shown;
  const title = painter(color)('bold', `Died in ${plural(deaths, 'case')}`);
  return [title, ...texts.flatMap((text) => wrap(escapeControl(text), width, '  '))];
}

/** What is left of everything when the whole series is applied. */
function wholeLines({ patches, left, base }: PatchReport, { color, width }: TextOptions): string[] {
  if (patches.length < 2 || patches.some(({ compared }) => !compared)) return [];
  const by = patches.filter(({ introduces, breaks }) =>
    [...introduces.map((one) => one.class.id), ...breaks.map((one) => one.invariant)].some((id) => left.includes(id)),
  );
  const text =
    left.length === 0
      ? `nothing differs from ${base.engine}`
      : `differs from ${base.engine} by what ${numbersText(by, 'introduces', 'introduce')}`;
  return [painter(color)('bold', 'The whole series'), ...wrap(escapeControl(text), width, '  ')];
}

/** The verdict and its reason in one line. */
export function patchVerdict(report: PatchReport): string {
  const partial = report.stopped === 'interrupted' ? ' (partial: interrupted)' : '';
  return `verdict: ${report.verdict}, ${reason(report)}${staleText(report.expiredEntries)}${partial}`;
}

function reason({ patches, verdict }: PatchReport): string {
  const sum = (count: (patch: PatchEntry) => number): number => patches.reduce((all, own) => all + count(own), 0);
  const changing = patches.filter(isChanging);
  const cold = sum((patch) => patch.cold.length);
  const unseen = sum((patch) => patch.unseen.length);
  const parts: string[] = [];
  if (changing.length > 0) {
    const which =
      patches.length === 1 ? 'the patch changes' : `${numbersText(changing, 'changes', 'change')} what a fault does`;
    parts.push(patches.length === 1 ? `${which} what a fault does` : which);
  }
  if (cold > 0) parts.push(`${plural(cold, 'changed line')} did not run`);
  if (unseen > 0) parts.push(`${plural(unseen, 'change was', 'changes were')} not looked at`);
  if (sum((patch) => patch.deaths) > 0) parts.push('an engine died');
  if (parts.length > 0) return parts.join(', ');
  if (verdict === 'undecided') return 'not everything was compared';
  if (patches.every(({ sameCode }) => sameCode)) return 'no code that is run is changed';
  const known = verdict === 'explained' ? 'known differences only' : 'no difference';
  return `${known}, and every changed line ran`;
}

/** `patch 2 changes`, `patches 1, 2 and 4 change` */
function numbersText(patches: readonly PatchEntry[], one: string, many: string): string {
  const numbers = patches.map(({ number }) => number);
  const last = numbers.pop();
  return numbers.length === 0 ? `patch ${last} ${one}` : `patches ${numbers.join(', ')} and ${last} ${many}`;
}
