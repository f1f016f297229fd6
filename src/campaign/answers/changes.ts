/**
 * What a fault changed in an image, as text that people can read and that gives every word back:
 * `pte[4*12]=e05 pfn[4*12]=1005+ ret=100` is the same entry in slots 4 to 15, page frames that count up, and the
 * fault's return value. Values are hexadecimal words. Names are those of columns and fields, long ones shortened; a
 * name with parentheses counts calls.
 */
import { SET_SHIFT } from '../../mm/bits.js';
import { ACCESS_FAULTS, ALL_SLOT_COLUMNS, CALLS_SET_PTES, FIELDS } from '../../mm/fields.js';
import type { Image } from '../../mm/image.js';

const SHORT: Readonly<Record<string, string>> = {
  maintenance: 'done',
  refcount: 'ref',
  nrPagesMapped: 'mapped',
  largeMapcount: 'large',
  'calls.flush_icache_pages': 'icache()',
  'calls.set_ptes': 'set()',
  'calls.update_mmu_cache_range': 'mmu()',
  'calls.update_mmu_tlb': 'tlb()',
  'calls.add_mm_counter': 'rss()',
  'calls.mod_lruvec_state': 'stat()',
  'calls.folio_ref_add': 'refs()',
  'calls.mlock_folio': 'mlock()',
};
const shortened = (name: string): string => SHORT[name] ?? name;

const COLUMN_NAMES: readonly string[] = ALL_SLOT_COLUMNS.map(shortened);
/** Names of the mm's words; those that a fault's own entry code counts are none of the handler's. */
const MM_NAMES: readonly (readonly [name: string, word: number])[] = FIELDS.filter(({ site }) => site === 'mm')
  .map(({ name, word }) => [shortened(name), word] as const)
  .filter(([, word]) => word !== ACCESS_FAULTS);
const MM_WORD: ReadonlyMap<string, number> = new Map(MM_NAMES);

const MAINTENANCE = ALL_SLOT_COLUMNS.indexOf('maintenance');
/** Bits of a maintenance word that count stores of entries. */
const STORES = 0xff << SET_SHIFT;

/** The word of a column that is compared. */
type Seen = (column: number, word: number) => number;
const everything: Seen = (_, word) => word;

/**
 * With contiguous PTEs the kernel stores entries in pieces, and again when it folds them: how often is no part of an
 * answer.
 */
const withoutStores: Seen = (column, word) => (column === MAINTENANCE ? word & ~STORES : word);

/** How images of an architecture are compared. */
export interface Comparing {
  /** entries of a contiguous block, 0 where there are none */
  readonly contPtes: number;
}

const seenOf = ({ contPtes }: Comparing): Seen => (contPtes === 0 ? everything : withoutStores);
const isCompared = (word: number, { contPtes }: Comparing): boolean => contPtes === 0 || word !== CALLS_SET_PTES;

const hex = (word: number): string => (word >>> 0).toString(16);

/** The words that differ between two images, as text; empty where none does. */
export function changesOf(before: Image, after: Image, arch: Comparing): string {
  const seen = seenOf(arch);
  const items: string[] = [];
  for (const [i, name] of COLUMN_NAMES.entries()) {
    const [old, now] = [before.slotColumns[i], after.slotColumns[i]];
    const value = (slot: number): number => seen(i, now[slot]);
    const isChanged = (slot: number): boolean => slot < now.length && seen(i, old[slot]) !== value(slot);
    for (let slot = 0; slot < now.length; slot++) {
      if (!isChanged(slot)) continue;
      const step = isChanged(slot + 1) && value(slot + 1) === value(slot) + 1 ? 1 : 0;
      let count = 1;
      while (isChanged(slot + count) && value(slot + count) === value(slot) + step * count) count++;
      const range = count === 1 ? String(slot) : `${slot}*${count}`;
      items.push(`${name}[${range}]=${hex(value(slot))}${step === 1 ? '+' : ''}`);
      slot += count - 1;
    }
  }
  for (const [name, word] of MM_NAMES) {
    if (isCompared(word, arch) && before.mm[word] !== after.mm[word]) items.push(`${name}=${hex(after.mm[word])}`);
  }
  return items.join(' ');
}

const ITEM = /^([\w.]+(?:\(\))?)(?:\[(\d{1,3})(?:\*(\d{1,3}))?\])?=([0-9a-f]{1,8})(\+?)$/;

/**
 * Makes the changes in an image.
 * @throws SyntaxError for what changesOf() does not write
 */
export function makeChanges(image: Image, changes: string): void {
  for (const item of changes === '' ? [] : changes.split(' ')) {
    const [, name = '', at, length = '1', digits = '', step = ''] = ITEM.exec(item) ?? [];
    const first = Number.parseInt(digits, 16);
    const column = at === undefined ? undefined : COLUMN_NAMES.indexOf(name);
    const words = column === undefined ? image.mm : image.slotColumns[column];
    const from = column === undefined ? MM_WORD.get(name) : Number(at);
    const count = Number(length);
    if (words === undefined || from === undefined || Number.isNaN(first) || from + count > words.length) {
      throw new SyntaxError(`expected the change of a word, found ${JSON.stringify(item)}`);
    }
    for (let i = 0; i < count; i++) words[from + i] = step === '' ? first : first + i;
  }
}

/** Where an image is not as expected: `pte[4] e05, expected e45`, one for each word. */
export function mismatches(expected: Image, found: Image, arch: Comparing): string[] {
  const seen = seenOf(arch);
  const result: string[] = [];
  const compare = (name: string, word: number, wanted: number): void => {
    if (word !== wanted) result.push(`${name} ${hex(word)}, expected ${hex(wanted)}`);
  };
  for (const [i, name] of COLUMN_NAMES.entries()) {
    const [wanted, words] = [expected.slotColumns[i], found.slotColumns[i]];
    words.forEach((word, slot) => {
      compare(`${name}[${slot}]`, seen(i, word), seen(i, wanted[slot]));
    });
  }
  for (const [name, word] of MM_NAMES) {
    if (isCompared(word, arch)) compare(name, found.mm[word], expected.mm[word]);
  }
  return result;
}
