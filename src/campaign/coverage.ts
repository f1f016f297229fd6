/** Campaigns that count what they reach in a kernel's own text. */
import type { CountingCode } from '../kernel/cover/code.js';
import { CountingEngine, type Hits } from '../kernel/cover/hits.js';
import { loadKernel } from '../kernel/engine/load.js';
import type { ArchName } from '../mm/arch/architecture.js';
import type { Revision } from '../mm/revision.js';
import { EMPTY_ALLOWLIST } from '../oracle/allowlist.js';
import type { CampaignOptions } from './api.js';
import { type Counted, countCampaign } from './campaign.js';
import { faultsRun } from './counts.js';
import { DEFAULT_SPANS } from './report.js';

/** A kernel that counts in place of one that does not. */
export interface CountingRevision {
  /** for campaigns of this thread alone: without workers */
  readonly revision: Revision;
  /** what was counted so far, in whatever ran the revision */
  hits(): Hits;
}

/** @param kernel what the code counts for: its id, features and architectures stay */
export function countingRevision(kernel: Revision, { sources, wasm, knowsVmaLock }: CountingCode): CountingRevision {
  const counting = new CountingEngine(loadKernel({ wasm, knowsVmaLock }, kernel.id), sources);
  return { revision: { ...kernel, engine: counting.engine }, hits: () => counting.hits() };
}

export interface CoverageOptions {
  readonly kernel: Revision;
  readonly code: CountingCode;
  readonly architectures: readonly ArchName[];
  /** faults to run, at least; with races, half of them have the dials of races too */
  readonly faults: number;
  readonly races: boolean;
  readonly stopRequested?: () => boolean;
  readonly onProgress?: CampaignOptions['onProgress'];
}

export interface Reached {
  readonly hits: Hits;
  readonly faults: number;
  /** cases in which the kernel's code stopped */
  readonly deaths: number;
  readonly seed: number;
}

/** The one that `ptediff fuzz` has where nothing else is asked for. */
const SEED = 1;

/**
 * Runs the campaigns of `ptediff fuzz` with a kernel on both sides, and counts on one of them. In this thread, because
 * the counters are in it; the hits are the same every time.
 */
export async function coverKernel(options: CoverageOptions): Promise<Reached> {
  const { kernel, code, architectures, races } = options;
  const { revision, hits } = countingRevision(kernel, code);
  let [faults, deaths] = [0, 0];
  for (const withRaces of races ? [false, true] : [false]) {
    const { counts } = await countCampaign({
      legacy: kernel,
      batched: revision,
      architectures,
      spans: DEFAULT_SPANS,
      faults: Math.ceil(options.faults / (races ? 2 : 1)),
      seconds: null,
      seed: SEED,
      races: withRaces,
      invariantsAll: false,
      allowlist: EMPTY_ALLOWLIST,
      failFast: false,
      ...(options.stopRequested === undefined ? {} : { stopRequested: options.stopRequested }),
      ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
    });
    faults += faultsRun(counts);
    deaths += counts.deaths;
  }
  return { hits: hits(), faults, deaths, seed: SEED };
}

/**
 * Runs a campaign in this thread, with counting code on one side.
 * @param options its engine of the batched side is replaced
 */
export async function countReached(
  options: CampaignOptions,
  counting: CountingEngine,
): Promise<{ readonly counted: Counted; readonly hits: Hits }> {
  const batched = { ...options.batched, engine: counting.engine };
  const counted = await countCampaign({ ...options, batched, workers: 0 });
  return { counted, hits: counting.hits() };
}
