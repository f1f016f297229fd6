/** What one fault left behind, both engines under each other with what differs marked, and the fields that differ. */
import { escapeControl } from '../cases/escape.js';
import type { ReplayDifference, ReplayFault } from './model.js';
import { LABEL_COLUMNS, painter, ranges, SIDES, type TextOptions, table, wrap } from './words.js';

/** Slots in one line of a row: it fits into mail with its label. */
const SLOTS_PER_LINE = 64;
const GAP = '   ';

/**
 * The page-table rows before the fault and after it on both sides, with `^` under what differs. Of a long row only the
 * parts with a change are shown.
 */
export function rowLines(fault: ReplayFault, options: TextOptions): string[] {
  const { before, legacyRow, batchedRow } = fault;
  const length = Math.max(before.length, legacyRow.length, batchedRow.length);
  const lines: string[] = [];
  let showReturn = true;
  for (let from = 0; from < length; from += SLOTS_PER_LINE) {
    const to = Math.min(from + SLOTS_PER_LINE, length);
    const isQuiet =
      before.slice(from, to) === legacyRow.slice(from, to) && legacyRow.slice(from, to) === batchedRow.slice(from, to);
    const isLast = to === length;
    if (isQuiet && length > SLOTS_PER_LINE && !(isLast && showReturn)) continue;
    if (length > SLOTS_PER_LINE) lines.push(`slots ${from}-${to - 1}`);
    lines.push(...chunkLines(fault, from, to, showReturn, options));
    showReturn = false;
  }
  return lines;
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

/** The differences as a table; neighbouring places with equal values share a line. */
export function differenceLines(
  differences: readonly ReplayDifference[],
  sides: readonly [string, string] = SIDES,
): string[] {
  if (differences.length === 0) return [];
  const rows = [['field', 'at', ...sides, 'explained by']];
  for (const group of groups(differences)) {
    const [first] = group as [ReplayDifference];
    const missing = first.kind === 'missing' ? 'expected to differ: ' : '';
    const by = missing + (first.entry ?? (missing === '' ? '-' : 'no entry'));
    rows.push([first.field, place(group), first.legacy, first.batched, by].map((cell) => escapeControl(cell)));
  }
  // Where the sides have names of their own, there is no allowlist as a rule.
  const isPlain = sides !== SIDES && rows.slice(1).every((row) => row.at(-1) === '-');
  return table(isPlain ? rows.map((row) => row.slice(0, -1)) : rows);
}

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

function place(group: readonly ReplayDifference[]): string {
  const [{ site }] = group as [ReplayDifference];
  if (site === 'mm') return 'mm';
  const at = [...new Set(group.map((difference) => difference.at))].sort((a, b) => a - b);
  return `${site === 'page' ? 'slot' : 'folio'}${at.length === 1 ? '' : 's'} ${ranges(at)}`;
}

/** What each engine decided and why, once for each reason. */
export function explanationLines(differences: readonly ReplayDifference[], width: number): string[] {
  const texts = new Set(differences.map(({ explanation }) => explanation).filter((text) => text !== ''));
  return [...texts].flatMap((text) => wrap(escapeControl(text), width));
}
