/** The two token rewrites for a machine whose long has 32 bits. */
import { describe, expect, it } from 'vitest';
import { widen } from '../../../src/kernel/extract/rewrite.js';

describe('the rewrites', () => {
  it.each([
    ['unsigned long x;', 'unsigned long long x;'],
    ['unsigned long long x;', 'unsigned long long x;'],
    ['long long x; long int y;', 'long long x; long long int y;'],
    ['int longing = belong;', 'int longing = belong;'],
    ['1UL << 12', '1ULL << 12'],
    ['0x10ul | 3L | 4LL | 5U | 6ULL', '0x10uLL | 3LL | 4LL | 5U | 6ULL'],
    ['_AC(1, UL) << 2', '_AC(1, ULL) << 2'],
    ['f(L)', 'f(LL)'],
    ['"a long 1UL" /* a long 1UL */', '"a long 1UL" /* a long 1UL */'],
  ])('%s', (from, to) => {
    expect(widen(from).text).toBe(to);
  });

  it('are listed with their line', () => {
    expect(widen('int a;\nlong b = 1L;').rewrites).toEqual([
      { line: 2, from: 'long', to: 'long long' },
      { line: 2, from: '1L', to: '1LL' },
    ]);
  });
});
