/**
 * Worker threads: the same report for any number of them, and a campaign that goes on whatever an engine does to its
 * thread. The threads run the built package.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CampaignOptions, Progress } from '../../src/campaign/api.js';
import { countCampaign, defaultWorkers, runCampaign } from '../../src/campaign/campaign.js';
import { MAX_LOST } from '../../src/campaign/cell.js';
import { DEFAULT_ARCHITECTURES } from '../../src/mm/arch/index.js';
import type { Allowlist } from '../../src/oracle/allowlist.js';
import { renderJson } from '../../src/report/json.js';
import type { Report } from '../../src/report/model.js';
import { ALLOWLIST, campaign, engine, REFERENCE, withEngine } from '../support.js';

const files = vi.hoisted(() => ({ worker: '' }));
vi.mock('../../src/campaign/worker_file.js', () => ({
  get WORKER_FILE() {
    return new URL(files.worker, import.meta.url);
  },
}));

beforeEach(() => {
  files.worker = '../../dist/campaign/worker.js';
});
afterEach(() => {
  vi.unstubAllEnvs();
});

/** The report as text without what differs from run to run. */
const stable = (report: Report): string => renderJson(report).split('"timing"')[0];
const withWorkers = (workers: number, options: Partial<CampaignOptions>): Promise<Report> =>
  runCampaign(campaign({ allowlist: ALLOWLIST, ...options, workers }));

const everywhere = { architectures: DEFAULT_ARCHITECTURES, spans: [8, 64, 512], faults: 10_000 };

describe('what is counted', () => {
  /** Everything that the report is made from, as text. */
  const counted = async (workers: number, options: Partial<CampaignOptions>): Promise<string> => {
    const { seconds: _, ...rest } = await countCampaign(campaign({ allowlist: ALLOWLIST, ...options, workers }));
    return JSON.stringify(rest);
  };

  it.each([
    ['by the reference', everywhere],
    ['with many classes, first occurrences in many units', { ...everywhere, batched: engine('batched@v4') }],
    ['with races and all invariants', { ...everywhere, races: true, invariantsAll: true, faults: 4000 }],
    ['up to the first difference', { ...everywhere, batched: engine('batched@v6.6'), failFast: true }],
    ['in one unit', { faults: 100, spans: [64] }],
  ])('%s is the same for 1, 2 and 7 workers and for none', async (_what, options) => {
    const alone = await counted(0, options);
    for (const workers of [1, 2, 7]) expect(await counted(workers, options), `${workers}`).toBe(alone);
  });
});

it('a report is the same, byte for byte apart from timing, for 2 workers and for none', async () => {
  const options = { ...everywhere, batched: engine('batched@v6.12') };
  expect(stable(await withWorkers(2, options))).toBe(stable(await withWorkers(0, options)));
});

describe('a campaign in workers ends', () => {
  it('when its time is up, with all that was counted', async () => {
    const report = await withWorkers(2, { faults: null, seconds: 1, spans: [8] });
    expect(report).toMatchObject({ stopped: 'time', verdict: 'explained', faults: { planned: null } });
    expect(report.timing.seconds).toBeLessThan(20);
  });

  it('when it is asked to, with the beginning of its plan', async () => {
    const heard: Progress[] = [];
    const report = await withWorkers(2, {
      faults: 40_000_000,
      onProgress: (progress) => heard.push(progress),
      stopRequested: () => (heard.at(-1)?.faultsRun ?? 0) > 0,
    });
    expect(report.stopped).toBe('interrupted');
    expect(report.faults.run).toBeGreaterThan(0);
    expect(report.faults.run).toBeLessThan(10_000_000);
    expect(heard.at(-1)?.faultsRun).toBeLessThanOrEqual(report.faults.run);
  });

  it('with the error of whoever is guilty, if that is no engine', async () => {
    const [first] = ALLOWLIST.entries;
    const twice: Allowlist = { dir: '', entries: [first, { ...first, id: 'again', file: 'again.yaml' }] };
    const again = { ...twice.entries[1], claims: first.claims.map((claim) => ({ ...claim, entry: twice.entries[1] })) };
    const allowlist = { dir: '', entries: [...ALLOWLIST.entries, again] };
    await expect(withWorkers(2, { allowlist })).rejects.toMatchObject({
      name: 'InputError',
      message: expect.stringMatching(/^again\.yaml: entries .* both claim/),
      exitCode: 3,
    });
  });

  it('before it starts, if an engine is one that no other thread knows', async () => {
    const mine = withEngine(REFERENCE, 'batched@mine', REFERENCE.engine);
    await expect(withWorkers(2, { batched: mine })).rejects.toThrow('batched@mine is an engine of this thread alone');
  });

  it('with an error of ours, if a worker cannot even start', async () => {
    files.worker = './no_such_worker.mjs';
    await expect(withWorkers(2, {})).rejects.toThrow(/a worker ended: Cannot find module/);
  });
});

describe('an engine that ends its thread', () => {
  const options = { spans: [64], faults: 6000 };
  beforeEach(() => {
    files.worker = './dying_worker.mjs';
  });

  it('by process.exit() has died, and the campaign goes on, the same for any number of workers', async () => {
    vi.stubEnv('PTEDIFF_SPEC_DEATH', 'exit');
    const report = await withWorkers(2, options);
    expect(report).toMatchObject({ verdict: 'undecided', stopped: 'complete' });
    expect(report.faults.run).toBeGreaterThanOrEqual(6000);
    expect(report.deaths).toBeGreaterThan(1);
    expect(report.died).toHaveLength(report.deaths);
    for (const died of report.died) {
      expect(died).toEqual({
        engine: 'batched@reference',
        address: expect.stringMatching(/^g2\.arm64\.64\.1\.\d+\.l$/),
        message: 'worker exited with code: 7',
      });
    }
    expect(stable(await withWorkers(1, options))).toBe(stable(report));
  });

  it('by an endless loop has died', async () => {
    vi.stubEnv('PTEDIFF_SPEC_DEATH', 'loop');
    const report = await withWorkers(1, { ...options, faults: 3000, stallSeconds: 1 });
    expect(report.died[0]).toMatchObject({ engine: 'batched@reference', message: 'stopped: no end for 1 s' });
    expect(report).toMatchObject({ verdict: 'undecided', stopped: 'complete' });
  });

  it.each(['heap', 'buffers'])('by taking all memory for its %s has died', async (how) => {
    vi.stubEnv('PTEDIFF_SPEC_DEATH', how);
    const report = await withWorkers(1, { ...options, faults: 3000 });
    expect(report.died[0]).toMatchObject({
      engine: 'batched@reference',
      message: 'stopped: more than 512 MiB of memory',
    });
    expect(report).toMatchObject({ verdict: 'undecided', stopped: 'complete' });
  }, 120_000);

  it('again and again ends the campaign, at the same case for any number of workers', async () => {
    vi.stubEnv('PTEDIFF_SPEC_DEATH', 'always');
    const report = await withWorkers(2, options);
    expect(report).toMatchObject({ stopped: 'engine-died', deaths: MAX_LOST, verdict: 'undecided' });
    expect(stable(await withWorkers(1, options))).toBe(stable(report));
  });

  it('does not keep Ctrl-C waiting', async () => {
    vi.stubEnv('PTEDIFF_SPEC_DEATH', 'loop');
    let looks = 0;
    const report = await withWorkers(1, { ...options, stopRequested: () => looks++ > 12 });
    expect(report.stopped).toBe('interrupted');
    expect(report.timing.seconds).toBeLessThan(20);
  });
});

describe('a campaign gets workers', () => {
  it.each([
    ['one for each core', { faults: 400_000, seconds: null }, 8, 8],
    ['none on a single core', { faults: 400_000, seconds: null }, 1, 0],
    ['none if it has few faults', { faults: 20_000, seconds: null }, 8, 0],
    ['one for each core if it has time', { faults: null, seconds: 30 }, 2, 2],
    ['none if it has hardly any', { faults: null, seconds: 0.3 }, 8, 0],
  ])('%s', (_what, size, cores, expected) => {
    expect(defaultWorkers(size, cores)).toBe(expected);
  });
});
