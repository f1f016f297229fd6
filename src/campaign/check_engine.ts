/**
 * Stored cases on an engine beside those that they name, for example a compiled kernel: what a fixture expects of the
 * engine's model is expected of the engine too, and a witness shows the same entry.
 */
import type { Fixture } from '../cases/fixture.js';
import { KernelDied } from '../kernel/engine/machine.js';
import { plainRevision, type Revision } from '../mm/revision.js';
import type { AllowEntry, Allowlist } from '../oracle/allowlist.js';
import { entriesFor } from '../oracle/decider.js';
import { compareExpectation, observe } from './run_fixture.js';
import { SingleRun } from './single.js';

/** Engines that stored cases run on as well. */
export interface OtherEngines {
  readonly legacy?: Revision | undefined;
  readonly batched?: Revision | undefined;
}

/** Does the engine run on the architecture of the case? */
const runsOn = ({ architectures }: Revision, { case: plain }: Fixture): boolean =>
  architectures === undefined || architectures.includes(plain.arch);

/**
 * Plays a fixture on the engine.
 * @returns one line for each expectation of its model that does not hold; null where there is nothing to play
 */
export function checkFixtureOn(fixture: Fixture, engine: Revision): string[] | null {
  const { id } = plainRevision(engine);
  if (fixture.expect[id] === undefined || !runsOn(engine, fixture)) return null;
  return orDeath(engine, () => compareExpectation(fixture, observe(fixture.case, engine), id));
}

/**
 * Plays the witness of an entry on the two engines, of which at least one is not a model.
 * @returns what is wrong; null where the entry is not about them, or they do not run on the architecture
 */
export function checkWitnessOn(
  entry: AllowEntry,
  fixture: Fixture,
  legacy: Revision,
  batched: Revision,
  allowlist: Allowlist,
): string[] | null {
  if (!entriesFor({ ...allowlist, entries: [entry] }, legacy, batched).includes(entry)) return null;
  if (!runsOn(legacy, fixture) || !runsOn(batched, fixture)) return null;
  return orDeath(batched, () => {
    const { findings } = new SingleRun(fixture.case, { legacy, batched, allowlist }).run();
    if (findings.some((finding) => finding.entry?.id === entry.id)) return [];
    return [`the witness ${entry.witness} does not show the difference on ${legacy.id} against ${batched.id}`];
  });
}

function orDeath(engine: Revision, play: () => string[]): string[] {
  try {
    return play();
  } catch (error) {
    if (!(error instanceof KernelDied)) throw error;
    return [`${engine.id} died: ${error.message}`];
  }
}
