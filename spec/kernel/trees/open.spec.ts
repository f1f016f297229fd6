/** Whatever names a kernel tree is opened as what it is, and what is none is refused in one line. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTree } from '../../../src/kernel/trees/open.js';
import { anyOf } from '../../../src/kernel/trees/tree.js';
import { UnavailableError } from '../../../src/kernel/unavailable.js';
import {
  arOf,
  debOf,
  HAS_GIT,
  makeRepository,
  SMALL_TREE,
  tarOf,
  tarOfTree,
  temporaryFolder,
  writeFiles,
  xzOf,
} from '../samples.js';

const folder = temporaryFolder();
afterAll(() => folder.remove());

const at = (name: string) => join(folder.path, name);
const options = { wanted: anyOf(['mm']), env: process.env };
const source = xzOf(tarOfTree());

function fileOf(name: string, bytes: Buffer): string {
  writeFileSync(at(name), bytes);
  return at(name);
}

beforeAll(() => {
  writeFiles(at('linux'), SMALL_TREE);
  if (HAS_GIT) makeRepository(at('repository'), SMALL_TREE);
});

describe('openTree', () => {
  it.each([
    ['a folder', () => at('linux'), undefined],
    ['a repository with a revision', () => at('repository'), 'main'],
    ['an archive', () => fileOf('linux-source-9.8.tar.xz', source), undefined],
    ['a Debian package', () => fileOf('linux-source-9.8_all.deb', debOf(source)), undefined],
  ])('opens %s', async (_name, path, revision) => {
    if (revision !== undefined && !HAS_GIT) return;
    const said: string[] = [];
    const tree = await openTree(path(), { ...options, revision, onReading: () => said.push('reading') });
    expect(said).toEqual(['reading']);
    expect(tree.version).toBe('9.8.7');
    expect(await tree.read('mm/one.c')).toBe(SMALL_TREE['mm/one.c']);
    await tree.close();
  });

  it.each([
    ['nothing', 'nothing there', 66],
    ['debian', 'expected a kernel tree, found nothing', 66],
  ])('refuses %s', async (name, message, exitCode) => {
    const expected = name === 'nothing' ? 'expected a kernel tree, found nothing' : message;
    const onReading = (): void => expect.unreachable();
    await expect(openTree(at(name), { ...options, onReading })).rejects.toMatchObject({
      exitCode,
      message: expect.stringContaining(expected),
    });
  });

  it('refuses a FIFO, and a revision where there can be none', async () => {
    execFileSync('mkfifo', [at('fifo')]);
    await expect(openTree(at('fifo'), options)).rejects.toThrow('expected a kernel tree, found a device, a FIFO');
    await expect(openTree('debian:6.1', { ...options, revision: 'x' })).rejects.toThrow('has no revisions');
    await expect(openTree('debian:sid', options)).rejects.toMatchObject({
      hint: expect.stringContaining('debian:6.1'),
    });
  });
});

describe('a Debian package', () => {
  const open = (name: string, bytes: Buffer) => openTree(fileOf(name, bytes), options);

  it('may hold its files as they are, or with gzip', async () => {
    const data = tarOf([{ path: './usr/src/linux-source-9.8.tar.xz', text: source }]);
    expect((await open('plain.deb', arOf({ 'debian-binary': Buffer.from('2.0'), 'data.tar': data }))).version).toBe(
      '9.8.7',
    );
    expect((await open('gzip.deb', arOf({ 'data.tar.gz/': gzipSync(data) }))).version).toBe('9.8.7');
  });

  it('with nothing of a kernel in it is refused', async () => {
    await expect(open('a.deb', debOf(source, './usr/share/x.tar.xz'))).rejects.toThrow(
      'expected usr/src/linux-source-*.tar.xz in the package, found none',
    );
    await expect(open('b.deb', arOf({ 'debian-binary': Buffer.from('2.0\n') }))).rejects.toThrow(
      'expected a member data.tar.*, found none',
    );
    await expect(open('c.deb', arOf({ 'data.tar.zst': Buffer.from('x') }))).rejects.toThrow(
      'expected data.tar, data.tar.gz or data.tar.xz, found data.tar.zst',
    );
    await expect(open('d.deb', debOf(xzOf(Buffer.from('x'))))).rejects.toThrow('cannot be read as a tar archive');
    await expect(open('e.deb', debOf(source, '../usr/src/linux-source-9.8.tar.xz'))).rejects.toThrow('found none');
  });

  it('that is cut short or broken is refused', async () => {
    const whole = debOf(source);
    for (const length of [100, 300, 700, whole.length - 600]) {
      await expect(open('short.deb', whole.subarray(0, length))).rejects.toThrow(/cut short|found none/);
    }
    const broken = Buffer.from(whole);
    broken.write('nine', 8 + 48);
    await expect(open('broken.deb', broken)).rejects.toThrow('cannot be read as an ar archive: a header is broken');
  });

  it('with a source that is too large is refused before it is read', async () => {
    const data = tarOf([{ path: 'usr/src/linux-source-9.tar.xz', size: 2 ** 31 }]);
    await expect(open('large.deb', arOf({ 'data.tar': data }))).rejects.toThrow('expected a source of at most');
  });
});

describe('debian:VERSION', () => {
  /** A folder with an apt-get that does as told, besides the programs that it needs. */
  function aptThat(name: string, script: string): NodeJS.ProcessEnv {
    const bin = at(name);
    mkdirSync(bin);
    writeFileSync(join(bin, 'apt-get'), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, 'apt-get'), 0o755);
    return { PATH: `${bin}:${process.env.PATH}`, TMPDIR: folder.path };
  }

  it('gets the package through apt, and leaves nothing behind', async () => {
    fileOf('package', debOf(source));
    const env = aptThat(
      'good',
      `[ "$*" = "-q download linux-source-9.8" ] && cp '${at('package')}' ./linux-source-9.8_1%3a9.8.7-2_all.deb`,
    );
    const tree = await openTree('debian:9.8', { ...options, env });
    expect([tree.name, tree.version]).toEqual(['debian:9.8 (1:9.8.7-2)', '9.8.7']);
    expect(readdirSync(folder.path).filter((name) => name.startsWith('ptediff-apt'))).toEqual([]);
  });

  it('says why apt cannot get it', async () => {
    const env = aptThat('bad', "echo 'Reading'; echo 'E: Unable to locate package linux-source-9.9' >&2; exit 100");
    const opening = openTree('debian:9.9', { ...options, env });
    await expect(opening).rejects.toThrow(UnavailableError);
    await expect(opening).rejects.toThrow(
      'linux-source-9.9: apt-get cannot get it: Unable to locate package linux-source-9.9 (does apt-get update help?)',
    );
    const silent = openTree('debian:9.9', { ...options, env: aptThat('silent', 'exit 0') });
    await expect(silent).rejects.toThrow('apt-get cannot get it: nothing came');
  });

  it('needs apt', async () => {
    const opening = openTree('debian:9.8', { ...options, env: { PATH: at('linux') } });
    await expect(opening).rejects.toMatchObject({
      exitCode: 69,
      message: 'linux-source-9.8 comes through apt-get, and there is none: give the path of a kernel tree instead',
    });
  });
});
