/**
 * `ptediff kernel coverage`, with a made-up tree of three functions whose code is made up too: its first counter counts
 * the faults. Real trees are in kernel_trees.spec.ts.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { main } from '../../src/cli/main.js';
import { extractAll } from '../../src/kernel/build.js';
import { Cache } from '../../src/kernel/cache/cache.js';
import { countingCode } from '../../src/kernel/cover/code.js';
import { reasonFor } from '../../src/kernel/cover/reasons.js';
import { readKernel } from '../../src/kernel/stored.js';
import { putTree } from '../../src/kernel/stored_tree.js';
import { memoryTree } from '../../src/kernel/trees/memory.js';
import { recordingTree } from '../../src/kernel/trees/recorded.js';
import { addFake, fakeWasm, howMade } from '../kernel/fake_kernel.js';
import { folderOfEach, MAKEFILE } from '../kernel/samples.js';
import { fakeIo } from './fakes.js';

/** Without a compiler, what is not in the cache cannot be made. */
const compiler = vi.hoisted(() => ({ isThere: false }));
vi.mock('../../src/kernel/compile.js', async (original) => {
  const { NoCompiler } = await import('../../src/kernel/compilers.js');
  const rest = await original<typeof import('../../src/kernel/compile.js')>();
  const compile = async () => {
    if (compiler.isThere) return { wasm: fakeWasm(2), diagnostics: '' };
    throw new NoCompiler();
  };
  return { ...rest, compile };
});

/** The threads run the built package. */
vi.mock('../../src/campaign/worker_file.js', () => ({
  WORKER_FILE: new URL('../../dist/campaign/worker.js', import.meta.url),
}));

const FILES = {
  Makefile: MAKEFILE,
  'arch/x86/mm/pgprot.c': '',
  'arch/arm64/mm/mmap.c': '',
  'mm/memory.c':
    'int do_fault(int a)\n{\n\tif (a)\n\t\treturn finish_fault();\n\treturn 1;\n}\n\nint finish_fault(void)\n{\n\treturn 0;\n}\n',
  'mm/filemap.c': 'int filemap_map_pages(void)\n{\n\treturn 0;\n}\n',
};

const folder = folderOfEach();
let cache = '';
/** What a kernel in the cache stands on: entries of code that counts, and of the files of its tree. */
let files: ReturnType<typeof recordingTree>;

beforeAll(() => {
  files = recordingTree(memoryTree({ name: '../linux', files: new Map(Object.entries(FILES)) }));
});

beforeEach(() => {
  cache = join(folder.path, 'cache');
  addFake(cache, 'mine');
});

/** Puts the files of the tree into the cache, and code that counts. */
async function complete({ compiled = true } = {}): Promise<void> {
  const own = new Cache(cache);
  const { about: _, wasm, ...named } = readKernel(own, 'mine');
  // Reading is what puts files into the tree of the cache.
  await extractAll(files, [...wasm.keys()]);
  own.setName({ ...named, tree: putTree(own, files, howMade()) });
  compiler.isThere = compiled;
  if (compiled) await countingCode(own, readKernel(own, 'mine'));
  compiler.isThere = false;
}

async function run(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const io = fakeIo({ env: { PTEDIFF_CACHE: cache }, cwd: folder.path });
  const code = await main(['kernel', 'coverage', ...argv], io);
  return { code, out: io.out(), err: io.err() };
}

describe('kernel coverage', () => {
  it('shows each function, what is not reached and the whole', async () => {
    await complete();
    const { code, out, err } = await run('kernel:mine', '--faults', '2000');
    expect(code).toBe(0);
    // Nothing has to be extracted once more.
    expect(err).toBe('ptediff: kernel:mine against itself, 2,000 faults\n');
    const lines = out.split('\n');
    expect(lines[0]).toBe('kernel:mine is Linux 9.8.7 of ../linux');
    expect(out.replace(/\s+/g, ' ')).toMatch(
      / 2,\d{3} faults of ptediff fuzz on x86-64, half with the default dials, half with those of races too, seed 1 /,
    );
    const table = lines.slice(lines.findIndex((line) => line.startsWith('function'))).slice(0, 4);
    expect(table.map((line) => line.split(/ {2,}/))).toEqual([
      ['function', 'place', 'lines', 'branches'],
      ['filemap_map_pages', 'mm/filemap.c:1', '0/1', '0/0'],
      ['do_fault', 'mm/memory.c:1', '0/3', '0/2'],
      ['finish_fault', 'mm/memory.c:8', '1/1', '0/0'],
    ]);
    expect(out).toContain('  do_fault (x86-64)\n    mm/memory.c:3-5: without ->fault, no other thread');
    expect(out).toContain('    mm/filemap.c:3: not studied\n');
    expect(lines.at(-2)).toBe('kernel:mine: 20.0 % (1 of 5) of lines, 0.0 % (0 of 2) of branches reached');
  });

  it('is there as JSON, in a file too', async () => {
    await complete();
    const { code, out } = await run('mine', '--faults', '500', '--no-races', '--format', 'json', '--out', 'c.json');
    expect([code, out]).toEqual([0, '']);
    const report = JSON.parse(readFileSync(join(folder.path, 'c.json'), 'utf8'));
    expect(report).toMatchObject({
      schemaVersion: 1,
      kernel: { name: 'mine', version: '9.8.7', origin: '../linux' },
      campaign: { architectures: ['x86-64'], races: false, seed: 1, deaths: 0 },
      lines: { reached: 1, total: 5 },
      branches: { reached: 0, total: 2 },
      folded: 0,
    });
    expect(report.functions[0]).toEqual({
      name: 'filemap_map_pages',
      file: 'mm/filemap.c',
      line: 1,
      archs: ['x86-64'],
      lines: { reached: 0, total: 1 },
      branches: { reached: 0, total: 0 },
      unreached: [{ kind: 'lines', line: 3, end: 3, what: '', reason: null }],
    });
  });

  it('looks at the architectures that are asked for alone', async () => {
    addFake(cache, 'mine', { archs: ['x86-64', 'arm64'] });
    await complete();
    const both = await run('mine', '--faults', '500');
    expect(both.out).toContain('faults of ptediff fuzz on x86-64, arm64, arm64-noaf,');
    expect(both.out).toContain('  do_fault (x86-64, arm64)\n');
    expect((await run('mine', '--faults', '500', '--arch', 'arm64-noaf')).out).toContain('  do_fault (arm64)\n');
  });

  it('is the same every time', async () => {
    await complete();
    const first = await run('mine', '--faults', '1000');
    expect(await run('mine', '--faults', '1000')).toEqual(first);
  });

  it('is the same for 1, 2 and 7 workers and for none', async () => {
    addFake(cache, 'mine', { archs: ['x86-64', 'arm64'] });
    await complete();
    const { err: _, ...alone } = await run('mine', '--faults', '3000', '--no-races', '--workers', '0');
    expect(alone).toEqual({ code: 0, out: expect.stringMatching(/finish_fault +mm.memory\.c:8 +1.1 /) });
    for (const workers of ['1', '2', '7'])
      expect(await run('mine', '--faults', '3000', '--no-races', '--workers', workers), workers).toMatchObject(alone);
  });

  it.each([
    ['a kernel that is not there', ['6.1'], 66, 'kernel:6.1: no such kernel in the cache'],
    ['one that was not compiled for the architecture', ['mine', '--arch', 'arm64'], 64, 'is not compiled for arm64'],
    ['a format that is none', ['mine', '--format', 'xml'], 64, "argument 'xml' is invalid"],
    ['no number', ['mine', '--faults', 'x'], 64, "argument 'x' is invalid"],
    ['a file that cannot be written', ['mine', '--out', 'folder'], 74, 'folder'],
  ])('refuses %s', async (_what, argv, expected, message) => {
    await complete();
    mkdirSync(join(folder.path, 'folder'));
    const { code, out, err } = await run(...argv);
    expect([code, out]).toEqual([expected, '']);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
    expect(err).toContain(message);
  });

  it('needs the files that the kernel was made from', async () => {
    const { code, err } = await run('mine');
    expect([code, err]).toEqual([
      66,
      'ptediff: kernel:mine: the cache has its code, but not the files that it was made from ' +
        '(Add the kernel again with ptediff kernel add.)\n',
    ]);
  });

  it('needs the compiler where the cache has no code that counts', async () => {
    await complete({ compiled: false });
    const { code, err } = await run('mine');
    expect(code).toBe(69);
    expect(err).toContain('kernel engines need the optional package @yowasp/clang');
  });

  it('can be interrupted, and shows what was reached until then', async () => {
    await complete();
    const io = fakeIo({ env: { PTEDIFF_CACHE: cache }, cwd: folder.path });
    const running = main(['kernel', 'coverage', 'mine', '--faults', '100M', '--workers', '0'], io);
    await vi.waitUntil(() => io.err().includes('against itself'), { timeout: 30_000 });
    // Without worker threads the first unit is played before anybody asks whether to stop.
    io.interrupt();
    expect(await running).toBe(130);
    expect(io.err()).toMatch(/stopping; press Ctrl-C again to end at once\n$/);
    expect(io.out()).toContain('kernel:mine: 20.0 % (1 of 5) of lines');
  });
});

describe('a reason', () => {
  it('belongs to a function, and may belong to a token in it', () => {
    expect(reasonFor('do_set_pmd', 'pmd_none(x)')).toBe(
      'another thread that maps by PMD at this moment is not modelled',
    );
    expect(reasonFor('do_set_pmd', 'return 1;')).toBe('memory for a page table that only some architectures deposit');
    expect(reasonFor('set_pte_range', 'nr > 1')).toBeNull();
  });
});
