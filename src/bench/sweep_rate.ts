/** How fast sweeps enumerate and judge. */
import { SCOPES } from '../cases/scopes.js';
import { grouped } from '../report/words.js';
import { SWEEP_CASES } from './contenders.js';
import { type Goal, row, type Section } from './model.js';
import { race } from './race.js';
import type { Settings } from './settings.js';
import { median } from './statistics.js';

const GOALS: Readonly<Record<string, Goal>> = { '4-pages-young': { relation: '>=', value: 2.5e6 } };
const SPAN = 4;

export async function sweepRate(settings: Settings): Promise<Section> {
  const names = SCOPES.filter(({ span, name }) => span === SPAN && name !== 'tiny').map(({ name }) => name);
  const { rates } = await race(
    names.map((scope) => ({ kind: 'sweep', scope })),
    settings,
  );
  return {
    id: 'sweep',
    title: 'Sweeps',
    method:
      'Cases per second of one core, the whole state compared and judged: ranges of ' +
      `${grouped(SWEEP_CASES)} cases from all over the scope, in slices like those of the random search.`,
    rows: names.map((name, i) => row(name, 'cases/s', rates[i], median(rates[i]), GOALS[name] ?? null)),
    unavailable: null,
  };
}
