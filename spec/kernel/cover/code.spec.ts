/** Code that counts, of a made-up tree of three functions: it is made once, and kept beside the files of the tree. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { extractAll } from '../../../src/kernel/build.js';
import { Cache } from '../../../src/kernel/cache/cache.js';
import { type CountingCode, countingCode } from '../../../src/kernel/cover/code.js';
import { readKernel, type StoredKernel } from '../../../src/kernel/stored.js';
import { putTree } from '../../../src/kernel/stored_tree.js';
import { memoryTree } from '../../../src/kernel/trees/memory.js';
import { recordingTree } from '../../../src/kernel/trees/recorded.js';
import { addFake, fakeWasm, howMade } from '../fake_kernel.js';
import { folderOfEach, MAKEFILE } from '../samples.js';

/** Whatever the text is, the code is made up. */
vi.mock('../../../src/kernel/compile.js', async (original) => ({
  ...(await original<typeof import('../../../src/kernel/compile.js')>()),
  compile: async () => ({ wasm: fakeWasm(2), diagnostics: '' }),
}));

const FILES = {
  Makefile: MAKEFILE,
  'arch/x86/mm/pgprot.c': '',
  'arch/arm64/mm/mmap.c': '',
  'mm/memory.c':
    'int do_fault(int a)\n{\n\treturn a ? finish_fault() : 1;\n}\nint finish_fault(void)\n{\n\treturn 0;\n}\n',
  'mm/filemap.c': 'int filemap_map_pages(void)\n{\n\treturn 0;\n}\n',
};
const ARCHS = ['x86-64', 'arm64'] as const;

const folder = folderOfEach();
let cache: Cache;
let kernel: StoredKernel;

beforeEach(async () => {
  cache = new Cache(folder.path);
  addFake(folder.path, 'mine', { archs: ARCHS });
  const files = recordingTree(memoryTree({ name: '../linux', files: new Map(Object.entries(FILES)) }));
  await extractAll(files, ARCHS);
  const { about: _, wasm: __, ...named } = readKernel(cache, 'mine');
  cache.setName({ ...named, tree: putTree(cache, files, howMade()) });
  kernel = readKernel(cache, 'mine');
});

async function make(archs?: readonly (typeof ARCHS)[number][]): Promise<{ code: CountingCode; steps: string[] }> {
  const steps: string[] = [];
  const code = await countingCode(cache, kernel, (step) => steps.push(step), archs);
  return { code, steps };
}

const keptFile = (arch: string): string => join(folder.path, 'entries', `${kernel.tree}.counting-${arch}`);

const MAKING = [
  'extracting the functions of 9.8.7 for x86-64',
  'extracting the functions of 9.8.7 for arm64',
  'compiling for x86-64 (1 of 2)',
  'compiling for arm64 (2 of 2)',
];

describe('code that counts', () => {
  it('is made once: the second time it is the same, and nothing is extracted', async () => {
    const first = await make();
    expect(first.steps).toEqual(MAKING);
    const [source] = first.code.sources;
    expect(source?.extracted.definitions.map(({ name }) => name).sort()).toEqual([
      'do_fault',
      'filemap_map_pages',
      'finish_fault',
    ]);
    expect(source?.extracted.counters).toContainEqual({
      kind: 'statement',
      function: 'do_fault',
      file: 'mm/memory.c',
      lines: [3],
      declares: false,
    });
    const second = await make();
    expect(second.steps).toEqual([]);
    expect(second.code).toEqual(first.code);
  });

  it('is made and read for the architectures that are asked for', async () => {
    expect((await make(['arm64'])).steps).toEqual([MAKING[1], 'compiling for arm64 (1 of 1)']);
    const { code, steps } = await make(['arm64']);
    expect([code.sources.map(({ arch }) => arch), [...code.wasm.keys()], steps]).toEqual([['arm64'], ['arm64'], []]);
    const all = await make();
    expect(all.steps).toEqual([MAKING[0], 'compiling for x86-64 (1 of 1)']);
    expect([...all.code.wasm.keys()]).toEqual(ARCHS);
    expect(await make()).toEqual({ code: all.code, steps: [] });
  });

  it('is made again where it is damaged, which is said', async () => {
    const { code } = await make();
    const file = keptFile('arm64');
    const whole = readFileSync(file);
    for (const damage of [whole.subarray(0, -1), Buffer.from(whole).fill(' ', 0, 9), flipped(whole)]) {
      writeFileSync(file, damage);
      const again = await make();
      expect(again.steps[0]).toMatch(/: the cache entry is broken: .*; it is made again$/);
      expect(again.steps.slice(1)).toEqual([MAKING[1], 'compiling for arm64 (1 of 1)']);
      expect(again.code).toEqual(code);
      expect(readFileSync(file)).toEqual(whole);
    }
  });

  it('is made again where it was made of something else', async () => {
    const { code } = await make();
    for (const arch of ARCHS)
      cache.putDerived(kernel.tree ?? '', `counting-${arch}`, new Map([['made', 'of another tree']]));
    expect(await make()).toEqual({ code, steps: MAKING });
  });

  it('is made by two processes at once, and whole', async () => {
    const [one, other] = await Promise.all([make(), make()]);
    expect(one.code).toEqual(other.code);
    expect((await make()).steps).toEqual([]);
  });

  it('leaves the names of the cache alone, and goes with the kernel', async () => {
    const before = cache.named('mine');
    await make();
    expect(cache.named('mine')).toEqual(before);
    expect(ARCHS.map((arch) => existsSync(keptFile(arch)))).toEqual([true, true]);
    cache.remove('mine');
    expect(readdirSync(join(folder.path, 'entries'))).toEqual([]);
  });
});

/** One bit in the last byte, which is of the code. */
function flipped(whole: Buffer): Buffer {
  const bytes = Buffer.from(whole);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  return bytes;
}
