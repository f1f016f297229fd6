/**
 * `--legacy` and `--batched` of `check` and `fixture`: what is expected of a kernel's model is asked of the kernel. And
 * `replay --trace`, which needs the kernel's files.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { MODULES } from '../../src/cli/context.js';
import { main } from '../../src/cli/main.js';
import { kernelArchOf } from '../../src/kernel/engine/engine.js';
import { addFake } from '../kernel/fake_kernel.js';
import { folderOfEach } from '../kernel/samples.js';
import { engine, FIXTURES, LEGACY } from '../support.js';
import { fakeIo } from './fakes.js';

const folder = folderOfEach();
let cache = '';
beforeEach(() => {
  cache = join(folder.path, 'cache');
  addFake(cache, '6.1');
});

/** kernel:6.1 does what its model does, on one architecture. */
const right: typeof MODULES = {
  ...MODULES,
  kernels: async () => ({
    ...(await MODULES.kernels()),
    useKernel: ({ name }) => ({
      ...LEGACY,
      id: `kernel:${name}`,
      source: 'Linux 9.8.7',
      architectures: ['x86-64'],
      base: LEGACY,
    }),
  }),
};

interface Result {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function run(argv: readonly string[], modules = MODULES): Promise<Result> {
  const io = fakeIo({ env: { PTEDIFF_CACHE: cache }, cwd: folder.path });
  const code = await main(argv, io, modules);
  return { code, out: io.out(), err: io.err() };
}

const fixture = (name: string): string => join(FIXTURES, 'cases', `${name}.yaml`);

describe('check with a kernel', () => {
  it('plays what is expected of its model, and witnesses', async () => {
    const paths = [fixture('uffd-write-notify'), join(FIXTURES, 'allow', 'mlock-pmd-file.yaml')];
    const { code, out } = await run(['check', ...paths, '--legacy', 'kernel:6.1'], right);
    expect(out).toBe(
      'fixture     1 of 1 passed\nkernel:6.1  2 of 2 passed\nwitness     1 of 1 passed\ncheck: all 4 passed\n',
    );
    expect(code).toBe(0);
  });

  it('plays regressions too', async () => {
    const path = join(FIXTURES, 'regressions', 'isize-gate-no-faultaround.yaml');
    const { code, out } = await run(['check', path, '--legacy', 'kernel:6.1'], right);
    expect([code, out]).toEqual([0, expect.stringContaining('kernel:6.1  1 of 1 passed\n')]);
  });

  it('does not ask where fault-around ends inside of compiled code', async () => {
    const { out } = await run(['check', fixture('vector-a'), '--legacy', 'kernel:6.1']);
    expect(out).not.toContain('afterMapPages');
  });

  it('ends with 3 where the kernel does something else, with the line of the expectation', async () => {
    const path = fixture('uffd-write-notify');
    const { code, out } = await run(['check', path, '--legacy', 'kernel:6.1']);
    expect(out).toContain(`FAIL ${path}: kernel:6.1 `);
    expect(out.replace(/\s+/g, ' ')).toMatch(/\.yaml:\d+:\d+: kernel:6\.1 \S+: expected /);
    expect(code).toBe(3);
  });

  it('ends with 3 where a witness shows nothing', async () => {
    const path = join(FIXTURES, 'allow', 'mlock-pmd-file.yaml');
    const { code, out } = await run(['check', path, '--legacy', 'kernel:6.1']);
    expect(out).toContain('kernel:6.1 mlock-pmd-file\n  the witness cases/mlock-pmd-file.yaml does not show');
    expect(code).toBe(3);
  });

  it('ends with 3 where the kernel dies', async () => {
    addFake(cache, 'trap', { answer: 'trap' });
    const { code, out } = await run(['check', fixture('uffd-write-notify'), '--legacy', 'kernel:trap']);
    expect([code, out]).toEqual([3, expect.stringContaining('kernel:trap died: unreachable')]);
  });

  it('ends with 2 where the kernel has nothing to play', async () => {
    const { code, out, err } = await run(['check', fixture('young-sw-arch-mips64'), '--legacy', 'kernel:6.1']);
    expect(out).toBe('fixture     1 of 1 passed\ncheck: all 1 passed\n');
    expect(err).toMatch(
      /^ptediff: using the packaged fixtures\nptediff: kernel:6\.1 played nothing: nothing here is expected of /,
    );
    expect(code).toBe(2);
  });

  it('ends with 2 where no model has the features of the kernel', async () => {
    addFake(cache, 'odd', { features: { rmapFields: 'nr-pages-mapped' } });
    const { code, err } = await run(['check', fixture('uffd-write-notify'), '--legacy', 'kernel:odd']);
    expect([code, err]).toEqual([
      2,
      'ptediff: using the packaged fixtures\nptediff: kernel:odd played nothing: no model has its features\n',
    ]);
  });

  it('ends with 66 for a kernel that is not there', async () => {
    expect(await run(['check', '--batched', 'kernel:6.12'])).toMatchObject({
      code: 66,
      err: expect.stringContaining('kernel:6.12: no such kernel in the cache'),
    });
  });

  it('ends with 3 for a planted bug that a fixture of its base tells', async () => {
    const path = join(FIXTURES, 'regressions', 'm9-last-run-without-references.yaml');
    const { code, out } = await run(['check', path, '--batched', 'reference+M9']);
    expect([code, out]).toEqual([3, expect.stringContaining('batched@reference+M9 ')]);
  });
});

describe('fixture with engines', () => {
  const ADDRESS = 'g2.x86-64.8.1.3.wl';

  it('writes down what they do, and says who did it', async () => {
    const path = join(folder.path, 'mine.yaml');
    const engines = ['--legacy', 'kernel:6.1', '--batched', 'v6.12'];
    expect((await run(['fixture', ADDRESS, '-o', path, ...engines], right)).code).toBe(0);
    const text = readFileSync(path, 'utf8');
    expect(text).toContain('# What is expected of legacy@v6.1 is what kernel:6.1 does (Linux 9.8.7).\n');
    expect(text).toMatch(/\n {2}legacy@v6\.1:\n/);
    expect(text).toMatch(/\n {2}batched@v6\.12:\n/);
    const { code, out } = await run(['check', path, '--legacy', 'kernel:6.1'], right);
    expect([code, out]).toEqual([0, 'fixture     1 of 1 passed\nkernel:6.1  1 of 1 passed\ncheck: all 2 passed\n']);
  });

  it('writes what a kernel does, also where its model does something else', async () => {
    const { out } = await run(['fixture', ADDRESS, '--legacy', 'kernel:6.1']);
    expect(out).toContain('ret: SIGBUS');
  });

  it('refuses an architecture that the kernel does not have, and a kernel without a model', async () => {
    addFake(cache, 'odd', { features: { rmapFields: 'nr-pages-mapped' } });
    const riscv = await run(['fixture', 'g2.riscv64.8.1.3.l', '--legacy', 'kernel:6.1']);
    const odd = await run(['fixture', ADDRESS, '--legacy', 'kernel:odd']);
    expect(riscv).toMatchObject({ code: 64, out: '', err: expect.stringContaining('not compiled for riscv64') });
    expect(odd).toMatchObject({ code: 64, out: '', err: expect.stringContaining('no model has the features of') });
  });

  it('writes no expectation where no engine is named', async () => {
    expect((await run(['fixture', ADDRESS])).out).not.toContain('expect:');
  });

  it('writes what every revision does so that it reads back', async () => {
    for (const id of ['legacy@v6.5', 'batched@v6.6']) {
      const path = join(folder.path, 'one.yaml');
      const option = id.startsWith('legacy') ? '--legacy' : '--batched';
      await run(['fixture', 'g2.arm64.64.1.17.l', '-o', path, option, engine(id).name]);
      expect((await run(['check', path])).code).toBe(0);
    }
  });
});

describe('replay --trace', () => {
  const ADDRESS = 'g2.x86-64.8.1.3.wl';

  it('lets a kernel tell what it does, with the code that counts', async () => {
    const asked: string[] = [];
    const modules: typeof MODULES = {
      ...right,
      trace: async () => ({
        countingCode: async (_cache, { name }, onStep, archs) => {
          onStep?.('compiling');
          asked.push(`${name} for ${archs?.join(', ')}`);
          return { sources: [], wasm: new Map(), knowsVmaLock: false };
        },
        kernelArchOf,
        tellingRevision: (kernel) => kernel,
      }),
    };
    const { code, out, err } = await run(['replay', ADDRESS, '--legacy', 'kernel:6.1', '--trace'], modules);
    expect(asked).toEqual(['6.1 for x86-64']);
    expect(err).toBe('ptediff: using the packaged fixtures\nptediff: compiling\n');
    expect(out).toContain('\nSteps\n  kernel:6.1');
    expect(code).toBe(0);
  });

  it('ends with 66 where the cache does not have the files of the kernel; without a trace none are needed', async () => {
    const traced = await run(['replay', ADDRESS, '--legacy', 'kernel:6.1', '--trace']);
    expect(traced).toMatchObject({ code: 66, err: expect.stringContaining('not the files that it was made from') });
    expect((await run(['replay', ADDRESS, '--legacy', 'kernel:6.1'])).code).not.toBe(66);
  });
});
