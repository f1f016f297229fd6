/** What a planted bug is: one step of the batched engine replaced, where that comes from, and what it takes to show. */
import type { ArchName } from '../../mm/arch/architecture.js';
import type { EngineClass } from '../../mm/revision.js';
import type { BatchedEngine } from '../filemap_map_pages.js';
import type { Replace } from '../steps/features.js';
import { type Feature, STEPS } from '../steps.js';

/** A bug that can be planted in a batched revision: `reference+M1`, `v6.12.117+R14`. */
export interface PlantedBug {
  /** M1 to M24 for mutants, else R or F and the number of a known bug; a letter tells two forms of one apart */
  readonly id: string;
  /** one line: what the engine does instead */
  readonly title: string;
  /** the real bug, by commit or message, that has or inspired it */
  readonly source: string;
  readonly replace: Replace;
  /** features that a revision needs before the bug means anything in it */
  readonly needs?: Readonly<Partial<Record<Feature, string>>>;
  /** revision that the self-test plants it in; the reference if absent */
  readonly base?: string;
  /** what a campaign needs to see it; without it, any campaign can */
  readonly shows?: Shows;
}

export interface Shows {
  /** the only architectures that can show it */
  readonly architectures?: readonly ArchName[];
  /** needs other threads that act during the fault */
  readonly races?: true;
  /** least number of page slots */
  readonly span?: number;
}

/** The step of an older revision, as a planted bug. */
export function step(feature: Feature, value: string): Replace {
  const replace = STEPS[feature]?.[value];
  if (replace === undefined) throw new Error(`no step ${feature}=${value}`);
  return replace;
}

/** Several replacements that make one bug together. */
export function all(...replaces: readonly Replace[]): Replace {
  return (Base) => replaces.reduce<EngineClass<BatchedEngine>>((engine, replace) => replace(engine), Base);
}
