/** How long the random search takes to find each revision that is not the reference, and to shrink what it found. */
import { BATCHED_REVISIONS } from '../batched/index.js';
import { DEFAULT_SPANS } from '../campaign/campaign.js';
import { DEFAULT_ARCHITECTURES } from '../mm/arch/index.js';
import { DEFAULT_ENGINES } from '../report/commands.js';
import { grouped } from '../report/words.js';
import { withAssistants } from './assistant.js';
import type { BlocksOptions } from './blocks.js';
import type { Find } from './jobs.js';
import { type Goal, type Row, row, type Section } from './model.js';
import type { Settings } from './settings.js';
import { median } from './statistics.js';

const FIND: Goal = { relation: '<', value: 1000 };
const SHRINK: Goal = { relation: '<', value: 100 };
/** A search that has found nothing by then gives up. */
const LIMIT = 1_000_000;
/** Searches before the first that counts, on other seeds. */
const WARM_UP_SEARCHES = 2;

export async function findTime(settings: Settings): Promise<Section> {
  const rows: Row[] = [];
  for (const { id } of BATCHED_REVISIONS) {
    if (id === DEFAULT_ENGINES.batched) continue;
    settings.onProgress?.(`find: ${id}`);
    rows.push(...rowsOf(id, await searches(id, settings)));
  }
  return {
    id: 'find',
    title: 'Time to find and to shrink',
    method:
      `${DEFAULT_ENGINES.legacy} against each other revision: fresh searches with seeds from 1 to ` +
      `${settings.amounts.seeds}, blocks of all cells of the default campaign in turn, until the first class without ` +
      `explanation; warm, a thread for each revision. Nothing within ${grouped(LIMIT)} faults counts as an endless ` +
      'search.',
    rows,
    unavailable: null,
  };
}

function searches(batched: string, { start, allow, amounts }: Settings): Promise<Find[]> {
  const ask = (seed: number): BlocksOptions => ({
    batched,
    architectures: DEFAULT_ARCHITECTURES,
    spans: DEFAULT_SPANS,
    seed,
    invariantsAll: false,
  });
  return withAssistants(start, allow, 1, async ([assistant]) => {
    const finds: Find[] = [];
    for (let seed = 1 - WARM_UP_SEARCHES; seed <= amounts.seeds; seed++) {
      const blocks = ask(seed >= 1 ? seed : 1000 - seed);
      const find = await assistant.ask({ kind: 'find', blocks, limit: LIMIT });
      if (seed >= 1) finds.push(find);
    }
    return finds;
  });
}

/** Searches without a find take for ever, so that the median stays honest. */
export function rowsOf(id: string, finds: readonly Find[]): Row[] {
  const times = finds.map(({ faults, milliseconds }) => (faults === null ? Number.POSITIVE_INFINITY : milliseconds));
  const faults = finds.map((find) => find.faults ?? Number.POSITIVE_INFINITY);
  const shrinking = finds.flatMap((find) => find.shrinking ?? []);
  return [
    row(`${id}: found after`, 'ms', times, median(times), FIND),
    row(`${id}: faults until then`, 'faults', faults, median(faults)),
    ...(shrinking.length === 0 ? [] : [row(`${id}: shrunk in`, 'ms', shrinking, median(shrinking), SHRINK)]),
  ];
}
