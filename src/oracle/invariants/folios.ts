/**
 * The page cache after a fault: mapcounts and references against what the entries say (I1, I2, I4c), locks (I14),
 * private copies (I21) and mlock (I22). One pass over the folios, and a closer look at those that are not plain.
 */
import {
  ENTIRELY_MAPPED,
  FOLIO_ANON,
  FOLIO_CACHED,
  FOLIO_ENTIRE_SHIFT,
  FOLIO_LOCKED,
  FOLIO_LRU,
  FOLIO_MLOCKED,
  FOLIO_SWAPBACKED,
  FOLIO_UPTODATE,
  HPAGE_PMD_NR,
  PAGE_ANON_EXCLUSIVE,
  PAGE_DCACHE_CLEAN,
  PAGE_MAPCOUNT_MASK,
  PMD_HUGE,
  PTE_PRESENT,
} from '../../mm/bits.js';
import { I1, I2, I4c, I14, I21, I22 } from './catalogue.js';
import type { Context } from './context.js';
import { inspectCounters, plainSums, sums } from './counters.js';

/** What a mapped private copy is. */
const COPY = FOLIO_ANON | FOLIO_SWAPBACKED | FOLIO_UPTODATE | FOLIO_LRU;

/** Flags that ask for a closer look, with the PMD mappings of the folio. */
const UNCOMMON = FOLIO_MLOCKED | (-1 << FOLIO_ENTIRE_SHIFT);

/** Adds up the folios that nothing more is to be asked about; notes the others, and counts their mappings. */
export function countFolios(c: Context): void {
  const { scene, before, after, own, closer } = c;
  const { span, folioPages, otherMaps, otherRefs } = scene;
  const words = after.page;
  const flagsNow = after.folio;
  const flagsThen = before.folio;
  const references = after.refcount;
  const referencesThen = before.refcount;
  plainSums.clear();
  let count = 0;
  for (let folio = 0; folio < span; ) {
    const pages = folioPages[folio];
    const flags = flagsNow[folio];
    const mapcount = words[folio] & PAGE_MAPCOUNT_MASK;
    // Most small folios are as they were, and every number fits: nothing else is to be asked.
    const plain = pages === 1 && flags === flagsThen[folio] && (flags & UNCOMMON) === 0;
    const expected = mapcount + otherRefs[folio] + ((flags & FOLIO_CACHED) !== 0 ? 1 : 0);
    const frozen = expected !== 0 && referencesThen[folio] === 0;
    if (plain && !frozen && mapcount === own[folio] + otherMaps[folio] && references[folio] === expected) {
      if (mapcount !== 0) plainSums.add(flags, own[folio]);
    } else {
      countMappings(c, count, folio, pages);
      closer[count++] = folio;
    }
    folio += pages;
  }
  c.closerCount = count;
}

/** The mappings of a folio that is not plain: of each page as its entries say (I1), and their sums. */
function countMappings(c: Context, at: number, folio: number, pages: number): void {
  const { own } = c;
  const { otherMaps } = c.scene;
  const words = c.after.page;
  const next = folio + pages;
  let maps = 0;
  let mapped = 0;
  let mine = 0;
  for (let page = folio; page < next; page++) {
    const mapcount = words[page] & PAGE_MAPCOUNT_MASK;
    const ours = own[page];
    if (mapcount !== ours + otherMaps[page] && !othersEvicted(c, page, mapcount - ours)) c.bad |= I1;
    if (mapcount !== 0) mapped++;
    maps += mapcount;
    mine += ours;
  }
  c.closerMaps[at] = maps;
  c.closerMapped[at] = mapped;
  c.closerMine[at] = mine;
}

/** Inspects the folios that are not plain, every spare page, and the counters that are sums over all of them. */
export function inspectFolios(c: Context): void {
  const { scene, after } = c;
  sums.beginWith(plainSums);
  for (let i = 0; i < c.closerCount; i++) inspectFolio(c, i);
  for (let page = scene.span; page < after.slots; page++) inspectSpare(c, page);
  inspectCounters(c);
}

function inspectFolio(c: Context, at: number): void {
  const { scene, before, after } = c;
  const folio = c.closer[at];
  const pages = scene.folioPages[folio];
  const maps = c.closerMaps[at];
  const mapped = c.closerMapped[at];
  let mine = c.closerMine[at];
  const flags = after.folio[folio];
  const then = before.folio[folio];
  const entire = flags >> FOLIO_ENTIRE_SHIFT;
  const cached = (flags & FOLIO_CACHED) !== 0;
  if (pages > 1) {
    const huge = after.pmdState() === PMD_HUGE && folio === scene.headOf[scene.shift];
    inspectLarge(c, folio, entire, huge ? 1 : 0, maps, mapped);
    if (huge) mine += HPAGE_PMD_NR;
  }
  const references = (cached ? pages : 0) + scene.otherRefs[folio] + maps + entire;
  const frozen = (then & FOLIO_CACHED) !== 0 && before.refcount[folio] === 0;
  if (after.refcount[folio] !== (frozen ? 0 : references)) c.bad |= I2;
  if ((flags & FOLIO_SWAPBACKED) !== 0) {
    sums.shmem += mine;
    if (entire > 0) sums.shmemPmd++;
  } else {
    sums.file += mine;
    if (entire > 0) sums.filePmd++;
  }
  sums.mapped += entire > 0 ? pages : mapped;
  if (((flags ^ then) & FOLIO_LOCKED) !== 0) inspectLock(c, folio, flags);
  if (((flags | then) & FOLIO_MLOCKED) !== 0) inspectMlock(c, folio, pages, flags, then, mine);
}

/** What only large folios have: PMD mappings, _nr_pages_mapped and _large_mapcount. */
function inspectLarge(c: Context, folio: number, entire: number, ours: number, maps: number, mapped: number): void {
  const { scene, after } = c;
  if (entire - ours !== scene.otherEntire[folio] && !(entire === ours && hasPoison(c, folio))) c.bad |= I1;
  if (c.rules.largeMapcount && after.largeMapcount[folio] !== maps + entire) c.bad |= I1;
  if (after.nrPagesMapped[folio] !== mapped + (entire > 0 ? ENTIRELY_MAPPED : 0)) c.bad |= I4c;
}

/**
 * Have the other mms lost their entries of the page? Memory failure takes them away, when ->fault meets the poisoned
 * page, and nothing else does.
 */
function othersEvicted(c: Context, page: number, others: number): boolean {
  const { scene, before } = c;
  const folio = scene.headOf[page];
  if (others !== 0 || !hasPoison(c, folio)) return false;
  if (c.teardown || (c.poisoned && folio === c.folio)) return true;
  const slot = page - scene.shift;
  const mapped = slot >= 0 && slot < scene.span && (before.pte[slot] & PTE_PRESENT) !== 0;
  const mine = mapped && before.pfn[slot] === scene.pfnOf(page) ? 1 : 0;
  return (before.page[page] & PAGE_MAPCOUNT_MASK) === mine;
}

function hasPoison(c: Context, folio: number): boolean {
  const { hwpoison, folioPages } = c.scene;
  for (let page = folio; page < folio + folioPages[folio]; page++) if (hwpoison[page] !== 0) return true;
  return false;
}

/** A lock that was not held before is the fault's own; the lock of another thread goes while ->fault waits for it. */
function inspectLock(c: Context, folio: number, flags: number): void {
  if ((flags & FOLIO_LOCKED) !== 0) c.bad |= I14;
  else if (!c.teardown && (folio !== c.folio || c.faultCalls === 0)) c.bad |= I14;
}

function inspectMlock(c: Context, folio: number, pages: number, flags: number, then: number, mine: number): void {
  const is = (flags & FOLIO_MLOCKED) !== 0;
  const was = (then & FOLIO_MLOCKED) !== 0;
  if (is) sums.mlocked += pages;
  if (c.teardown) {
    // munlock of the last entry; a large folio that was mlocked whole keeps the flag until reclaim.
    if (is && !(pages > 1 && c.rules.mlocksWhole)) c.bad |= I22;
  } else if (is && !was) {
    const whole = (c.pmdMade && c.rules.mlocksPmd) || (c.rules.mlocksWhole && mine === pages);
    if (!c.mlocks || (pages === 1 ? mine === 0 : !whole)) c.bad |= I22;
    sums.newlyMlocked += pages;
  } else if (!is && !(c.poisoned && folio === c.folio)) {
    c.bad |= I22;
  }
}

/** A spare page: mapped once as a private copy, or free. */
function inspectSpare(c: Context, page: number): void {
  const { before, after } = c;
  const word = after.page[page];
  const mapcount = word & PAGE_MAPCOUNT_MASK;
  const flags = after.folio[page];
  const references = after.refcount[page];
  if (mapcount !== c.own[page]) c.bad |= I1;
  if (references !== mapcount) c.bad |= I2;
  if (references === 0) {
    if ((word | flags) !== 0) c.bad |= I21;
    return;
  }
  const mlocked = flags & FOLIO_MLOCKED;
  if ((word & ~PAGE_DCACHE_CLEAN) !== (1 | PAGE_ANON_EXCLUSIVE) || flags !== (COPY | mlocked)) c.bad |= I21;
  const isNew = before.refcount[page] === 0;
  if (isNew && (mlocked !== 0) !== c.mlocks) c.bad |= I22;
  if (mlocked === 0) return;
  sums.mlocked++;
  if (isNew) sums.newlyMlocked++;
}
