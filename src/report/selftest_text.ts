/** A self-test's report for a person: counts by kind, what found each bug, survivors in full, the result last. */
import { escapeControl } from '../cases/escape.js';
import type { SelftestReport, SelftestTarget } from './selftest_model.js';
import { grouped, type Paint, painter, plural, type TextOptions, table, wrap } from './words.js';

const KINDS: readonly (readonly [kind: SelftestTarget['kind'], passes: string])[] = [
  ['control', 'without a finding'],
  ['canary', 'killed'],
  ['mutant', 'killed'],
  ['known-bug', 'killed'],
  ['revision', 'killed'],
];

/** The whole report. */
export function renderSelftest(report: SelftestReport, options: TextOptions): string {
  const paint = painter(options.color);
  const sections = [
    headLines(report, paint),
    countLines(report),
    bugLines(report),
    survivorLines(report, options),
    pairLines(report, options),
  ];
  const text = sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
  return `${text}\n${selftestLine(report, paint)}\n`;
}

function headLines({ version, seed, quick, timing }: SelftestReport, paint: Paint): string[] {
  const title = `Self-test (ptediff ${version})`;
  return [paint('bold', title), `seed ${seed}${quick ? ', quick' : ''}, ${timing.seconds.toFixed(1)} s`];
}

function countLines({ targets }: SelftestReport): string[] {
  const rows = KINDS.map(([kind, passes]) => {
    const all = targets.filter((target) => target.kind === kind);
    return [kind, `${all.filter(({ passed }) => passed).length} of ${all.length} ${passes}`];
  });
  return table(rows);
}

/** Canaries are many and alike: only the others are listed. */
function bugLines({ targets, timing }: SelftestReport): string[] {
  const listed = targets.filter(({ kind }) => kind !== 'control' && kind !== 'canary');
  const rows = listed.map((target) => [
    escapeControl(target.id),
    target.passed ? 'killed' : 'SURVIVED',
    grouped(target.faults),
    milliseconds(timing.targets[target.id] ?? 0),
    target.races ? 'races' : narrow(target),
    escapeControl(foundBy(target)),
  ]);
  return table([['bug', '', 'faults', 'time', 'only with', 'by'], ...rows]);
}

/** The architecture, where one alone can show it. */
const narrow = ({ architectures }: SelftestTarget): string =>
  architectures.length === 1 ? (architectures[0] as string) : '';

const milliseconds = (seconds: number): string => `${Math.max(1, Math.round(1000 * seconds))} ms`;

function foundBy({ sign }: SelftestTarget): string {
  if (sign === null) return '';
  return sign.kind === 'class' ? sign.id : `${sign.kind} ${sign.id}`;
}

function survivorLines({ targets }: SelftestReport, { color, width }: TextOptions): string[] {
  const paint = painter(color);
  return targets
    .filter(({ passed }) => !passed)
    .flatMap((target) => {
      const { id, kind, title, faults, architectures, spans } = target;
      const what = kind === 'control' ? `not silent: ${id}` : `survived: ${id}`;
      const where = `${plural(faults, 'fault')} on ${architectures.join(', ')} with spans of ${spans.join(', ')}`;
      return [
        paint('red', escapeControl(what)),
        ...wrap(escapeControl(title), width, '  '),
        ...wrap(where, width, '  '),
        ...(target.sign === null ? [] : wrap(escapeControl(`${foundBy(target)} at ${target.sign.first}`), width, '  ')),
      ];
    });
}

function pairLines({ pairs }: SelftestReport, { color, width }: TextOptions): string[] {
  if (pairs.checked === 0) return [];
  const paint = painter(color);
  const summary =
    `${plural(pairs.checked, 'pair')} of bugs planted together: ` +
    `${grouped(pairs.checked - pairs.failed.length)} show at least two classes`;
  const covered = pairs.covered.map(({ id, covered: bug }) => `${id} (${bug})`);
  return [
    ...wrap(summary, width),
    ...pairs.failed.map(({ id, classes }) => paint('red', `  ${id} shows ${plural(classes, 'class', 'classes')}`)),
    ...(covered.length === 0 ? [] : wrap(`one bug covers the other: ${covered.join(', ')}`, width, '  ')),
  ];
}

/** The result in one line. */
export function selftestLine(report: SelftestReport, paint: Paint = painter(false)): string {
  const { targets, pairs, stopped, passed } = report;
  const bugs = targets.filter(({ kind }) => kind !== 'control');
  const survivors = bugs.filter((target) => !target.passed).length;
  const loud = targets.filter((target) => target.kind === 'control' && !target.passed).length;
  if (passed) return paint('green', `self-test: all ${bugs.length} killed`);
  const parts = [
    ...(survivors > 0 ? [`${survivors} of ${bugs.length} survived`] : []),
    ...(loud > 0 ? [`${plural(loud, 'control')} not silent`] : []),
    ...(pairs.failed.length > 0 ? [`${plural(pairs.failed.length, 'pair')} not told apart`] : []),
  ];
  if (stopped === 'complete') return paint('red', `self-test: ${parts.join(', ')}`);
  const soFar = [`${bugs.length - survivors} killed`, ...parts].join(', ');
  return paint(parts.length > 0 ? 'red' : 'yellow', `self-test: ${soFar} before it was interrupted`);
}
