/** How much faster two worker threads are than one. */
import { availableParallelism } from 'node:os';
import { grouped, plural } from '../report/words.js';
import { type Goal, row, type Section } from './model.js';
import { runForReport } from './program.js';
import { turns } from './race.js';
import type { Settings } from './settings.js';
import { median, pairedRatio } from './statistics.js';

const SPEEDUP: Goal = { relation: '>=', value: 1.9 };
const WORKERS = [1, 2];

/** @param cores that this process may use */
export async function twoWorkers({ program, amounts }: Settings, cores = availableParallelism()): Promise<Section> {
  const { workerFaults, workerRepeats } = amounts;
  const section = {
    id: 'workers',
    title: 'Two workers against one',
    method:
      `The rate that the reports of campaigns of ${grouped(workerFaults)} faults state, start of the threads ` +
      `included; ${plural(workerRepeats, 'campaign')} with each number of workers, in turn.`,
  };
  if (cores < 2) return { ...section, rows: [], unavailable: 'this machine has one core' };
  const rates: number[][] = WORKERS.map(() => []);
  for (let repeat = 0; repeat < workerRepeats; repeat++) {
    for (const i of turns(WORKERS.length, repeat)) {
      const args = ['fuzz', '--faults', String(workerFaults), '--workers', String(WORKERS[i])];
      const report = await runForReport(program, args);
      rates[i].push(report.timing.faultsPerSecond);
    }
  }
  const [one, two] = rates;
  const ratios = two.map((rate, i) => rate / one[i]);
  const rows = [
    row('1 worker', 'faults/s', one, median(one)),
    row('2 workers', 'faults/s', two, median(two)),
    row('2 workers / 1 worker', 'ratio', ratios, pairedRatio(two, one), SPEEDUP),
  ];
  return { ...section, rows, unavailable: null };
}
