/** The outcome of `check` for a person: what failed and why, then how much was looked at. */
import { escapeControl } from '../cases/escape.js';
import { painter, plural, type TextOptions, wrap } from './words.js';

/** What `check` found out about one file, or about one thing in it. */
export interface CheckedItem {
  readonly file: string;
  readonly name: string;
  readonly ok: boolean;
  /** fixture, regression, witness or allowlist; the id of the engine that a file was played on as well */
  readonly kind: string;
  /** one line for each thing that is wrong; empty where all is well */
  readonly message: string;
  /** what else the reader must know of an item that passed */
  readonly note?: string | undefined;
}

/** Least width of the names of kinds, which are those of engines too. */
const KIND_COLUMNS = 12;

/** One paragraph for each failure, a line for each note, the counts by kind, and the result as the last line. */
export function renderCheck(items: readonly CheckedItem[], { color, width }: TextOptions): string {
  const paint = painter(color);
  const failed = items.filter(({ ok }) => !ok);
  const lines = failed.flatMap(({ file, name, kind, message }) => [
    paint('red', escapeControl(`FAIL ${file}: ${kind} ${name}`.trimEnd())),
    ...message.split('\n').flatMap((line) => wrap(escapeControl(line), width, '  ')),
  ]);
  for (const { file, kind, note } of items) {
    if (note !== undefined) lines.push(...wrap(escapeControl(`note: ${file}: ${kind} ${note}`), width));
  }
  if (lines.length > 0) lines.push('');
  const kinds = new Set(items.map((item) => item.kind));
  const columns = Math.max(KIND_COLUMNS, ...[...kinds].map((kind) => kind.length + 1));
  for (const kind of kinds) {
    const all = items.filter((item) => item.kind === kind);
    const passed = all.filter(({ ok }) => ok).length;
    lines.push(`${kind.padEnd(columns)}${passed} of ${all.length} passed`);
  }
  if (items.length === 0) lines.push(paint('yellow', 'check: nothing to check'));
  else if (failed.length === 0) lines.push(paint('green', `check: all ${items.length} passed`));
  else lines.push(paint('red', `check: ${plural(failed.length, 'failure')} in ${items.length}`));
  return `${lines.join('\n')}\n`;
}
