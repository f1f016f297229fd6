/** Folders of cases are listed the same everywhere, and no output file is ever seen half written. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { InputError, listYaml, OutputError, writeWhole } from '../../src/cases/files.js';
import { temporaryFolder } from '../folders.js';

let dir = '';
beforeEach(() => {
  const made = temporaryFolder();
  dir = made.path;
  return made.remove;
});

const at = (...names: string[]) => join(dir, ...names);

function failure<E extends Error>(kind: new (...args: never[]) => E, action: () => unknown): E {
  try {
    action();
  } catch (error) {
    if (error instanceof kind) return error;
    throw error;
  }
  throw new Error('nothing failed');
}

describe('listYaml', () => {
  const names = (...files: string[]) => {
    for (const name of files) writeFileSync(at(name), '');
  };

  it('finds the YAML files of a folder and its sub-folders, sorted by bytes', () => {
    mkdirSync(at('b'));
    mkdirSync(at('b', 'deep'));
    names('ä.yaml', 'z.yaml', 'B.yaml', 'a10.yaml', 'a9.yaml', 'b/x.yaml', 'b/deep/y.yaml', 'b-c.yaml');
    names('readme.md', 'x.yml', 'x.yaml.bak', '.hidden.yaml');
    const sorted = ['B', 'a10', 'a9', 'b-c', 'b/deep/y', 'b/x', 'z', 'ä'];
    expect(listYaml(dir)).toEqual(sorted.map((name) => at(`${name}.yaml`)));
  });

  it('finds nothing in an empty folder', () => {
    expect(listYaml(dir)).toEqual([]);
  });

  it('refuses a folder that is missing or is none', () => {
    names('file');
    expect(failure(InputError, () => listYaml(at('no')))).toMatchObject({
      message: `${dir}/no: cannot be read: no such file or directory (ENOENT)`,
      exitCode: 66,
    });
    expect(failure(InputError, () => listYaml(at('file'))).message).toMatch(/not a directory \(ENOTDIR\)$/);
  });

  it('refuses a folder or a FIFO with the name of a YAML file', () => {
    mkdirSync(at('x.yaml'));
    expect(failure(InputError, () => listYaml(dir)).message).toBe(`${dir}/x.yaml: expected a file, found a folder`);
    rmSync(at('x.yaml'), { recursive: true });
    spawnSync('mkfifo', [at('x.yaml')]);
    expect(failure(InputError, () => listYaml(dir)).message).toBe(`${dir}/x.yaml: expected a file, found a FIFO`);
  });

  it('takes a linked file inside the folder, and ignores links to anything but cases', () => {
    mkdirSync(at('sub'));
    names('a.yaml', 'sub/c.yaml');
    symlinkSync('a.yaml', at('b.yaml'));
    symlinkSync('sub', at('again'));
    symlinkSync('/etc/hostname', at('notes.txt'));
    symlinkSync('nowhere', at('broken.txt'));
    expect(listYaml(dir)).toEqual([at('a.yaml'), at('b.yaml'), at('sub/c.yaml')]);
  });

  it('refuses a link that leaves the folder, leads nowhere or leads to itself', () => {
    mkdirSync(at('in'));
    mkdirSync(at('in-side'));
    names('out.yaml');
    const refused = (name: string, target: string) => {
      symlinkSync(target, at('in', name));
      const { message, exitCode } = failure(InputError, () => listYaml(at('in')));
      rmSync(at('in', name));
      expect(exitCode).toBe(66);
      return message;
    };
    expect(refused('a.yaml', '../out.yaml')).toMatch(
      /expected a path inside .*\/in, found one that leads to .*out\.yaml$/,
    );
    expect(refused('folder', '../in-side')).toMatch(
      /expected a path inside .*\/in, found one that leads to .*in-side$/,
    );
    expect(refused('up', '..')).toMatch(/expected a path inside/);
    expect(refused('a.yaml', 'nowhere')).toMatch(/no such file or directory \(ENOENT\)$/);
    expect(refused('a.yaml', 'a.yaml')).toMatch(/too many symbolic links encountered \(ELOOP\)$/);
    expect(refused('loop', 'loop')).toMatch(/ELOOP/);
  });
});

describe('writeWhole', () => {
  it('writes a new file and leaves nothing else behind', () => {
    writeWhole(at('report.json'), 'größer\n');
    expect(readFileSync(at('report.json'), 'utf8')).toBe('größer\n');
    expect(readdirSync(dir)).toEqual(['report.json']);
  });

  it('replaces a file by another one and keeps its mode', () => {
    writeFileSync(at('a'), 'old');
    chmodSync(at('a'), 0o640);
    const before = statSync(at('a'));
    writeWhole(at('a'), 'new');
    const after = statSync(at('a'));
    expect(readFileSync(at('a'), 'utf8')).toBe('new');
    expect(after.ino).not.toBe(before.ino);
    expect(after.mode).toBe(before.mode);
  });

  it('replaces the file that a link names, not the link', () => {
    writeFileSync(at('real'), 'old');
    symlinkSync('real', at('link'));
    writeWhole(at('link'), 'new');
    expect(lstatSync(at('link')).isSymbolicLink()).toBe(true);
    expect(readFileSync(at('real'), 'utf8')).toBe('new');
  });

  it('writes every text that UTF-8 can hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', size: 'large' }), (text) => {
        writeWhole(at('a'), text);
        expect(readFileSync(at('a'), 'utf8')).toBe(Buffer.from(text).toString());
      }),
      { numRuns: 30 },
    );
  });

  it('names the path and the reason when it cannot write', () => {
    writeFileSync(at('file'), 'old');
    mkdirSync(at('folder'));
    const message = (...names: string[]) => failure(OutputError, () => writeWhole(at(...names), 'x'));
    expect(message('no', 'a')).toMatchObject({
      message: `${dir}/no/a: cannot be written: no such file or directory (ENOENT)`,
      file: at('no', 'a'),
      exitCode: 74,
    });
    expect(message('folder').message).toMatch(/illegal operation on a directory \(EISDIR\)$/);
    expect(message('file', 'a').message).toMatch(/not a directory \(ENOTDIR\)$/);
    expect(message('x'.repeat(300)).message).toMatch(/name too long \(ENAMETOOLONG\)$/);
    expect(message('a\0\n').message).toMatch(/\/a\\x00\\x0a: cannot be written: /);
    expect(readdirSync(dir).sort()).toEqual(['file', 'folder']);
    expect(readFileSync(at('file'), 'utf8')).toBe('old');
  });

  it.skipIf(process.getuid?.() === 0)('respects a read-only file and a read-only folder', () => {
    writeFileSync(at('a'), 'old', { mode: 0o444 });
    expect(failure(OutputError, () => writeWhole(at('a'), 'new')).message).toMatch(/permission denied \(EACCES\)$/);
    chmodSync(dir, 0o555);
    expect(failure(OutputError, () => writeWhole(at('b'), 'new')).message).toMatch(/permission denied \(EACCES\)$/);
    chmodSync(dir, 0o755);
    expect(readFileSync(at('a'), 'utf8')).toBe('old');
  });

  it('writes to a device directly and reports that it is full', () => {
    expect(failure(OutputError, () => writeWhole('/dev/full', 'x')).message).toBe(
      '/dev/full: cannot be written: no space left on device (ENOSPC)',
    );
    writeWhole('/dev/null', 'x');
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  it('writes to a FIFO directly', async () => {
    spawnSync('mkfifo', [at('fifo')]);
    const reader = spawn('cat', [at('fifo')]);
    const chunks: Buffer[] = [];
    reader.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    writeWhole(at('fifo'), 'through the pipe');
    await once(reader, 'close');
    expect(Buffer.concat(chunks).toString()).toBe('through the pipe');
    expect(statSync(at('fifo')).isFIFO()).toBe(true);
  });

  it('appends to a file that is open under a name in /proc instead of cutting it off', async () => {
    const log = at('log');
    writeFileSync(log, 'before\n');
    const open = openSync(log, 'a');
    const holder = spawn('cat', { stdio: ['pipe', open, 'ignore'] });
    closeSync(open);
    const before = statSync(log).ino;
    writeWhole(`/proc/${holder.pid}/fd/1`, 'after\n');
    holder.stdin?.end();
    await once(holder, 'close');
    expect(readFileSync(log, 'utf8')).toBe('before\nafter\n');
    expect(statSync(log).ino).toBe(before);
  });

  it('writes to a file below /dev like to any other file', () => {
    if (!existsSync('/dev/shm')) return;
    const shared = mkdtempSync('/dev/shm/ptediff-files-');
    try {
      writeWhole(join(shared, 'a'), 'one');
      writeWhole(join(shared, 'a'), 'two');
      expect(readFileSync(join(shared, 'a'), 'utf8')).toBe('two');
    } finally {
      rmSync(shared, { recursive: true });
    }
  });
});
