/** Trees that cannot be added say why, in one line. Real trees are in cli/kernel_trees.spec.ts. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { addKernel, forUser, makingOf } from '../../src/kernel/add.js';
import { CompileError } from '../../src/kernel/build.js';
import { Cache } from '../../src/kernel/cache/cache.js';
import { hashOfInputs } from '../../src/kernel/inputs.js';
import type { EngineSource } from '../../src/kernel/source.js';
import { readTree } from '../../src/kernel/stored_tree.js';
import type { KernelTree } from '../../src/kernel/trees/tree.js';
import { parseConfig } from '../../src/kernel/user_config.js';
import { addFake, fakeWasm } from './fake_kernel.js';
import { folderOfEach } from './samples.js';

/** Whatever the text is, the code is made up. */
vi.mock('../../src/kernel/compile.js', async (original) => ({
  ...(await original<typeof import('../../src/kernel/compile.js')>()),
  compile: async () => ({ wasm: fakeWasm(2), diagnostics: '' }),
}));

const folder = folderOfEach();
let cache: Cache;
beforeEach(() => {
  cache = new Cache(folder.path);
});

function treeOf(read: (path: string) => string | null): KernelTree {
  const whole = { covers: () => true, close: async () => {} };
  return { name: '../linux', version: '9.8.7', read: async (path) => read(path), ...whole };
}

it('a tree without the functions is refused with their names, and nothing is stored', async () => {
  const steps: string[] = [];
  const adding = addKernel(
    treeOf((path) => (path.startsWith('arch/x86') ? '' : null)),
    { cache, onStep: (step) => steps.push(step) },
  );
  await expect(adding).rejects.toMatchObject({
    name: 'InputError',
    exitCode: 3,
    message: expect.stringMatching(/^\.\.\/linux: not defined in the files that are read: .*do_fault/),
    hint: 'A C header with what the tree needs more can be given with --shim.',
  });
  expect(steps).toEqual(['extracting the functions of 9.8.7 for x86-64']);
  expect(cache.names()).toEqual([]);
});

it('a tree for no architecture that there is is refused', async () => {
  await expect(
    addKernel(
      treeOf(() => null),
      { cache },
    ),
  ).rejects.toMatchObject({
    message: '../linux: expected the files of x86-64, arm64 or riscv64, found those of none',
  });
});

it('a function that is there twice is refused with both places', async () => {
  const text = 'int do_fault(void)\n{\n\treturn 0;\n}\n';
  const adding = addKernel(
    treeOf((path) => (path === 'mm/memory.c' || path === 'mm/filemap.c' ? text : '')),
    { cache },
  );
  await expect(adding).rejects.toThrow('do_fault is defined more than once: mm/memory.c:1, mm/filemap.c:1');
});

it('a configuration for architectures that the tree does not have is refused', async () => {
  const adding = addKernel(
    treeOf((path) => (path.startsWith('arch/x86') ? '' : null)),
    { cache, config: parseConfig('.config', 'CONFIG_ARM64=y') },
  );
  await expect(adding).rejects.toMatchObject({
    message: '../linux: expected the files of arm64, found those of x86-64',
  });
});

describe('a tree that was added before', () => {
  const EMPTY = (path: string): string | null => (path.startsWith('arch/x86') ? '' : null);

  /** The kernel `fake`, as if it had been made of this tree; the hash is that of the first attempt. */
  async function remember(inputs: (cache: Cache) => Promise<string>): Promise<void> {
    addFake(folder.path, 'fake', { answer: 2 });
    const named = cache.named('fake');
    if (named !== undefined) cache.setName({ ...named, inputs: await inputs(cache) });
  }

  const hash = (read = EMPTY, header = '') =>
    hashOfInputs(treeOf(read), { ...makingOf(['x86-64'], { cache, header }) });

  it('is not extracted again', async () => {
    await remember(() => hash());
    const steps: string[] = [];
    const added = await addKernel(treeOf(EMPTY), { cache, name: 'again', onStep: (step) => steps.push(step) });
    expect([added.wasKnown, steps]).toEqual([true, []]);
    expect(cache.named('again')).toMatchObject({ entry: cache.named('fake')?.entry, version: '9.8.7' });
    expect(added.wasm.get('x86-64')).toEqual(fakeWasm(2));
  });

  it.each([
    ['a file has changed', () => hash((path) => (path === 'mm/rmap.c' ? '/* */' : EMPTY(path)))],
    ['a file is there that was not', () => hash((path) => (path === 'mm/rmap.c' ? '' : EMPTY(path)))],
    ['the header is another one', () => hash(EMPTY, '#define f 1\n')],
  ])('is extracted where %s', async (_what, inputs) => {
    await remember(inputs);
    await expect(addKernel(treeOf(EMPTY), { cache })).rejects.toThrow('not defined in the files that are read');
  });

  it('is extracted where its entry is broken', async () => {
    await remember(() => hash());
    cache.put(cache.named('fake')?.entry ?? '', new Map([['about.json', '{}']]));
    await expect(addKernel(treeOf(EMPTY), { cache })).rejects.toThrow('not defined in the files that are read');
  });
});

it('a tree is kept as far as it was read, with the header, and found again although the text is known', async () => {
  const text = (name: string): string => `int ${name}(void)\n{\n\treturn 0;\n}\n`;
  const files: Readonly<Record<string, string>> = {
    'arch/x86/mm/pgprot.c': '',
    'mm/memory.c': `${text('do_fault')}${text('finish_fault')}${text('elsewhere')}`,
    'mm/filemap.c': text('filemap_map_pages'),
  };
  const header = '#define MINE 1\n';
  const added = await addKernel(
    treeOf((path) => files[path] ?? null),
    { cache, name: 'mine', header },
  );
  expect(added).toMatchObject({ name: 'mine', wasKnown: false });
  const kept = readTree(cache, added);
  expect(kept.header).toBe(header);
  expect(await kept.tree.read('mm/memory.c')).toBe(files['mm/memory.c']);
  expect(await kept.tree.read('mm/rmap.c')).toBeNull();
  expect([kept.tree.covers('mm/rmap.c'), kept.tree.covers('mm/slub.c')]).toEqual([true, false]);

  // What is not extracted makes no other code, but another tree.
  const other = await addKernel(
    treeOf((path) => files[path]?.replace('elsewhere', 'somewhere') ?? null),
    { cache, name: 'other', header },
  );
  expect(other).toMatchObject({ wasKnown: true, entry: added.entry });
  expect(await readTree(cache, other).tree.read('mm/memory.c')).toContain('somewhere');
  expect(await readTree(cache, added).tree.read('mm/memory.c')).toContain('elsewhere');
});

it.each([
  [
    "error: call to undeclared function 'one'; ISO C99 and later do not",
    "error: call to undeclared function 'one'",
    'one',
  ],
  [
    "error: unknown type name 'one'\nmm/a.c:2:1: error: use of undeclared identifier 'two'; did you mean 'too'?",
    "error: unknown type name 'one'",
    'one, two',
  ],
  ["error: expected ';'", "error: expected ';'", 'what the tree needs more'],
])('what does not compile is told with its first error, and the names that a header must have: %j', (text, told, names) => {
  const source = { version: '9.8.7', arch: 'arm64', extracted: { unknown: new Map() } } as unknown as EngineSource;
  const error = new CompileError(source, `mm/a.c:1:2: ${text}\n`);
  expect(forUser(error, { name: '../linux' })).toMatchObject({
    message: `../linux: does not compile: mm/a.c:1:2: ${told}`,
    hint: `A C header with ${names} can be given with --shim.`,
  });
});

it('a header that does not compile is called the one of --shim', () => {
  const source = { version: '9.8.7', arch: 'arm64', extracted: { unknown: new Map() } } as unknown as EngineSource;
  const error = new CompileError(source, './user.h:3:14: error: no such member\n');
  expect(forUser(error, { name: 'linux' })).toMatchObject({
    message: 'linux: does not compile: the header of --shim:3:14: error: no such member',
  });
});
