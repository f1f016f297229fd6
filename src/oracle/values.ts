/** Field values as people write them: kinds of entries, return codes, outcomes. */
import { pmdText, retText } from '../cases/art.js';
import { OUTCOMES } from '../mm/access.js';
import { ASSERTION_LIST } from '../mm/assertions.js';
import {
  PMD_DIRTY,
  PMD_YOUNG,
  PTE_DIRTY,
  PTE_MARKER_UFFD_WP,
  PTE_MIGRATION,
  PTE_PRESENT,
  PTE_SWAP,
  PTE_YOUNG,
} from '../mm/bits.js';
import type { Field } from '../mm/fields.js';
import type { Image } from '../mm/image.js';

const KINDS: Readonly<Record<number, string>> = {
  0: 'none',
  [PTE_PRESENT]: 'present',
  [PTE_SWAP]: 'swap',
  [PTE_MIGRATION]: 'migration',
  [PTE_MARKER_UFFD_WP]: 'marker',
};

/** Bits that an access itself sets, in the page-table entry or in the PMD entry that maps the page. */
export const EFFECT_BITS: readonly (readonly [bit: number, name: string])[] = [
  [PTE_YOUNG, 'young'],
  [PTE_DIRTY, 'dirty'],
  [PMD_YOUNG, 'pmd-young'],
  [PMD_DIRTY, 'pmd-dirty'],
];

function effectText(effect: number): string {
  const names = EFFECT_BITS.filter(([bit]) => (effect & bit) !== 0).map(([, name]) => name);
  return names.join('|') || 'none';
}

/** A value of a field as text. */
export function valueText(field: Field, value: number): string {
  switch (field.name) {
    case 'pte':
      return KINDS[value] ?? String(value);
    case 'ret':
      return retText(value);
    case 'pmd':
      return pmdText(value).replaceAll(' ', '+');
    case 'accessOutcome':
      return OUTCOMES[value] ?? String(value);
    case 'accessEffect':
      return effectText(value);
    case 'pfn':
      return `0x${value.toString(16)}`;
    case 'assertions':
      return (
        ASSERTION_LIST.filter((_, i) => ((value >> i) & 1) === 1)
          .map(({ name }) => name)
          .join('|') || 'none'
      );
    default:
      return String(value);
  }
}

/** The value of a field at a site (slot, index, or 0 for the mm); coverage fields are 0 or 1. */
export function fieldValue(field: Field, image: Image, site: number): number {
  return wordValue(field, field.columnIndex < 0 ? image.mm[field.word] : image.slotColumns[field.columnIndex][site]);
}

/** The value of a field in the word that holds it; coverage fields are 0 or 1. */
export function wordValue(field: Field, word: number): number {
  const value = (word & field.mask) >>> field.shift;
  if (field.compare === 'coverage') return value === 0 ? 0 : 1;
  return field.mask === -1 ? word : value;
}
