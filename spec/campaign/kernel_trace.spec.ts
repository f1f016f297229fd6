/**
 * Traces of kernels: PTEDIFF_KERNEL_TREES names unpacked trees, separated by colons. Their functions take the steps of
 * their models, at lines that are in the tree.
 */
import { describe, expect, it } from 'vitest';
import { tellingRevision } from '../../src/campaign/kernel_trace.js';
import { useKernel } from '../../src/campaign/kernels.js';
import { replay } from '../../src/campaign/replay.js';
import { caseAt, formatAddress } from '../../src/cases/address.js';
import { compileAll, extractAll, knowsVmaLock } from '../../src/kernel/build.js';
import { Cache } from '../../src/kernel/cache/cache.js';
import { setterOf } from '../../src/kernel/features.js';
import { readKernel } from '../../src/kernel/stored.js';
import { openDirectory } from '../../src/kernel/trees/directory.js';
import { EMPTY_ALLOWLIST } from '../../src/oracle/allowlist.js';
import type { Replay, TraceEvent } from '../../src/report/model.js';
import { addFake, fakeWasm } from '../kernel/fake_kernel.js';
import { folderOfEach } from '../kernel/samples.js';
import { engine, LEGACY } from '../support.js';

const folder = folderOfEach();
const trees = (process.env.PTEDIFF_KERNEL_TREES ?? '').split(':').filter((path) => path !== '');

describe('a kernel that tells', () => {
  it('is the kernel, with other code', () => {
    addFake(folder.path, 'mine');
    const kernel = useKernel(readKernel(new Cache(folder.path), 'mine'));
    const telling = tellingRevision(kernel, {
      sources: [],
      wasm: new Map([['x86-64', fakeWasm(2)]]),
      knowsVmaLock: false,
    });
    expect({ ...telling, engine: null }).toEqual({ ...kernel, engine: null });
    const plain = caseAt('g2.x86-64.8.1.3.wl');
    const options = { legacy: LEGACY, batched: telling, allowlist: EMPTY_ALLOWLIST, trace: true };
    const { faults, batchedTrace } = replay({ case: plain, address: null }, options);
    expect(faults[0]?.batchedReturn).toBe('SIGBUS');
    expect(batchedTrace).toEqual([]);
  });
});

const STEPS = ['filemap_map_pages', 'finish_fault', '->fault', 'set_ptes', '  folio_ref_add', '  add_mm_counter'];

describe.each(trees)('the tree %s', (path) => {
  it('takes the steps of its model, at places that are in the tree', async () => {
    const tree = openDirectory(path);
    const sources = await extractAll(tree, ['x86-64'], { coverage: true });
    const setter = setterOf(sources);
    const model = engine(setter === 'do_set_pte' ? 'legacy@v6.1' : 'batched@v6.12.117');
    const kernel = tellingRevision(
      { ...model, id: 'kernel:tells' },
      {
        sources,
        wasm: await compileAll(sources),
        knowsVmaLock: knowsVmaLock(sources),
      },
    );
    const replays = Array.from({ length: 600 }, (_, index): Replay => {
      const pair = { uffdWp: true, vmaLock: setter === 'set_pte_range', races: false };
      const address = formatAddress({ arch: 'x86-64', span: index % 20 === 0 ? 512 : 16, seed: 3, index, pair });
      const options = { legacy: model, batched: kernel, allowlist: EMPTY_ALLOWLIST, trace: true };
      return replay({ case: caseAt(address), address }, options);
    });
    const alike = replays.filter(({ legacyTrace, batchedTrace }) => text(legacyTrace) === text(batchedTrace));
    // Where the shim takes another way that ends alike, the steps are other ones.
    expect(alike.length).toBeGreaterThan(540);
    const events = replays.flatMap(({ batchedTrace }) => batchedTrace).filter(({ place }) => place !== undefined);
    expect(new Set(events.map(({ name }) => name))).toEqual(
      new Set([...events.map(({ name }) => name), ...STEPS, setter]),
    );
    for (const place of new Set(events.map((event) => event.place ?? ''))) {
      const [file = '', line = ''] = place.split(':');
      expect((await tree.read(file))?.split('\n')[Number(line) - 1]?.trim(), place).not.toBe('');
    }
  }, 400_000);
});

const text = (events: readonly TraceEvent[]): string =>
  events.map(({ fault, name, at, detail }) => `${fault} ${name} ${at} ${detail}`).join('\n');
