/** What one fault left behind, both engines under each other with what differs marked, and the fields that differ. */
import { escapeControl } from '../cases/escape.js';
import type { ReplayDifference, ReplayFault } from './model.js';
import { LABEL_COLUMNS, painter, placesText, SIDES, SLOTS_PER_LINE, type TextOptions, table, wrap } from './words.js';

/** Longer rows have what the handler returned below them. */
const MAX_SLOTS_WITH_RETURN = 32;
const GAP = '   ';

/**
 * The page-table rows before the fault and after it on both sides, and what the handler returned, with `^` under what
 * differs. Of a long row only the parts with a change are shown.
 */
export function rowLines(fault: ReplayFault, options: TextOptions): string[] {
  const { before, legacyRow, batchedRow } = fault;
  const length = Math.max(before.length, legacyRow.length, batchedRow.length);
  if (length <= MAX_SLOTS_WITH_RETURN) return chunkLines(fault, 0, length, true, options);
  const lines: string[] = [];
  for (let from = 0; from < length; from += SLOTS_PER_LINE) {
    const to = Math.min(from + SLOTS_PER_LINE, length);
    const isQuiet =
      before.slice(from, to) === legacyRow.slice(from, to) && legacyRow.slice(from, to) === batchedRow.slice(from, to);
    if (isQuiet && length > SLOTS_PER_LINE) continue;
    if (length > SLOTS_PER_LINE) lines.push(`slots ${from}-${to - 1}`);
    lines.push(...chunkLines(fault, from, to, false, options));
  }
  if (lines.length === 0) lines.push(`${label('entries')}none of them changes`);
  return [...lines, returnLine(fault, options)];
}

function returnLine({ legacyReturn, batchedReturn }: ReplayFault, { color, sides = SIDES }: TextOptions): string {
  const [one, other] = [legacyReturn, batchedReturn].map((text) => escapeControl(text));
  if (one === other) return `${label('return')}${one}`;
  return painter(color)('red', `${label('return')}${sides[0]} ${one}, ${sides[1]} ${other}`);
}

function chunkLines(fault: ReplayFault, from: number, to: number, showReturn: boolean, options: TextOptions): string[] {
  const paint = painter(options.color);
  const [one, other] = options.sides ?? SIDES;
  const legacy = fault.legacyRow.slice(from, to);
  const batched = fault.batchedRow.slice(from, to);
  const returns = [fault.legacyReturn, fault.batchedReturn].map((text) =>
    showReturn ? GAP + escapeControl(text) : '',
  );
  const marks = [...legacy].map((character, i) => (character === batched[i] ? ' ' : '^')).join('');
  const isOther = showReturn && fault.legacyReturn !== fault.batchedReturn;
  const underReturn = isOther ? GAP + '^'.repeat(Math.max(...returns.map((text) => text.length - GAP.length))) : '';
  const pointer = (' '.repeat(LABEL_COLUMNS) + marks + underReturn).trimEnd();
  return [
    `${label('before')}${fault.before.slice(from, to)}`,
    `${label(one)}${legacy}${returns[0]}`,
    `${label(other)}${batched}${returns[1]}`,
    ...(pointer === '' ? [] : [paint('red', pointer)]),
  ];
}

const label = (text: string): string => text.padEnd(LABEL_COLUMNS);

/**
 * The differences as a table; neighbouring places with equal values share a line. What explains them is the last
 * column; where that does not fit, it becomes a heading above those that it explains, what nothing explains first.
 */
export function differenceLines(
  differences: readonly ReplayDifference[],
  { width, sides = SIDES }: Pick<TextOptions, 'width' | 'sides'>,
): string[] {
  if (differences.length === 0) return [];
  const head = ['field', 'at', ...sides, 'explained by'];
  const rows: string[][] = [];
  for (const group of groups(differences)) {
    const [first] = group as [ReplayDifference];
    const missing = first.kind === 'missing' ? MISSING : '';
    const by = missing + (first.entry ?? (missing === '' ? '-' : 'no entry'));
    const place = placesText(
      first.site,
      group.map(({ at }) => at),
    );
    rows.push([first.field, place, first.legacy, first.batched, by].map((cell) => escapeControl(cell)));
  }
  // Where the sides have names of their own, there is no allowlist as a rule.
  const isPlain = sides !== SIDES && rows.every((row) => row.at(-1) === '-');
  const lines = table([head, ...rows].map((row) => (isPlain ? row.slice(0, -1) : row)));
  return isPlain || lines.every((line) => line.length <= width) ? lines : headedLines(head, rows);
}

/** The same table without its last column, whose text stands once above all rows that have it. */
function headedLines(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const [title = '', ...lines] = table(
    [head, ...rows].map((row) => row.slice(0, -1)),
    '  ',
  );
  const reasons = [...new Set(rows.map((row) => row.at(-1) ?? ''))];
  const open = reasons.filter((reason) => reason === '-');
  const sections = [...open, ...reasons.filter((reason) => reason !== '-')].flatMap((reason) => [
    headingOf(reason),
    ...lines.filter((_, i) => rows[i]?.at(-1) === reason),
  ]);
  return [title, ...sections];
}

function headingOf(reason: string): string {
  if (reason === '-') return 'not explained';
  return reason.startsWith(MISSING) ? reason : `explained by ${reason}`;
}

/** In front of the entry that promises a difference. */
const MISSING = 'expected to differ: ';

function groups(differences: readonly ReplayDifference[]): ReplayDifference[][] {
  const found = new Map<string, ReplayDifference[]>();
  for (const difference of differences) {
    const { field, site, legacy, batched, kind, entry } = difference;
    const key = JSON.stringify([field, site, legacy, batched, kind, entry]);
    const group = found.get(key);
    if (group === undefined) found.set(key, [difference]);
    else group.push(difference);
  }
  return [...found.values()];
}

/** What each engine decided and why, once for each reason; at most `most` of these. */
export function explanationLines(differences: readonly ReplayDifference[], width: number, most = Infinity): string[] {
  const texts = new Set(differences.map(({ explanation }) => explanation).filter((text) => text !== ''));
  return [...texts].slice(0, most).flatMap((text) => wrap(escapeControl(text), width));
}
