/** Values of fields in words, and how they are cut out of an image. */
import { describe, expect, it } from 'vitest';
import {
  PMD_DIRTY,
  PMD_HUGE,
  PMD_TABLE,
  PMD_WRITE,
  PMD_YOUNG,
  PTE_DIRTY,
  PTE_MARKER_UFFD_WP,
  PTE_MIGRATION,
  PTE_PRESENT,
  PTE_SWAP,
  PTE_YOUNG,
} from '../../src/mm/bits.js';
import { type Field, fieldNamed } from '../../src/mm/fields.js';
import { Image } from '../../src/mm/image.js';
import { fieldValue, valueText } from '../../src/oracle/values.js';

const field = (name: string): Field => {
  const found = fieldNamed(name);
  if (found === undefined) throw new Error(`no field ${name}`);
  return found;
};

describe('a value in words', () => {
  it.each([
    ['pte', 0, 'none'],
    ['pte', PTE_PRESENT, 'present'],
    ['pte', PTE_SWAP, 'swap'],
    ['pte', PTE_MIGRATION, 'migration'],
    ['pte', PTE_MARKER_UFFD_WP, 'marker'],
    ['pte', PTE_SWAP | PTE_PRESENT, '3'],
    ['ret', 0, '0'],
    ['ret', 0x104, 'MAJOR|NOPAGE'],
    ['pmd', 0, 'none'],
    ['pmd', PMD_TABLE, 'table'],
    ['pmd', PMD_HUGE, 'huge'],
    ['pmd', PMD_HUGE | PMD_YOUNG | PMD_DIRTY | PMD_WRITE, 'huge+young+dirty+write'],
    ['accessOutcome', 3, 'no progress'],
    ['accessOutcome', 99, '99'],
    ['accessEffect', 0, 'none'],
    ['accessEffect', PTE_YOUNG | PTE_DIRTY, 'young|dirty'],
    ['accessEffect', PMD_YOUNG, 'pmd-young'],
    ['pfn', 0x40001, '0x40001'],
    ['assertions', 0, 'none'],
    ['assertions', 5, 'cow-nr|set-ptes-none'],
    ['refcount', 7, '7'],
  ])('of %s: %d is %s', (name, value, text) => {
    expect(valueText(field(name), value)).toBe(text);
  });
});

describe('a value in an image', () => {
  const image = new Image(8);

  it('is cut out of its column', () => {
    image.folio[3] = 5 << 24;
    expect(fieldValue(field('entireMapcount'), image, 3)).toBe(5);
  });

  it('of a whole word keeps its sign', () => {
    image.count(field('mmap_miss').word, -2);
    expect(fieldValue(field('mmap_miss'), image, 0)).toBe(-2);
  });

  it('of coverage is whether, not how often', () => {
    image.flushIcachePages(2, 1);
    image.flushIcachePages(2, 1);
    expect([2, 3].map((slot) => fieldValue(field('icache'), image, slot))).toEqual([1, 0]);
  });
});
