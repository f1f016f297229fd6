/** A mistyped word brings up the known word that was meant, and a strange word brings up nothing. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { didYouMean } from '../../src/cases/suggest.js';

const KEYS = ['access', 'address', 'counters', 'folios', 'mapping', 'nr', 'pages', 'soft_dirty', 'young'];

describe('didYouMean', () => {
  it.each([
    ['yong', 'young', 'a missing letter'],
    ['younng', 'young', 'a letter too much'],
    ['yuong', 'young', 'swapped neighbours'],
    ['joung', 'young', 'a wrong letter'],
    ['Young', 'young', 'a capital'],
    ['NR', 'nr', 'capitals in a short word'],
    ['softDirty', 'soft_dirty', 'another way to join words'],
    ['adres', 'address', 'two missing letters'],
  ])('understands %s as %s: %s', (word, meant) => {
    expect(didYouMean(word, KEYS)).toBe(meant);
  });

  it.each([
    'n',
    'rn',
    'xyz',
    'refcount',
    'yooouuung',
    '',
    'y'.repeat(1_000_000),
  ])('suggests nothing for a strange word (case %#)', (word) => {
    expect(didYouMean(word, KEYS)).toBeUndefined();
  });

  it('suggests nothing when nothing is known', () => {
    expect(didYouMean('young', [])).toBeUndefined();
  });

  it('prefers the nearest word, and of equally near ones the first', () => {
    expect(didYouMean('folio', ['polios', 'folios'])).toBe('folios');
    expect(didYouMean('pabes', ['pages', 'paces'])).toBe('pages');
  });

  it('finds a word again after one edit in it', () => {
    const word = fc.stringMatching(/^[a-z]{6,12}$/);
    fc.assert(
      fc.property(word, fc.nat(), fc.constantFrom('drop', 'double', 'swap', 'replace'), (known, at, edit) => {
        const index = at % (known.length - 1);
        const [before, one, two, rest] = [
          known.slice(0, index),
          known[index],
          known[index + 1],
          known.slice(index + 2),
        ];
        const edited = {
          drop: before + two + rest,
          double: before + one + one + two + rest,
          swap: before + two + one + rest,
          replace: `${before}_${two}${rest}`,
        };
        expect(didYouMean(edited[edit], ['something-else', known])).toBe(known);
      }),
    );
  });
});
