/** The table of `ptediff conform`, and the first case of each disagreement. */
import { NOT_COMPARED } from '../campaign/conform/not_compared.js';
import type { Conformity, Row } from '../campaign/conform/run.js';
import type { Smallest, Word } from '../campaign/conform/smallest.js';
import type { Revision } from '../mm/revision.js';
import { caseLines } from '../report/case_text.js';
import { replayCommand } from '../report/commands.js';
import { rowLines } from '../report/side_by_side.js';
import { STOPPED } from '../report/text.js';
import { commandLines, grouped, painter, plural, type TextOptions, table, wrap } from '../report/words.js';

/** A kernel, and what it was compared with. */
export interface Tested extends Conformity {
  readonly kernel: Revision;
  readonly version: string;
  /** null where no model has the features that were found in the tree */
  readonly model: Revision | null;
}

interface Options extends TextOptions {
  /** how the reader starts the program */
  readonly program: string;
}

/** Kinds of difference that are shown for each architecture, the first that were met. */
const MAX_SHOWN = 3;

const INDENT = '  ';

const HEAD = ['kernel', 'version', 'model', 'architecture', 'faults', 'disagreements'];

/** @param goOn commands that go on with what was not played */
export function renderConform(tested: readonly Tested[], goOn: readonly string[], options: Options): string {
  const { color, width, program } = options;
  const paint = painter(color);
  const rows = tested.flatMap(({ kernel, version, model, rows }) =>
    model === null
      ? [[kernel.id, version, 'none', '-', '0', '-']]
      : rows.map((row) => [kernel.id, version, model.id, row.arch, grouped(row.faults), String(wrong(row))]),
  );
  const lines = [...table([HEAD, ...rows]), ''];
  for (const { kernel, model, rows } of tested) {
    if (model === null) continue;
    for (const row of rows) {
      lines.push(...disagreements(row, model, kernel, { width, program }));
      if (row.smallest !== null) lines.push(...smallestLines(row.smallest, row, { color, width }));
    }
  }
  const played = tested.some(({ rows }) => rows.length > 0);
  if (played) lines.push('Not compared', ...wrap(NOT_COMPARED, width, '  '), '');
  if (goOn.length > 0) lines.push(paint('dim', 'Next'), ...goOn.map((command) => `  ${command}`), '');
  const bad = tested.reduce((sum, { rows }) => sum + rows.reduce((all, row) => all + wrong(row), 0), 0);
  const open = tested.filter(({ model }) => model === null).length;
  const verdict =
    bad > 0 ? `${plural(bad, 'fault')} ended differently` : played ? 'no disagreement' : 'nothing compared';
  const without = open === 0 ? '' : `, ${plural(open, 'kernel')} without a model`;
  lines.push(paint('bold', `conform: ${verdict}${without}${endingText(tested)}`));
  return `${lines.join('\n')}\n`;
}

/** What the reader must know about how it ended. */
function endingText(tested: readonly Tested[]): string {
  const ends = new Set(tested.map(({ stopped }) => stopped));
  return (ends.has('interrupted') ? STOPPED.interrupted : '') + (ends.has('engine-died') ? STOPPED['engine-died'] : '');
}

/** Faults that ended differently. */
function wrong({ disagreements, died }: Row): number {
  return disagreements.reduce((sum, { count }) => sum + count, died?.count ?? 0);
}

function disagreements(
  row: Row,
  model: Revision,
  kernel: Revision,
  { width, program }: Pick<Options, 'width' | 'program'>,
): string[] {
  const { arch, died, disagreements: kinds } = row;
  const engines = { legacy: model.id, batched: kernel.id };
  const where = `${kernel.id} on ${arch}`;
  const lines = kinds
    .slice(0, MAX_SHOWN)
    .flatMap(({ columns, count, first, step, values }) => [
      ...wrap(`${where}: ${plural(count, 'fault')} with another ${columns}`, width),
      ...wrap(`first at step ${step} of ${first}, model/kernel: ${values}`, width, '  '),
      ...commandLines('', replayCommand(first, engines, program), width, INDENT.length),
      '',
    ]);
  if (kinds.length > MAX_SHOWN) lines.push(`${where}: ${kinds.length - MAX_SHOWN} more kinds of difference`, '');
  if (died === null) return lines;
  const text = `${where} died in ${plural(died.count, 'case')}, first ${died.first}: ${died.values}`;
  const command = commandLines('', replayCommand(died.first, engines, program), width, INDENT.length);
  return [...lines, ...wrap(text, width), ...command, ''];
}

/** The smallest case, what both sides made of it, and every word of the state that differs. */
function smallestLines({ case: plain, difference }: Smallest, { arch }: Row, options: TextOptions): string[] {
  const { columns, death, fault, words } = difference;
  const what = death === null ? `another ${columns}` : `the kernel died: ${death}`;
  const inner = { ...options, width: options.width - INDENT.length };
  const body = [
    ...caseLines(plain, inner.width),
    '',
    ...rowLines(fault, { ...inner, sides: ['model', 'kernel'] }),
    '',
    ...(words.length === 0 ? [] : table([['word', 'slot', 'model', 'kernel'], ...words.map(wordRow)])),
  ];
  const head = wrap(`Smallest case on ${arch}, ${what} after the ${fault.access}:`, options.width);
  return [...head, ...body.map((line) => (line === '' ? '' : INDENT + line)), ''];
}

const wordRow = ({ column, slot, model, kernel }: Word): string[] => [column, String(slot), model, kernel];
