/** The outcome of a check as a person reads it. */
import { describe, expect, it } from 'vitest';
import { type CheckedItem, renderCheck } from '../../src/report/check_text.js';
import { PLAIN } from './samples.js';

const item = (changes: Partial<CheckedItem> = {}): CheckedItem => ({
  file: 'fixtures/cases/a.yaml',
  name: 'a case',
  ok: true,
  kind: 'fixture',
  message: '',
  ...changes,
});

describe('a check', () => {
  it('counts what passed, by kind', () => {
    expect(renderCheck([item(), item(), item({ kind: 'witness' })], PLAIN)).toBe(
      'fixture     2 of 2 passed\nwitness     1 of 1 passed\ncheck: all 3 passed\n',
    );
  });

  it('says why something failed, first', () => {
    const failed = item({ ok: false, message: 'final.row: expected "o...", found "y..."' });
    expect(renderCheck([item(), failed], PLAIN)).toBe(
      [
        'FAIL fixtures/cases/a.yaml: fixture a case',
        '  final.row: expected "o...", found "y..."',
        '',
        'fixture     1 of 2 passed',
        'check: 1 failure in 2',
        '',
      ].join('\n'),
    );
  });

  it('gives each thing that is wrong a line of its own, and notes as well', () => {
    const failed = item({ ok: false, message: 'a:1:1: one\na:2:1: two' });
    expect(renderCheck([failed, item({ note: 'expects nothing' })], PLAIN)).toContain(
      '\n  a:1:1: one\n  a:2:1: two\nnote: fixtures/cases/a.yaml: fixture expects nothing\n\n',
    );
  });

  it('does not call nothing a success', () => {
    expect(renderCheck([], PLAIN)).toBe('check: nothing to check\n');
  });

  it('never lets a file control the terminal', () => {
    const hostile = '\u001b[2J\n';
    const text = renderCheck(
      [item({ ok: false, file: hostile, name: hostile, message: hostile, note: hostile })],
      PLAIN,
    );
    expect(text).not.toMatch(/(?!\n)\p{Cc}/u);
  });
});
