/** Compiled kernels in the cache, and the files that they were made from: what goes in comes out, what is missing is named. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { Cache } from '../../src/kernel/cache/cache.js';
import { readKernel } from '../../src/kernel/stored.js';
import { putTree, readTree } from '../../src/kernel/stored_tree.js';
import { memoryTree } from '../../src/kernel/trees/memory.js';
import { recordingTree } from '../../src/kernel/trees/recorded.js';
import { addFake, fakeWasm, howMade } from './fake_kernel.js';
import { folderOfEach, SMALL_TREE } from './samples.js';

const folder = folderOfEach();
let cache: Cache;
beforeEach(() => {
  cache = new Cache(folder.path);
});

it('a kernel is what was put in', () => {
  addFake(folder.path, 'mine', { answer: 0, archs: ['x86-64', 'arm64'] });
  const { name, version, origin, about, wasm } = readKernel(cache, 'mine');
  expect({ name, version, origin }).toEqual({ name: 'mine', version: '9.8.7', origin: '../linux' });
  expect(about.archs.map(({ arch }) => arch)).toEqual(['x86-64', 'arm64']);
  expect(wasm.get('arm64')).toEqual(fakeWasm(0));
});

it('a name that nothing has is refused with the names that there are', () => {
  const refusal = (): unknown => readKernel(cache, '6.1');
  expect(refusal).toThrowError(expect.objectContaining({ exitCode: 66, hint: 'ptediff kernel add adds one.' }));
  addFake(folder.path, 'mine');
  expect(refusal).toThrowError(expect.objectContaining({ hint: 'There are mine; ptediff kernel add adds one.' }));
});

it.each([
  ['is gone', (file: string) => cache.put(file, new Map())],
  ['is of another version', (file: string) => cache.put(file, new Map([['about.json', '{}']]))],
  [
    'was compiled for an engine of before',
    (file: string) => cache.put(file, new Map([['about.json', '{"interface":1,"about":{}}']])),
  ],
  ['has another format', (file: string) => writeFileSync(join(folder.path, 'entries', file), 'ptediff-cache-0 ...\n')],
])('a name whose kernel %s says what to do', (_what, spoil) => {
  addFake(folder.path, 'mine');
  spoil(cache.named('mine')?.entry ?? '');
  expect(() => readKernel(cache, 'mine')).toThrowError(
    expect.objectContaining({
      exitCode: 66,
      hint: expect.stringMatching(/^Add the kernel again with ptediff kernel add/),
    }),
  );
});

it('the files that were read of a tree are written once, and again only over a damaged entry', async () => {
  const read = recordingTree(memoryTree({ name: 'small', files: new Map(Object.entries(SMALL_TREE)) }));
  await read.read('mm/one.c');
  const key = putTree(cache, read, howMade());
  const file = join(folder.path, 'entries', key);
  const inode = (): number => statSync(file).ino;
  const [first, text] = [inode(), readFileSync(file, 'latin1')];
  expect(putTree(cache, read, howMade())).toBe(key);
  expect(inode()).toBe(first);
  // As long as before, so that only the content tells.
  const damaged = text.replace(SMALL_TREE['mm/one.c'] ?? '', (own) => own.replace(/./, '#'));
  expect(damaged).not.toBe(text);
  for (const spoilt of [damaged, text.slice(0, -1), 'rubbish']) {
    writeFileSync(file, spoilt, 'latin1');
    expect(putTree(cache, read, howMade())).toBe(key);
    expect(readFileSync(file, 'latin1')).toBe(text);
  }
});

it('the files that were read of a tree come back, with the header that the kernel was added with', async () => {
  const read = recordingTree(memoryTree({ name: 'small', files: new Map(Object.entries(SMALL_TREE)) }));
  await read.read('mm/one.c');
  await read.read('mm/none.c');
  const named = { name: 'mine', entry: 'a'.repeat(64), version: '9.8.7', origin: 'small' };
  const key = putTree(cache, read, howMade('#define X 1'));
  const { tree, header } = readTree(cache, { ...named, tree: key });
  expect([tree.name, tree.version, header]).toEqual(['small', '9.8.7', '#define X 1']);
  expect(await tree.read('mm/one.c')).toBe(SMALL_TREE['mm/one.c']);
  expect(await tree.read('mm/none.c')).toBeNull();
  expect(['mm/one.c', 'mm/none.c', 'include/linux/one.h'].map(tree.covers)).toEqual([true, true, false]);
  expect(putTree(cache, read, howMade())).not.toBe(key);
  for (const missing of [undefined, 'b'.repeat(64)])
    expect(() => readTree(cache, { ...named, tree: missing })).toThrowError(
      expect.objectContaining({
        message: 'kernel:mine: the cache has its code, but not the files that it was made from',
        exitCode: 66,
      }),
    );
});
