/** The dial of one populated entry: what it maps is counted in many places, and every count follows the entry. */
import { FOLIO_MLOCKED, PTE_MIGRATION, PTE_PRESENT, PTE_SWAP } from '../../mm/bits.js';
import { MM_ANONPAGES, MM_SWAPENTS, NR_ANON_MAPPED, NR_MLOCK } from '../../mm/fields.js';
import type { Image } from '../../mm/image.js';
import { ANON_PFN_BASE, type Scene } from '../../mm/scene.js';
import { adjustLruvec, dropPageMap, rssWord } from '../../mm/zap.js';
import type { Case } from '../case.js';
import { deriveEntry } from '../derive.js';
import { entryFlags, entryPfn } from '../load.js';
import { type Stage, SweepDial } from './dial.js';

/** The entry in one slot, as a character of page art; `.` is none. */
export class EntryDial extends SweepDial<string> {
  constructor(
    characters: readonly string[],
    private readonly slot: number,
  ) {
    super(characters);
  }

  write(plain: Case, character: string): void {
    const row = [...plain.row.padEnd(plain.span, '.')];
    row[this.slot] = character;
    plain.row = row.join('').replace(/\.+$/, '');
  }

  of(plain: Case): string {
    return plain.row[this.slot] ?? '.';
  }

  turn({ scene, base }: Stage, from: number, to: number): void {
    const { slot } = this;
    if (this.values[from] !== '.') withdrawEntry(scene, base, slot);
    const character = this.values[to];
    const flags = entryFlags(scene, character);
    base.pte[slot] = flags;
    base.pfn[slot] = flags === 0 ? 0 : entryPfn(scene, slot, flags, character === 'a');
    if (flags !== 0) deriveEntry(scene, base, slot);
  }
}

/** Takes back what deriveEntry() counted for the entry, without any of the side effects that zapping it would have. */
function withdrawEntry(scene: Scene, image: Image, slot: number): void {
  const flags = image.pte[slot];
  if ((flags & PTE_SWAP) !== 0) image.count(MM_SWAPENTS, -1);
  const page = slot + scene.shift;
  const folio = scene.headOf[page];
  if ((flags & PTE_MIGRATION) !== 0) image.count(rssWord(image, folio), -1);
  if ((flags & PTE_PRESENT) === 0) return;
  if (image.pfn[slot] >= ANON_PFN_BASE) {
    image.count(MM_ANONPAGES, -1);
    adjustLruvec(image, NR_ANON_MAPPED, -1);
    return;
  }
  dropPageMap(scene, image, page, 1);
  image.refcount[folio]--;
  image.count(rssWord(image, folio), -1);
  // A small folio is mapped by this entry alone in the mapping, so that the entry's going unlocks it.
  if (!scene.mlocks() || scene.folioPages[folio] > 1) return;
  image.folioClear(folio, FOLIO_MLOCKED);
  image.count(NR_MLOCK, -1);
}
