/** A revision is read from the objects of a repository; what lies in its work tree does not matter. */
import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applySeries } from '../../../src/kernel/series/apply.js';
import { readSeries } from '../../../src/kernel/series/read.js';
import { mailsOf, openGit, startOf } from '../../../src/kernel/trees/git.js';
import { MAX_FILE_BYTES } from '../../../src/kernel/trees/tree.js';
import { UnavailableError } from '../../../src/kernel/unavailable.js';
import { commit, git, HAS_GIT, MAKEFILE, makeRepository, SMALL_TREE, temporaryFolder, writeFiles } from '../samples.js';

const folder = temporaryFolder();
const repository = join(folder.path, 'linux');
const { env } = process;
let first = '';

beforeAll(() => {
  if (!HAS_GIT) return;
  makeRepository(repository, SMALL_TREE);
  first = git(repository, 'rev-parse', 'HEAD');
  git(repository, 'tag', '-a', '-m', 'a tag', 'v9.8');
  symlinkSync('one.c', join(repository, 'mm', 'inside.c'));
  symlinkSync('../../secret', join(repository, 'mm', 'outside.c'));
  symlinkSync('nothing.c', join(repository, 'mm', 'dangling.c'));
  symlinkSync('loop.c', join(repository, 'mm', 'loop.c'));
  writeFileSync(join(repository, 'mm', 'binary.c'), 'a\0b');
  writeFileSync(join(repository, 'mm', 'huge.c'), '');
  truncateSync(join(repository, 'mm', 'huge.c'), MAX_FILE_BYTES + 1);
  commit(repository, { 'mm/one.c': 'second\n', 'mm/empty.c': '' }, 'second');
  writeFiles(repository, { 'mm/one.c': 'not committed\n', 'mm/new.c': 'not committed\n' });
});
afterAll(() => folder.remove());

describe.skipIf(!HAS_GIT)('a revision', () => {
  it.each(['v9.8', 'HEAD~1', 'main^'])('named %s gives version, commit and text', async (revision) => {
    const tree = await openGit(repository, revision, env);
    expect([tree.name, tree.version, tree.commit]).toEqual([`${repository}@${revision}`, '9.8.7', first]);
    expect(await tree.read('mm/one.c')).toBe(SMALL_TREE['mm/one.c']);
    expect(tree.covers('any/thing')).toBe(true);
    await tree.close();
    await tree.close();
  });

  it('may have a short id, or a tag without a message', async () => {
    git(repository, 'tag', 'light', first);
    for (const revision of [first.slice(0, 9), 'light', 'refs/tags/v9.8', 'v9.8^{}']) {
      const tree = await openGit(repository, revision, env);
      expect(tree.commit).toBe(first);
      await tree.close();
    }
  });

  it('cannot have an id that is short for several commits', async () => {
    const many = join(folder.path, 'many');
    makeRepository(many, SMALL_TREE);
    const ids: string[] = [];
    // Some hundred commits, until two of them begin with the four digits that git asks for at least.
    const tree = git(many, 'rev-parse', 'HEAD^{tree}');
    const seen = new Map<string, string>();
    for (let i = 0; ids.length === 0; i++) {
      const id = git(many, 'commit-tree', tree, '-m', String(i));
      const short = id.slice(0, 4);
      if (seen.has(short)) ids.push(short);
      seen.set(short, id);
    }
    await expect(openGit(many, ids[0] ?? '', env)).rejects.toThrow('which is short for several commits');
  });

  it('is read from packed objects, and from a work tree of its own', async () => {
    const packed = join(folder.path, 'packed');
    makeRepository(packed, SMALL_TREE);
    commit(packed, { 'mm/one.c': 'later\n' }, 'second');
    git(packed, 'gc', '-q');
    git(packed, 'pack-refs', '--all');
    expect(git(packed, 'count-objects')).toMatch(/^0 objects/);
    git(packed, 'worktree', 'add', '-q', '--detach', join(folder.path, 'worktree'), 'HEAD~1');
    for (const path of [packed, join(folder.path, 'worktree')]) {
      const tree = await openGit(path, 'main~1', env);
      expect(await tree.read('mm/one.c')).toBe(SMALL_TREE['mm/one.c']);
      await tree.close();
    }
  });

  it('may be what a shallow repository does not have, which is said', async () => {
    const shallow = join(folder.path, 'shallow');
    git(folder.path, 'clone', '-q', '--depth', '1', `file://${repository}`, shallow);
    const hint = 'The repository is shallow: git fetch --unshallow gets the rest.';
    await expect(openGit(shallow, 'HEAD~1', env)).rejects.toMatchObject({ exitCode: 66, hint });
    await expect(mailsOf(shallow, 'HEAD~1..HEAD', env)).rejects.toMatchObject({ exitCode: 66, hint });
    const tree = await openGit(shallow, 'HEAD', env);
    expect(tree.version).not.toBe('');
    await tree.close();
  });

  it('is read whatever the work tree holds, many files at once', async () => {
    const tree = await openGit(repository, 'main', env);
    const paths = [
      'mm/one.c',
      'mm/new.c',
      'mm/empty.c',
      'Makefile',
      'mm/one.c/x',
      'mm/../mm/inside.c',
      'mm/dangling.c',
    ];
    expect(await Promise.all(paths.map((path) => tree.read(path)))).toEqual([
      ...['second\n', null, '', MAKEFILE, null, 'second\n', null],
    ]);
    await tree.close();
  });

  it("can be in a bare repository, in the middle of somebody else's git command", async () => {
    const bare = join(folder.path, 'bare.git');
    git(folder.path, 'clone', '-q', '--bare', repository, bare);
    const tree = await openGit(bare, 'main', { ...env, GIT_DIR: '/nowhere' });
    expect(await tree.read('mm/one.c')).toBe('second\n');
    await tree.close();
  });

  it('refuses what is no text inside the tree, and goes on', async () => {
    const tree = await openGit(repository, 'main', env);
    const refusals = [
      ['mm/outside.c', 'expected a path inside the tree, found a link to ../secret'],
      ['mm/loop.c', 'expected a path inside the tree, found a link'],
      ['mm/binary.c', 'expected text, found a zero byte'],
      ['mm', 'expected a file, found a folder'],
      ['../linux/Makefile', 'expected a path inside the tree'],
      ['mm/one.c\nHEAD:Makefile', 'expected a path inside the tree'],
    ] as const;
    for (const [path, message] of refusals) await expect(tree.read(path)).rejects.toThrow(message);
    expect(await tree.read('mm/one.c')).toBe('second\n');
    await expect(tree.read('mm/huge.c')).rejects.toThrow(`mm/huge.c: expected at most ${MAX_FILE_BYTES} bytes`);
    await expect(tree.read('mm/one.c')).rejects.toThrow('cannot be read: the tree is closed');
  });

  it('that ends while it is read is an error', async () => {
    const tree = await openGit(repository, 'main', env);
    const reading = expect(tree.read('mm/one.c')).rejects.toThrow(/cannot be read: (git ended|the tree is closed)/);
    await tree.close();
    await reading;
  });

  it.each(['v1.0', '--all', 'main; rm -rf x', 'x\ny'])('%j that does not exist is refused', async (name) => {
    await expect(openGit(repository, name, env)).rejects.toMatchObject({
      exitCode: 66,
      message: expect.stringMatching(/linux: expected a revision, found ".*", which git does not know$/),
    });
  });

  it.each([
    ['', 'an empty one'],
    ['main:mm/one.c', '"main:mm/one.c", which is a blob and no commit'],
    ['main:mm', '"main:mm", which is a tree and no commit'],
  ])('%j is refused as what it is, with what would do', async (name, found) => {
    await expect(openGit(repository, name, env)).rejects.toMatchObject({
      exitCode: 66,
      message: expect.stringMatching(/linux: expected a revision, found /),
      hint: 'A tag, a branch or the id of a commit will do, such as v6.12.',
    });
    await expect(openGit(repository, name, env)).rejects.toThrow(found);
  });

  it('without a kernel in it is refused', async () => {
    const other = join(folder.path, 'other');
    makeRepository(other, { 'README.md': 'x\n' });
    await expect(openGit(other, 'main', env)).rejects.toThrow('other@main: expected a kernel tree, found no Makefile');
  });

  it('must be in a repository, at its top', async () => {
    const plain = join(folder.path, 'plain');
    mkdirSync(plain);
    await expect(openGit(plain, 'main', env)).rejects.toThrow('plain: is no git repository: fatal');
    await expect(openGit(join(plain, 'x'), 'main', env)).rejects.toThrow('expected a git repository, found nothing');
    await expect(openGit(join(repository, 'Makefile'), 'main', env)).rejects.toMatchObject({
      message: expect.stringMatching(/expected a git repository, found a file$/),
      hint: 'An archive or a package has one version of the kernel, and no --rev.',
    });
    await expect(openGit(join(repository, 'mm'), 'main', env)).rejects.toThrow('expected the top of a git repository');
    rmSync(plain, { recursive: true });
  });

  it('cannot be read without git', async () => {
    const opening = openGit(repository, 'main', { PATH: folder.path });
    await expect(opening).rejects.toThrow(UnavailableError);
    await expect(opening).rejects.toThrow('a revision of a repository needs git, and there is none');
  });
});

describe.skipIf(!HAS_GIT)('a range of commits', () => {
  it('gives one mail for each, whatever the configuration says', async () => {
    for (const [key, value] of [
      ...[
        ['format.attach', 'true'],
        ['format.coverLetter', 'true'],
        ['diff.noprefix', 'true'],
        ['color.ui', 'always'],
      ],
      ...[
        ['format.subjectPrefix', 'ODD'],
        ['diff.context', '0'],
        ['format.outputDirectory', 'out'],
      ],
    ]) {
      git(repository, 'config', key ?? '', value ?? '');
    }
    const mails = await mailsOf(repository, 'main~1..main', env);
    expect(mails.match(/^From [0-9a-f]{40} /gm)).toHaveLength(1);
    expect(mails).toContain('Subject: [PATCH 1/1] second');
  });

  it('makes the same tree when it is applied', async () => {
    const [old, now] = await Promise.all([openGit(repository, 'main~1', env), openGit(repository, 'main', env)]);
    commit(repository, { 'mm/one.c': 'third\n', 'Documentation/ä.rst': 'x\n' }, 'third: ä\n\nFrom now on\n---\n+++ x');
    git(repository, 'mv', 'mm/inside.c', 'mm/moved.c');
    commit(repository, { 'mm/one.c': 'fourth\n' }, 'fourth');
    const last = await openGit(repository, 'main', env);
    const bytes = Buffer.from(await mailsOf(repository, 'main~2..main', env));
    const applied = await applySeries(now, await readSeries([{ name: 'main', bytes }]));
    for (const path of ['mm/one.c', 'Makefile', 'Documentation/ä.rst']) {
      expect(await applied[1]?.tree.read(path)).toBe(await last.read(path));
    }
    expect(applied[0]?.changes).toMatchObject([
      ...[{ path: 'Documentation/ä.rst' }, { path: 'mm/new.c' }, { path: 'mm/one.c' }],
    ]);
    await Promise.all([old, now, last].map((tree) => tree.close()));
  });

  it('that does not exist, is empty or has merges is refused', async () => {
    const refused = (range: string, message: string) =>
      expect(mailsOf(repository, range, env)).rejects.toThrow(message);
    await refused('v1..main', 'linux@v1..main: expected a range of commits like v6.12..mine, found fatal');
    await refused('--all', 'expected a range of commits like');
    await refused('main..main', 'expected a range of commits like v6.12..mine, found nothing in it');
    git(repository, 'checkout', '-q', '-f', '-b', 'side', 'main~1');
    commit(repository, { 'mm/side.c': 'x\n' }, 'side');
    git(repository, 'merge', '-q', '-m', 'merge', 'main');
    await refused('main~1..side', 'expected a range of commits without merges, found 1');
  });

  it('lies on its first revision, or on where the two branches parted', async () => {
    git(repository, 'checkout', '-q', '-f', '-b', 'parted', 'main~1');
    commit(repository, { 'mm/parted.c': 'x\n' }, 'parted');
    expect(await startOf(repository, 'main~1..parted', env)).toBe('main~1');
    expect(await startOf(repository, 'main~1..', env)).toBe('main~1');
    expect(await startOf(repository, 'main..parted', env)).toBe(git(repository, 'rev-parse', 'main~1'));
    await expect(startOf(repository, 'parted', env)).rejects.toThrow('expected a range of commits like v6.12..mine');
    await expect(startOf(repository, 'none..parted', env)).rejects.toThrow('expected a range of commits');
  });
});
