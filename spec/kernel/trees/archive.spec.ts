/** Archives give their wanted files, and nothing in them can reach outside, fill the memory or pass for complete. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { InputError } from '../../../src/cases/files.js';
import { openArchive } from '../../../src/kernel/trees/archive.js';
import { anyOf, MAX_FILE_BYTES } from '../../../src/kernel/trees/tree.js';
import { decompressXz } from '../../../src/kernel/trees/xz.js';
import { MAKEFILE, SMALL_TREE, tarOf, tarOfTree, temporaryFolder, xzOf } from '../samples.js';

const folder = temporaryFolder();
afterAll(() => folder.remove());

const wanted = anyOf(['mm', 'include']);
let count = 0;

function fileOf(bytes: Buffer): string {
  const path = join(folder.path, `${count++}.tar.xz`);
  writeFileSync(path, bytes);
  return path;
}

const openBytes = (bytes: Buffer) => openArchive(fileOf(bytes), wanted);
const refused = (items: Parameters<typeof tarOf>[0]) => expect(openBytes(xzOf(tarOf(items)))).rejects;

describe('an archive', () => {
  it.each([
    ['with xz', xzOf],
    ['with gzip', gzipSync],
    ['not at all', (bytes: Buffer) => bytes],
  ])('that is compressed %s gives version and text', async (_name, compress) => {
    const tree = await openBytes(compress(tarOfTree()));
    expect(tree.version).toBe('9.8.7');
    expect(await tree.read('mm/one.c')).toBe(SMALL_TREE['mm/one.c']);
    expect(await tree.read('mm/../include//linux/./one.h')).toBe(SMALL_TREE['include/linux/one.h']);
    expect(await tree.read('mm/two.c')).toBeNull();
    expect(await tree.read('mm')).toBeNull();
  });

  it('keeps what is wanted, and says what it cannot tell about', async () => {
    const tree = await openBytes(xzOf(tarOfTree({ ...SMALL_TREE, 'kernel/fork.c': 'int x;\n', 'mmm.c': '' })));
    expect(await tree.read('kernel/fork.c')).toBeNull();
    expect(['mm/one.c', 'Makefile', 'kernel/fork.c', 'mmm.c'].map((path) => tree.covers(path))).toEqual([
      ...[true, true, false, false],
    ]);
  });

  it('may write its paths with a dot in front', async () => {
    const items = [
      { path: './', type: 'Directory' as const },
      { path: './l/Makefile', text: MAKEFILE },
    ];
    expect((await openBytes(tarOf(items))).version).toBe('9.8.7');
  });

  it('forgets its text when it is closed', async () => {
    const tree = await openBytes(tarOfTree());
    await tree.close();
    expect(await tree.read('mm/one.c')).toBeNull();
  });

  it('of many small pieces and of a large file is read to its end', async () => {
    const large = 'x'.repeat(5_000_000);
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`mm/${at}.c`, `int a${at};\n`]));
    const tree = await openBytes(xzOf(tarOfTree({ ...SMALL_TREE, ...many, 'mm/large.c': large, 'mm/last.c': 'l' })));
    expect((await tree.read('mm/large.c'))?.length).toBe(large.length);
    expect(await tree.read('mm/499.c')).toBe('int a499;\n');
    expect(await tree.read('mm/last.c')).toBe('l');
  });
});

describe('links in an archive', () => {
  const link = (path: string, linkpath: string, type: 'SymbolicLink' | 'Link' = 'SymbolicLink') => ({
    ...{ path: `l/${path}`, linkpath, type },
  });
  const treeWith = (...links: Parameters<typeof tarOf>[0]) =>
    openBytes(tarOf([{ path: 'l/Makefile', text: MAKEFILE }, { path: 'l/mm/one.c', text: 'one' }, ...links]));

  it('are followed inside the tree', async () => {
    const hard = link('include/hard.h', 'l/mm/one.c', 'Link');
    const tree = await treeWith(link('include/a.h', '../mm/b.c'), link('mm/b.c', 'one.c'), hard);
    expect(await tree.read('include/a.h')).toBe('one');
    expect(await tree.read('include/hard.h')).toBe('one');
  });

  it.each(['/etc/passwd', '../../etc/passwd', '..'])('are refused where they lead to %s', async (target) => {
    const tree = await treeWith(link('mm/evil.c', target));
    await expect(tree.read('mm/evil.c')).rejects.toThrow(
      new RegExp(`mm/evil.c: expected a path inside the tree, found a link to ${target}`),
    );
  });

  it('give way to what comes after them', async () => {
    const tree = await treeWith(
      link('mm/a.c', '/etc/passwd'),
      { path: 'l/mm/a.c', text: 'a' },
      link('mm/one.c', 'a.c'),
    );
    expect([await tree.read('mm/a.c'), await tree.read('mm/one.c')]).toEqual(['a', 'a']);
  });

  it('in a circle are refused', async () => {
    const tree = await treeWith(link('mm/a.c', 'b.c'), link('mm/b.c', 'a.c'));
    await expect(tree.read('mm/a.c')).rejects.toThrow('expected a file, found links in a circle');
  });
});

describe('a hostile archive', () => {
  it.each([
    '/etc/passwd',
    '../../etc/passwd',
    'l/../../etc/passwd',
    'l/mm/../one.c',
    'l/mm/a\\b.c',
  ])('with the path %s is refused', async (path) => {
    await refused([{ path, text: 'x' }]).toThrow(`expected paths inside the archive, found "${path}"`);
  });

  it('with two folders at its top is refused', async () => {
    const items = [{ path: 'l/Makefile', text: MAKEFILE }, { path: 'k/mm/one.c' }];
    await refused(items).toMatchObject({
      message: expect.stringContaining('expected one folder at the top, found "l" and "k"'),
      hint: expect.stringContaining('git archive puts all into one with --prefix'),
    });
  });

  it('with a file that is too large is refused before it is read', async () => {
    await refused([{ path: 'l/mm/one.c', size: MAX_FILE_BYTES + 1 }]).toThrow(
      `mm/one.c: expected at most ${MAX_FILE_BYTES} bytes, found ${MAX_FILE_BYTES + 1}`,
    );
  });

  it('with more than any kernel has is refused before it is read', async () => {
    const huge = { path: 'l/drivers/x.c', size: 4 * 1024 ** 3 };
    await refused([huge, { path: 'l/mm/one.c', text: 'x' }]).toThrow('cut short');
    await refused([{ ...huge, size: huge.size + 1 }]).toThrow(`holds more than ${huge.size} bytes`);
  });

  it('with binary content in a wanted file is refused, elsewhere it does not matter', async () => {
    const makefile = { path: 'l/Makefile', text: MAKEFILE };
    await refused([makefile, { path: 'l/mm/one.c', text: 'a\0b' }]).toThrow('expected text, found a zero byte');
    await refused([makefile, { path: 'l/mm/one.c', text: Buffer.from([0xff]) }]).toThrow('expected UTF-8 text');
    const tree = await openBytes(tarOf([makefile, { path: 'l/tools/x.bin', text: Buffer.from([0xff, 0]) }]));
    expect(tree.version).toBe('9.8.7');
  });

  it('without a kernel in it is refused', async () => {
    await refused([{ path: 'l/README', text: 'x' }]).toThrow('expected a kernel tree, found no Makefile at its top');
    await refused([{ path: 'l/Makefile', text: 'all:\n' }]).toThrow('expected VERSION and PATCHLEVEL');
  });
});

describe('a broken archive', () => {
  const whole = xzOf(tarOfTree());

  it.each([
    12,
    40,
    Math.floor(whole.length / 2),
    whole.length - 30,
  ])('that ends after %i bytes is refused as cut short', async (length) => {
    await expect(openBytes(whole.subarray(0, length))).rejects.toThrow(/cut short/);
  });

  it('with a wrong byte is refused as corrupt', async () => {
    const broken = Buffer.from(whole);
    broken[3000] = (broken[3000] ?? 0) ^ 1;
    await expect(openBytes(broken)).rejects.toThrow('cannot be decompressed: it is corrupt');
  });

  it('with a wrong header is refused as corrupt', async () => {
    const odd = Buffer.from(whole);
    odd[7] = 0x0f;
    await expect(openBytes(odd)).rejects.toThrow('cannot be decompressed: it is corrupt');
  });

  it('that ends between two entries is refused as cut short', async () => {
    const tar = tarOf([{ path: 'l/Makefile', text: MAKEFILE }], { end: false });
    await expect(openBytes(xzOf(tar))).rejects.toThrow('the tar archive is cut short');
    await expect(openBytes(tar)).rejects.toThrow('the tar archive is cut short');
  });

  it('that ends inside an entry is refused as cut short', async () => {
    const tar = tarOfTree();
    await expect(openBytes(xzOf(tar.subarray(0, 1600)))).rejects.toThrow('the tar archive is cut short');
    await expect(openBytes(gzipSync(tar).subarray(0, 100))).rejects.toThrow('the tar archive is cut short');
  });

  it('that is no archive at all is refused', async () => {
    for (const bytes of [Buffer.alloc(0), Buffer.from('hello'), Buffer.alloc(4096, 7)]) {
      await expect(openBytes(bytes)).rejects.toThrow(InputError);
    }
    await expect(openBytes(Buffer.alloc(4096, 7))).rejects.toThrow('cannot be read as a tar archive');
  });

  it('in another format is refused with what would be read', async () => {
    const zstd = Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), Buffer.alloc(2048, 1)]);
    await expect(openBytes(zstd)).rejects.toMatchObject({
      message: expect.stringContaining('cannot be read as a tar archive: '),
      hint: 'Archives may be compressed with xz or with gzip.',
    });
  });

  it('leaves the way free for the next one', async () => {
    for (let turn = 0; turn < 3; turn++) {
      await expect(openBytes(whole.subarray(0, 100))).rejects.toThrow(InputError);
      await expect(openBytes(xzOf(tarOf([{ path: '../x' }])))).rejects.toThrow(InputError);
    }
    const [one, two] = await Promise.all([openBytes(whole), openBytes(whole)]);
    expect([one.version, two.version]).toEqual(['9.8.7', '9.8.7']);
  });

  it('passes on what went wrong with its source', async () => {
    async function* failing(): AsyncGenerator<Buffer> {
      yield whole.subarray(0, 100);
      throw new Error('the disk is gone');
    }
    const read = async () => {
      for await (const _piece of decompressXz('x.xz', failing()));
    };
    await expect(read()).rejects.toThrow('the disk is gone');
  });
});
