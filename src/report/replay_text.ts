/** A replay for a person: the case, both engines side by side at each fault, their final states as a diff. */
import { escapeControl } from '../cases/escape.js';
import { caseLines } from './case_text.js';
import { isExplained } from './class_text.js';
import { stateDiffLines, traceLines } from './diff.js';
import type { Replay, ReplayFault, Verdict } from './model.js';
import { differenceLines, explanationLines, rowLines } from './side_by_side.js';
import { expiredLines, staleText } from './stale_text.js';
import { painter, plural, type TextOptions, VERDICT_STYLE, wrap } from './words.js';

export interface ReplayTextOptions extends TextOptions {
  /** show the steps of both engines */
  readonly trace: boolean;
}

/** The whole replay; the verdict is the last line. */
export function renderReplay(replay: Replay, options: ReplayTextOptions): string {
  const paint = painter(options.color);
  const name = replay.address === null ? '' : `${replay.address}: `;
  const sections = [
    [paint('bold', escapeControl(`${name}${replay.legacy} against ${replay.batched}`))],
    caseLines(replay.case, options.width),
    ...replay.faults.map((fault, i) => faultLines(fault, i + 1, options)),
    aloneLines(replay, options),
    options.trace ? [paint('bold', 'Steps'), ...traceLines(replay, options)] : [],
    [paint('bold', 'Final states'), ...stateDiffLines(replay, options)],
    violationLines(replay, options),
    expiredLines(replay.expiredEntries, options),
    [verdictLine(replay, options)],
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

function faultLines(fault: ReplayFault, number: number, options: TextOptions): string[] {
  const explanation = explanationLines(fault.differences, options.width);
  const table = differenceLines(fault.differences, options);
  return [
    painter(options.color)('bold', `Fault ${number}: ${escapeControl(fault.access)}`),
    ...rowLines(fault, options),
    ...(table.length > 0 ? ['', ...table] : []),
    ...(explanation.length > 0 ? ['', ...explanation] : []),
  ];
}

/** What follows the first difference is not compared: the engines start from different states. */
function aloneLines({ alone: { legacy, batched } }: Replay, { width }: TextOptions): string[] {
  if (legacy + batched === 0) return [];
  const text = `legacy ${taken(legacy)}, batched ${taken(batched)}`;
  return wrap(`Then each engine went on alone: ${text}.`, width);
}

const taken = (faults: number): string =>
  faults === 0 ? 'took no further fault' : `took ${plural(faults, 'further fault')}`;

function violationLines({ violations }: Replay, { color, width }: TextOptions): string[] {
  if (violations.length === 0) return [];
  const lines = violations.flatMap(({ invariant, engine, sentence }) =>
    wrap(escapeControl(`${invariant} on ${engine}: ${sentence}`), width, '  '),
  );
  return [painter(color)('bold', 'Violated invariants'), ...lines];
}

function verdictLine(replay: Replay, { color }: TextOptions): string {
  return painter(color)(
    VERDICT_STYLE[replay.verdict],
    `verdict: ${replay.verdict}, ${reason(replay)}${staleText(replay.expiredEntries)}`,
  );
}

function reason({ verdict, faults, violations }: Replay): string {
  const differences = faults.flatMap((fault) => fault.differences);
  const open = differences.filter((difference) => !isExplained(difference)).length;
  const reasons: Readonly<Record<Verdict, string>> = {
    agree: `no difference in ${plural(faults.length, 'fault')}`,
    explained: `${plural(differences.length, 'difference')}, all in the allowlist`,
    undecided: 'a difference is still under review',
    divergent:
      [
        ...(open > 0 ? [`${plural(open, 'difference')} without explanation`] : []),
        ...(violations.length > 0 ? [plural(violations.length, 'violated invariant')] : []),
      ].join(', ') || 'see above',
  };
  return reasons[verdict];
}
