/** Campaigns that count what they reach, with a made-up kernel whose first counter counts its faults. */
import { expect, it, vi } from 'vitest';
import type { CampaignOptions } from '../../src/campaign/api.js';
import { countCampaign } from '../../src/campaign/campaign.js';
import { countedKernel } from '../../src/campaign/coverage.js';
import { useKernel } from '../../src/campaign/kernels.js';
import { Cache } from '../../src/kernel/cache/cache.js';
import type { Hits } from '../../src/kernel/cover/hits.js';
import { catalogueOf } from '../../src/kernel/extract/catalogue.js';
import { extract } from '../../src/kernel/extract/extract.js';
import type { EngineSource } from '../../src/kernel/source.js';
import { readKernel } from '../../src/kernel/stored.js';
import { addFake, fakeWasm } from '../kernel/fake_kernel.js';
import { folderOfEach } from '../kernel/samples.js';
import { campaign, withEngine } from '../support.js';

/** The threads run the built package. */
vi.mock('../../src/campaign/worker_file.js', () => ({
  WORKER_FILE: new URL('../../dist/campaign/worker.js', import.meta.url),
}));

const folder = folderOfEach();

async function counting(arch: 'x86-64' | 'arm64'): Promise<EngineSource> {
  const text = 'int f(void)\n{\n\treturn 1;\n}';
  const catalogue = await catalogueOf([{ path: 'a.c', text }], [], new Map());
  const extracted = extract(catalogue, { roots: ['f'], supplied: new Set(), files: new Map(), coverage: true });
  return {
    version: '9.8.7',
    arch,
    files: {},
    main: 'engine.c',
    config: new Map(),
    extracted,
    probed: [],
    supplied: [],
  };
}

it('the hits are those of every instance of the code that the campaign ran, by architecture', async () => {
  addFake(folder.path, 'mine', { archs: ['x86-64', 'arm64'] });
  const kernel = useKernel(readKernel(new Cache(folder.path), 'mine'));
  const sources = [await counting('x86-64'), await counting('arm64')];
  const wasm = new Map(sources.map(({ arch }) => [arch, fakeWasm(2)]));
  const counted = countedKernel(kernel, { sources, wasm, knowsVmaLock: false });
  const architectures = ['x86-64', 'arm64', 'arm64-noaf'] as const;
  const faults = { 'x86-64': 0, arm64: 0 };
  // The same engine on the other side has the same faults.
  class Spy extends kernel.engine {
    override do_fault(): number {
      faults[this.scene.arch.name === 'x86-64' ? 'x86-64' : 'arm64']++;
      return super.do_fault();
    }
    // The compiled code calls its own.
    filemap_map_pages = (): number => Number.NaN;
    finish_fault = (): number => Number.NaN;
  }
  const options = campaign({ legacy: withEngine(kernel, 'spy', Spy), batched: kernel, architectures, faults: 3000 });
  const hitsOf = async (parts: Partial<CampaignOptions>): Promise<Hits | undefined> =>
    (await countCampaign({ ...options, counted, ...parts })).counts.hits;
  const hits = await hitsOf({});
  expect(faults['x86-64']).toBeGreaterThan(900);
  expect([...(hits ?? [])]).toEqual([
    ['x86-64', Uint32Array.of(faults['x86-64'])],
    ['arm64', Uint32Array.of(faults.arm64)],
  ]);
  // Threads know no engine of a spec; what the other side is does not change what is counted.
  for (const workers of [1, 2, 7]) expect(await hitsOf({ legacy: kernel, workers })).toEqual(hits);
  expect((await countCampaign(options)).counts.hits).toBeUndefined();
});
