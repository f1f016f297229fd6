/** Whatever a file was and became: its diff makes the one from the other, and the changed lines are all named. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applySeries } from '../../../src/kernel/series/apply.js';
import { memoryTree } from '../../../src/kernel/trees/memory.js';
import { MAKEFILE } from '../samples.js';
import { bodyOf, diffOf, mailOf, mboxOf, PATH, read } from './mails.js';

// Few different lines, so that places can be mistaken; those of a diff and of a mail among them.
const line = fc.constantFrom(
  'int a;',
  '\tb();',
  '',
  '}',
  '--- a',
  '+++ b',
  '-- ',
  '@@ -1 +1 @@',
  'From here',
  '> c',
  ' ',
  '\\ x',
);
const text = fc.array(line, { minLength: 1, maxLength: 30 }).map((lines) => lines.map((each) => `${each}\n`).join(''));

const encodings: Readonly<Record<string, (diff: string) => string>> = {
  'a diff': (diff) => diff,
  'a mail': (diff) => mailOf({ subject: '[PATCH] x', body: bodyOf(diff) }),
  'an mbox': (diff) => mboxOf(mailOf({ subject: '[PATCH 1/1] x', body: bodyOf(diff) })),
  'a mail in base64': (diff) =>
    mailOf({
      subject: '[PATCH] x',
      headers: ['Content-Transfer-Encoding: base64'],
      body: Buffer.from(bodyOf(diff)).toString('base64'),
    }),
  'a reply': (diff) => mailOf({ subject: 'Re: [PATCH] x', body: `Hm.\n${bodyOf(diff).replaceAll(/^/gm, '> ')}\n` }),
};

describe('a diff', () => {
  it.each(Object.keys(encodings))('as %s makes the new file from the old one', async (name) => {
    await fc.assert(
      fc.asyncProperty(text, text, async (before, after) => {
        fc.pre(before !== after);
        const tree = memoryTree({
          name: 't',
          files: new Map([
            ['Makefile', MAKEFILE],
            [PATH, before],
          ]),
        });
        const [applied] = await applySeries(tree, await read(encodings[name]?.(diffOf(before, after)) ?? ''));
        expect(await applied?.tree.read(PATH)).toBe(after);
        const ranges = applied?.changes[0]?.ranges ?? [];
        const kept = after
          .split('\n')
          .filter((_, at) => !ranges.some(({ start, count }) => at + 1 >= start && at + 1 < start + count));
        const removed = ranges.reduce((sum, range) => sum + range.removed, 0);
        expect(kept).toHaveLength(before.split('\n').length - removed);
      }),
      { numRuns: 200 },
    );
  });
});
