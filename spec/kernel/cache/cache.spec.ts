/** What is put in comes out whole or not at all, whoever writes at the same time, and a broken file is one clear error. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { beforeEach, describe, expect, it } from 'vitest';
import { InputError, OutputError } from '../../../src/cases/files.js';
import { Cache } from '../../../src/kernel/cache/cache.js';
import { encodeEntry, hashOf } from '../../../src/kernel/cache/entry.js';
import { cacheFolder } from '../../../src/kernel/cache/folder.js';
import { memoryTree } from '../../../src/kernel/trees/memory.js';
import { cachedTree, recordingTree } from '../../../src/kernel/trees/recorded.js';
import { folderOfEach, SMALL_TREE } from '../samples.js';

const folder = folderOfEach();
let cache = new Cache('');
beforeEach(() => {
  cache = new Cache(join(folder.path, 'cache'));
});

const parts = new Map<string, string | Uint8Array>([
  ['engine.wasm', Uint8Array.from([0, 97, 115, 109, 255])],
  ['empty', ''],
  ['meta.json', '{"ö":1}'],
]);
const key = hashOf(parts);
const other = hashOf([['x', 'y']]);
const entryFile = () => join(cache.folder, 'entries', key);
const nameFile = (name: string) => join(cache.folder, 'names', `${name}.json`);
const record = { entry: key, version: '9.8.7', origin: '../linux' };

describe('the folder', () => {
  it.each([
    [{ PTEDIFF_CACHE: '/a', XDG_CACHE_HOME: '/b', HOME: '/c' }, '/a'],
    [{ PTEDIFF_CACHE: 'a/../b' }, '/cwd/b'],
    [{ PTEDIFF_CACHE: '', XDG_CACHE_HOME: '/b', HOME: '/c' }, '/b/ptediff'],
    [{ XDG_CACHE_HOME: 'b', HOME: '/c' }, '/c/.cache/ptediff'],
    [{ HOME: '/c' }, '/c/.cache/ptediff'],
    [{}, join(homedir(), '.cache', 'ptediff')],
  ])('of %j is %s', (env, path) => {
    expect(cacheFolder(env, '/cwd')).toBe(path);
  });
});

describe('a content hash', () => {
  it('depends on names, bytes and order', () => {
    const hashes = [
      [['a', 'bc']],
      [['ab', 'c']],
      [
        ['a', 'b'],
        ['', 'c'],
      ],
      [
        ['', 'c'],
        ['a', 'b'],
      ],
      [],
    ].map((list) => hashOf(list as [string, string][]));
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(hashOf([['a', 'bc']])).toBe(hashOf([['a', Buffer.from('bc')]]));
    expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('an entry', () => {
  it('comes out as it was put in', () => {
    expect(cache.entry(key)).toBeUndefined();
    cache.put(key, parts);
    const entry = cache.entry(key);
    expect(entry?.names).toEqual([...parts.keys()]);
    for (const [name, content] of parts) expect(entry?.read(name)).toEqual(Buffer.from(content));
    expect(entry?.read('nothing')).toBeUndefined();
    expect(readdirSync(join(cache.folder, 'entries'))).toEqual([key]);
  });

  it('can be put in again, also over a broken one', () => {
    cache.put(key, parts);
    writeFileSync(entryFile(), 'rubbish');
    cache.put(key, parts);
    expect(cache.entry(key)?.read('empty')).toEqual(Buffer.alloc(0));
  });

  it('of another format is as good as none', () => {
    cache.put(key, parts);
    writeFileSync(
      entryFile(),
      readFileSync(entryFile(), 'latin1').replace('ptediff-cache-1', 'ptediff-cache-9'),
      'latin1',
    );
    expect(cache.entry(key)).toBeUndefined();
  });

  it.each([
    ['that is empty', () => writeFileSync(entryFile(), ''), 'its first line is none of ours'],
    ['that is rubbish', () => writeFileSync(entryFile(), 'x'.repeat(1000)), 'its first line is none of ours'],
    ['with a changed index', () => flip(150), 'its index has changed'],
    [
      'that is cut short',
      () => truncateSync(entryFile(), encodeEntry(parts).length - 1),
      'it is cut short, or too long',
    ],
    ['cut inside its index', () => truncateSync(entryFile(), 120), 'its index has changed'],
  ])('%s is refused', (_name, damage, why) => {
    cache.put(key, parts);
    damage();
    expect(() => cache.entry(key)).toThrow(`${entryFile()}: the cache entry is broken: ${why}`);
  });

  it('with a changed part is refused when the part is read', () => {
    cache.put(key, parts);
    flip(encodeEntry(parts).length - 1);
    const entry = cache.entry(key);
    expect(entry?.read('engine.wasm')).toHaveLength(5);
    expect(() => entry?.read('meta.json')).toThrow('the cache entry is broken: its part "meta.json" has changed');
  });

  it('that is removed while it is used is an error', () => {
    cache.put(key, parts);
    cache.setName({ name: 'a', ...record });
    const entry = cache.entry(key);
    cache.remove('a');
    expect(() => entry?.read('empty')).toThrow('the cache entry is broken: it has been removed');
  });

  it('cannot have a key that is a path', () => {
    expect(() => cache.entry('../../etc/passwd')).toThrow('not a content hash: ../../etc/passwd');
  });

  it('leaves nothing of a run that was killed for long', () => {
    cache.put(key, parts);
    const [fresh, old] = ['.ptediff-1.tmp', '.ptediff-2.tmp'].map((name) => join(cache.folder, 'entries', name));
    writeFileSync(fresh ?? '', '');
    writeFileSync(old ?? '', '');
    utimesSync(old ?? '', 1, 1);
    cache.put(other, parts);
    expect([existsSync(fresh ?? ''), existsSync(old ?? '')]).toEqual([true, false]);
  });

  function flip(at: number): void {
    const bytes = readFileSync(entryFile());
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(entryFile(), bytes);
  }
});

describe('names', () => {
  it('are listed, replaced and removed', () => {
    expect(cache.names()).toEqual([]);
    cache.setName({ name: '6.12', ...record });
    cache.setName({ name: '6.1', ...record, entry: other });
    cache.setName({ name: '6.12', ...record, origin: 'debian:6.12' });
    expect(cache.names()).toEqual([
      { name: '6.1', ...record, entry: other },
      { name: '6.12', ...record, origin: 'debian:6.12' },
    ]);
    expect(cache.named('6.1')?.entry).toBe(other);
    expect(cache.named('6.6')).toBeUndefined();
    expect([cache.remove('6.1'), cache.remove('6.1')]).toEqual([true, false]);
    expect(cache.names()).toHaveLength(1);
  });

  it('take their entry with them when it has no other name', () => {
    cache.put(key, parts);
    cache.setName({ name: 'a', ...record });
    cache.setName({ name: 'b', ...record });
    cache.remove('a');
    expect(cache.entry(key)).toBeDefined();
    cache.remove('b');
    expect(cache.entry(key)).toBeUndefined();
  });

  it('take what was made of the entry with them as well, when no other name has it', () => {
    cache.put(key, parts);
    cache.put(other, parts);
    cache.putDerived(other, 'one', new Map([['made', 'of it']]));
    cache.putDerived(other, 'two', new Map());
    expect([cache.derived(key, 'one'), cache.derived(other, 'three')]).toEqual([undefined, undefined]);
    expect(() => cache.derived(key, '../one')).toThrow('not a word: ../one');
    cache.setName({ name: 'a', ...record, tree: other });
    cache.setName({ name: 'b', ...record, tree: other });
    cache.remove('a');
    expect(cache.derived(other, 'one')?.read('made')?.toString()).toBe('of it');
    cache.remove('b');
    expect(readdirSync(join(cache.folder, 'entries'))).toEqual([]);
  });

  it('take what belongs to the entry with them as well', () => {
    const counting = hashOf([['y', 'z']]);
    for (const each of [key, other, counting]) cache.put(each, parts);
    cache.setName({ name: 'a', ...record, tree: other, counting });
    cache.setName({ name: 'b', ...record, tree: other });
    cache.remove('a');
    expect([key, other, counting].map((each) => cache.entry(each) !== undefined)).toEqual([true, true, false]);
    cache.remove('b');
    expect(readdirSync(join(cache.folder, 'entries'))).toEqual([]);
  });

  it.each([
    '',
    '../x',
    'A',
    'a/b',
    '.hidden',
    'a b',
    'x'.repeat(65),
    '\u001b[2J',
    '__proto__',
  ])('cannot be %j', (name) => {
    expect(() => cache.setName({ name, ...record })).toThrow(/expected a name of a kernel, found "/);
    expect(() => cache.named(name)).toThrow(InputError);
  });

  it.each([
    '',
    '{',
    '[]',
    '{"entry":"../../x","version":"","origin":""}',
    '{"entry":1}',
  ])('that hold %j are broken, and can be removed', (text) => {
    cache.setName({ name: 'bad', ...record });
    writeFileSync(nameFile('bad'), text);
    expect(() => cache.names()).toThrow(`${nameFile('bad')}: the name in the cache is broken`);
    expect(cache.list()).toEqual(['bad']);
    expect(cache.remove('bad')).toBe(true);
    expect(cache.names()).toEqual([]);
  });

  it('that cannot be read are an error, other files do not matter', () => {
    mkdirSync(nameFile('folder'), { recursive: true });
    expect(() => cache.named('folder')).toThrow('expected a file, found a folder');
    expect(() => cache.remove('folder')).toThrow(OutputError);
    const clean = new Cache(join(folder.path, 'clean'));
    clean.setName({ name: 'a', ...record });
    writeFileSync(join(clean.folder, 'names', '.ptediff-1.tmp'), '');
    writeFileSync(join(clean.folder, 'names', 'README'), '');
    expect(clean.names()).toHaveLength(1);
  });
});

describe('a folder that cannot be used', () => {
  it('is an error of the output when something is put in', () => {
    writeFileSync(cache.folder, 'a file');
    expect(() => cache.requireWritable()).toThrow(OutputError);
    expect(() => cache.put(key, parts)).toThrow(OutputError);
    expect(() => cache.setName({ name: 'a', ...record })).toThrow(OutputError);
  });

  it('is an error of the input when something is looked for', () => {
    writeFileSync(cache.folder, 'a file');
    expect(() => cache.names()).toThrow('the cache cannot be read: not a directory (ENOTDIR)');
    expect(() => cache.entry(key)).toThrow('the cache entry cannot be read');
  });

  it.skipIf(process.getuid?.() === 0)('may be one without permission', () => {
    mkdirSync(cache.folder);
    chmodSync(cache.folder, 0o500);
    expect(() => cache.requireWritable()).toThrow(OutputError);
    expect(() => cache.put(key, parts)).toThrow(OutputError);
    chmodSync(cache.folder, 0o700);
  });
});

describe('several runs at once', () => {
  it('never see half an entry', async () => {
    const large = new Map([['a', 'x'.repeat(300_000)]]);
    cache.put(key, large);
    const code = `
      const { renameSync, writeFileSync } = require('node:fs');
      const { workerData: { file, bytes } } = require('node:worker_threads');
      for (let turn = 0; turn < 100; turn++) {
        writeFileSync(file + '.' + bytes.length + '.tmp', bytes);
        renameSync(file + '.' + bytes.length + '.tmp', file);
      }`;
    const sizes = [200_000, 400_000];
    const workers = sizes.map((size) => {
      const bytes = encodeEntry(new Map([['a', 'y'.repeat(size)]]));
      return new Worker(code, { eval: true, workerData: { file: entryFile(), bytes } });
    });
    const done = Promise.all(workers.map((worker) => new Promise((resolve) => worker.once('exit', resolve))));
    for (let turn = 0; turn < 50; turn++) {
      cache.put(key, large);
      expect(cache.entry(key)?.names).toEqual(['a']);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await done;
  });
});

describe('pruning', () => {
  it('removes the oldest entries that no name stands for', () => {
    const keys = ['a', 'b', 'c', 'd'].map((digit) => digit.repeat(64));
    for (const [i, own] of keys.entries()) {
      cache.put(own, new Map([['x', String(i)]]));
      utimesSync(join(cache.folder, 'entries', own), i, i);
    }
    cache.setName({ name: 'mine', entry: keys[0] ?? '', version: '9.8.7', origin: '../linux' });
    for (const own of keys) cache.putDerived(own, 'traced', new Map([['y', own]]));
    cache.prune(1);
    expect(keys.map((own) => cache.entry(own) !== undefined)).toEqual([true, false, false, true]);
    expect(keys.map((own) => cache.derived(own, 'traced') !== undefined)).toEqual([true, false, false, true]);
  });
});

describe('a tree in the cache', () => {
  it('is the one that was read, as far as it was read', async () => {
    const tree = recordingTree(memoryTree({ name: 'linux@v9.8', files: new Map(Object.entries(SMALL_TREE)) }));
    await tree.read('mm/./one.c');
    await tree.read('mm/two.c');
    cache.put(key, new Map([...tree.parts(), ['engine.wasm', 'x']]));
    const entry = cache.entry(key);
    const cached = entry === undefined ? undefined : cachedTree(entry);
    expect([cached?.name, cached?.version]).toEqual(['linux@v9.8', '9.8.7']);
    expect(await cached?.read('mm/one.c')).toBe(SMALL_TREE['mm/one.c']);
    expect(await cached?.read('mm/two.c')).toBeNull();
    expect(await cached?.read('include/linux/one.h')).toBeNull();
    expect(['mm/one.c', 'mm/two.c', 'include/linux/one.h'].map((path) => cached?.covers(path))).toEqual([
      ...[true, true, false],
    ]);
    await expect(cached?.read('../x')).rejects.toThrow('expected a path inside the tree');
    await cached?.close();
  });

  it('need not be there', () => {
    cache.put(key, parts);
    const entry = cache.entry(key);
    expect(entry === undefined ? 'none' : cachedTree(entry)).toBeUndefined();
  });
});
