/** Trees that cannot be added say why, in one line. Real trees are in cli/kernel_trees.spec.ts. */
import { beforeEach, expect, it } from 'vitest';
import { addKernel } from '../../src/kernel/add.js';
import { Cache } from '../../src/kernel/cache/cache.js';
import type { KernelTree } from '../../src/kernel/trees/tree.js';
import { folderOfEach } from './samples.js';

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
    hint: 'A header with what the tree needs more can be given with --shim.',
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
