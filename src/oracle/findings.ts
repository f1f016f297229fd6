/** What the judge finds, and where it looks: the compared fields by the column that holds them. */
import { PTE_PRESENT } from '../mm/bits.js';
import { FIELDS, type Field, SLOT_COLUMNS } from '../mm/fields.js';
import type { Image } from '../mm/image.js';
import type { AllowEntry } from './allowlist.js';

/** One difference, or one that was promised and is missing. */
export interface Finding {
  /** index in FIELDS */
  readonly field: number;
  readonly site: number;
  readonly missing: boolean;
  readonly legacy: number;
  readonly batched: number;
  /** fact word of the site */
  readonly word: number;
  /** the entry that explains it, or null */
  readonly entry: AllowEntry | null;
  /** the entry that promised a missing difference, or null */
  readonly promise: AllowEntry | null;
}

/** Fields of one kind of column, with their indexes. */
export interface Group {
  readonly field: Field;
  readonly index: number;
}

const groupsOf = (pick: (field: Field) => boolean): Group[] =>
  FIELDS.map((field, index) => ({ field, index })).filter(({ field }) => field.compare !== 'conform' && pick(field));

/** Fields of each compared column of the page slots, by the column's index, and whether it is indexed by slot. */
export const COLUMN_GROUPS: readonly { readonly groups: readonly Group[]; readonly bySlot: boolean }[] =
  SLOT_COLUMNS.map((name) => ({
    groups: groupsOf((field) => field.column === name),
    bySlot: name === 'pte' || name === 'pfn' || name === 'maintenance',
  }));
export const MM_FAULT = groupsOf((field) => field.column === 'mm' && field.group !== 'access');
export const MM_ACCESS = groupsOf((field) => field.group === 'access');

/** Present on both sides. */
export function bothPresent(legacy: Image, batched: Image, slot: number): boolean {
  return (legacy.pte[slot] & batched.pte[slot] & PTE_PRESENT) !== 0;
}
