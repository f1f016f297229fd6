/** Whatever bytes come in place of an archive, a package or a mail: an answer, or one line that refuses them. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { InputError } from '../../src/cases/files.js';
import { applySeries } from '../../src/kernel/series/apply.js';
import { readSeries } from '../../src/kernel/series/read.js';
import { memoryTree } from '../../src/kernel/trees/memory.js';
import { openTree } from '../../src/kernel/trees/open.js';
import { debOf, MAKEFILE, tarOfTree, temporaryFolder, xzOf } from './samples.js';
import { BEFORE, bodyOf, DIFF, mailOf, mboxOf, PATH } from './series/mails.js';

const folder = temporaryFolder();
afterAll(() => folder.remove());

const base64 = Buffer.from(bodyOf(DIFF)).toString('base64');
const ARCHIVES = [tarOfTree(), xzOf(tarOfTree()), gzipSync(tarOfTree()), debOf(xzOf(tarOfTree()))];
const MAILS = [
  DIFF,
  mboxOf(mailOf({ subject: '[PATCH 1/2] a' }), mailOf({ subject: 'Re: [PATCH v2 2/2] b', body: `> ${DIFF}` })),
  mailOf({ subject: '[PATCH] x', headers: ['Content-Transfer-Encoding: base64'], body: base64 }),
  mailOf({
    subject: '=?utf-8?Q?x?=',
    headers: ['Content-Type: multipart/mixed; boundary=q'],
    body: `--q\n\n${DIFF}\n--q--\n`,
  }),
  mailOf({ subject: 'x', headers: ['Content-Type: text/plain; format=flowed; charset=utf-16'] }),
].map((text) => Buffer.from(text));

/** Bytes with some of them changed, taken out, doubled or cut off. */
function damaged(samples: readonly Buffer[]): fc.Arbitrary<Buffer> {
  const damage = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    kind: fc.constantFrom('flip', 'zero', 'cut', 'remove', 'double', 'insert'),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 20 }),
  });
  return fc.tuple(fc.constantFrom(...samples), fc.array(damage, { minLength: 1, maxLength: 4 })).map(([sample, list]) =>
    list.reduce((bytes, { at: place, kind, bytes: other }) => {
      const at = Math.floor(place * bytes.length);
      const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
      const rest = after.subarray(other.length);
      if (kind === 'cut') return before;
      if (kind === 'remove') return Buffer.concat([before, rest]);
      if (kind === 'double') return Buffer.concat([bytes, after]);
      if (kind === 'insert') return Buffer.concat([before, other, after]);
      return Buffer.concat([before, kind === 'zero' ? Buffer.alloc(other.length) : other, rest]);
    }, Buffer.from(sample)),
  );
}

async function answerOrRefusal(action: () => Promise<unknown>): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    expect(error.message).not.toContain('\n');
    expect(error.message.length).toBeLessThan(1000);
  }
}

describe('damaged bytes', () => {
  const file = join(folder.path, 'damaged');
  const tree = memoryTree({
    name: 't',
    files: new Map([
      ['Makefile', MAKEFILE],
      [PATH, BEFORE],
    ]),
  });

  it('of an archive give an answer or a refusal', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(damaged(ARCHIVES), async (bytes) => {
        writeFileSync(file, bytes);
        await answerOrRefusal(() => openTree(file, { wanted: () => true, env: {} }));
      }),
      { numRuns: 400, endOnFailure: true },
    );
  });

  it('of mails and diffs give an answer or a refusal', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(damaged(MAILS), async (bytes) => {
        await answerOrRefusal(async () => applySeries(tree, await readSeries([{ name: 'x', bytes }])));
      }),
      { numRuns: 1000, endOnFailure: true },
    );
  });
});
