/** A series comes out the same however its mails were sent, and what is not a whole series is refused. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { readInputs } from '../../../src/kernel/series/input.js';
import { readSeries } from '../../../src/kernel/series/read.js';
import { commit, git, HAS_GIT, makeRepository, temporaryFolder } from '../samples.js';
import { AFTER, BEFORE, bodyOf, DIFF, diffOf, mailOf, mboxOf, PATH, read, titles } from './mails.js';

const folder = temporaryFolder();
afterAll(() => folder.remove());

const numbered = (number: number, total: number, options: { v?: number; body?: string; tag?: string } = {}) => {
  const { v, body, tag = '' } = options;
  const version = v === undefined ? '' : ` v${v}`;
  const subject = `[${tag}PATCH${version} ${number}/${total}] part ${number} of version ${v ?? 1}`;
  return mailOf({ subject, ...(body === undefined ? {} : { body }) });
};
const cover = (total: number) => numbered(0, total, { body: 'All about it.\n\n -- \n' });

const HUNK_LINES = (await read(DIFF))[0]?.files[0]?.hunks[0]?.lines;

function encoded(encoding: string, body: string, charset = 'utf-8'): string {
  const headers = [`Content-Type: text/plain; charset=${charset}`, `Content-Transfer-Encoding: ${encoding}`];
  return mailOf({ subject: '[PATCH] one', headers, body });
}

function quotedPrintable(text: string): string {
  return text.replaceAll(
    /[=\t\u0080-\u00ff]/g,
    (each) => `=${each.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

const long = BEFORE.replace('return counter', `return counter /* ${'x'.repeat(100)} */`);

describe('a mail', () => {
  const base64 = Buffer.from(bodyOf(DIFF)).toString('base64').replaceAll(/.{76}/g, '$&\n');
  const mixed = [
    ...[
      '--q',
      'Content-Type: text/plain',
      '',
      'See the attachment.',
      '--q',
      'Content-Type: text/x-patch; name="a.patch"',
    ],
    ...['Content-Transfer-Encoding: base64', '', base64, '--q--', ''],
  ].join('\n');

  it.each([
    ['as it is', mailOf({ subject: '[PATCH] one' })],
    ['with CRLF', mailOf({ subject: '[PATCH] one' }).replaceAll('\n', '\r\n')],
    ['in quoted-printable', encoded('quoted-printable', quotedPrintable(bodyOf(DIFF)))],
    [
      'in quoted-printable with soft breaks',
      encoded('quoted-printable', quotedPrintable(bodyOf(DIFF)).replaceAll(/^(.{20})(?=.)/gm, '$1=\n')),
    ],
    ['in base64', encoded('base64', base64)],
    [
      'in base64 with CRLF inside',
      encoded('base64', Buffer.from(bodyOf(DIFF).replaceAll('\n', '\r\n')).toString('base64')),
    ],
    [
      'with its diff attached',
      mailOf({ subject: '[PATCH] one', headers: ['Content-Type: multipart/mixed; boundary=q'], body: mixed }),
    ],
    ['with no white space at the ends of lines', mailOf({ subject: '[PATCH] one' }).replaceAll(/[ \t]+$/gm, '')],
    ['with a byte order mark', `\u{feff}${mailOf({ subject: '[PATCH] one' })}`],
    ['in an mbox', mboxOf(mailOf({ subject: '[PATCH] one' }))],
    ['in an mbox with CRLF', mboxOf(mailOf({ subject: '[PATCH] one' })).replaceAll('\n', '\r\n')],
  ])('%s gives its diff', async (_name, mail) => {
    const [patch] = await read(mail);
    expect(patch).toMatchObject({ title: '[PATCH] one', file: 'x.mbox', quoted: false });
    expect(patch?.files).toMatchObject([{ kind: 'change', oldPath: PATH, newPath: PATH, isText: true }]);
    const lines = patch?.files[0]?.hunks[0]?.lines.map((line) => (line === '' ? ' ' : line));
    expect(lines).toEqual(HUNK_LINES);
  });

  it.each([
    ['utf-8', Buffer.from('é')],
    ['iso-8859-1', Buffer.from([0xe9])],
    ['koi8-r', Buffer.from([0xa3])],
  ])('in %s keeps its letters', async (charset, letter) => {
    const text = diffOf(BEFORE, BEFORE.replace('= 0;', '= 0; // LETTER'));
    const [before, after] = encoded('8bit', bodyOf(text), charset).split('LETTER');
    const [patch] = await read(Buffer.concat([Buffer.from(before ?? ''), letter, Buffer.from(after ?? '')]));
    const added = patch?.files[0]?.hunks[0]?.lines.find((line) => line.startsWith('+'));
    expect(added).toBe(`+\tcounter = 0; // ${charset === 'koi8-r' ? 'ё' : 'é'}`);
  });

  it('has an encoded subject', async () => {
    const subject = '=?UTF-8?Q?=5BPATCH_1/1=5D_=C3=A4?=\n =?UTF-8?Q?nderung?=';
    expect(titles(await read(mailOf({ subject })))).toEqual(['[PATCH 1/1] änderung']);
  });

  it.each([
    ['that looks like a separator', 'From here on it is different\n\nFrom a Mon Sep 17\n'],
    ['that was a separator', 'x\n\n>From a@b Mon Sep 17 00:00:00 2001\n'],
    ['of dashes', '--- a\n+++ b\nno hunk\n---\n'],
  ])('may have a line %s', async (_name, text) => {
    expect(await read(mboxOf(mailOf({ subject: '[PATCH] one', body: text + bodyOf(DIFF) })))).toHaveLength(1);
  });

  it('tells the line of each hunk', async () => {
    const mails = mboxOf(cover(2), numbered(1, 2), numbered(2, 2, { body: bodyOf(DIFF) }));
    const lines = mails.split('\n');
    const patches = await read(mails);
    const found = patches.map(({ files }) => files[0]?.hunks[0]?.line ?? 0);
    expect(found.map((line) => lines[line - 1])).toEqual(patches.map(({ files }) => files[0]?.hunks[0]?.header));
    expect(found[1]).toBeGreaterThan(found[0] ?? 0);
    expect((await read(encoded('base64', base64)))[0]?.files[0]?.hunks[0]?.line).toBeUndefined();
  });
});

describe('format=flowed', () => {
  const flowed = ['Content-Type: text/plain; charset=utf-8; format=flowed'];
  const stuffed = (text: string) => text.replaceAll(/^(?=[ >])/gm, ' ');

  it('has a space more in front of some lines', async () => {
    const [patch] = await read(mailOf({ subject: '[PATCH] one', headers: flowed, body: stuffed(bodyOf(DIFF)) }));
    expect(patch?.files[0]?.hunks[0]?.lines).toEqual(HUNK_LINES);
  });

  it('may have broken long lines', async () => {
    const diff = diffOf(long, long.replace('step < 0', 'step <= 0'));
    const body = stuffed(bodyOf(diff)).replaceAll(/ (?=x{100})/g, ' \n');
    const [patch] = await read(mailOf({ subject: '[PATCH] one', headers: flowed, body }));
    expect(patch?.files[0]?.hunks[0]?.lines).toEqual((await read(diff))[0]?.files[0]?.hunks[0]?.lines);
  });
});

describe('a series', () => {
  it('is in the order of its numbers, without its cover letter and what was said about it', async () => {
    const reply = mailOf({ subject: 'Re: [PATCH 1/2] part 1', body: `> ${DIFF.replaceAll('\n', '\n> ')}\nNo.\n` });
    const mbox = mboxOf(numbered(2, 2), cover(2), reply, numbered(1, 2), mailOf({ subject: 'lunch', body: 'Now?\n' }));
    expect(titles(await read(mbox))).toEqual(['[PATCH 1/2] part 1 of version 1', '[PATCH 2/2] part 2 of version 1']);
  });

  it('stands in a discussion that has other diffs, whole and broken ones', async () => {
    const report = mailOf({ subject: 'WARNING: something', body: `--- a/x\n+++ b/x\n@@ -1,9 +1,9 @@\n a\n` });
    expect(await read(mboxOf(report, mailOf({ subject: 'or else' }), numbered(1, 1)))).toHaveLength(1);
    expect(titles(await read(mailOf({ subject: 'or else' })))).toEqual(['or else']);
    await expect(read(report)).rejects.toThrow('is cut short');
  });

  it('has the newest version of each patch', async () => {
    const old = [1, 2, 3].map((number) => numbered(number, 3));
    const newer = [1, 2].map((number) => numbered(number, 2, { v: 2 }));
    expect(titles(await read(mboxOf(...newer, ...old)))).toEqual([
      '[PATCH v2 1/2] part 1 of version 2',
      '[PATCH v2 2/2] part 2 of version 2',
    ]);
    expect(titles(await read(mboxOf(...old, numbered(2, 3, { v: 2 }))))).toEqual([
      '[PATCH 1/3] part 1 of version 1',
      '[PATCH v2 2/3] part 2 of version 2',
      '[PATCH 3/3] part 3 of version 1',
    ]);
  });

  it('may come twice, through two lists', async () => {
    expect(await read(mboxOf(numbered(1, 1), numbered(1, 1)), numbered(1, 1))).toHaveLength(1);
    const resent = numbered(1, 1, { tag: 'RESEND ', body: bodyOf(diffOf(BEFORE, 'x\n')) });
    expect(titles(await read(mboxOf(resent, numbered(1, 1))))[0]).toContain('RESEND');
  });

  it('of several files is in the order in which they are given when they have no numbers', async () => {
    const other = { name: 'b.diff', text: diffOf(BEFORE, 'x\n') };
    expect(titles(await read({ name: 'z.diff', text: DIFF }, other))).toEqual(['z.diff', 'b.diff']);
    const [one, two] = ['[PATCH] one', '[PATCH v2] one'].map((subject) => mailOf({ subject }));
    expect(titles(await read(one ?? '', mailOf({ subject: '[PATCH] two' }), two ?? ''))).toEqual([
      '[PATCH] two',
      '[PATCH v2] one',
    ]);
  });

  it.skipIf(!HAS_GIT)('may be written by git itself', async () => {
    const repository = join(folder.path, 'repository');
    makeRepository(repository, { [PATH]: BEFORE, 'a.txt': 'a\n' });
    commit(repository, { [PATH]: AFTER }, 'first: change\n\nFrom here on\n\n--- a\n+++ b');
    git(repository, 'mv', PATH, 'mm/other.c');
    commit(repository, { 'mm/new.c': 'int x;\n', 'mm/ü.bin': '\0\u0001' }, 'second: ä');
    const mbox = git(repository, 'format-patch', '--stdout', '--cover-letter', 'HEAD~2');
    const patches = await read(mbox);
    expect(titles(patches)).toEqual(['[PATCH 1/2] first: change', '[PATCH 2/2] second: ä']);
    expect(patches[1]?.files.map(({ kind, newPath, isText }) => [kind, newPath, isText])).toEqual([
      ...[
        ['create', 'mm/new.c', true],
        ['rename', 'mm/other.c', true],
        ['create', 'mm/ü.bin', false],
      ],
    ]);
  });
});

describe('what is no whole series', () => {
  it.each([
    ['a cover letter alone', cover(2), 'x.mbox:1: expected patches, found only the cover letter "[PATCH 0/2] part 0'],
    ['a missing part', mboxOf(numbered(1, 3), numbered(3, 3)), 'expected 3 patches of version 1, found no 2/3'],
    ['many missing parts', numbered(1, 9), 'found no 2/9, 3/9, 4/9, 5/9, 6/9 and 3 more'],
    [
      'a part without a diff',
      mboxOf(numbered(1, 2), numbered(2, 2, { body: 'Oops.\n' })),
      'expected a diff in "[PATCH 2/2]',
    ],
    [
      'two different patches of one number',
      mboxOf(numbered(1, 1), numbered(1, 1, { body: bodyOf(diffOf(BEFORE, 'x\n')) })),
      'found two different',
    ],
    ['numbers and none', mboxOf(numbered(1, 1), mailOf({ subject: '[PATCH] stray' })), 'found "[PATCH] stray" besides'],
    ['no diff', mailOf({ subject: 'hello', body: 'Hello.\n' }), 'x.mbox: expected a patch, found no diff'],
    ['nothing', '', 'x.mbox: expected a patch, found no diff'],
    ['binary rubbish', Buffer.from([0, 255, 10, 0, 254, 13]), 'expected a patch, found no diff'],
    [
      'HTML alone',
      mailOf({ subject: '[PATCH] x', headers: ['Content-Type: text/html'], body: '<p>x</p>' }),
      'found no diff',
    ],
  ])('is refused: %s', async (_name, mail, message) => {
    await expect(read(mail)).rejects.toThrow(message);
    await expect(read(mail)).rejects.toMatchObject({ name: 'InputError', exitCode: 3 });
  });

  it('is refused with the reason where the encoding is broken', async () => {
    const broken = encoded('base64', `#!${Buffer.from(bodyOf(DIFF)).toString('base64').slice(1)}`);
    const hint = 'Its text cannot be decoded: the encoding or the character set is broken.';
    await expect(read(broken)).rejects.toMatchObject({ message: 'x.mbox: expected a patch, found no diff', hint });
    const part = broken.replace('[PATCH]', '[PATCH 1/1]');
    await expect(read(part)).rejects.toMatchObject({ message: expect.stringContaining('expected a diff'), hint });
  });

  it('is refused when a mail has more parts in each other than any mail', async () => {
    const boundary = (at: number) => `--b${at}\nContent-Type: multipart/mixed; boundary=b${at + 1}\n\n`;
    const body = Array.from({ length: 300 }, (_, at) => boundary(at)).join('');
    const mail = mailOf({ subject: '[PATCH] x', headers: ['Content-Type: multipart/mixed; boundary=b0'], body });
    await expect(read(mboxOf(cover(1), mail))).rejects.toThrow(/^x\.mbox:\d+: cannot be read as a mail: Maximum MIME/);
  });
});

describe('a plain diff', () => {
  it.each([
    ['in UTF-16, as some shells write it', Buffer.from(`\u{feff}${DIFF}`, 'utf16le')],
    ['with CRLF', Buffer.from(DIFF.replaceAll('\n', '\r\n'))],
    ['with words in front', Buffer.from(`commit 12\n\n    words\n\n${DIFF}`)],
  ])('may be %s', async (_name, bytes) => {
    const [patch] = await read(bytes);
    expect([patch?.title, patch?.files[0]?.hunks[0]?.lines]).toEqual(['x.mbox', HUNK_LINES]);
  });

  it('may be in an old encoding', async () => {
    const diff = diffOf(BEFORE, BEFORE.replace('= 0;', '= 0; // \u00e9'));
    expect((await read(Buffer.from(diff, 'latin1')))[0]?.files[0]?.hunks[0]?.lines).toContain('+\tcounter = 0; // é');
  });
});

describe('what git log prints', () => {
  it('is refused when it is more than one commit: the newest is first', async () => {
    const log = `commit ${'a'.repeat(40)}\n\n    one\n\n${DIFF}`;
    expect(await read(log)).toHaveLength(1);
    await expect(read(log + log)).rejects.toThrow('expected mails, or the diff of one commit, found 2 commits');
  });
});

describe('readInputs', () => {
  const nothing = Readable.from([]);

  it('reads files, standard input and a FIFO', async () => {
    const file = join(folder.path, 'a.patch');
    const fifo = join(folder.path, 'fifo');
    writeFileSync(file, DIFF);
    execFileSync('mkfifo', [fifo]);
    // Both ends of a FIFO wait for each other.
    const writing = once(spawn('sh', ['-c', `printf z > '${fifo}'`]), 'close');
    const inputs = await readInputs([file, '-', fifo], Readable.from([Buffer.from('x'), Buffer.from('y')]));
    await writing;
    expect(inputs.map(({ name, bytes }) => [name, bytes.toString()])).toEqual([
      ...[
        [file, DIFF],
        ['standard input', 'xy'],
        [fifo, 'z'],
      ],
    ]);
    expect(await readSeries(inputs.slice(0, 1))).toHaveLength(1);
  });

  it('refuses what cannot be read', async () => {
    const failing = (path: string, message: string) =>
      expect(readInputs([path], nothing)).rejects.toMatchObject({ exitCode: 66, message: `${path}: ${message}` });
    await failing(folder.path, 'expected a file with patches, found a folder');
    await failing(join(folder.path, 'no'), 'cannot be read: no such file or directory (ENOENT)');
  });

  it('says that there was nothing where there was nothing', async () => {
    await expect(readInputs(['-'], nothing)).rejects.toMatchObject({
      exitCode: 3,
      message: 'standard input: expected a patch, found nothing: it is empty',
    });
  });

  it('takes gzip off', async () => {
    const [zipped, short] = ['a.mbox.gz', 'b.mbox.gz'].map((name) => join(folder.path, name));
    writeFileSync(zipped ?? '', gzipSync(DIFF));
    writeFileSync(short ?? '', gzipSync(DIFF).subarray(0, 50));
    expect((await readInputs([zipped ?? ''], nothing))[0]?.bytes.toString()).toBe(DIFF);
    await expect(readInputs([short ?? ''], nothing)).rejects.toThrow(
      'b.mbox.gz: cannot be decompressed: unexpected end of file',
    );
  });

  it('refuses what is too large', async () => {
    async function* endless(): AsyncGenerator<Buffer> {
      for (;;) yield Buffer.alloc(1 << 20);
    }
    await expect(readInputs(['-'], endless())).rejects.toThrow(
      'standard input: expected at most 67108864 bytes, found more',
    );
  });
});
