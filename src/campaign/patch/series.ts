/**
 * Runs the comparisons of a series: every tree against the base, which tells what a patch introduces and removes, and
 * against the tree before it, which tells whether the patch changes anything at all.
 */
import { type LookedAt, lookAt, type MappedTree } from '../../kernel/changes/looked_at.js';
import { addedHits } from '../../kernel/cover/hits.js';
import type { AppliedPatch } from '../../kernel/series/apply.js';
import type { Report } from '../../report/model.js';
import {
  architecturesThatDiffer,
  type Compared,
  type CompareOptions,
  compareKernels,
  type SeriesKernel,
} from './compare.js';

/** A kernel with the tree that it was made from. */
export interface TreeKernel extends SeriesKernel {
  readonly tree: MappedTree['tree'];
}

export interface Series {
  readonly base: TreeKernel;
  readonly applied: readonly AppliedPatch[];
  /** one for each patch */
  readonly trees: readonly TreeKernel[];
}

/** What was run for one patch. */
export interface PatchRun {
  /** base against the tree with the patch; undefined where their code is the same */
  readonly against: Report | undefined;
  /** the tree before the patch against the one with it; undefined where their code is the same */
  readonly step: Report | undefined;
  readonly lookedAt: LookedAt;
}

/** @returns what was run before the comparisons were stopped: nothing for the patches that follow */
export async function runSeries({ base, applied, trees }: Series, options: CompareOptions): Promise<PatchRun[]> {
  const runs: PatchRun[] = [];
  for (const [i, tree] of trees.entries()) {
    if (options.stopRequested?.() === true) break;
    const before = trees[i - 1] ?? base;
    const { against, step } = await comparisons(base, before, tree, runs.at(-1)?.against, options);
    // Both have the counters of the same code.
    const hits = addedHits(against?.hits, step === against ? undefined : step?.hits);
    const patch = applied[i];
    if (patch === undefined) throw new Error('a tree for each patch');
    const lookedAt = await lookAt(patch, before, tree, hits);
    runs.push({ against: against?.report, step: step?.report, lookedAt });
  }
  return runs;
}

interface Comparisons {
  readonly against: Compared | undefined;
  readonly step: Compared | undefined;
}

/** @param last base against the tree before */
async function comparisons(
  base: TreeKernel,
  before: TreeKernel,
  tree: TreeKernel,
  last: Report | undefined,
  options: CompareOptions,
): Promise<Comparisons> {
  const isSame = (one: SeriesKernel, other: SeriesKernel): boolean =>
    architecturesThatDiffer(one, other, options.architectures).length === 0;
  // Where the patch leaves the code as it was, what was said of the tree before stands for this one.
  if (isSame(before, tree)) return { against: last && { report: last, hits: new Map() }, step: undefined };
  const against = await compareKernels(base, tree, options);
  return { against, step: isSame(base, before) ? against : await compareKernels(before, tree, options) };
}
