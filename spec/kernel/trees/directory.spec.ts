/** A folder is read as it is now, and never outside of it. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { openDirectory } from '../../../src/kernel/trees/directory.js';
import { MAX_FILE_BYTES, normalPath } from '../../../src/kernel/trees/tree.js';
import { folderOfEach, MAKEFILE, SMALL_TREE, writeFiles } from '../samples.js';

const folder = folderOfEach();
beforeEach(() => {
  writeFiles(at('linux'), SMALL_TREE);
});

const at = (...names: string[]) => join(folder.path, ...names);

describe('a folder', () => {
  it('gives version and text, and null for what it has not', async () => {
    const tree = openDirectory(at('linux'));
    expect(tree.version).toBe('9.8.7');
    expect(tree.covers('any/thing')).toBe(true);
    expect(await tree.read('mm/./one.c')).toBe(SMALL_TREE['mm/one.c']);
    expect(await tree.read('mm/two.c')).toBeNull();
    expect(await tree.read('mm/one.c/two.c')).toBeNull();
    await tree.close();
  });

  it('follows links inside of it, and refuses links that leave it', async () => {
    writeFiles(at('secret'), { 'one.c': 'secret' });
    symlinkSync('one.c', at('linux', 'mm', 'inside.c'));
    symlinkSync('../../secret/one.c', at('linux', 'mm', 'outside.c'));
    symlinkSync(at('secret'), at('linux', 'away'));
    const tree = openDirectory(at('linux'));
    expect(await tree.read('mm/inside.c')).toBe(SMALL_TREE['mm/one.c']);
    await expect(tree.read('mm/outside.c')).rejects.toThrow('expected a path inside');
    await expect(tree.read('away/one.c')).rejects.toThrow('expected a path inside');
  });

  it.each([
    '../secret/one.c',
    '/etc/passwd',
    'mm/../../x',
    '',
    '.',
    'mm/a\nb',
    'mm\\one.c',
    'a\0b',
    'x'.repeat(5000),
  ])('refuses the path %j', async (path) => {
    await expect(openDirectory(at('linux')).read(path)).rejects.toThrow('expected a path inside the tree');
  });

  it('refuses what is no text', async () => {
    writeFileSync(at('linux', 'mm', 'binary.c'), 'a\0b');
    writeFileSync(at('linux', 'mm', 'latin.c'), Buffer.from([0x63, 0xe9]));
    writeFileSync(at('linux', 'mm', 'huge.c'), '');
    truncateSync(at('linux', 'mm', 'huge.c'), MAX_FILE_BYTES + 1);
    mkdirSync(at('linux', 'mm', 'folder.c'));
    execFileSync('mkfifo', [at('linux', 'mm', 'fifo.c')]);
    const tree = openDirectory(at('linux'));
    await expect(tree.read('mm/binary.c')).rejects.toThrow('binary.c: expected text, found a zero byte');
    await expect(tree.read('mm/latin.c')).rejects.toThrow('latin.c:1:2: expected UTF-8 text');
    await expect(tree.read('mm/huge.c')).rejects.toThrow(`huge.c: expected at most ${MAX_FILE_BYTES} bytes`);
    await expect(tree.read('mm/folder.c')).rejects.toThrow('folder.c: expected a file, found a folder');
    await expect(tree.read('mm/fifo.c')).rejects.toThrow('fifo.c: expected a file, found a FIFO');
  });

  it.each([
    ['VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 117\nEXTRAVERSION =\n', '6.12.117'],
    ['VERSION=6\nPATCHLEVEL=13\nSUBLEVEL=0\nEXTRAVERSION=-rc1\n', '6.13.0-rc1'],
    ['# c\nVERSION = 6\nPATCHLEVEL = 1\n', '6.1.0'],
    [`${MAKEFILE}VERSION = 1\n`, '9.8.7'],
  ])('takes the version from its Makefile %#', (makefile, version) => {
    writeFiles(at('linux'), { Makefile: makefile });
    expect(openDirectory(at('linux')).version).toBe(version);
  });

  it('is refused when it is no kernel tree', () => {
    writeFiles(at('other'), { 'README.md': '' });
    expect(() => openDirectory(at('other'))).toThrow('expected a kernel tree, found no Makefile at its top');
    writeFiles(at('other'), { Makefile: 'VERSION = 6\nPATCHLEVEL = $(shell date)\n' });
    expect(() => openDirectory(at('other'))).toThrow('other/Makefile: expected VERSION and PATCHLEVEL of a kernel');
  });
});

describe('normalPath', () => {
  it('writes a path in one way', () => {
    expect(normalPath('./mm//x/../memory.c')).toBe('mm/memory.c');
    expect(normalPath('mm/')).toBe('mm');
    expect(normalPath('mm/..')).toBeUndefined();
  });
});
