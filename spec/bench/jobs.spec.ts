/** The work of a benchmark, done in this thread. */
import { describe, expect, it } from 'vitest';
import type { BlocksOptions } from '../../src/bench/blocks.js';
import type { ContenderSpec } from '../../src/bench/contenders.js';
import { type Collections, Jobs, type Slice } from '../../src/bench/jobs.js';
import { plainKernel, useKernel } from '../../src/campaign/kernels.js';
import { Cache } from '../../src/kernel/cache/cache.js';
import { readKernel } from '../../src/kernel/stored.js';
import { addFake } from '../kernel/fake_kernel.js';
import { folderOfEach } from '../kernel/samples.js';
import { FIXTURES } from '../support.js';

const ALLOW = `${FIXTURES}allow`;

const blocks = (parts: Partial<BlocksOptions> = {}): BlocksOptions => ({
  batched: 'batched@reference',
  architectures: ['arm64'],
  spans: [8],
  seed: 1,
  invariantsAll: false,
  ...parts,
});

const CONTENDERS: readonly ContenderSpec[] = [
  { kind: 'random', ...blocks() },
  { kind: 'sweep', scope: 'tiny' },
  { kind: 'sketch', span: 8 },
  { kind: 'plain-objects', span: 8 },
];

const folder = folderOfEach();

describe('jobs', () => {
  it.each(CONTENDERS.map((spec) => [spec.kind, spec] as const))('let %s work for a time', async (_, contender) => {
    const jobs = new Jobs(ALLOW);
    expect(await jobs.answer({ kind: 'prepare', contender })).toBe(true);
    const slice = await jobs.answer({ kind: 'slice', milliseconds: 20 });
    const { done, milliseconds, clock } = slice as Slice;
    expect(done).toBeGreaterThan(0);
    expect(clock).toBeGreaterThanOrEqual(20);
    expect(milliseconds).toBeGreaterThan(0);
  });

  it('let two compiled kernels work', async () => {
    addFake(folder.path, 'one', { answer: 2 });
    addFake(folder.path, 'two', { answer: 2, like: 'batched@v6.12.117' });
    const cache = new Cache(folder.path);
    const kernels = ['one', 'two'].map((name) => plainKernel(useKernel(readKernel(cache, name)).id));
    const jobs = new Jobs(ALLOW);
    const own = blocks({
      legacy: 'kernel:one',
      batched: 'kernel:two',
      kernels: kernels.filter((kernel) => kernel !== undefined),
      architectures: ['x86-64'],
    });
    expect(await jobs.answer({ kind: 'prepare', contender: { kind: 'random', ...own } })).toBe(true);
    const slice = await jobs.answer({ kind: 'slice', milliseconds: 20 });
    expect((slice as Slice).done).toBeGreaterThan(0);
  });

  it('watch the garbage collector while so much is done', async () => {
    const jobs = new Jobs(ALLOW);
    await jobs.answer({ kind: 'prepare', contender: { kind: 'plain-objects', span: 64 } });
    const answer = await jobs.answer({ kind: 'collections', done: 1000 });
    const { done, milliseconds, count, collecting } = answer as Collections;
    expect(done).toBe(1000);
    expect(count).toBeGreaterThan(0);
    expect(collecting).toBeGreaterThan(0);
    expect(collecting).toBeLessThan(milliseconds);
  });

  it('tell what fresh campaigns cost: the longer one does more', async () => {
    const jobs = new Jobs(ALLOW);
    const once = (await jobs.answer({ kind: 'cost', blocks: blocks(), rounds: 1 })) as { done: number };
    const twice = (await jobs.answer({ kind: 'cost', blocks: blocks(), rounds: 2 })) as { done: number };
    expect(once.done).toBeGreaterThanOrEqual(4000);
    expect(twice.done).toBeGreaterThan(1.8 * once.done);
  });

  it('find a bug, and shrink what was found', async () => {
    const jobs = new Jobs(ALLOW);
    const options = blocks({ batched: 'batched@v6.6', spans: [8, 64] });
    const find = await jobs.answer({ kind: 'find', blocks: options, limit: 100_000 });
    const { faults, shrinking } = find as { faults: number; shrinking: number };
    expect(faults).toBeGreaterThan(0);
    expect(faults).toBeLessThan(100_000);
    expect(shrinking).toBeGreaterThan(0);
    // The same seed finds it after the same number of faults.
    expect(await jobs.answer({ kind: 'find', blocks: options, limit: 100_000 })).toMatchObject({ faults });
  });

  it('find nothing where nothing is, and stop at the limit', async () => {
    const jobs = new Jobs(ALLOW);
    expect(await jobs.answer({ kind: 'find', blocks: blocks(), limit: 2000 })).toMatchObject({
      faults: null,
      shrinking: null,
    });
  });

  it('need a contender to let one work, and engines that exist', async () => {
    const jobs = new Jobs(ALLOW);
    await expect(jobs.answer({ kind: 'slice', milliseconds: 1 })).rejects.toThrow('there is no contender yet');
    await expect(jobs.answer({ kind: 'collections', done: 1 })).rejects.toThrow('there is no contender yet');
    const unknown = blocks({ batched: 'batched@v9' });
    await expect(jobs.answer({ kind: 'cost', blocks: unknown, rounds: 1 })).rejects.toThrow('no engine batched@v9');
    const contender: ContenderSpec = { kind: 'sweep', scope: '4-pages-yuong' };
    await expect(jobs.answer({ kind: 'prepare', contender })).rejects.toThrow('did you mean 4-pages-young?');
  });
});
