/** What a bounded campaign counts, without shrinking what it finds. */
import { expect } from 'vitest';
import type { CampaignOptions } from '../../src/campaign/api.js';
import { type Counts, mergeCounts } from '../../src/campaign/counts.js';
import { planCells } from '../../src/campaign/plan.js';
import { runnerOf } from '../../src/campaign/runner.js';
import { blockUnits } from '../../src/campaign/unit.js';
import { entriesFor } from '../../src/oracle/decider.js';
import { ALLOWLIST, campaign } from '../support.js';

/** Runs the units of a campaign with the repository's allowlist; all of its cases must end. */
export function tallied(parts: Partial<CampaignOptions>): Counts {
  const { faults, ...options } = campaign({ spans: [8, 64, 512], faults: 40_000, allowlist: ALLOWLIST, ...parts });
  const entries = entriesFor(options.allowlist, options.legacy, options.batched);
  const cells = planCells(options, faults ?? 0);
  const runner = runnerOf({ ...options, entries, cells, scope: null });
  const counts = mergeCounts([...blockUnits(cells)].map((unit) => runner.run(unit)));
  expect(counts.died.map(({ message }) => message)).toEqual([]);
  return counts;
}
