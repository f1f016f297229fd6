/** How fast the random search is, beside the same property on plain objects and the sketch as an upper mark. */

import { DEFAULT_SPANS } from '../campaign/campaign.js';
import { ARCH_NAMES } from '../cases/case.js';
import type { ArchName } from '../mm/arch/architecture.js';
import { DEFAULT_ARCHITECTURES } from '../mm/arch/index.js';
import { DEFAULT_ENGINES } from '../report/commands.js';
import type { ContenderSpec } from './contenders.js';
import { type Goal, ratioRow, row, type Section } from './model.js';
import { race } from './race.js';
import type { Settings } from './settings.js';
import { median } from './statistics.js';

const SPAN = 64;
const SEARCH: Goal = { relation: '>=', value: 1e6 };
const SEARCH_ALL_INVARIANTS: Goal = { relation: '>=', value: 0.4e6 };
const AGAINST_PLAIN_OBJECTS: Goal = { relation: '>=', value: 50 };

interface Entry {
  readonly name: string;
  readonly spec: ContenderSpec;
  readonly goal: Goal | null;
}

/** The default pair on these architectures and spans. */
export function defaultSearch(
  architectures: readonly ArchName[],
  spans: readonly number[],
  invariantsAll = false,
): ContenderSpec {
  return { kind: 'random', batched: DEFAULT_ENGINES.batched, architectures, spans, seed: 1, invariantsAll };
}

const MIX = `default architectures, span ${SPAN}`;
const PLAIN = `plain objects, span ${SPAN}`;
const SKETCH = `sketch, span ${SPAN}`;

const ENTRIES: readonly Entry[] = [
  ...ARCH_NAMES.map((arch) => ({
    name: `${arch}, span ${SPAN}`,
    spec: defaultSearch([arch], [SPAN]),
    goal: DEFAULT_ARCHITECTURES.includes(arch) ? SEARCH : null,
  })),
  { name: MIX, spec: defaultSearch(DEFAULT_ARCHITECTURES, [SPAN]), goal: SEARCH },
  {
    name: `${MIX}, all invariants`,
    spec: defaultSearch(DEFAULT_ARCHITECTURES, [SPAN], true),
    goal: SEARCH_ALL_INVARIANTS,
  },
  {
    name: `default campaign, spans ${DEFAULT_SPANS.join(', ')}`,
    spec: defaultSearch(DEFAULT_ARCHITECTURES, DEFAULT_SPANS),
    goal: null,
  },
  { name: PLAIN, spec: { kind: 'plain-objects', span: SPAN }, goal: null },
  { name: SKETCH, spec: { kind: 'sketch', span: SPAN }, goal: null },
];

export async function randomSearch(settings: Settings): Promise<Section> {
  const { rates, shares } = await race(
    ENTRIES.map(({ spec }) => spec),
    settings,
  );
  const rows = ENTRIES.map(({ name, goal }, i) => row(name, 'faults/s', rates[i], median(rates[i]), goal));
  const ratesOf = (name: string): readonly number[] => rates[ENTRIES.findIndex((entry) => entry.name === name)];
  const { sliceMilliseconds, rounds } = settings.amounts;
  return {
    id: 'random',
    title: 'Random search',
    method:
      `Faults per second of one core: ${DEFAULT_ENGINES.legacy} against ${DEFAULT_ENGINES.batched}, drawing ` +
      'included, the whole state compared and judged with the allowlist, compiled as for a long campaign. ' +
      `${rounds} slices of ${sliceMilliseconds} ms each, in turn, every contender in a thread of its own.`,
    rows: [
      ...rows,
      ratioRow(`${MIX} / ${PLAIN}`, ratesOf(MIX), ratesOf(PLAIN), AGAINST_PLAIN_OBJECTS),
      ratioRow(`${MIX} / ${SKETCH}`, ratesOf(MIX), ratesOf(SKETCH)),
      row('share of a core that contenders had', 'share', shares, median(shares)),
    ],
    unavailable: null,
  };
}
