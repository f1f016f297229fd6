/** Compiled kernels in campaigns: their models, and the way to other threads. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runCampaign } from '../../src/campaign/campaign.js';
import { engineWithId } from '../../src/campaign/engines.js';
import { modelFor, useKernel } from '../../src/campaign/kernels.js';
import { Cache } from '../../src/kernel/cache/cache.js';
import { readKernel } from '../../src/kernel/stored.js';
import type { Revision } from '../../src/mm/revision.js';
import { addFake, type Fake } from '../kernel/fake_kernel.js';
import { temporaryFolder } from '../kernel/samples.js';
import { ALLOWLIST, campaign, engine, LEGACY } from '../support.js';

vi.mock('../../src/campaign/worker_file.js', () => ({
  WORKER_FILE: new URL('../../dist/campaign/worker.js', import.meta.url),
}));

let folder: ReturnType<typeof temporaryFolder>;
beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => folder.remove());

function kernel(name: string, fake?: Fake): Revision {
  addFake(folder.path, name, fake);
  return useKernel(readKernel(new Cache(folder.path), name));
}

describe('the model of a kernel', () => {
  it.each([
    'legacy@v6.1',
    'legacy@v6.5',
    'batched@v6.6',
    'batched@v6.12.117',
  ])('is the one with its features: %s', (id) => {
    const setter = id.startsWith('legacy') ? 'do_set_pte' : 'set_pte_range';
    expect(modelFor({ setter, features: engine(id).features })).toMatchObject({ model: { id }, differences: [] });
  });

  it('is none where no model has all of them; the next one is named, and what differs', () => {
    const features = { ...engine('batched@v6.12.117').features, poisonScope: 'page' };
    const { model, differences } = modelFor({ setter: 'set_pte_range', features });
    expect(model.id).toBe('batched@v6.12.117');
    expect(differences).toEqual([{ feature: 'poisonScope', kernel: 'page', model: 'folio' }]);
  });

  it('may have features that cannot be read from text', () => {
    const features = { setterUnit: 'page', rmapFields: 'nr-pages-mapped' };
    expect(modelFor({ setter: 'do_set_pte', features }).model.id).toBe('legacy@v6.5');
  });
});

describe('a kernel as an engine', () => {
  it('is known by its id, runs where it was compiled for, and has the features that were found', () => {
    const mine = kernel('mine', { archs: ['arm64'], features: { vmaLock: 'absent' } });
    expect(engineWithId('kernel:mine')).toBe(mine);
    expect(mine).toMatchObject({
      id: 'kernel:mine',
      family: 'legacy',
      source: 'Linux 9.8.7 of ../linux',
      architectures: ['arm64', 'arm64-noaf'],
      features: { vmaLock: 'absent', rmapFields: 'double-map' },
      base: LEGACY,
    });
  });

  it('gives the same report in worker threads and without them', async () => {
    const options = { legacy: LEGACY, batched: kernel('threads'), allowlist: ALLOWLIST, faults: 2000 };
    const [alone, threads] = await Promise.all(
      [0, 2].map((workers) => runCampaign(campaign({ ...options, architectures: ['x86-64'], workers }))),
    );
    expect(alone.verdict).toBe('divergent');
    expect({ ...threads, timing: null }).toEqual({ ...alone, timing: null });
  });

  it('that stops in a fault has died there, and the campaign goes on', async () => {
    const batched = kernel('trap', { answer: 'trap' });
    const report = await runCampaign(campaign({ legacy: LEGACY, batched, architectures: ['x86-64'], faults: 200 }));
    expect(report.deaths).toBeGreaterThan(10);
    expect(report.died[0]).toMatchObject({ engine: 'kernel:trap', message: 'KernelDied: unreachable' });
  });

  it('has no marks that could stay cold', async () => {
    const [legacy, batched] = [kernel('one'), kernel('two')];
    const report = await runCampaign(
      campaign({ legacy, batched, architectures: ['x86-64'], faults: 210_000, spans: [8] }),
    );
    expect(report.coldMarks).toEqual([]);
    expect(report.classes).toEqual([]);
  });
});
