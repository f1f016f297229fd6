/** Campaigns that count what they reach in a kernel's own text. */
import type { CountingCode } from '../kernel/cover/code.js';
import { addedHits, type CountedCode, countedCode, type Hits } from '../kernel/cover/hits.js';
import { loadKernel } from '../kernel/engine/load.js';
import type { ArchName } from '../mm/arch/architecture.js';
import type { Revision } from '../mm/revision.js';
import { EMPTY_ALLOWLIST } from '../oracle/allowlist.js';
import type { CampaignOptions } from './api.js';
import { countCampaign } from './campaign.js';
import { faultsRun } from './counts.js';
import { DEFAULT_SPANS } from './plan.js';

/** The code of a kernel of the cache, as a campaign runs it in the kernel's place. */
export const countedKernel = ({ id }: Revision, { sources, wasm, knowsVmaLock }: CountingCode): CountedCode =>
  countedCode(loadKernel({ wasm, knowsVmaLock }, id), sources);

export interface CoverageOptions {
  readonly kernel: Revision;
  readonly code: CountingCode;
  readonly architectures: readonly ArchName[];
  /** faults to run, at least; with races, half of them have the dials of races too */
  readonly faults: number;
  readonly races: boolean;
  /** worker threads, 0 for none */
  readonly workers: number;
  readonly watch: Pick<CampaignOptions, 'onProgress' | 'stopRequested'>;
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
 * Runs the campaigns of `ptediff fuzz` with a kernel on both sides, and counts on one of them. The hits are the same
 * every time.
 */
export async function coverKernel(options: CoverageOptions): Promise<Reached> {
  const { kernel, code, architectures, races, workers, watch } = options;
  const counted = countedKernel(kernel, code);
  let [faults, deaths] = [0, 0];
  let hits: Hits = new Map();
  for (const withRaces of races ? [false, true] : [false]) {
    const { counts } = await countCampaign({
      ...{ legacy: kernel, batched: kernel, counted, architectures },
      spans: DEFAULT_SPANS,
      faults: Math.ceil(options.faults / (races ? 2 : 1)),
      seconds: null,
      seed: SEED,
      races: withRaces,
      invariantsAll: false,
      allowlist: EMPTY_ALLOWLIST,
      failFast: false,
      workers,
      ...watch,
    });
    faults += faultsRun(counts);
    deaths += counts.deaths;
    hits = addedHits(hits, counts.hits);
    if (watch.stopRequested?.() === true) break;
  }
  return { hits, faults, deaths, seed: SEED };
}
