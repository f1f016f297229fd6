/** Subjects say which patch of which version of a series a mail is. */
import { describe, expect, it } from 'vitest';
import { parseSubject } from '../../../src/kernel/series/subject.js';

describe('parseSubject', () => {
  it.each([
    [
      '[PATCH] mm: one',
      { isPatch: true, isReply: false, version: 1, number: undefined, total: undefined, title: 'mm: one' },
    ],
    ['[PATCH v6 34/38] mm: one', { isPatch: true, version: 6, number: 34, total: 38 }],
    ['[PATCH v6 00/38] mm: all', { number: 0, total: 38 }],
    ['[PATCHv3 2/5] mm', { isPatch: true, version: 3, number: 2, total: 5 }],
    ['[RFC PATCH v5 34/36] mm', { isPatch: true, version: 5, number: 34 }],
    ['[RFC v2 3/4] mm', { isPatch: true, version: 2, number: 3 }],
    ['[PATCH 1/2 RESEND] mm', { isResend: true, number: 1 }],
    ['[PATCH mm-unstable v3 1/2] mm', { version: 3, number: 1, title: 'mm' }],
    ['[linux-mm] [PATCH v2 01/10] mm: x [y] z', { version: 2, number: 1, total: 10, title: 'mm: x [y] z' }],
    ['Re: [PATCH v4 35/36] mm:\n one', { isReply: true, number: 35, title: 'mm: one' }],
    ['AW: Re: RE[2]: [PATCH] x', { isReply: true, isPatch: true, title: 'x' }],
    ['  [PATCH 1/2]', { number: 1, title: '' }],
    ['mm: one of 1/2', { isPatch: false, number: undefined, title: 'mm: one of 1/2' }],
    ['[GIT PULL] x', { isPatch: false }],
    ['[DISPATCH 1/2] x', { isPatch: false }],
    ['', { isPatch: false, isReply: false, title: '' }],
  ])('reads %j', (subject, expected) => {
    expect(parseSubject(subject)).toMatchObject(expected);
  });
});
