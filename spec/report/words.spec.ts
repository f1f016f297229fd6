/** Numbers and prose of the text reports. */
import { describe, expect, it } from 'vitest';
import {
  commandLines,
  grouped,
  labelled,
  painter,
  percent,
  plural,
  ranges,
  shortRate,
  table,
  wrap,
} from '../../src/report/words.js';

describe('numbers', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1000, '1,000'],
    [1234567, '1,234,567'],
  ])('%d is grouped as %s', (count, text) => {
    expect(grouped(count)).toBe(text);
  });

  it.each([
    [0, '0.0 %'],
    [0.0001, '<0.1 %'],
    [0.001, '0.1 %'],
    [0.241, '24.1 %'],
    [0.9999, '>99.9 %'],
    [1, '100.0 %'],
  ])('the share %d reads %s: never nothing for something, never all for less', (share, text) => {
    expect(percent(share)).toBe(text);
  });

  it.each([
    [12, '12/s'],
    [512_000, '512k/s'],
    [1_260_000, '1.3M/s'],
  ])('the rate %d reads %s', (rate, text) => {
    expect(shortRate(rate)).toBe(text);
  });

  it('agree with their noun', () => {
    expect([0, 1, 2].map((n) => plural(n, 'class', 'classes'))).toEqual(['0 classes', '1 class', '2 classes']);
    expect(plural(1200, 'fault')).toBe('1,200 faults');
  });

  it.each([
    [[], ''],
    [[4], '4'],
    [[0, 1, 2, 3, 7, 9, 10], '0-3, 7, 9-10'],
  ])('%j in ranges', (numbers, text) => {
    expect(ranges(numbers)).toBe(text);
  });
});

describe('prose', () => {
  it('is wrapped at the width, with the indentation counted', () => {
    expect(wrap('aaa bbb ccc ddd', 9, '  ')).toEqual(['  aaa bbb', '  ccc ddd']);
  });

  it('leaves a word alone that is longer than the line', () => {
    expect(wrap('a bbbbbbbbbbbb c', 5)).toEqual(['a', 'bbbbbbbbbbbb', 'c']);
    expect(wrap('', 5)).toEqual([]);
  });

  it('stands beside its label', () => {
    expect(labelled('seed', 'one two three', 18)).toEqual(['seed     one two', '         three']);
    expect(labelled('seed', '', 18)).toEqual(['seed']);
  });

  it('breaks a command where a shell reads on, between options', () => {
    const command = 'ptediff replay g2 --legacy kernel:a --batched kernel:b';
    expect(commandLines('replay', command, 80)).toEqual([`replay   ${command}`]);
    expect(commandLines('', command, 44, 2)).toEqual([
      '  ptediff replay g2 --legacy kernel:a \\',
      '  --batched kernel:b',
    ]);
  });

  it('has tables without blanks at the end of a line', () => {
    expect(
      table(
        [
          ['a', 'bb', 'c'],
          ['aaa', 'b'],
        ],
        ' ',
      ),
    ).toEqual([' a    bb  c', ' aaa  b']);
    expect(table([])).toEqual([]);
  });

  it('is coloured only if asked', () => {
    expect(painter(false)('red', 'x')).toBe('x');
    expect(painter(true)('red', 'x')).toBe('\u001b[31mx\u001b[39m');
  });
});
