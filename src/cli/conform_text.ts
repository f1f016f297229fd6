/** The table of `ptediff conform`, and the first case of each disagreement. */
import { NOT_COMPARED } from '../campaign/conform/differences.js';
import type { Row } from '../campaign/conform/run.js';
import type { Revision } from '../mm/revision.js';
import { replayCommand } from '../report/commands.js';
import { grouped, type painter, plural, table, wrap } from '../report/words.js';

/** A kernel, and what it was compared with. */
export interface Tested {
  readonly kernel: Revision;
  readonly version: string;
  /** null where no model has the features that were found in the tree */
  readonly model: Revision | null;
  readonly rows: readonly Row[];
}

interface Options {
  readonly paint: ReturnType<typeof painter>;
  readonly width: number;
  /** how the reader starts the program */
  readonly program: string;
}

/** Kinds of difference that are shown for each architecture, the most frequent first. */
const MAX_SHOWN = 3;

const HEAD = ['kernel', 'version', 'model', 'architecture', 'faults', 'disagreements'];

export function renderConform(tested: readonly Tested[], { paint, width, program }: Options): string {
  const rows = tested.flatMap(({ kernel, version, model, rows }) =>
    model === null
      ? [[kernel.id, version, 'none', '-', '0', '-']]
      : rows.map((row) => [kernel.id, version, model.id, row.arch, grouped(row.faults), String(wrong(row))]),
  );
  const lines = [...table([HEAD, ...rows]), ''];
  for (const { kernel, model, rows } of tested) {
    if (model === null) continue;
    for (const row of rows) lines.push(...disagreements(row, model, kernel, { width, program }));
  }
  const played = tested.some(({ rows }) => rows.length > 0);
  if (played) lines.push('Not compared', ...wrap(NOT_COMPARED, width, '  '), '');
  const bad = tested.reduce((sum, { rows }) => sum + rows.reduce((all, row) => all + wrong(row), 0), 0);
  const open = tested.filter(({ model }) => model === null).length;
  const verdict =
    bad > 0 ? `${plural(bad, 'fault')} ended differently` : played ? 'no disagreement' : 'nothing compared';
  const without = open === 0 ? '' : `, ${plural(open, 'kernel')} without a model`;
  lines.push(paint('bold', `conform: ${verdict}${without}`));
  return `${lines.join('\n')}\n`;
}

/** Faults that ended differently. */
function wrong({ disagreements, died }: Row): number {
  return [...disagreements.values()].reduce((sum, { count }) => sum + count, died.count);
}

function disagreements(
  { arch, disagreements: all, died }: Row,
  model: Revision,
  kernel: Revision,
  { width, program }: Pick<Options, 'width' | 'program'>,
): string[] {
  const engines = { legacy: model.id, batched: kernel.id };
  const where = `${kernel.id} on ${arch}`;
  const sorted = [...all.values()].sort((a, b) => b.count - a.count);
  const lines = sorted
    .slice(0, MAX_SHOWN)
    .flatMap(({ columns, count, address, step, values }) => [
      ...wrap(`${where}: ${plural(count, 'fault')} with another ${columns}`, width),
      ...wrap(`first at step ${step} of ${address}, model/kernel: ${values}`, width, '  '),
      `  ${replayCommand(address, engines, program)}`,
      '',
    ]);
  if (sorted.length > MAX_SHOWN) lines.push(`${where}: ${sorted.length - MAX_SHOWN} more kinds of difference`, '');
  if (died.count === 0) return lines;
  const text = `${where} died in ${plural(died.count, 'case')}, first ${died.address}: ${died.message}`;
  return [...lines, ...wrap(text, width), ''];
}
