/** What `ptediff kernel coverage` prints. */
import type { Figures, FunctionFigures, Share, Unreached } from '../kernel/cover/figures.js';
import type { ArchName } from '../mm/arch/architecture.js';
import { grouped, type Paint, percent, plural, table, wrap } from '../report/words.js';

/** Figures, and how they came about. */
export interface Measured extends Figures {
  readonly kernel: { readonly name: string; readonly version: string; readonly origin: string };
  readonly architectures: readonly ArchName[];
  readonly races: boolean;
  readonly faults: number;
  readonly deaths: number;
  readonly seed: number;
}

interface Options {
  readonly paint: Paint;
  readonly width: number;
}

const NOT_STUDIED = 'not studied';

export function renderCoverage(measured: Measured, { paint, width }: Options): string {
  const { kernel, functions, lines, branches, folded } = measured;
  const rows = functions.map((own) => [
    own.name,
    `${own.file}:${own.line}`,
    `${own.lines.reached}/${own.lines.total}`,
    `${own.branches.reached}/${own.branches.total}`,
  ]);
  const name = `kernel:${kernel.name}`;
  const source = `${name} is Linux ${kernel.version} of ${kernel.origin}`;
  return `${[
    ...wrap(source, width),
    ...wrap(campaignText(measured), width),
    '',
    ...table([['function', 'place', 'lines', 'branches'], ...rows]),
    '',
    ...unreachedText(functions, paint, width),
    ...wrap(
      'A branch is one outcome of a condition, each operand of && and || being one, or a label of a switch. ' +
        `${plural(folded, 'condition')} whose value the compiler knows ${folded === 1 ? 'is' : 'are'} left out.`,
      width,
    ),
    '',
    paint('bold', `${name}: ${shareText(lines)} of lines, ${shareText(branches)} of branches reached`),
  ].join('\n')}\n`;
}

/** What counts as what `ptediff fuzz` reaches. */
function campaignText({ faults, architectures, races, seed, deaths }: Measured): string {
  const dials = races ? 'half with the default dials, half with those of races too' : 'with the default dials';
  const died = deaths === 0 ? '' : `; the kernel died in ${plural(deaths, 'case')}`;
  return `${grouped(faults)} faults of ptediff fuzz on ${architectures.join(', ')}, ${dials}, seed ${seed}${died}`;
}

const shareText = ({ reached, total }: Share): string =>
  `${percent(total === 0 ? 1 : reached / total)} (${reached} of ${total})`;

function unreachedText(functions: readonly FunctionFigures[], paint: Paint, width: number): string[] {
  const incomplete = functions.filter(({ unreached }) => unreached.length > 0);
  if (incomplete.length === 0) return [];
  const blocks = incomplete.flatMap(({ name, file, archs, unreached }) => [
    `  ${name} (${archs.join(', ')})`,
    ...unreached.flatMap((one) => wrap(unreachedLine(file, one), width, '    ')),
  ]);
  return [paint('bold', 'Not reached'), ...blocks, ''];
}

function unreachedLine(file: string, { line, end, what, reason }: Unreached): string {
  const place = `${file}:${line}${end === line ? '' : `-${end}`}`;
  return `${place}${what === '' ? '' : ` ${what}`}: ${reason ?? NOT_STUDIED}`;
}

/** Changes when a member is renamed or means something else. */
const SCHEMA_VERSION = 1;

export function coverageJson(measured: Measured): string {
  const { kernel, architectures, races, faults, deaths, seed, lines, branches, folded, functions } = measured;
  const { name, version, origin } = kernel;
  const document = {
    schemaVersion: SCHEMA_VERSION,
    kernel: { name, version, origin },
    campaign: { faults, architectures, races, seed, deaths },
    lines,
    branches,
    folded,
    functions,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
