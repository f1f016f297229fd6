/**
 * Kernels against models in worker threads: the same answer for any number of them, and one that goes on whatever an
 * engine does to its thread. Models that every thread knows stand in for kernels. The threads run the built package.
 */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type Conformity, type ConformOptions, conform } from '../../../src/campaign/conform/run.js';
import { scopeNamed } from '../../../src/cases/scopes.js';
import { engine, LEGACY, REFERENCE } from '../../support.js';

const files = vi.hoisted(() => ({ worker: '' }));
vi.mock('../../../src/campaign/worker_file.js', () => ({
  get WORKER_FILE() {
    return new URL(files.worker, import.meta.url);
  },
}));

beforeEach(() => {
  files.worker = '../../../dist/campaign/worker.js';
});

const tiny = scopeNamed('tiny');
if (tiny === undefined) throw new Error('no scope tiny');

/** Some thousand cases, which are some units of each of two architectures. */
const BOUNDARY = { from: 10_000, to: 30_000 };

describe('what is compared', () => {
  it.each<[string, Omit<ConformOptions, 'workers'>]>([
    ['random cases that agree', { model: LEGACY, kernel: LEGACY, what: 2000 }],
    ['random cases with many disagreements', { model: LEGACY, kernel: engine('legacy@v6.5'), what: 4000 }],
    ['a scope', { model: LEGACY, kernel: engine('legacy@v6.5'), what: tiny, indexes: BOUNDARY }],
  ])('in %s is the same for 1, 2 and 7 workers and for none', { timeout: 300_000 }, async (_what, options) => {
    const alone = await conform({ ...options, workers: 0 });
    expect(alone.rows.some(({ faults }) => faults > 0)).toBe(true);
    for (const workers of [1, 2, 7]) expect(await conform({ ...options, workers }), `${workers}`).toEqual(alone);
  });
});

describe('an engine that ends its thread', () => {
  const options = { model: engine('batched@v6.12.117'), kernel: REFERENCE, what: 8_000 };
  const withWorkers = (workers: number): Promise<Conformity> => conform({ ...options, workers });

  beforeEach(() => {
    files.worker = '../dying_worker.mjs';
  });

  it('has died, and the comparison goes on, the same for any number of workers', { timeout: 300_000 }, async () => {
    vi.stubEnv('PTEDIFF_SPEC_DEATH', 'exit');
    const found = await withWorkers(2);
    expect(found.stopped).toBe('complete');
    const died = found.rows.flatMap((row) => row.died ?? []);
    expect(died.length).toBeGreaterThan(0);
    // The case would end this thread too: nobody plays it to make it small.
    for (const one of died)
      expect(one).toMatchObject({ columns: '', values: 'worker exited with code: 7', replays: false });
    expect(await withWorkers(1)).toEqual(found);
    vi.unstubAllEnvs();
  });
});
