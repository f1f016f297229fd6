/** A tree that is unpacked in a directory. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { directoryTree, versionOf } from '../../src/kernel/trees/directory.js';

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'tree-'));
});
afterAll(() => rm(root, { recursive: true }));

describe('a directory', () => {
  it('is no tree without a Makefile', async () => {
    await expect(directoryTree(root)).rejects.toThrow('is no kernel tree');
  });

  it('has a version, and files by their paths', async () => {
    await writeFile(join(root, 'Makefile'), 'VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 3\nEXTRAVERSION =\n');
    const tree = await directoryTree(root);
    expect(tree.version).toBe('6.12.3');
    expect(await tree.read('Makefile')).toContain('PATCHLEVEL');
    expect(await tree.read('mm/none.c')).toBeNull();
    expect(await tree.read('Makefile/none')).toBeNull();
  });

  it('reads what the Makefile says', () => {
    expect(versionOf('# nothing')).toBe('0.0.0');
  });
});
