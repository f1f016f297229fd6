/** Where two images differ, in every word. */
import { ALL_SLOT_COLUMNS, CALLS_SET_PTES, FIELDS } from '../../mm/fields.js';
import type { Image } from '../../mm/image.js';
import type { Duel } from '../duel.js';

/** The words that differ, without those that count what is not compared. */
export function differences(duel: Duel): number[] {
  const [left, right] = [duel.legacy.image.words, duel.batched.image.words];
  const different: number[] = [];
  for (let i = 0; i < left.length; i++) {
    if (left[i] !== right[i] && !isCounted(duel, i, left[i] ^ right[i])) different.push(i);
  }
  return different;
}

/**
 * With contiguous PTEs the kernel writes entries in pieces, and again when it folds them; the model counts one call of
 * set_ptes(), and one store for each entry. How often is compared in neither.
 */
function isCounted({ legacy, scene }: Duel, word: number, bits: number): boolean {
  if (scene.arch.contPtes === 0) return false;
  const { slots, mm } = legacy.image;
  const maintenance = ALL_SLOT_COLUMNS.indexOf('maintenance') * slots;
  if (word >= maintenance && word < maintenance + slots) return (bits & ~0xff) === 0;
  return word === (mm.byteOffset - legacy.image.words.byteOffset) / 4 + CALLS_SET_PTES;
}

/** Column or mm word, and slot. */
export function nameOf({ slots, mm }: Image, word: number): [column: string, slot: number] {
  const compared = ALL_SLOT_COLUMNS.indexOf('nrPagesMapped') * slots;
  if (word < compared) return [ALL_SLOT_COLUMNS[Math.floor(word / slots)] ?? '', word % slots];
  const inMm = word - compared;
  const field = FIELDS.find(({ site, word }) => site === 'mm' && word === inMm);
  if (field !== undefined) return [field.name, 0];
  const behind = word - mm.length;
  return [ALL_SLOT_COLUMNS[Math.floor(behind / slots)] ?? '', behind % slots];
}

/** Names of the columns that differ, each once: disagreements with the same ones are of one kind. */
export function columnsText({ legacy }: Duel, different: readonly number[]): string {
  return [...new Set(different.map((word) => nameOf(legacy.image, word)[0]))].join(', ');
}
