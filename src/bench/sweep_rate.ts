/** How fast a sweep enumerates and judges. */
import { grouped, plural } from '../report/words.js';
import { type Goal, row, type Section } from './model.js';
import { runForReport } from './program.js';
import type { Settings } from './settings.js';
import { median } from './statistics.js';

const SCOPE = '4-pages-young';
const RATE: Goal = { relation: '>=', value: 2.5e6 };

export async function sweepRate({ program, amounts }: Settings): Promise<Section> {
  const { sweepCases, sweepRanges } = amounts;
  const section = {
    id: 'sweep',
    title: 'Sweep',
    method:
      `Cases per second of one core in ${SCOPE}, the whole state compared and judged: ` +
      `${plural(sweepRanges, 'range')} of ${grouped(sweepCases)} cases, evenly spread over the scope, each in a ` +
      'process of its own, warm-up included.',
  };
  const sweep = (from: number, cases: number): ReturnType<typeof runForReport> =>
    runForReport(program, ['sweep', SCOPE, '--workers', '0', '--index', `${from}..${from + cases}`]);
  const size = (await sweep(0, 1))?.sweep?.size;
  if (size === undefined) return { ...section, rows: [], unavailable: 'this version has no sweeps' };
  const rates: number[] = [];
  for (let range = 0; range < sweepRanges; range++) {
    const from = Math.floor(((range + 0.5) * size) / sweepRanges);
    const cases = Math.min(sweepCases, size - from);
    const report = await sweep(from, cases);
    if (report !== null) rates.push(cases / report.timing.seconds);
  }
  return { ...section, rows: [row(SCOPE, 'cases/s', rates, median(rates), RATE)], unavailable: null };
}
