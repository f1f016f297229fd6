/**
 * A campaign's report for a person: what was run, what the allowlist explains, what it does not, what to do next. The
 * verdict is the last line. Plain ASCII, so that it can be pasted into mail.
 */
import { escapeControl } from '../cases/escape.js';
import { caseLines } from './case_text.js';
import { classSections, inReadingOrder, isExplained, shownInFull, unexplained } from './class_text.js';
import { command, fuzzCommand, replayCommand } from './commands.js';
import type { Replay, Report, ReportClass } from './model.js';
import { expiredLines, listLines, notHitLines, staleText } from './stale_text.js';
import { counted, restCommand, sweepRows } from './sweep_text.js';
import {
  commandLines,
  grouped,
  labelled,
  namedRows,
  type Paint,
  painter,
  percent,
  plural,
  type TextOptions,
  VERDICT_STYLE,
  wrap,
} from './words.js';

/** Classes of one entry that are listed; all of them are in the JSON report. */
const CLASSES_PER_ENTRY = 2;

/** What a caller knows beside the report. */
export interface ReportExtras {
  /** titles of allowlist entries by id */
  readonly titles?: ReadonlyMap<string, string>;
  /** what the shrunk case of a class does, by id of the class */
  readonly replays?: ReadonlyMap<string, Replay>;
}

/** The whole report. */
export function renderText(report: Report, options: TextOptions, extras: ReportExtras = {}): string {
  const paint = painter(options.color);
  const sections = [
    headerLines(report, options),
    // What asks for a decision comes first, what is known behind it; notes on the verdict stand next to it.
    ...classSections(report, options, extras.replays ?? new Map()),
    violationLines(report, options),
    listLines('Engines that died', diedTexts(report), options),
    explainedLines(report, options, extras),
    listLines('Required marks that stayed cold', report.coldMarks, options),
    listLines('Stale allowlist entries (the campaign could show them and did not)', report.staleEntries, options),
    expiredLines(report.expiredEntries, options),
    notHitLines(report.notHit, options),
    nextLines(report, options),
  ];
  const text = sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
  return `${text}\n${verdictLine(report, paint)}\n`;
}

function headerLines(report: Report, { color, width }: TextOptions): string[] {
  const { engines, faults, timing } = report;
  const title = `${engines.legacy} against ${engines.batched} (ptediff ${report.version})`;
  const planned = faults.planned === null ? '' : ` (${grouped(faults.planned)} planned)`;
  const share = faults.run === 0 ? 0 : faults.effective / faults.run;
  const seconds = timing.seconds.toFixed(timing.seconds < 10 ? 2 : 0);
  const extra = [report.races ? 'with races' : '', report.invariants === 'all' ? 'invariants on every fault' : ''];
  const rows: readonly (readonly [string, string])[] = [
    ['on', `${report.architectures.join(', ')}`],
    ['spans', report.sweep === null ? `${report.spans.join(', ')} pages` : ''],
    ['seed', report.seed === null ? '' : `${report.seed} (generator version ${report.generatorVersion})`],
    ...sweepRows(report),
    ['faults', `${grouped(faults.run)} run${planned}, ${grouped(faults.effective)} effective (${percent(share)})`],
    ['rate', `${grouped(Math.round(timing.faultsPerSecond))} faults/s, ${seconds} s`],
    ['options', extra.filter((text) => text !== '').join(', ')],
  ];
  return [
    painter(color)('bold', escapeControl(title)),
    ...rows.filter(([, text]) => text !== '').flatMap(([label, text]) => labelled(label, escapeControl(text), width)),
  ];
}

function explainedLines(report: Report, options: TextOptions, { titles }: ReportExtras): string[] {
  const explained = report.classes.filter(isExplained);
  const ids = entriesThatExplain(report, explained);
  if (ids.length === 0) return [];
  const lines = [
    painter(options.color)('bold', 'Explained by the allowlist'),
    ...commandLines('  to see one', replayCommand('ADDRESS', report.engines, options.program), options.width, 14),
  ];
  for (const id of ids) {
    const classes = explained.filter(({ entry }) => entry === id);
    lines.push(...entryLines(id, classes, report, titles?.get(id), options.width));
  }
  return lines;
}

/** Ids of entries: those under review first, because they leave the verdict open, then the most frequent. */
function entriesThatExplain({ allowlist }: Report, explained: readonly ReportClass[]): string[] {
  const open = new Set(explained.flatMap(({ entry, underReview }) => (underReview && entry !== null ? [entry] : [])));
  const hitsOf = (id: string): number => allowlist[id] ?? 0;
  const hit = Object.keys(allowlist).filter((id) => hitsOf(id) > 0);
  const ids = new Set([...hit, ...explained.map(({ entry }) => entry as string)]);
  const rank = (id: string): number => (open.has(id) ? 0 : 1);
  return [...ids].sort((a, b) => rank(a) - rank(b) || hitsOf(b) - hitsOf(a) || (a < b ? -1 : 1));
}

function entryLines(
  id: string,
  classes: readonly ReportClass[],
  report: Report,
  title: string | undefined,
  width: number,
): string[] {
  const count = report.allowlist[id] ?? 0;
  const all = report.sweep === null ? report.faults.effective : report.sweep.run;
  const share = all === 0 ? 0 : count / all;
  const review = classes.some(({ underReview }) => underReview) ? ', under review' : '';
  const rows = inReadingOrder(classes)
    .slice(0, CLASSES_PER_ENTRY)
    .map(({ first, id }): [string, string] => [escapeControl(id), escapeControl(first)]);
  const rest = classes.length - rows.length;
  return [
    `  ${escapeControl(id)}: ${counted(report, count)}, ${percent(share)}${review}`,
    ...(title === undefined ? [] : wrap(escapeControl(title), width, '    ')),
    ...namedRows(rows, width, '      '),
    ...(rest > 0 ? [`      and ${plural(rest, 'more class', 'more classes')} (with --format json)`] : []),
  ];
}

function violationLines(report: Report, { color, width, program }: TextOptions): string[] {
  if (report.violations.length === 0) return [];
  const lines = [painter(color)('bold', `Violated invariants: ${report.violations.length}`)];
  for (const { invariant, engine, sentence, count, first, shrunk } of report.violations) {
    lines.push(...wrap(escapeControl(`${invariant} on ${engine}: ${sentence}`), width, '  '));
    lines.push(`      ${counted(report, count)}, first at ${escapeControl(first)}`);
    lines.push(...commandLines('', escapeControl(replayCommand(first, report.engines, program)), width, 6));
    if (shrunk !== null) lines.push(...caseLines(shrunk, width - 6).map((line) => `      ${line}`));
  }
  return lines;
}

/** Cases that are listed; the JSON report has more of them. */
const DIED_SHOWN = 10;

function diedTexts({ died, deaths }: Report): string[] {
  const shown = died.slice(0, DIED_SHOWN).map(({ engine, address, message }) => `${engine} at ${address}: ${message}`);
  const rest = deaths - shown.length;
  return rest > 0 ? [...shown, `and in ${plural(rest, 'more case')}`] : shown;
}

/** The command that brings the reader further, and the one that goes on with what was interrupted. */
function nextLines(report: Report, options: TextOptions): string[] {
  const commands = [nextCommand(report, options.program), restCommand(report, options.program)].filter(
    (command) => command !== undefined,
  );
  if (commands.length === 0) return [];
  return [
    painter(options.color)('dim', 'Next'),
    ...commands.flatMap((command) => commandLines('', escapeControl(command), options.width, 2)),
  ];
}

function nextCommand(report: Report, program?: string): string | undefined {
  const { engines, faults, seed } = report;
  const first = shownInFull(report)[0] ?? report.violations[0];
  if (first !== undefined) return `${replayCommand(first.first, engines, program)} --trace`;
  const [died] = report.died;
  if (died !== undefined) return `PTEDIFF_DEBUG=1 ${replayCommand(died.address, engines, program)}`;
  if (report.staleEntries.length + report.expiredEntries.length > 0) return command('check', program);
  if (report.coldMarks.length > 0)
    return fuzzCommand(engines, ` --faults ${Math.max(faults.run, 1) * 10} --seed ${seed}`, program);
  return report.classes.some(isExplained) ? command('allow list', program) : undefined;
}

/** What the reader of a verdict must know about how it ended. */
export const STOPPED: Readonly<Record<Report['stopped'], string>> = {
  complete: '',
  time: '',
  interrupted: ' (partial: interrupted)',
  'fail-fast': ' (stopped at the first)',
  'engine-died': ' (partial: threads died again and again)',
};

/** The verdict and its reason in one line. */
export function verdictLine(report: Report, paint: Paint = painter(false)): string {
  const stale = staleText([...report.staleEntries, ...report.expiredEntries]);
  return paint(
    VERDICT_STYLE[report.verdict],
    `verdict: ${report.verdict}, ${reason(report)}${stale}${STOPPED[report.stopped]}`,
  );
}

function reason(report: Report): string {
  const { verdict, classes, violations, faults } = report;
  const open = unexplained(report).length;
  if (verdict === 'agree') return `no difference in ${plural(faults.effective, 'effective fault')}`;
  if (verdict === 'explained') return `${plural(classes.length, 'class', 'classes')} of known differences, no other`;
  if (verdict === 'undecided') return undecidedReason(report);
  const parts = open > 0 ? [`${plural(open, 'class', 'classes')} without explanation`] : [];
  if (violations.length > 0) parts.push(plural(violations.length, 'violated invariant'));
  return parts.join(', ') || 'see above';
}

function undecidedReason({ died, faults, coldMarks, classes, stopped }: Report): string {
  if (died.length > 0) return 'an engine died';
  if (faults.effective === 0) return 'no fault was effective';
  if (coldMarks.length > 0) return `${plural(coldMarks.length, 'required mark')} stayed cold`;
  if (classes.some(({ underReview }) => underReview)) return 'a difference is still under review';
  return stopped === 'complete' ? 'see above' : 'the campaign ended early';
}
