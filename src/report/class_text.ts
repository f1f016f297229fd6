/** The part of a report about differences that nothing explains: what differs, the smallest case, both engines. */
import { escapeControl } from '../cases/escape.js';
import { type FieldGroup, fieldNamed } from '../mm/fields.js';
import { caseLines } from './case_text.js';
import { replayCommand } from './commands.js';
import type { Replay, ReplayFault, Report, ReportClass } from './model.js';
import { differenceLines, explanationLines, rowLines } from './side_by_side.js';
import { counted, whole } from './sweep_text.js';
import { commandLines, labelled, namedRows, painter, percent, plural, SIDES, type TextOptions, wrap } from './words.js';

/** Groups of classes that are shown in full; what follows them is listed, and complete in the JSON report. */
const FULL_GROUPS = 8;

/** Sentences that explain one class: neighbours differ alike, and the table shows the rest. */
const SENTENCES = 2;

const INDENT = '   ';

/** One section for each class without explanation, and one for those that only get a line. */
export function classSections(
  report: Report,
  options: TextOptions,
  replays: ReadonlyMap<string, Replay>,
): readonly string[][] {
  const classes = unexplained(report);
  if (classes.length === 0) return [];
  const title = painter(options.color)('bold', `Not explained: ${plural(classes.length, 'class', 'classes')}`);
  const groups = groupsOf(classes);
  const full = fullBlocks(groups.slice(0, FULL_GROUPS), report, options, replays);
  return [[title], ...full, restLines(groups.slice(FULL_GROUPS).flat(), report, options.width)];
}

/** Where classes were found. */
export type Origin = Pick<Report, 'engines' | 'sweep'>;

/** The first of each group of classes in full. @param groups of those that showed together */
export function fullBlocks(
  groups: readonly (readonly ReportClass[])[],
  origin: Origin,
  options: TextOptions,
  replays: ReadonlyMap<string, Replay>,
): string[][] {
  return groups.map((group, i) => classLines(group, i + 1, origin, options, replays.get(group[0].id)));
}

/**
 * Classes that one smallest case shows belong together: a missing entry takes mapcount, reference and counters with it.
 * Where no smallest case is known, those that showed in the same fault first. The one that is read first leads, and its
 * place is that of the group; the others stay in the order that they come in.
 */
export function groupsOf(classes: readonly ReportClass[]): ReportClass[][] {
  const groups = new Map<string, ReportClass[]>();
  for (const found of classes) {
    const key = found.shrunk === null ? found.first : JSON.stringify(found.shrunk);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [found]);
    else group.push(found);
  }
  const led = [...groups.values()].map((group) => {
    const [leader] = inReadingOrder(group);
    return [leader as ReportClass, ...group.filter((found) => found !== leader)];
  });
  return led.sort(([one], [other]) => byReading(one as ReportClass, other as ReportClass));
}

/** Groups of fields that are seen in the page table itself. What mapcounts and counters show follows from them. */
const OF_ENTRIES: readonly (FieldGroup | undefined)[] = ['pte', 'young'];

/**
 * Entries of the page table before what follows from them, and the most frequent class first. Counts do not depend on
 * who counted, so that the order is the same for any number of workers. Ties stay as they come: sorting is stable.
 */
function byReading(one: ReportClass, other: ReportClass): number {
  const rank = ({ field }: ReportClass): number => (OF_ENTRIES.includes(fieldNamed(field)?.group) ? 0 : 1);
  return rank(one) - rank(other) || other.count - one.count;
}

/** Classes in the order in which a person reads them; reports have them by field. */
export function inReadingOrder(classes: readonly ReportClass[]): ReportClass[] {
  return [...classes].sort(byReading);
}

/** A difference that an entry claims. One that an entry asks for and that did not show is not explained by it. */
export function isExplained({ entry, kind }: Pick<ReportClass, 'entry' | 'kind'>): boolean {
  return entry !== null && kind === 'difference';
}

/** The classes that no entry explains, as the report has them. */
export function unexplained({ classes }: Report): ReportClass[] {
  return classes.filter((found) => !isExplained(found));
}

/** The classes that lead the groups which are shown in full: those whose smallest case is wanted. */
export function shownInFull(report: Report): ReportClass[] {
  return groupsOf(unexplained(report))
    .slice(0, FULL_GROUPS)
    .map(([leader]) => leader as ReportClass);
}

function restLines(rest: readonly ReportClass[], report: Report, width: number): string[] {
  if (rest.length === 0) return [];
  const rows = rest.map(({ id, count, share, first }): [string, string, string, string] => [
    escapeControl(id),
    counted(report, count),
    percent(share),
    escapeControl(first),
  ]);
  const title = `And ${plural(rest.length, 'more class', 'more classes')} (in full with --format json):`;
  return [title, ...namedRows(rows, width, '  ')];
}

function classLines(
  [found, ...others]: readonly ReportClass[],
  number: number,
  report: Origin,
  options: TextOptions,
  replay: Replay | undefined,
): string[] {
  const { color, width, sides } = options;
  const inner: TextOptions = { color, width: width - INDENT.length, sides };
  const paint = painter(color);
  const label = (name: string, text: string): string[] => labelled(name, escapeControl(text), inner.width);
  const command = replayCommand(found.first, report.engines, options.program);
  const body = [
    ...wrap(escapeControl(classTitle(found, sides)), inner.width),
    ...label('seen', `${counted(report, found.count)}, ${percent(found.share)} ${whole(report)}`),
    ...(found.facts.length > 0 ? label('where', found.facts.join(', ')) : []),
    ...label('first', found.shrunk === null ? found.first : `${found.first}, shrunk to the case below`),
    ...(others.length > 0 ? label('with it', others.map(({ id }) => id).join(', ')) : []),
    ...shrunkLines(found, replay, inner),
    ...commandLines('replay', escapeControl(command), inner.width),
  ];
  const head = `${number}. ${escapeControl(found.id)}`;
  return [paint('bold', head), ...body.map((line) => (line === '' ? '' : INDENT + line))];
}

/** `young of a page, pte_young(): the accessed bit as the handler left it: legacy 0, batched 1` */
function classTitle(
  { kind, field, site, legacy, batched }: ReportClass,
  [one, other]: readonly [string, string] = SIDES,
): string {
  const meaning = fieldNamed(field)?.meaning;
  const name = `${field} of ${site === 'mm' ? 'the mm' : `a ${site}`}${meaning === undefined ? '' : ` (${meaning})`}`;
  if (kind === 'missing')
    return `${name}: an allowlisted difference did not show, ${one} ${legacy}, ${other} ${batched}`;
  return `${name}: ${one} ${legacy}, ${other} ${batched}`;
}

function shrunkLines({ id, shrunk }: ReportClass, replay: Replay | undefined, options: TextOptions): string[] {
  const plain = shrunk ?? replay?.case;
  if (plain === undefined) return [];
  const fault = replay === undefined ? undefined : faultToShow(replay, id);
  return ['', ...caseLines(plain, options.width), ...(fault === undefined ? [] : faultLines(fault, id, options)), ''];
}

/** The fault that shows the class; a shrunk case has hardly ever another one. */
function faultToShow({ faults }: Replay, id: string): ReplayFault | undefined {
  const showing = faults.find(({ differences }) => differences.some(({ classId }) => classId === id));
  return showing ?? faults.find(({ differences }) => differences.length > 0);
}

function faultLines(fault: ReplayFault, id: string, options: TextOptions): string[] {
  const own = fault.differences.filter(({ classId }) => classId === id);
  const explanation = explanationLines(own, options.width, SENTENCES);
  return [
    '',
    ...rowLines(fault, options),
    '',
    ...differenceLines(fault.differences, options),
    ...(explanation.length > 0 ? ['', ...explanation] : []),
  ];
}
