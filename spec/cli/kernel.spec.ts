/** `ptediff kernel`, and kernels as engines of other commands, with small made-up kernels in a cache of their own. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { aboutLines, configLines, modelLine } from '../../src/cli/kernel_text.js';
import { main } from '../../src/cli/main.js';
import { Cache } from '../../src/kernel/cache/cache.js';
import { addFake } from '../kernel/fake_kernel.js';
import { folderOfEach, SMALL_TREE, writeFiles } from '../kernel/samples.js';
import { engine } from '../support.js';
import { fakeIo } from './fakes.js';

const folder = folderOfEach();
let cache = '';
beforeEach(() => {
  cache = join(folder.path, 'cache');
});

const JSON_ = ['--format', 'json'];

async function run(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const io = fakeIo({ env: { PTEDIFF_CACHE: cache }, cwd: folder.path });
  const code = await main(argv, io);
  return { code, out: io.out(), err: io.err() };
}

describe('kernel list', () => {
  it('shows each kernel with its version, architectures and model', async () => {
    addFake(cache, '6.1', { archs: ['x86-64', 'arm64'] });
    addFake(cache, 'odd', { features: { rmapFields: 'nr-pages-mapped' } });
    const { code, out } = await run('kernel', 'list');
    expect(code).toBe(0);
    expect(out).toBe(
      [
        ...['kernel:6.1', '  version  9.8.7', '  from     ../linux'],
        ...['  on       x86-64, arm64', '  model    legacy@v6.1', ''],
        ...['kernel:odd', '  version  9.8.7', '  from     ../linux'],
        ...['  on       x86-64', '  model    none (next: legacy@v6.1)', ''],
      ].join('\n'),
    );
  });

  it('says so where there is none', async () => {
    const { code, out, err } = await run('kernel', 'list');
    expect([code, out, err]).toEqual([0, '', `ptediff: no kernel in ${cache}; ptediff kernel add adds one\n`]);
  });
});

describe('kernel remove', () => {
  it('removes a kernel, with or without the word in front', async () => {
    addFake(cache, '6.1');
    addFake(cache, 'mine');
    expect(await run('kernel', 'remove', 'kernel:6.1')).toMatchObject({
      code: 0,
      err: 'ptediff: removed kernel:6.1; 1 kernel left\n',
    });
    expect((await run('kernel', 'list')).out).not.toContain('kernel:6.1');
  });

  it('removes a kernel beside broken names, and these too', async () => {
    for (const name of ['6.1', 'spoilt']) addFake(cache, name);
    writeFileSync(join(cache, 'names', 'spoilt.json'), '{');
    expect(await run('kernel', 'remove', '6.1')).toMatchObject({
      code: 0,
      err: 'ptediff: removed kernel:6.1; 1 kernel left\n',
    });
    expect(await run('kernel', 'remove', 'spoilt')).toMatchObject({
      code: 0,
      err: 'ptediff: removed kernel:spoilt; 0 kernels left\n',
    });
  });

  it('refuses what is not there', async () => {
    addFake(cache, 'mine');
    const { code, err } = await run('kernel', 'remove', '6.1');
    expect([code, err]).toEqual([64, 'ptediff: no kernel is called 6.1: there are mine (see ptediff --help)\n']);
  });
});

describe('kernel add', () => {
  it('finds out before it reads a tree that the cache cannot be written', async () => {
    writeFiles(folder.path, { file: '' });
    const io = fakeIo({ env: { PTEDIFF_CACHE: join(folder.path, 'file') }, cwd: folder.path });
    expect(await main(['kernel', 'add', 'tree'], io)).toBe(74);
    expect(io.err()).toMatch(/^ptediff: .*file.entries: cannot be written: [^\n]*\n$/);
  });

  it.each([
    ['nothing', ['nowhere'], 66, /expected a kernel tree, found nothing/],
    ['a tree without the functions', ['tree'], 3, /expected the files of x86-64, arm64 or riscv64/],
    ['a folder that is no tree', ['.'], 66, /found no Makefile at its top/],
    ['a name that cannot be one', ['tree', '--name', '../x'], 3, /expected a name of a kernel, found "\.\.\/x"/],
    ['a header that is not there', ['tree', '--shim', 'no.h'], 66, /no\.h: cannot be read/],
    ['a packed configuration', ['tree', '--config', 'config.gz'], 3, /^ptediff: config\.gz: .*\(zcat config\.gz > my/],
    ['no tree at all', [], 64, /missing required argument 'tree'/],
  ])('refuses %s', async (_what, argv, code, message) => {
    writeFiles(join(folder.path, 'tree'), SMALL_TREE);
    const result = await run('kernel', 'add', ...argv);
    expect(result.code).toBe(code);
    expect(result.err.trimEnd().split('\n').at(-1)).toMatch(message);
    expect(result.out).toBe('');
  });

  it('needs apt for a package', async () => {
    const io = fakeIo({ env: { PTEDIFF_CACHE: cache, PATH: folder.path }, cwd: folder.path });
    expect(await main(['kernel', 'add', 'debian:6.1'], io)).toBe(69);
    expect(io.err()).toBe(
      'ptediff: fetching and unpacking debian:6.1\n' +
        'ptediff: linux-source-6.1 comes through apt-get, and there is none: give the path of a kernel tree instead\n',
    );
  });
});

describe('what was extracted', () => {
  const place = { file: 'mm/memory.c', line: 7 };
  const arch = {
    arch: 'arm64' as const,
    functions: [
      { name: 'do_fault', ...place },
      { name: 'pte_none', file: 'include/linux/pgtable.h', line: 3 },
    ],
    taken: [{ directive: '#ifdef CONFIG_MMU', ...place }],
    rewrites: [{ from: '1UL', to: '1ULL', ...place }],
  };
  const about = { version: '9.8.7', setter: 'do_set_pte' as const, knowsVmaLock: false, features: {}, archs: [arch] };

  it('is told in numbers', () => {
    expect(aboutLines(about, false)).toEqual([
      'arm64: 2 functions, 1 #if branch, 1 token rewritten',
      'functions: mm/memory.c 1, 1 in 1 other file',
    ]);
  });

  it('names each file once for all architectures, its number of functions beside it', () => {
    const names = ['one', 'two', 'three', 'four', 'five', 'six'];
    const functions = names.map((name) => ({ name, file: `mm/${name}_long_name.c`, line: 1 }));
    const more = { name: 'also', file: 'mm/one_long_name.c', line: 2 };
    const archs = [
      { ...arch, functions },
      { ...arch, arch: 'riscv64' as const, functions: [...functions, more] },
    ];
    expect(aboutLines({ ...about, archs }, false)).toEqual([
      'arm64: 6 functions, 1 #if branch, 1 token rewritten',
      'riscv64: 7 functions, 1 #if branch, 1 token rewritten',
      'functions: mm/one_long_name.c 2, mm/five_long_name.c 1,',
      'mm/four_long_name.c 1, mm/six_long_name.c 1, mm/three_long_name.c 1,',
      'mm/two_long_name.c 1',
    ]);
  });

  it('is told in full with -v', () => {
    expect(aboutLines(about, true).slice(1)).toEqual([
      '  do_fault mm/memory.c:7',
      '  pte_none include/linux/pgtable.h:3',
      '  #ifdef CONFIG_MMU mm/memory.c:7',
      '  1UL is 1ULL mm/memory.c:7',
    ]);
  });

  it('says what was read of a .config', () => {
    expect(
      configLines('my.config', { archs: ['arm64', 'arm64-contpte'], off: new Set(['CONFIG_DEVICE_PRIVATE']) }),
    ).toEqual(['config: my.config is for arm64 and arm64-contpte; CONFIG_DEVICE_PRIVATE is', 'not set']);
    expect(configLines('my.config', { archs: ['x86-64'], off: new Set() })).toEqual([
      'config: my.config is for x86-64; nothing else of it changes the engine',
    ]);
  });

  it('has a model or not', () => {
    const model = engine('legacy@v6.1');
    const difference = { feature: 'rmapFields', kernel: 'nr-pages-mapped', model: 'double-map' };
    expect(modelLine({ model, differences: [] })).toContain('model: legacy@v6.1,');
    expect(modelLine({ model, differences: [difference] })).toBe(
      'model: none has these features; the next is legacy@v6.1, but rmapFields=nr-pages-mapped instead of double-map',
    );
  });
});

describe('kernel:NAME as an engine', () => {
  const fuzz = (...argv: string[]): ReturnType<typeof run> => run('fuzz', '--faults', '500', '--workers', '0', ...argv);

  it('runs in fuzz on the architectures that it was compiled for', async () => {
    addFake(cache, 'one');
    addFake(cache, 'two');
    const { code, out, err } = await fuzz('--legacy', 'kernel:one', '--batched', 'kernel:two', '--format', 'json');
    expect(err).toContain('kernel:one against kernel:two');
    const report = JSON.parse(out);
    expect(report).toMatchObject({
      architectures: ['x86-64'],
      engines: { legacy: 'kernel:one', batched: 'kernel:two' },
    });
    expect(report.classes).toEqual([]);
    expect(code).toBe(2);
  });

  it('runs in sweep and replay', async () => {
    addFake(cache, 'one');
    const sweep = await run('sweep', 'tiny', '--index', '0..200', '--workers', '0', '--batched', 'kernel:one');
    expect(sweep.out).toContain('kernel:one');
    const replay = await run('replay', 'g2.x86-64.8.1.17', '--batched', 'kernel:one');
    expect([replay.code, replay.err]).toEqual([1, 'ptediff: using the packaged fixtures\n']);
    expect(replay.out).toContain('kernel:one');
  });

  it.each([
    ['fuzz', '--faults', '10'],
    ['sweep', 'tiny'],
    ['replay', 'g2.x86-64.8.1.17'],
  ])('has to be in the cache: %s', async (...argv) => {
    addFake(cache, 'mine');
    const { code, err } = await run(...argv, '--batched', 'kernel:6.1');
    expect([code, err]).toEqual([
      66,
      'ptediff: kernel:6.1: no such kernel in the cache (There are mine; ptediff kernel add adds one.)\n',
    ]);
  });

  it('is refused where it was not compiled for the architecture', async () => {
    addFake(cache, 'one');
    for (const argv of [
      ['fuzz', '--arch', 'arm64'],
      ['sweep', 'tiny', '--arch', 'arm64'],
      ['replay', 'g2.arm64.8.1.17'],
    ])
      expect(await run(...argv, '--batched', 'kernel:one')).toMatchObject({
        code: 64,
        err: expect.stringContaining('kernel:one is not compiled for arm64: expected some of x86-64'),
      });
  });

  describe('in a campaign of parts', () => {
    const engines = ['--batched', 'kernel:one', '--arch', 'x86-64', '--seed', '1', '--faults', '400', '--workers', '0'];
    const parts = ['1.json', '2.json'];

    beforeEach(async () => {
      addFake(cache, 'one');
      for (const [i, out] of parts.entries()) {
        expect(await run('fuzz', ...engines, '--shard', `${i + 1}/2`, '--out', out)).toMatchObject({ code: 0 });
      }
    });

    it('gives the report that one machine would have made', async () => {
      const [whole, merged] = [
        await run('fuzz', ...engines, '--format', 'json'),
        await run('merge', ...parts, ...JSON_),
      ];
      const [expected, found] = [whole, merged].map(({ out }) => ({ ...JSON.parse(out), timing: null }));
      expect(merged.code).toBe(whole.code);
      expect(found.classes.length).toBeGreaterThan(0);
      expect(found).toEqual({ ...expected, commands: found.commands });
    });

    it('is refused where the cache has another one of the name, or none', async () => {
      const kernels = new Cache(cache);
      addFake(cache, 'two');
      const other = kernels.named('two');
      if (other !== undefined) kernels.setName({ ...other, name: 'one' });
      expect(await run('merge', ...parts)).toMatchObject({
        code: 3,
        err: expect.stringContaining('1.json: kernel:one of this machine is another kernel than that of the part'),
      });
      kernels.remove('one');
      expect(await run('merge', ...parts)).toMatchObject({
        code: 66,
        err: expect.stringContaining('kernel:one: no such kernel in the cache'),
      });
    });
  });

  it('is refused where the cache is spoilt', async () => {
    addFake(cache, 'one');
    writeFileSync(join(cache, 'names', 'one.json'), '{');
    expect(await fuzz('--batched', 'kernel:one')).toMatchObject({
      code: 66,
      err: expect.stringContaining('the name in the cache is broken'),
    });
  });
});
