/** Does the cost of a campaign grow linearly, in faults and in span? And does the hot loop make garbage? */
import { DEFAULT_ARCHITECTURES } from '../mm/arch/index.js';
import { DEFAULT_ENGINES } from '../report/commands.js';
import { grouped } from '../report/words.js';
import { withAssistants } from './assistant.js';
import type { BlocksOptions } from './blocks.js';
import { type Row, ratioRow, row, type Section } from './model.js';
import { race, turns, warmUp } from './race.js';
import { defaultSearch } from './random_search.js';
import type { Settings } from './settings.js';
import { median } from './statistics.js';

const SPANS = [8, 64, 512] as const;
const MULTIPLES = [1, 2, 4] as const;
/** What a fault may cost more in a campaign that is four times as long. */
const TOLERANCE = 1.2;

/** Nanoseconds per fault for campaigns of one, two and four times the length, and for three spans. */
export async function cost(settings: Settings): Promise<Section> {
  const { costRounds, costRepeats } = settings.amounts;
  return {
    id: 'cost',
    title: 'Growth of the cost',
    method:
      `Nanoseconds per fault of the default pair. Fresh campaigns of span 64 of ${costRounds}, ${2 * costRounds} and ` +
      `${4 * costRounds} rounds of some 4,000 faults, in turn, ${costRepeats} times; then slices of three spans in ` +
      'turn.',
    rows: [...(await byFaults(settings)), ...(await bySpan(settings))],
    unavailable: null,
  };
}

async function byFaults({ start, allow, amounts }: Settings): Promise<Row[]> {
  const blocks: BlocksOptions = {
    batched: DEFAULT_ENGINES.batched,
    architectures: DEFAULT_ARCHITECTURES,
    spans: [64],
    seed: 1,
    invariantsAll: false,
  };
  const costs: number[][] = MULTIPLES.map(() => []);
  await withAssistants(start, allow, 1, async ([assistant]) => {
    await assistant.ask({ kind: 'cost', blocks, rounds: 2 * amounts.costRounds });
    for (let repeat = 0; repeat < amounts.costRepeats; repeat++) {
      for (const i of turns(MULTIPLES.length, repeat)) {
        const rounds = MULTIPLES[i] * amounts.costRounds;
        const { done, milliseconds } = await assistant.ask({ kind: 'cost', blocks, rounds });
        costs[i].push((1e6 * milliseconds) / done);
      }
    }
  });
  const [once, , four] = costs;
  return [
    ...MULTIPLES.map((multiple, i) => row(`${multiple} x the faults`, 'ns/fault', costs[i], median(costs[i]))),
    growth('4 x against 1 x, per fault', four, once, TOLERANCE),
  ];
}

async function bySpan(settings: Settings): Promise<Row[]> {
  const { rates } = await race(
    SPANS.map((span) => defaultSearch(DEFAULT_ARCHITECTURES, [span])),
    settings,
  );
  const costs = rates.map((values) => values.map((rate) => 1e9 / rate));
  const [small, middle, large] = costs;
  return [
    ...SPANS.map((span, i) => row(`span ${span}`, 'ns/fault', costs[i], median(costs[i]))),
    growth('span 64 against 8, per fault', middle, small, 8),
    growth('span 512 against 64, per fault', large, middle, 8),
  ];
}

function growth(name: string, over: readonly number[], under: readonly number[], bound: number): Row {
  return ratioRow(name, over, under, { relation: '<=', value: bound });
}

const WATCHED = [
  { name: 'x86-64, span 64', spec: defaultSearch(['x86-64'], [64]) },
  { name: 'default architectures, span 64', spec: defaultSearch(DEFAULT_ARCHITECTURES, [64]) },
  { name: 'default architectures, span 64, all invariants', spec: defaultSearch(DEFAULT_ARCHITECTURES, [64], true) },
];

/** Garbage collections of warm search loops. */
export async function collections(settings: Settings): Promise<Section> {
  const { start, allow, amounts } = settings;
  const specs = WATCHED.map(({ spec }) => spec);
  const rows = await withAssistants(start, allow, specs.length, async (assistants) => {
    await warmUp(specs, assistants, settings);
    const found: Row[] = [];
    for (const [i, { name }] of WATCHED.entries()) {
      const { count, collecting, milliseconds } = await assistants[i].ask({
        kind: 'collections',
        done: amounts.watchedFaults,
      });
      found.push(row(name, 'collections', [count], count, { relation: '<=', value: 0 }));
      const share = collecting / milliseconds;
      found.push(row(`${name}: share of the time`, 'share', [share], share));
    }
    return found;
  });
  return {
    id: 'collections',
    title: 'Garbage collections',
    method: `Collections of any kind while a warm search runs ${grouped(amounts.watchedFaults)} faults.`,
    rows,
    unavailable: null,
  };
}
