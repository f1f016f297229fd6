/** Every engine that can be chosen, by name: revisions, and revisions with planted bugs such as `reference+M1+M9`. */
import { BATCHED_REVISIONS, bugNamed, PLANTED_BUGS, type PlantedBug, PlantingError, plant } from '../batched/index.js';
import { didYouMean } from '../cases/suggest.js';
import { LEGACY_REVISIONS } from '../legacy/index.js';
import type { EngineFamily, Revision } from '../mm/revision.js';
import { kernelWithId } from './kernels.js';

export const REVISIONS: readonly Revision[] = [...LEGACY_REVISIONS, ...BATCHED_REVISIONS];

/** No engine has this name. */
export class UnknownEngine extends Error {
  override readonly name = 'UnknownEngine';

  constructor(
    message: string,
    /** the revision is known, what is planted in it is wrong */
    readonly isPlanted: boolean,
    /** id of the engine that was probably meant */
    readonly near?: string,
  ) {
    super(message);
  }
}

/** One name, one revision: what is worked out for a revision is remembered by its identity. */
const planted = new Map<string, Revision>();

/**
 * The revision that a name means: `batched@v6.6`, or `v6.6`. A name without family is looked for in `family` first, so
 * that either side can name any engine. Planted bugs follow, each with a plus sign.
 * @throws UnknownEngine with one line that says what is wrong
 */
export function requireRevision(name: string, family: EngineFamily): Revision {
  const [plain, ...ids] = name.split('+');
  const base = listed(plain, family);
  if (base === undefined) throw unknownRevision(plain, ids, family);
  if (ids.length === 0) return base;
  const made = withBugs(base, ids);
  const revision = planted.get(made.id) ?? made;
  planted.set(made.id, revision);
  return revision;
}

/** The same; undefined where no engine has the name. */
export function revisionNamed(name: string, family: EngineFamily): Revision | undefined {
  try {
    return requireRevision(name, family);
  } catch (error) {
    if (error instanceof UnknownEngine) return undefined;
    throw error;
  }
}

/** The revision with this id, in whatever thread: what crosses threads and files names engines by id. */
export function engineWithId(id: string): Revision | undefined {
  const kernel = kernelWithId(id);
  if (kernel !== undefined) return kernel;
  const found = revisionNamed(id, 'batched');
  return found?.id === id ? found : undefined;
}

function listed(name: string, family: EngineFamily): Revision | undefined {
  const own = REVISIONS.find((revision) => revision.family === family && revision.name === name);
  return own ?? REVISIONS.find((revision) => revision.id === name || revision.name === name);
}

function unknownRevision(name: string, ids: readonly string[], family: EngineFamily): UnknownEngine {
  const own = REVISIONS.filter((candidate) => candidate.family === family);
  const names = name.includes('@') ? REVISIONS.map(({ id }) => id) : [...own, ...REVISIONS].map((known) => known.name);
  const near = didYouMean(name, names);
  return new UnknownEngine('no such revision', false, near === undefined ? undefined : [near, ...ids].join('+'));
}

function withBugs(base: Revision, ids: readonly string[]): Revision {
  try {
    return plant(
      base,
      ids.map((id) => requireBug(base, id, ids)),
    );
  } catch (error) {
    if (error instanceof PlantingError) throw new UnknownEngine(error.message, true);
    throw error;
  }
}

function requireBug(base: Revision, id: string, ids: readonly string[]): PlantedBug {
  const bug = bugNamed(id);
  if (bug !== undefined) return bug;
  const known = PLANTED_BUGS.map((candidate) => candidate.id);
  const near = didYouMean(id, known);
  const meant =
    near === undefined ? undefined : [base.id, ...ids.map((other) => (other === id ? near : other))].join('+');
  throw new UnknownEngine(`no planted bug is called ${JSON.stringify(id)}`, true, meant);
}
