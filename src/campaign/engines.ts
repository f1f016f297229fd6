/** Every engine that can be chosen, by name. */
import { BATCHED_REVISIONS } from '../batched/index.js';
import { LEGACY_REVISIONS } from '../legacy/index.js';
import type { EngineFamily, Revision } from '../mm/revision.js';

export const REVISIONS: readonly Revision[] = [...LEGACY_REVISIONS, ...BATCHED_REVISIONS];

/**
 * The revision that a name means: `batched@v6.6`, or `v6.6`. A name without family is looked for in `family` first, so
 * that either side can name any engine.
 */
export function revisionNamed(name: string, family: EngineFamily): Revision | undefined {
  const own = REVISIONS.find((revision) => revision.family === family && revision.name === name);
  return own ?? REVISIONS.find((revision) => revision.id === name || revision.name === name);
}

/** The revision with this id, in whatever thread: what crosses threads and files names engines by id. */
export function engineWithId(id: string): Revision | undefined {
  return REVISIONS.find((revision) => revision.id === id);
}
