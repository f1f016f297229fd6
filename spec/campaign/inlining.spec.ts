/** Long runs are compiled with more inlining than short ones, and find the same. */
import { afterEach, describe, expect, it } from 'vitest';
import { runCampaign } from '../../src/campaign/campaign.js';
import { compileFor, lengthOf } from '../../src/campaign/inlining.js';
import { campaign } from '../support.js';

describe('the length of a run', () => {
  it.each([
    [400_000, 'faults', null, 2, 'short'],
    [11_999_999, 'faults', null, 0, 'short'],
    [12_000_000, 'faults', null, 0, 'long'],
    [23_000_000, 'faults', null, 2, 'short'],
    [24_000_000, 'faults', null, 2, 'long'],
    [24_000_000, 'cases', null, 1, 'short'],
    [60_000_000, 'cases', null, 1, 'long'],
    [null, 'faults', 29, 2, 'short'],
    [null, 'faults', 30, 2, 'long'],
    [null, 'faults', null, 1, 'short'],
  ] as const)('%o %s or %o s in %i workers: %s', (amount, of, seconds, workers, length) => {
    expect(lengthOf(amount, of, seconds, workers)).toBe(length);
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
