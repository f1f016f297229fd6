/** Text from outside is shown without any character that drives a terminal or reorders a line. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeControl, excerpt } from '../../src/cases/escape.js';

const anyText = fc.string({ unit: 'binary' });
const anyUnits = fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units));

describe('escapeControl', () => {
  it.each([
    ['a colour sequence', '\u001b[31mred', '\\x1b[31mred'],
    ['the 8-bit control sequence introducer', '\u009b2J', '\\x9b2J'],
    ['NUL, bell, backspace and DEL', '\0\u0007\b\u007f', '\\x00\\x07\\x08\\x7f'],
    ['line breaks and tabs', 'a\r\n\tb', 'a\\x0d\\x0a\\x09b'],
    ['the line separators of Unicode', 'a\u2028b\u2029', 'a\\u{2028}b\\u{2029}'],
    ['a right-to-left override and its end', '\u202etxt.exe\u202c', '\\u{202e}txt.exe\\u{202c}'],
    ['isolates and marks of direction', '\u2066a\u2069\u200e\u061c', '\\u{2066}a\\u{2069}\\u{200e}\\u{61c}'],
    ['surrogates without a partner', '\ud83d-\ude00', '\\u{d83d}-\\u{de00}'],
  ])('makes %s visible', (_, text, shown) => {
    expect(escapeControl(text)).toBe(shown);
  });

  it('leaves other text alone, in any script', () => {
    const text = 'set_pte_range() \\ größer, 日本語, 😀';
    expect(escapeControl(text)).toBe(text);
  });

  it('keeps newlines, and nothing else, when asked to', () => {
    expect(escapeControl('a\nb\r\n\tc', { keepNewlines: true })).toBe('a\nb\\x0d\n\\x09c');
  });

  it('leaves no unsafe character in any text', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, anyUnits), (text) => {
        const shown = escapeControl(text);
        expect(shown).not.toMatch(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u);
        expect(Buffer.from(shown).toString()).toBe(shown);
      }),
    );
  });

  it('changes nothing the second time', () => {
    fc.assert(fc.property(anyUnits, (text) => escapeControl(escapeControl(text)) === escapeControl(text)));
  });
});

describe('excerpt', () => {
  it('shows a short text whole', () => {
    expect(excerpt('x'.repeat(60))).toBe('x'.repeat(60));
  });

  it('cuts a long text and says so', () => {
    expect(excerpt('x'.repeat(61))).toBe(`${'x'.repeat(60)}…`);
    expect(excerpt('abcdef', 3)).toBe('abc…');
  });

  it('never cuts a character in two', () => {
    expect(excerpt('😀😀😀', 2)).toBe('😀😀…');
  });

  it('is quick on a huge text', () => {
    expect(excerpt('😀'.repeat(1_000_000), 1)).toBe('😀…');
  });

  it('escapes what it shows', () => {
    expect(excerpt('\u001b[2J\nx')).toBe('\\x1b[2J\\x0ax');
  });
});
