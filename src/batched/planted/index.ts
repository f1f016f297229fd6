/** Every bug that can be planted, and the revisions that come of planting: `reference+M1+M9`. */
import type { EngineClass, Revision } from '../../mm/revision.js';
import { BatchedEngine } from '../filemap_map_pages.js';
import { AROUND_MUTANTS } from './around.js';
import type { PlantedBug } from './bug.js';
import { FINISH_MUTANTS } from './finish.js';
import { KNOWN_BUGS } from './known.js';
import { RMAP_MUTANTS } from './rmap.js';
import { SETTER_MUTANTS } from './setter.js';

export type { PlantedBug } from './bug.js';

/** `M0002`, so that M2 comes before M10; a collator would have to be loaded at each start. */
const sortKey = ({ id }: PlantedBug): string => id.replace(/\d+/, (digits) => digits.padStart(4, '0'));

const byNumber = (bugs: readonly PlantedBug[]): PlantedBug[] =>
  [...bugs].sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));

/** Mutants first, then known bugs, by number. */
export const PLANTED_BUGS: readonly PlantedBug[] = [
  ...byNumber([...SETTER_MUTANTS, ...AROUND_MUTANTS, ...FINISH_MUTANTS, ...RMAP_MUTANTS]),
  ...byNumber(KNOWN_BUGS),
];

/** The bug with this id. */
export const bugNamed = (id: string): PlantedBug | undefined => PLANTED_BUGS.find((bug) => bug.id === id);

/** These bugs cannot be planted here, or not together. */
export class PlantingError extends Error {
  override readonly name = 'PlantingError';
}

/** The bugs that can be planted in a revision; none where it is of another family. */
export const fittingBugs = ({ family, features }: Revision): readonly PlantedBug[] =>
  PLANTED_BUGS.filter(
    ({ needs = {} }) =>
      family === 'batched' && Object.entries(needs).every(([feature, value]) => features[feature] === value),
  );

/** Names of the methods that a bug replaces. */
export function replacedSteps({ replace }: PlantedBug): ReadonlySet<string> {
  const names = new Set<string>();
  let { prototype } = replace(BatchedEngine);
  while (prototype !== BatchedEngine.prototype) {
    for (const name of Object.getOwnPropertyNames(prototype)) if (name !== 'constructor') names.add(name);
    prototype = Object.getPrototypeOf(prototype);
  }
  return names;
}

/** The step that both bugs replace, so that one would hide the other; undefined if they can be planted together. */
export function sharedStep(one: PlantedBug, other: PlantedBug): string | undefined {
  const steps = replacedSteps(other);
  return [...replacedSteps(one)].find((name) => steps.has(name));
}

/**
 * The revision with these bugs planted in it. Its id names them in the order of the list, however they were given.
 * @throws PlantingError
 */
export function plant(base: Revision, bugs: readonly PlantedBug[]): Revision {
  const sorted = PLANTED_BUGS.filter((bug) => bugs.includes(bug));
  for (const bug of sorted) requireFitting(base, bug, bugs);
  const suffix = sorted.map(({ id }) => `+${id}`).join('');
  return {
    ...base,
    id: `${base.id}${suffix}`,
    name: `${base.name}${suffix}`,
    title: sorted.map(({ title }) => title).join('; '),
    source: sorted.map(({ source }) => source).join('; '),
    engine: sorted.reduce<EngineClass<BatchedEngine>>(
      (engine, { replace }) => replace(engine),
      base.engine as EngineClass<BatchedEngine>,
    ),
    base,
  };
}

function requireFitting(base: Revision, bug: PlantedBug, planted: readonly PlantedBug[]): void {
  if (base.family !== 'batched') {
    throw new PlantingError(`bugs are planted in batched revisions, not in ${base.id}`);
  }
  if (planted.filter((other) => other === bug).length > 1) throw new PlantingError(`${bug.id} is named twice`);
  for (const [feature, value] of Object.entries(bug.needs ?? {})) {
    if (base.features[feature] === value) continue;
    throw new PlantingError(`${bug.id} needs ${feature}=${value}, which ${base.id} has not (${bug.base} has)`);
  }
  for (const other of planted) {
    const shared = other === bug ? undefined : sharedStep(bug, other);
    if (shared !== undefined) throw new PlantingError(`${bug.id} and ${other.id} both replace ${shared}()`);
  }
}
