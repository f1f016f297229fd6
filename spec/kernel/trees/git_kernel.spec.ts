/** Real trees as repositories: a revision gives the same text as the folder that it was made of. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { extractAll } from '../../../src/kernel/build.js';
import { allFiles, archsOf } from '../../../src/kernel/config.js';
import { featuresOf } from '../../../src/kernel/features.js';
import { openDirectory } from '../../../src/kernel/trees/directory.js';
import { openGit } from '../../../src/kernel/trees/git.js';
import { folderOfEach, git, HAS_GIT } from '../samples.js';

const trees = (process.env.PTEDIFF_KERNEL_TREES ?? '').split(':').filter((path) => path !== '');
const folder = folderOfEach();

describe.skipIf(trees.length > 0)('without PTEDIFF_KERNEL_TREES', () => {
  it('no real tree becomes a repository', () => {
    expect(trees).toEqual([]);
  });
});

describe.skipIf(!HAS_GIT).each(trees)('a repository of %s', (path) => {
  it('gives the text of a tag from packed objects, whatever was committed later and lies in the work tree', async () => {
    const repository = join(folder.path, 'linux');
    const original = openDirectory(path);
    for (const file of [...allFiles(), 'Makefile']) {
      const text = await original.read(file);
      if (text === null) continue;
      mkdirSync(dirname(join(repository, file)), { recursive: true });
      writeFileSync(join(repository, file), text);
    }
    git(repository, 'init', '-q');
    git(repository, 'add', '-A');
    git(repository, 'commit', '-q', '-m', 'base');
    git(repository, 'tag', 'base');
    rmSync(join(repository, 'mm'), { recursive: true });
    git(repository, 'commit', '-q', '-a', '-m', 'no mm');
    git(repository, 'gc', '-q');
    rmSync(join(repository, 'include'), { recursive: true });

    const tree = await openGit(repository, 'base', process.env);
    const archs = await archsOf(tree);
    const [fromGit, fromFolder] = [await extractAll(tree, archs), await extractAll(original, archs)];
    await tree.close();
    expect(fromGit.map(({ files }) => files)).toEqual(fromFolder.map(({ files }) => files));
    expect(featuresOf(fromGit)).toEqual(featuresOf(fromFolder));
    await expect(extractAll(await openGit(repository, 'main', process.env), archs)).rejects.toThrow('not defined');
  }, 300_000);
});
