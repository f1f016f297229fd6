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

/** The findings of one fault, in objects that are used again for the next: in the hot loop nothing becomes garbage. */
export class FindingList {
  private readonly pool: { -readonly [K in keyof Finding]: Finding[K] }[] = [];
  count = 0;

  clear(): void {
    this.count = 0;
  }

  /** The finding number `i` below `count`; it is another one as soon as the next fault is judged. */
  at(i: number): Finding {
    return this.pool[i];
  }

  /** Copies of all findings, to be kept. */
  list(): Finding[] {
    return this.pool.slice(0, this.count).map((finding) => ({ ...finding }));
  }

  add(
    field: number,
    site: number,
    legacy: number,
    batched: number,
    word: number,
    entry: AllowEntry | null,
    promise: AllowEntry | null,
  ): void {
    const missing = promise !== null;
    if (this.count === this.pool.length) {
      this.pool.push({ field, site, missing, legacy, batched, word, entry, promise });
    } else {
      const finding = this.pool[this.count];
      finding.field = field;
      finding.site = site;
      finding.missing = missing;
      finding.legacy = legacy;
      finding.batched = batched;
      finding.word = word;
      finding.entry = entry;
      finding.promise = promise;
    }
    this.count++;
  }
}

/** Fields of one kind of column, with their indexes. */
export interface Group {
  readonly field: Field;
  readonly index: number;
}

const groupsOf = (pick: (field: Field) => boolean): Group[] =>
  FIELDS.map((field, index) => ({ field, index })).filter(({ field }) => field.compare !== 'conform' && pick(field));

/** The compared fields of one column of the page slots. */
export interface ColumnFields {
  readonly groups: readonly Group[];
  /** place in `groups` of the field that a bit of the word belongs to, or -1 */
  readonly ofBit: Int8Array;
  /** bits of all compared fields */
  readonly mask: number;
  /** indexed by slot, not by page */
  readonly bySlot: boolean;
}

function columnFields(name: string): ColumnFields {
  const groups = groupsOf((field) => field.column === name);
  const ofBit = new Int8Array(32).map((_, bit) => groups.findIndex(({ field }) => (field.mask & (1 << bit)) !== 0));
  const mask = groups.reduce((bits, { field }) => bits | field.mask, 0);
  return { groups, ofBit, mask, bySlot: name === 'pte' || name === 'pfn' || name === 'maintenance' };
}

/** The compared columns of the page slots, by their index. */
export const COLUMN_FIELDS: readonly ColumnFields[] = SLOT_COLUMNS.map(columnFields);
export const MM_FAULT = groupsOf((field) => field.column === 'mm' && field.group !== 'access');
export const MM_ACCESS = groupsOf((field) => field.group === 'access');

/** Present on both sides. */
export function bothPresent(legacy: Image, batched: Image, slot: number): boolean {
  return (legacy.pte[slot] & batched.pte[slot] & PTE_PRESENT) !== 0;
}
