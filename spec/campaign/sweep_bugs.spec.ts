/** Every planted bug that a case of a few pages can show lies inside of the scope of its concern. */
import { describe, expect, it } from 'vitest';
import { PLANTED_BUGS, type PlantedBug, plant } from '../../src/batched/index.js';
import { countCampaign } from '../../src/campaign/campaign.js';
import { planSweep, sweepOptions } from '../../src/campaign/sweep.js';
import { SCOPES, scopeNamed } from '../../src/cases/scopes.js';
import type { Scope } from '../../src/cases/sweep/scope.js';
import { DEFAULT_ARCHITECTURES } from '../../src/mm/arch/index.js';
import { ALLOWLIST, LEGACY, REFERENCE } from '../support.js';

/** Where to look for each bug. What only one scope can show, by its dials, stands there. */
const CONCERNS: Readonly<Record<string, readonly string[]>> = {
  '4-pages-young': ['M1', 'M2', 'M3', 'M4', 'M5', 'M6', 'M9', 'M11', 'M12', 'M15', 'M16', 'M17', 'R13', 'R21', 'R21b'],
  '4-pages-readahead': ['M8', 'M22'],
  '4-pages-rmap': ['M10', 'M14', 'M21', 'M24', 'M24b', 'R29'],
  '4-pages-uffd': ['M20'],
  '4-pages-finish': ['M13', 'M19', 'M23', 'R15'],
};

const largestSpan = Math.max(...SCOPES.map(({ span }) => span));

/** Can a scope show it at all? Not what needs other threads, a whole page table, or another revision than the reference. */
function isWithinReach({ id, shows = {}, base }: PlantedBug): boolean {
  // It needs a missing page table together with a folio across i_size, which no scope has.
  if (id === 'F2') return false;
  const { races = false, span = 1, architectures = DEFAULT_ARCHITECTURES } = shows;
  const swept = architectures.some((arch) => SCOPES.some((scope) => scope.architectures.includes(arch)));
  return !races && span <= largestSpan && swept && base === undefined;
}

/** Whether the sweep of small ranges all over the scope finds something that the sweep with the reference does not. */
async function isFound(bug: PlantedBug, scope: Scope): Promise<boolean> {
  const { ranges } = planSweep(scope);
  const number = Math.ceil(1800 / ranges.length);
  const pieces = ranges.flatMap(({ arch, from, to }) =>
    Array.from({ length: number }, (_, i) => {
      const first = from + Math.floor((i * (to - from)) / number);
      return { arch, from: first, to: Math.min(to, first + 64) };
    }),
  );
  const batched = plant(REFERENCE, [bug]);
  const plan = sweepOptions({ scope, ranges: pieces });
  const { counts } = await countCampaign({ legacy: LEGACY, batched, allowlist: ALLOWLIST, ...plan });
  return counts.violations.length > 0 || counts.classes.some(({ entry }) => entry === null);
}

describe.each(Object.entries(CONCERNS))('%s', (name, ids) => {
  it.each(ids)('shows %s', async (id) => {
    const bug = PLANTED_BUGS.find((candidate) => candidate.id === id) as PlantedBug;
    expect(await isFound(bug, scopeNamed(name) as Scope)).toBe(true);
  });
});

it('no planted bug within reach is left out', () => {
  const reachable = PLANTED_BUGS.filter(isWithinReach).map(({ id }) => id);
  expect(Object.values(CONCERNS).flat().sort()).toEqual(reachable.sort());
});
