/** Long runs are compiled with more inlining than short ones, and find the same. */
import { afterEach, describe, expect, it } from 'vitest';
import { runCampaign } from '../../src/campaign/campaign.js';
import { compileFor, lengthOf } from '../../src/campaign/inlining.js';
import { campaign } from '../support.js';

describe('the length of a run', () => {
  it.each([
    [400_000, null, 2, 'short'],
    [1_999_999, null, 0, 'short'],
    [2_000_000, null, 0, 'long'],
    [3_000_000, null, 2, 'short'],
    [4_000_000, null, 2, 'long'],
    [null, 9, 2, 'short'],
    [null, 10, 2, 'long'],
    [null, null, 1, 'short'],
  ] as const)('%o faults or %o s in %i workers: %s', (amount, seconds, workers, length) => {
    expect(lengthOf(amount, seconds, workers)).toBe(length);
  });
});

describe('inlining', () => {
  afterEach(() => compileFor('short'));

  it('changes no report', async () => {
    const reportFor = async (length: 'short' | 'long') => {
      compileFor(length);
      const { timing: _, ...report } = await runCampaign(campaign({ faults: 5_000 }));
      return report;
    };
    expect(await reportFor('long')).toEqual(await reportFor('short'));
  });
});
