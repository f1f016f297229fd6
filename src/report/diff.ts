/** Two engines' final states as a unified diff, and their traces beside each other. */
import { diffArrays, FILE_HEADERS_ONLY, formatPatch, structuredPatch } from 'diff';
import { escapeControl } from '../cases/escape.js';
import type { Replay, TraceEvent } from './model.js';
import { type Paint, painter, type TextOptions } from './words.js';

/** Lines around a change: enough to see the rest of the same slot. */
const CONTEXT = 2;
/** Widest left column of a trace, without places and with them; longer steps push the right one aside. */
const MAX_LEFT = 44;
const MAX_LEFT_PLACED = 76;

/** The final states of both engines as a unified diff, or one line that says that they are the same. */
export function stateDiffLines(replay: Replay, options: TextOptions): string[] {
  const paint = painter(options.color);
  const text = (lines: readonly string[]): string => lines.map((line) => `${escapeControl(line)}\n`).join('');
  const patch = structuredPatch(
    escapeControl(replay.legacy),
    escapeControl(replay.batched),
    text(replay.legacyState),
    text(replay.batchedState),
    undefined,
    undefined,
    { context: CONTEXT },
  );
  if (patch.hunks.length === 0) return ['The final states are the same.'];
  return formatPatch(patch, FILE_HEADERS_ONLY)
    .trimEnd()
    .split('\n')
    .map((line) => paintDiffLine(line, paint));
}

function paintDiffLine(line: string, paint: Paint): string {
  if (line.startsWith('---') || line.startsWith('+++')) return paint('bold', line);
  if (line.startsWith('@@')) return paint('cyan', line);
  if (line.startsWith('-')) return paint('red', line);
  return line.startsWith('+') ? paint('green', line) : line;
}

interface Row {
  readonly left: string;
  readonly right: string;
  readonly same: boolean;
}

/**
 * The steps of both engines beside each other, aligned where they agree. `>` marks the first step that differs, `|` the
 * ones after it.
 */
export function traceLines(replay: Replay, options: TextOptions): string[] {
  const paint = painter(options.color);
  const faults = [...new Set([...replay.legacyTrace, ...replay.batchedTrace].map(({ fault }) => fault))].sort(
    (a, b) => a - b,
  );
  const perFault = faults.map((fault) => ({ fault, rows: rowsOf(replay, fault) }));
  const longest = Math.max(
    replay.legacy.length,
    ...perFault.flatMap(({ rows }) => rows.map(({ left }) => left.length)),
  );
  const placed = replay.legacyTrace.some(({ place }) => place !== undefined);
  const width = Math.min(placed ? MAX_LEFT_PLACED : MAX_LEFT, longest);
  const lines = [`  ${escapeControl(replay.legacy).padEnd(width)}  ${escapeControl(replay.batched)}`];
  let differs = false;
  for (const { fault, rows } of perFault) {
    lines.push(`fault ${fault}`);
    for (const { left, right, same } of rows) {
      const mark = same ? ' ' : differs ? '|' : '>';
      differs ||= !same;
      const line = `${mark} ${left.padEnd(width)}  ${right}`.trimEnd();
      lines.push(same ? line : paint('yellow', line));
    }
  }
  return lines;
}

function rowsOf(replay: Replay, fault: number): Row[] {
  const [legacy, batched] = [replay.legacyTrace, replay.batchedTrace].map((trace) =>
    trace.filter((event) => event.fault === fault),
  ) as [TraceEvent[], TraceEvent[]];
  const [left, right] = [withPlaces(legacy), withPlaces(batched)];
  const rows: Row[] = [];
  let removed: string[] = [];
  let added: string[] = [];
  // A step that only one engine has stands beside the other's that takes its place.
  const flush = (): void => {
    for (let i = 0; i < Math.max(removed.length, added.length); i++) {
      rows.push({ left: removed[i] ?? '-', right: added[i] ?? '-', same: false });
    }
    removed = [];
    added = [];
  };
  // Where a step stands in the source does not make it another one.
  for (const { value, ...change } of diffArrays(legacy.map(eventText), batched.map(eventText))) {
    if (change.removed) removed = left.splice(0, value.length);
    else if (change.added) added = right.splice(0, value.length);
    else {
      flush();
      const beside = right.splice(0, value.length);
      rows.push(...left.splice(0, value.length).map((text, i) => ({ left: text, right: beside[i] ?? '', same: true })));
    }
  }
  flush();
  return rows;
}

function eventText({ name, at, detail }: TraceEvent): string {
  return escapeControl([name, at, detail].filter((part) => part !== '').join(' '));
}

/** The steps with the places of their source, which stand above each other. */
function withPlaces(events: readonly TraceEvent[]): string[] {
  const texts = events.map(eventText);
  const column = Math.max(0, ...texts.map((text) => text.length));
  return events.map(({ place }, i) => {
    const text = texts[i] ?? '';
    return place === undefined ? text : `${text.padEnd(column)}  ${escapeControl(place)}`;
  });
}
