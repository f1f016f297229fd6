/** A benchmark report for a person: a table for each section, and how many goals are met. */
import { grouped, painter, plural, type TextOptions, table, wrap } from '../report/words.js';
import type { BenchReport, Goal, Row, Section, Unit } from './model.js';

/** `1.45M/s`: three digits say more than such a measurement knows. */
function rate(perSecond: number): string {
  if (perSecond >= 1e6) return `${(perSecond / 1e6).toPrecision(3)}M/s`;
  if (perSecond >= 1e3) return `${(perSecond / 1e3).toPrecision(3)}k/s`;
  return `${perSecond.toPrecision(3)}/s`;
}

/** A figure with its unit. */
export function figureText(value: number, unit: Unit): string {
  if (!Number.isFinite(value)) return 'never';
  if (unit === 'faults/s' || unit === 'cases/s') return rate(value);
  if (unit === 'share') return `${(100 * value).toFixed(1)} %`;
  if (unit === 'faults' || unit === 'collections') return grouped(Math.round(value));
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  const text = value.toFixed(digits);
  if (unit === 'ratio') return `${text} x`;
  return `${text} ${unit === 'ns/fault' ? 'ns' : unit}`;
}

export function renderBench(report: BenchReport, { color, width }: TextOptions): string {
  const { version, node, processor, cores, load, seconds, sections } = report;
  const loads = load.map((value) => value.toFixed(1)).join(' before, ');
  const lines = [
    `ptediff ${version} bench${report.quick ? ' --quick' : ''}: Node ${node}, ${plural(cores, 'core')}, ${processor}`,
    `load ${loads} after; ${Math.round(seconds)} s`,
    ...sections.flatMap((section) => ['', ...sectionLines(section, { color, width })]),
    '',
    summary(sections),
  ];
  return `${lines.join('\n')}\n`;
}

function sectionLines({ id, title, method, rows, unavailable }: Section, { color, width }: TextOptions): string[] {
  const paint = painter(color);
  const heading = [paint('bold', `${title} (${id})`), ...wrap(method, width, '  ')];
  if (unavailable !== null) return [...heading, `  not available: ${unavailable}`];
  const head = ['', 'figure', 'lowest', 'highest', 'n', 'goal', ''];
  const aligned = table([head, ...rows.map(cells)], '  ');
  // Colour comes last: a painted cell has characters that no column shows.
  return [...heading, ...aligned.map((line) => line.replace(/(not met|met)$/, (word) => paint(hue(word), word)))];
}

const hue = (word: string): 'green' | 'red' => (word === 'met' ? 'green' : 'red');

function cells({ name, unit, figure, lowest, highest, measurements, goal, met }: Row): string[] {
  const verdict = met === null ? '' : met ? 'met' : 'not met';
  const figures = [figure, lowest, highest].map((value) => figureText(value, unit));
  return [name, ...figures, String(measurements), goalText(goal, unit), verdict];
}

const goalText = (goal: Goal | null, unit: Unit): string =>
  goal === null ? '' : `${goal.relation} ${figureText(goal.value, unit)}`;

function summary(sections: readonly Section[]): string {
  const goals = sections.flatMap(({ rows }) => rows.filter(({ met }) => met !== null));
  const met = goals.filter((row) => row.met === true).length;
  return `${met} of ${plural(goals.length, 'goal')} met`;
}
