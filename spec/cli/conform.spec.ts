/** `ptediff conform`: its table, its exit codes. Models stand in for kernels where they have to agree. */
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { MODULES } from '../../src/cli/context.js';
import { main } from '../../src/cli/main.js';
import { addFake } from '../kernel/fake_kernel.js';
import { folderOfEach } from '../kernel/samples.js';
import { LEGACY } from '../support.js';
import { fakeIo } from './fakes.js';

const folder = folderOfEach();
let cache = '';
beforeEach(() => {
  cache = join(folder.path, 'cache');
});

/** Every kernel is its model, on one architecture. */
const right: typeof MODULES = {
  ...MODULES,
  kernels: async () => ({
    ...(await MODULES.kernels()),
    useKernel: ({ name }) => ({ ...LEGACY, id: `kernel:${name}`, architectures: ['x86-64'] }),
  }),
};

interface Result {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function run(argv: readonly string[], modules = MODULES, interrupted = false): Promise<Result> {
  const io = fakeIo({ env: { PTEDIFF_CACHE: cache }, cwd: folder.path });
  const running = main(['conform', ...argv], io, modules);
  if (interrupted) {
    await vi.waitUntil(() => io.err().includes(' against '), { timeout: 30_000 });
    // Without worker threads the first unit is played before anybody asks whether to stop.
    io.interrupt();
  }
  const code = await running;
  return { code, out: io.out(), err: io.err() };
}

/** Rows of the table. */
const rows = (out: string): string[][] =>
  out
    .split('\n\n', 1)
    .flatMap((text) => text.split('\n'))
    .slice(1)
    .map((line) => line.split(/ {2,}/));

describe('conform', () => {
  it('ends with 0 where every kernel does what its model does', async () => {
    addFake(cache, '6.1');
    const { code, out, err } = await run(['--faults', '2000'], right);
    expect(rows(out)).toEqual([
      ['kernel:6.1', '9.8.7', 'legacy@v6.1', 'x86-64', expect.stringMatching(/^2,\d{3}$/), '0'],
    ]);
    expect(out.trimEnd().split('\n').at(-1)).toBe('conform: no disagreement');
    expect(err).toMatch(/^ptediff: kernel:6\.1 against legacy@v6\.1, 2,000 faults\n/);
    expect(code).toBe(0);
  });

  it('plays a scope', async () => {
    addFake(cache, '6.1');
    const { code, err } = await run(['--scope', 'tiny'], right);
    expect([code, err]).toEqual([0, expect.stringMatching(/against legacy@v6\.1, scope tiny, [\d,]+ cases\n/)]);
  });

  it('ends with 1 and the first case where one does not', async () => {
    addFake(cache, 'bad', { answer: 2 });
    addFake(cache, 'trap', { answer: 'trap' });
    const { code, out } = await run(['--faults', '400']);
    expect(rows(out).map(([kernel]) => kernel)).toEqual(['kernel:bad', 'kernel:trap']);
    expect(out).toMatch(/kernel:bad on x86-64: \d+ more kinds of difference\n/);
    expect(out).toMatch(/first at step \d+ of g2\.x86-64\./);
    expect(out).toMatch(/ {2}ptediff replay g2\.x86-64\.\S+ --batched kernel:bad\n/);
    expect(out).toMatch(/kernel:trap on x86-64 died in \d+ cases, first g2\.x86-64\./);
    expect(out).toMatch(/ {2}ptediff replay g2\.x86-64\.\S+ --batched kernel:trap\n/);
    expect(out).toMatch(/Smallest case on x86-64, another [^:]+ after the [^:]+:\n {2}machine {2}x86-64, /);
    expect(out).toMatch(/\n {2}model {4}\S+ +[\w|]+\n {2}kernel {3}\S+ +SIGBUS\n/);
    expect(out).toMatch(/\n {2}word +slot {2}model +kernel\n/);
    expect(out.replace(/\s+/g, ' ')).toContain('the kernel died: KernelDied: unreachable after the ');
    expect(out).toMatch(/conform: [\d,]+ faults ended differently\n$/);
    expect(code).toBe(1);
  });

  it('ends with 2 where no model has the features of the tree', async () => {
    addFake(cache, 'odd', { features: { rmapFields: 'nr-pages-mapped' } });
    const { code, out, err } = await run(['--kernel', 'kernel:odd']);
    expect(rows(out)).toEqual([['kernel:odd', '9.8.7', 'none', '-', '0', '-']]);
    expect(err).toContain('rmapFields=nr-pages-mapped instead of double-map');
    expect(out).toContain('conform: nothing compared, 1 kernel without a model\n');
    expect(out).not.toContain('Not compared');
    expect(code).toBe(2);
  });

  it('draws other faults with another seed, and the same with the same', async () => {
    addFake(cache, '6.1');
    const [one, same, other] = [
      await run(['--faults', '2000'], right),
      await run(['--faults', '2000', '--seed', '1'], right),
      await run(['--faults', '2000', '--seed', '2'], right),
    ];
    expect([one.code, other.code]).toEqual([0, 0]);
    expect(same.out).toBe(one.out);
    expect(other.out).not.toBe(one.out);
  });

  it('ends with 130 and a table when it is interrupted', async () => {
    addFake(cache, '6.1');
    const { code, out, err } = await run(['--faults', '900M', '--workers', '0'], right, true);
    expect([code, err]).toEqual([130, expect.stringContaining('ptediff: stopping; press Ctrl-C again')]);
    expect(rows(out)).toHaveLength(1);
    expect(out).toMatch(/conform: no disagreement \(partial: interrupted\)\n$/);
  });

  it('says with which indexes of a scope to go on, and which kernels are left', async () => {
    addFake(cache, '6.1');
    addFake(cache, '6.2');
    const argv = ['--scope', '4-pages-young', '--workers', '0', '--index', '1000..40000000'];
    const { code, out } = await run(argv, right, true);
    expect(code).toBe(130);
    const next =
      /\nNext\n {2}ptediff conform --kernel 6\.1 --scope 4-pages-young --index (\d+)\.\.(\d+)\n {2}(.*)\n/.exec(out);
    expect(Number(next?.[1])).toBeGreaterThan(1000);
    expect(Number(next?.[2])).toBeLessThanOrEqual(40_000_000);
    expect(next?.[3]).toBe('ptediff conform --kernel 6.2 --scope 4-pages-young --index 1000..40000000');
  });

  it.each([
    ['no kernel at all', [], 66, 'no kernel in the cache (ptediff kernel add debian:6.12 adds one.)'],
    ['a kernel that is not there', ['--kernel', '6.1'], 66, 'kernel:6.1: no such kernel in the cache'],
    ['a scope that is not there', ['--scope', 'tini'], 64, 'tini'],
    [
      'a seed of a scope',
      ['--scope', 'tiny', '--seed', '2'],
      64,
      "'--seed <number>' cannot be used with option '--scope",
    ],
    ['faults of a scope', ['--scope', 'tiny', '--faults', '10'], 64, 'give one of them'],
    ['indexes of random cases', ['--index', '0..10'], 64, '--index is for --scope'],
    ['indexes past the end', ['--scope', 'tiny', '--index', '0..99999999'], 64, 'reaches past the end of tiny'],
    ['no number of workers', ['--workers', 'x'], 64, "argument 'x' is invalid"],
  ])('refuses %s', async (_what, argv, code, message) => {
    const result = await run(argv);
    expect(result).toMatchObject({ code, out: '', err: expect.stringContaining(message) });
  });
});
