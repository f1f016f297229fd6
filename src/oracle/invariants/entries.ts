/**
 * The page table after a fault: one pass over the slots counts what the entries map (I7, I10, and the sums for I1, I3
 * and I4) and notes where the fault changed something; a second one looks closer there (I5 to I7, I9 to I13, I17, I18).
 */
import {
  FILE_REGULAR,
  FOLIO_FRESH,
  FOLIO_MLOCKED,
  PTE_CONT,
  PTE_DIRTY,
  PTE_PRESENT,
  PTE_SOFT_DIRTY,
  PTE_SWAP,
  PTE_UFFD_WP,
  PTE_WRITE,
  PTE_YOUNG,
} from '../../mm/bits.js';
import type { Image } from '../../mm/image.js';
import { ANON_PFN_BASE, COW_PFN_BASE, PFN_BASE } from '../../mm/scene.js';
import { I5, I6, I7, I9, I10, I11, I12, I13, I17, I18, I21, I22 } from './catalogue.js';
import { COUNTS, type Context } from './context.js';

/** Stored, flushed and reported once each. */
const ONCE_EACH = 0x010101;
/** Reported to the MMU cache once: what an access-flag fault does. */
const MMU_CACHE_ONCE = 0x010000;
const WRITABLE_WP = PTE_UFFD_WP | PTE_WRITE;
const YOUNG_DIRTY = PTE_YOUNG | PTE_DIRTY;

/** Counts all entries and notes those that the fault touched. */
export function countEntries(c: Context): void {
  const { scene, before, after, quiet, own, touched } = c;
  const { span, shift, headOf } = scene;
  const flagsNow = after.pte;
  const flagsThen = before.pte;
  const pfnNow = after.pfn;
  const pfnThen = before.pfn;
  const counts = after.maintenance;
  let seen = 0;
  let count = 0;
  for (let slot = 0; slot < span; slot++) {
    const flags = flagsNow[slot];
    if (flags !== flagsThen[slot] || pfnNow[slot] !== pfnThen[slot] || (counts[slot] & COUNTS) !== quiet) {
      touched[count++] = slot;
    }
    if (flags === 0) continue;
    seen |= flags;
    // Most entries map the page of the file that belongs there.
    const page = slot + shift;
    const ordinary = (flags & (PTE_PRESENT | PTE_UFFD_WP)) === PTE_PRESENT && page >= 0 && page < span;
    if (ordinary && pfnNow[slot] === PFN_BASE + headOf[page] + page) own[page]++;
    else countEntry(c, slot, flags, pfnNow[slot]);
  }
  c.flagsSeen = seen;
  c.touchedCount = count;
}

/** Inspects the entries that the fault touched. */
export function inspectTouched(c: Context): void {
  for (let i = 0; i < c.touchedCount; i++) {
    const slot = c.touched[i];
    if (c.lastMade === slot - 1 && continuesRun(c, slot)) {
      c.made++;
      if (c.scene.headOf[slot + c.scene.shift] === c.folio) c.madeInFolio++;
      c.lastMade = slot;
    } else {
      inspectChange(c, slot);
    }
  }
}

/**
 * Is the entry a new one that differs from its neighbour before it, which was inspected, in the page frame alone? Then
 * everything that was said of the neighbour can be said of it. The faulting entry and its neighbour are looked at.
 */
function continuesRun(c: Context, slot: number): boolean {
  const { scene, before, after } = c;
  if (slot === c.slot || slot - 1 === c.slot || slot === c.raceSlot) return false;
  if ((before.pte[slot] | before.pfn[slot]) !== 0 || (after.maintenance[slot] & COUNTS) !== ONCE_EACH) return false;
  if (after.pte[slot] !== after.pte[slot - 1] || after.pfn[slot] !== after.pfn[slot - 1] + 1) return false;
  const page = slot + scene.shift;
  if (page >= c.iSize || page >= scene.span || scene.headOf[page] !== scene.headOf[page - 1]) return false;
  if (scene.hwpoison[page] !== 0 || slot >= scene.vmaStart + scene.vmaPages) return false;
  return c.around && slot > c.from && slot <= c.to;
}

/**
 * Adds the slots in which the entries of two states differ to those that were touched.
 * @returns false if they differ in more than young bits; the slots are to be counted anew then
 */
export function touchYoung(c: Context, counted: Image, other: Image): boolean {
  const { span } = c.scene;
  const now = other.pte;
  const then = counted.pte;
  let next = 0;
  const known = c.touchedCount;
  for (let slot = 0; slot < span; slot++) {
    const changed = now[slot] ^ then[slot];
    if (changed === 0) continue;
    if ((changed & ~PTE_YOUNG) !== 0) return false;
    while (next < known && c.touched[next] < slot) next++;
    if (next === known || c.touched[next] !== slot) c.touched[c.touchedCount++] = slot;
  }
  for (let i = known; i < c.touchedCount; i++) putInOrder(c.touched, i);
  return true;
}

/** Moves the value at `end` to where it belongs among those before it, which are in order. Allocates nothing. */
function putInOrder(values: Int32Array, end: number): void {
  const value = values[end];
  let at = end;
  for (; at > 0 && values[at - 1] > value; at--) values[at] = values[at - 1];
  values[at] = value;
}

/** What the entry maps: a page of the file (I7), a private copy, or nothing that is resident. */
function countEntry(c: Context, slot: number, flags: number, pfn: number): void {
  const { scene } = c;
  if ((flags & PTE_PRESENT) === 0) {
    if ((flags & PTE_SWAP) !== 0) c.swaps++;
    else if (pfn !== 0) c.migrations++;
    return;
  }
  if ((flags & WRITABLE_WP) === WRITABLE_WP) c.bad |= I10;
  const page = slot + scene.shift;
  if (page >= 0 && page < scene.span && pfn === PFN_BASE + scene.headOf[page] + page) {
    c.own[page]++;
  } else if (pfn >= COW_PFN_BASE) {
    c.anon++;
    c.own[scene.span + pfn - COW_PFN_BASE]++;
  } else if (pfn >= ANON_PFN_BASE) {
    c.anon++;
    if (pfn !== ANON_PFN_BASE + slot) c.bad |= I7;
  } else {
    c.bad |= I7;
    const other = scene.pageOfPfn(pfn);
    if (other >= 0) c.own[other]++;
    else c.stray++;
  }
}

/** A slot that the fault touched: a new entry, or a change of one that existed (I13). */
function inspectChange(c: Context, slot: number): void {
  const { before, after } = c;
  const was = before.pte[slot];
  const is = after.pte[slot];
  const none = was === 0 && before.pfn[slot] === 0;
  const changed = is !== was || after.pfn[slot] !== before.pfn[slot];
  if (changed && (is & PTE_PRESENT) !== 0 && (none || (c.replacesMarker && slot === c.slot))) {
    inspectNew(c, slot, is);
    return;
  }
  const counts = after.maintenance[slot] & COUNTS;
  const expected = c.setsFlags && slot === c.slot ? MMU_CACHE_ONCE : c.quiet;
  if (counts !== expected && !(none && !changed && counts === ONCE_EACH && wasEvicted(c, slot))) c.bad |= I17;
  if (!changed) return;
  if (none) c.bad |= I17;
  else if (!mayChange(c, slot, was, is)) c.bad |= I13;
}

function mayChange(c: Context, slot: number, was: number, is: number): boolean {
  const { scene, before, after } = c;
  const pfn = before.pfn[slot];
  if (is === 0 && after.pfn[slot] === 0) {
    if (slot === c.slot && c.clearsMarker) return true;
    return (was & PTE_PRESENT) !== 0 && pfn === scene.pfnOf(slot + scene.shift) && wasEvicted(c, slot);
  }
  if (after.pfn[slot] !== pfn) return false;
  if (slot === c.slot && c.setsFlags) {
    const dirty = c.write ? PTE_DIRTY | (scene.arch.softDirty ? PTE_SOFT_DIRTY : 0) : 0;
    if (is === (was | PTE_YOUNG | dirty)) return true;
  }
  // Folding gathers young and dirty over the block (contpte_try_fold()).
  if (scene.arch.contPtes === 0) return false;
  return ((is ^ was) & ~(PTE_CONT | YOUNG_DIRTY)) === 0 && (was & ~is & YOUNG_DIRTY) === 0;
}

/** __do_fault() of 6.12: a poisoned page takes all entries of its folio with it, even those that were just made. */
function wasEvicted(c: Context, slot: number): boolean {
  if (!c.poisoned || !c.rules.unmapsWholeFolio) return false;
  const page = slot + c.scene.shift;
  return page >= c.folio && page < c.folio + c.scene.folioPages[c.folio];
}

/** An entry that was not there before. */
function inspectNew(c: Context, slot: number, flags: number): void {
  const counts = c.after.maintenance[slot] & COUNTS;
  if (slot === c.raceSlot && counts === 0 && isRacing(c, slot, flags)) return;
  if (counts !== ONCE_EACH) c.bad |= I17;
  c.made++;
  if (slot === c.slot) c.slotMade = true;
  inspectFlags(c, slot, flags);
  const { scene } = c;
  const page = slot + scene.shift;
  const folio = page >= 0 && page < scene.span ? scene.headOf[page] : -1;
  if (slot < scene.vmaStart || slot >= scene.vmaStart + scene.vmaPages || !inReach(c, slot, folio)) c.bad |= I5;
  const pfn = c.after.pfn[slot];
  if (c.cow) {
    const spare = scene.span + pfn - COW_PFN_BASE;
    if (pfn < COW_PFN_BASE || c.before.refcount[spare] !== 0) c.bad |= I21;
    return;
  }
  if (pfn >= ANON_PFN_BASE) c.bad |= I7;
  if (folio >= 0) inspectNewOfFile(c, slot, flags, page, folio);
}

/** The entry of another thread, which no setter of this fault made. */
function isRacing(c: Context, slot: number, flags: number): boolean {
  const young = c.newYoung ? PTE_YOUNG : 0;
  const folded = (flags & PTE_CONT) !== 0 ? PTE_CONT | YOUNG_DIRTY : 0;
  if (((flags ^ (c.prot | young)) & ~folded) !== 0) return false;
  return c.after.pfn[slot] === c.scene.pfnOf(slot + c.scene.shift);
}

/** Permissions, dirty, uffd-wp (I10, I11), and the young bit of prefaulted entries (I9). */
function inspectFlags(c: Context, slot: number, flags: number): void {
  const folded = (flags & PTE_CONT) !== 0;
  const expected = slot === c.slot && c.replacesMarker ? c.expectedWp : c.expected;
  const difference = (flags ^ expected) & ~(PTE_YOUNG | PTE_CONT | (folded ? PTE_DIRTY : 0));
  if ((difference & PTE_UFFD_WP) !== 0) c.bad |= I10;
  if ((difference & ~PTE_UFFD_WP) !== 0) c.bad |= I11;
}

/** May this fault have made an entry in the slot? The faulting one, the window, a folio that is mapped whole. */
function inReach(c: Context, slot: number, folio: number): boolean {
  if (slot === c.slot) return true;
  if (c.around && slot >= c.from && slot <= c.to) return true;
  return folio >= 0 && mappedWhole(c, folio);
}

/** Is the folio one that this kernel maps whole: by finish_fault(), or where it reaches into the window? */
function mappedWhole(c: Context, folio: number): boolean {
  if (c.whole && folio === c.folio) return true;
  if (!c.around || !c.rules.aroundWholeFolio || c.scene.folioPages[folio] === 1) return false;
  const first = folio - c.scene.shift;
  return first <= c.to && first + c.scene.folioPages[folio] > c.from;
}

function inspectNewOfFile(c: Context, slot: number, flags: number, page: number, folio: number): void {
  const { scene, after } = c;
  const inFaultFolio = folio === c.folio;
  const ofWhole = c.whole && inFaultFolio;
  if (inFaultFolio) c.madeInFolio++;
  // finish_fault() maps whole folios of shmem across the end of the file, and does not look at the pages' poison.
  if (page >= c.iSize && !(mappedWhole(c, folio) && scene.fileKind !== FILE_REGULAR)) c.bad |= I6;
  const fresh = (after.folio[folio] & FOLIO_FRESH) !== 0;
  if (scene.hwpoison[page] !== 0 && !fresh && !(ofWhole && slot !== c.slot)) c.bad |= I12;
  if (c.mlocks && scene.folioPages[folio] === 1 && (after.folio[folio] & FOLIO_MLOCKED) === 0) c.bad |= I22;
  const prefaulted = c.rules.perPage ? slot !== c.slot : !inFaultFolio;
  if (prefaulted && (flags & PTE_CONT) === 0) {
    const young = c.newYoung && !scene.arch.wantsOldPrefaultedPte;
    if (((flags & PTE_YOUNG) !== 0) !== young) c.bad |= I9;
  }
  compareWithNeighbour(c, slot, flags, folio);
}

/** Neighbouring entries of one folio come from one call (I18), but for one that finish_fault() added on its own. */
function compareWithNeighbour(c: Context, slot: number, flags: number, folio: number): void {
  const last = c.lastMade;
  c.lastMade = slot;
  if (last !== slot - 1 || c.scene.headOf[last + c.scene.shift] !== folio) return;
  const alone = c.faultCalls > 0 && !c.whole;
  if (alone && (slot === c.slot || last === c.slot)) return;
  const other = c.after.pte[last];
  const folded = ((flags | other) & PTE_CONT) !== 0 ? PTE_CONT | YOUNG_DIRTY : 0;
  if (((flags ^ other) & ~folded) !== 0) c.bad |= I18;
}
