/** The batched family: ranges of pages, set_pte_range(). */
export { BatchedEngine } from './filemap_map_pages.js';
export {
  bugNamed,
  fittingBugs,
  PLANTED_BUGS,
  type PlantedBug,
  PlantingError,
  plant,
  replacedSteps,
  sharedStep,
} from './planted/index.js';
export { BATCHED_REVISIONS } from './revisions.js';
