/** Mails and diffs that reach for files outside of the tree, end to end: refused in whatever wrapping. */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/cases/files.js';
import { applySeries } from '../../../src/kernel/series/apply.js';
import { memoryTree } from '../../../src/kernel/trees/memory.js';
import { MAKEFILE } from '../samples.js';
import { BEFORE, bodyOf, DIFF, diffOf, mailOf, mboxOf, PATH, read } from './mails.js';

const base64 = (text: string): string => Buffer.from(text).toString('base64').replaceAll(/.{76}/g, '$&\n');
const quotedPrintable = (text: string): string => text.replaceAll('=', '=3D').replaceAll('\t', '=09');
const stuffed = (text: string): string => text.replaceAll(/^(?=[ >])/gm, ' ');
const encoding = (name: string): string[] => ['Content-Type: text/plain', `Content-Transfer-Encoding: ${name}`];

/** How a diff may come. */
const WRAPPINGS: Readonly<Record<string, (diff: string) => string>> = {
  'a diff': (diff) => diff,
  'a diff with CRLF': (diff) => diff.replaceAll('\n', '\r\n'),
  'a mail': (diff) => mailOf({ subject: '[PATCH] x', body: bodyOf(diff) }),
  'an mbox': (diff) => mboxOf(mailOf({ subject: '[PATCH v2 1/1] x', body: bodyOf(diff) })),
  'a mail in quoted-printable': (diff) =>
    mailOf({ subject: '[PATCH] x', headers: encoding('quoted-printable'), body: quotedPrintable(bodyOf(diff)) }),
  'a mail in base64': (diff) =>
    mailOf({ subject: '[PATCH] x', headers: encoding('base64'), body: base64(bodyOf(diff)) }),
  'a flowed mail': (diff) =>
    mailOf({
      subject: '[PATCH] x',
      headers: ['Content-Type: text/plain; format=flowed'],
      body: stuffed(bodyOf(diff)),
    }),
  'a reply': (diff) => mailOf({ subject: 'Re: [PATCH] x', body: bodyOf(diff).replaceAll(/^/gm, '>>> ') }),
};

const OUTSIDE = ['../../etc/passwd', 'mm/../../x.c', '.git/config', './mm/counter.c', 'mm//counter.c', 'mm\\..\\x.c'];

const tree = () =>
  memoryTree({
    name: 't',
    files: new Map([
      ['Makefile', MAKEFILE],
      [PATH, BEFORE],
    ]),
  });

describe.each(Object.entries(WRAPPINGS))('%s', (_name, wrap) => {
  it('that changes a file of the tree is applied', async () => {
    const [applied] = await applySeries(tree(), await read(wrap(DIFF)));
    expect(applied?.changes.map(({ path }) => path)).toEqual([PATH]);
  });

  it.each(OUTSIDE)('that names %s is refused in one line', async (path) => {
    const refused = read(wrap(diffOf('a\n', 'b\n', path)));
    await expect(refused).rejects.toThrow(InputError);
    await expect(refused).rejects.toThrow(/found one that changes a file outside of the tree[^\n]*$/);
  });
});

describe('a series', () => {
  const numbered = (version: string, number: number, diff: string): string =>
    mailOf({ subject: `[PATCH${version} ${number}/2] part ${number}`, body: bodyOf(diff) });
  const second = diffOf(BEFORE.replace('step < 0', 'step <= 0'), BEFORE.replace('step < 0', 'step <= 1'));
  const outside = diffOf('a\n', 'b\n', '../x.c');

  it('is applied in its newest version, in the order of its numbers, whatever the order of its mails', async () => {
    const older = [numbered('', 1, diffOf(BEFORE, 'x\n')), numbered('', 2, diffOf('x\n', 'y\n'))];
    const mails = mboxOf(numbered(' v2', 2, second), ...older, numbered(' v2', 1, DIFF)).replaceAll('\n', '\r\n');
    const applied = await applySeries(tree(), await read(mails));
    expect(applied).toHaveLength(2);
    expect(await applied[1]?.tree.read(PATH)).toContain('step <= 1');
  });

  it('is refused as a whole where one of its patches reaches outside', async () => {
    await expect(read(mboxOf(numbered('', 1, DIFF), numbered('', 2, outside)))).rejects.toThrow('outside of the tree');
  });

  it('is refused even where only an older version reaches outside', async () => {
    const older = [numbered('', 1, outside), numbered('', 2, outside)];
    const newer = [numbered(' v2', 1, DIFF), numbered(' v2', 2, second)];
    await expect(read(mboxOf(...newer, ...older))).rejects.toThrow('outside of the tree');
    expect(await read(mboxOf(...newer))).toHaveLength(2);
  });
});
