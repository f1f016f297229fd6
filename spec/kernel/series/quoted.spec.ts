/** A reply that quotes a patch stands for the patch, as far as it quotes it. */
import { describe, expect, it } from 'vitest';
import { applySeries } from '../../../src/kernel/series/apply.js';
import { quotedTexts } from '../../../src/kernel/series/quoting.js';
import { memoryTree } from '../../../src/kernel/trees/memory.js';
import { MAKEFILE } from '../samples.js';
import { AFTER, BEFORE, bodyOf, DIFF, diffOf, mailOf, mboxOf, PATH, read } from './mails.js';

const base = memoryTree({
  name: 'linux',
  files: new Map([
    ['Makefile', MAKEFILE],
    [PATH, BEFORE],
  ]),
});
const quote = (text: string, prefix: string) => text.replaceAll(/^/gm, prefix);
const replyOf = (body: string) => mailOf({ subject: 'Re: [PATCH 2/9] one', body });

async function applied(mail: string) {
  const [patch] = await applySeries(base, await read(mail));
  return { change: patch?.changes[0], text: await patch?.tree.read(PATH) };
}

/** What an archive on the web makes of a mail: tabs are gone, and so is each first space. */
const damaged = (text: string) => text.replaceAll(/[ \t]+/g, ' ').replaceAll(/^ /gm, '');

describe('a quoted diff', () => {
  it.each(['> ', '>', '>> ', '> > > ', '>>> ', ' > '])('with %j in front of each line is applied', async (prefix) => {
    const { change, text } = await applied(replyOf(`A wrote:\n${quote(bodyOf(DIFF), prefix)}\nFine.\n`));
    expect(text).toBe(AFTER);
    expect(change).toMatchObject({ ignoredSpace: false, missing: 0, ranges: [{ start: 7, count: 1, removed: 1 }] });
  });

  it('is found between what others wrote', async () => {
    const [first, ...rest] = DIFF.split('\n-');
    const body = `${quote(first ?? '', '>>> ')}\n>>\n>> Why?\n>> - because\n>\n> Because.\n\nI see.\n\n${quote(`-${rest.join('\n-')}`, '>>> ')}\n`;
    expect((await applied(replyOf(body))).text).toBe(AFTER);
  });

  it('is applied without white space where that is lost, and says so', async () => {
    const { change, text } = await applied(replyOf(quote(damaged(DIFF), '>>> ')));
    expect(text).toBe(BEFORE.replace('\tif (step < 0)', ' if (step <= 0)'));
    expect(change).toMatchObject({ ignoredSpace: true, ranges: [{ start: 7, count: 1, removed: 1 }] });
  });

  it('may be cut at its end, and says so', async () => {
    const cut = DIFF.split('\n').slice(0, -3).join('\n');
    expect((await applied(replyOf(quote(cut, '> ')))).change).toMatchObject({ missing: 2 });
  });

  it('tells its lines, also in a text that is no mail', async () => {
    const text = `Re: [PATCH v4 35/36] mm: one\n\nFrom: A\n\n> On Monday B wrote:\n${quote(damaged(DIFF), '>>> ')}`;
    const [patch] = await read(text);
    expect(patch).toMatchObject({ title: 'Re: [PATCH v4 35/36] mm: one', quoted: true });
    const { line = 0, header = '' } = patch?.files[0]?.hunks[0] ?? {};
    expect(text.split('\n')[line - 1]).toBe(`>>> ${header}`);
  });

  it('gives way to the patch itself, and to what the reply proposes', async () => {
    const reply = replyOf(quote(diffOf(BEFORE, 'x\n'), '> '));
    const [patch] = await read(mboxOf(reply, mailOf({ subject: '[PATCH] one' })));
    expect(patch).toMatchObject({ title: '[PATCH] one', quoted: false });
    const proposal = await read(replyOf(`${quote(diffOf(BEFORE, 'x\n'), '> ')}\nRather:\n\n${DIFF}`));
    expect(proposal[0]).toMatchObject({ quoted: false, files: [{ hunks: [{ newStart: 4 }] }] });
  });

  it('says where it does not fit, and why', async () => {
    const diff = diffOf(BEFORE.replace('counter += step', 'counter -= step'), AFTER);
    await expect(applied(replyOf(quote(damaged(diff), '>>> ')))).rejects.toThrow(
      /^x\.mbox:\d+: "Re: \[PATCH 2\/9\] one" does not apply: hunk 1 of mm\/counter\.c .* at line \d+: expected "counter -= step;", found "counter \+= step;"$/,
    );
  });

  it('in several replies is refused', async () => {
    const reply = replyOf(quote(DIFF, '> '));
    await expect(read(mboxOf(reply, reply))).rejects.toThrow('expected one reply that quotes a patch, found several');
  });

  it('that is broken in itself is refused', async () => {
    await expect(read(replyOf('--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n-a\n'))).rejects.toThrow('is cut short');
    await expect(read(replyOf(quote(DIFF.replaceAll(`b/${PATH}`, 'b/../x'), '> ')))).rejects.toThrow(
      'outside of the tree',
    );
  });
});

describe('quotedTexts', () => {
  it('separates what different people wrote', () => {
    expect(quotedTexts('a\n> b\n>> c\n> > d\n>\n>>> \n>>>  e\n')).toEqual(['b\n', 'c\nd', '\n e']);
    expect(quotedTexts('nothing\n')).toEqual([]);
    expect(quotedTexts(`${'>'.repeat(100)} x\n> b`)).toEqual(['b']);
  });
});
