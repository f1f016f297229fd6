/** How much faster two worker threads are than one, and how much faster they can be on this machine. */
import { availableParallelism } from 'node:os';
import { DEFAULT_SPANS } from '../campaign/campaign.js';
import { DEFAULT_ARCHITECTURES } from '../mm/arch/index.js';
import { grouped, plural } from '../report/words.js';
import { type Assistant, withAssistants } from './assistant.js';
import { type Goal, type Row, ratioRow, row, type Section } from './model.js';
import { runForReport } from './program.js';
import { turns, warmUp } from './race.js';
import { defaultSearch } from './random_search.js';
import type { Settings } from './settings.js';
import { median } from './statistics.js';

const SPEEDUP: Goal = { relation: '>=', value: 1.9 };
const WORKERS = [1, 2];

/** @param cores that this process may use */
export async function twoWorkers(settings: Settings, cores = availableParallelism()): Promise<Section> {
  const { program, amounts } = settings;
  const { workerFaults, workerRepeats, rounds, sliceMilliseconds } = amounts;
  const section = {
    id: 'workers',
    title: 'Two workers against one',
    method:
      `The rate that the reports of campaigns of ${grouped(workerFaults)} faults state, start of the threads ` +
      `included; ${plural(workerRepeats, 'campaign')} with each number of workers, in turn. Before that, as the mark ` +
      `that the machine sets: two warm searches at once, which share nothing, against one alone; ${rounds} slices of ` +
      `${sliceMilliseconds} ms each, in turn.`,
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
  const rows = [
    ...(await searches(settings)),
    row('1 worker', 'faults/s', one, median(one)),
    row('2 workers', 'faults/s', two, median(two)),
    ratioRow('2 workers / 1 worker', two, one, SPEEDUP),
  ];
  return { ...section, rows, unavailable: null };
}

/** By the clock: two searches at once, each in a thread of its own, against one of them alone. */
async function searches(settings: Settings): Promise<Row[]> {
  const spec = defaultSearch(DEFAULT_ARCHITECTURES, DEFAULT_SPANS);
  const [one, two] = await withAssistants(settings.start, settings.allow, 2, async (assistants) => {
    await warmUp([spec, spec], assistants, settings);
    const rates: [number[], number[]] = [[], []];
    for (let round = 0; round < settings.amounts.rounds; round++) {
      for (const i of turns(2, round)) {
        // Each of the two is the one that is alone in turn.
        const running = i === 0 ? [assistants[round % 2]] : assistants;
        rates[i].push(await rateOf(running, settings.amounts.sliceMilliseconds));
      }
    }
    return rates;
  });
  return [
    row('1 warm search', 'faults/s', one, median(one)),
    row('2 warm searches at once', 'faults/s', two, median(two)),
    ratioRow('2 searches / 1 search', two, one),
  ];
}

/** What assistants do together in a second, while all of them work. */
async function rateOf(assistants: readonly Assistant[], milliseconds: number): Promise<number> {
  const slices = await Promise.all(assistants.map((assistant) => assistant.ask({ kind: 'slice', milliseconds })));
  return slices.reduce((sum, { done, clock }) => sum + (1000 * done) / clock, 0);
}
