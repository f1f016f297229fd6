/** What the report of a sweep says otherwise than that of a campaign of drawn cases. */
import { sweepCommand } from './commands.js';
import type { Report } from './model.js';
import { grouped, plural } from './words.js';

/** What classes count, in plural: `3 faults`, or `3 cases` in a sweep. */
export const counted = ({ sweep }: Pick<Report, 'sweep'>, count: number): string =>
  plural(count, sweep === null ? 'fault' : 'case');

/** What shares are shares of. */
export const whole = ({ sweep }: Pick<Report, 'sweep'>): string =>
  sweep === null ? 'of the effective ones' : 'of those played';

/** Lines of the header, as label and text. */
export function sweepRows({ sweep, timing }: Report): [label: string, text: string][] {
  if (sweep === null) return [];
  const { scope, size, indexes, planned, run } = sweep;
  const part = planned === size ? '' : ` (indexes ${indexes.map(({ from, to }) => `${from}..${to}`).join(', ')})`;
  const rate = timing.seconds > 0 ? `, ${grouped(Math.round(run / timing.seconds))} cases/s` : '';
  return [['scope', `${scope}: ${grouped(run)} of ${grouped(size)} cases${part}${rate}`]];
}

/** The command that goes on with an interrupted sweep. */
export function restCommand({ sweep, engines, architectures }: Report, program?: string): string | undefined {
  if (sweep === null || sweep.rest === null) return undefined;
  const { from, to } = sweep.rest;
  // Ranges with something between them are those of some architectures.
  const archs = sweep.indexes.length > 1 ? ` --arch ${architectures.join(',')}` : '';
  return sweepCommand(sweep.scope, engines, ` --index ${from}..${to}${archs}`, program);
}
