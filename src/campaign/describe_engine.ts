/** What an engine makes of a case, as what a fixture expects of it. */
import { pmdText, retText, rowArt } from '../cases/art.js';
import type { Case } from '../cases/case.js';
import type { EngineExpectation, ExpectedState } from '../cases/fixture.js';
import { FIELDS, MMAP_MISS, PMD } from '../mm/fields.js';
import type { Image } from '../mm/image.js';
import type { Revision } from '../mm/revision.js';
import { type Moment, observe } from './run_fixture.js';

/** Counters that expectations have names of their own for. */
const OWN_NAMES = ['ret', 'mmap_miss', 'pmd'];

/** Fields of the mm that engines are compared in; how an access ends is expected elsewhere. */
const COUNTERS = FIELDS.filter(
  ({ site, compare, group, name }) =>
    site === 'mm' && compare !== 'conform' && group !== 'access' && !OWN_NAMES.includes(name),
);

/**
 * Plays the case and writes down the state after the first fault and how each access ended.
 * @throws ImpossibleCase
 */
export function expectationFrom(plain: Case, engine: Revision): EngineExpectation {
  const { afterFault, initial, faults, outcomes } = observe(plain, engine);
  return {
    ...(afterFault !== null && { afterFault: stateOf(afterFault, initial) }),
    faults: [...faults],
    final: { outcomes: outcomes as NonNullable<EngineExpectation['final']>['outcomes'] },
  };
}

function stateOf({ image, ret }: Moment, initial: Image): ExpectedState {
  const { mm } = image;
  const changed = COUNTERS.filter(({ word }) => mm[word] !== initial.mm[word]);
  return {
    row: rowArt(image).replace(/\.+$/, ''),
    ret: retText(ret),
    ...(mm[MMAP_MISS] !== initial.mm[MMAP_MISS] && { mmapMiss: mm[MMAP_MISS] }),
    ...(mm[PMD] !== initial.mm[PMD] && { pmd: pmdText(mm[PMD]) }),
    fields: Object.fromEntries(changed.map(({ name, word }) => [name, mm[word]])),
  };
}
