/** Campaigns that count what they reach in a kernel's own text. */
import { knowsVmaLock } from '../kernel/build.js';
import { CountingEngine, type Hits } from '../kernel/cover/hits.js';
import { loadKernel } from '../kernel/engine/load.js';
import type { EngineSource } from '../kernel/source.js';
import type { Wasm } from '../kernel/stored.js';
import type { Revision } from '../mm/revision.js';
import type { CampaignOptions } from './api.js';
import { type Counted, countCampaign } from './campaign.js';

/** Code that counts, and what it was made from. */
export interface CountingCode {
  /** extracted with coverage */
  readonly sources: readonly EngineSource[];
  /** compiled from them */
  readonly wasm: Wasm;
}

/** A kernel that counts in place of one that does not. */
export interface CountingRevision {
  /** for campaigns of this thread alone: without workers */
  readonly revision: Revision;
  /** what was counted so far, in whatever ran the revision */
  hits(): Hits;
}

/** @param kernel what the code counts for: its id, features and architectures stay */
export function countingRevision(kernel: Revision, { sources, wasm }: CountingCode): CountingRevision {
  const counting = new CountingEngine(loadKernel({ wasm, knowsVmaLock: knowsVmaLock(sources) }), sources);
  return { revision: { ...kernel, engine: counting.engine }, hits: () => counting.hits() };
}

/**
 * Runs a campaign in this thread, with counting code on one side.
 * @param options its engine of the batched side is replaced
 */
export async function countReached(
  options: CampaignOptions,
  code: CountingCode,
): Promise<Counted & { readonly hits: Hits }> {
  const { revision, hits } = countingRevision(options.batched, code);
  const counted = await countCampaign({ ...options, batched: revision, workers: 0 });
  return { ...counted, hits: hits() };
}
