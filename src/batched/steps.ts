/**
 * Single steps of the batched engine as older revisions, or known bugs, have them. Each replaces one step of the plain
 * code by a subclass; a revision is a list of such replacements.
 */
import { AROUND_STEPS } from './steps/around.js';
import type { Steps } from './steps/features.js';
import { FINISH_STEPS } from './steps/finish.js';
import { RMAP_STEPS } from './steps/rmap.js';
import { SETTER_STEPS } from './steps/setter.js';

export { type Feature, PLAIN_FEATURES } from './steps/features.js';

/** The steps that replace plain code, by feature and value. */
export const STEPS: Steps = { ...SETTER_STEPS, ...AROUND_STEPS, ...FINISH_STEPS, ...RMAP_STEPS };
