/**
 * Both ways to handle a fault, on plain objects: per page as in 6.1, and by runs of pages of one folio as in 6.12. At
 * the sketch's level of detail: fault-around, ->fault of cached pages, and finish_fault() of one page. That pages of
 * workingset folios do not lower mmap_miss (5c46d5319bde) is in both, so that one tolerance is enough.
 */
import { type Entry, type Folio, folioOf, type Page, type World } from './world.js';

/** How a fault ends. */
export type Outcome = 'mapped' | 'NOPAGE' | 'SIGBUS' | 'HWPOISON' | 'RETRY';

/** Maps what it can of the slots; true if the fault is handled. */
type MapPages = (world: World, from: number, to: number) => boolean;
/** Installs `count` pages of the folio from the page at `index` on. */
type SetPtes = (world: World, folio: Folio, index: number, count: number) => void;

interface Engine {
  readonly mapPages: MapPages;
  readonly setPtes: SetPtes;
  /** is a private copy mapped young? */
  readonly isCopyYoung: boolean;
}

/** Is the prefault test inverted, as in 6.6? */
export interface Bug {
  readonly isInverted: boolean;
}

function handle(world: World, { mapPages, setPtes, isCopyYoung }: Engine): Outcome {
  const { fault, vma, file } = world;
  if (!fault.write && fault.aroundPages > 1) {
    const first = Math.max(fault.slot - (fault.slot % fault.aroundPages), vma.start);
    const end = Math.min(first + fault.aroundPages, world.table.length, vma.start + vma.pages);
    if (mapPages(world, first, end - 1)) return 'NOPAGE';
  }
  const index = fault.slot + vma.shift;
  if (index >= file.sizePages) return 'SIGBUS';
  const folio = folioOf(world, index);
  if (folio === undefined || !folio.uptodate || folio.locked) return 'RETRY';
  if (folio.pages[index - folio.first]?.hwpoison === true) return 'HWPOISON';
  if (fault.write && !vma.shared) {
    installCopy(world, isCopyYoung);
  } else {
    folio.refcount++;
    setPtes(world, folio, index, 1);
    countResident(world, 1);
  }
  return 'mapped';
}

function installCopy(world: World, young: boolean): void {
  const { counters, fault, table, vma } = world;
  counters.icacheFlushes++;
  counters.mmuCacheUpdates++;
  counters.anonPages++;
  counters.nrAnonMapped++;
  counters.lruAdds++;
  if (vma.locked) counters.nrMlock++;
  table[fault.slot] = { kind: 'present', page: -1, young, dirty: true, writable: vma.writable };
}

function newEntry({ fault, vma }: World, index: number, young: boolean): Entry {
  return { kind: 'present', page: index, young, dirty: fault.write, writable: fault.write && vma.writable };
}

function countResident({ counters, file }: World, count: number): void {
  counters[file.isShmem ? 'shmemPages' : 'filePages'] += count;
}

function mlockIfSmall({ counters, vma }: World, folio: Folio): void {
  if (!vma.locked || folio.pages.length > 1 || folio.mlocked) return;
  folio.mlocked = true;
  counters.nrMlock++;
}

/** next_uptodate_folio(): the first file index in [index, last] whose folio can be mapped, with that folio. */
function nextUptodate(world: World, first: number, last: number): { index: number; folio: Folio } | null {
  for (let index = first; index <= last && index < world.file.sizePages; ) {
    const folio = folioOf(world, index);
    if (folio === undefined) {
      index++;
    } else if (folio.uptodate && !folio.locked && !folio.readahead) {
      return { index, folio };
    } else {
      index = folio.first + folio.pages.length;
    }
  }
  return null;
}

// --- per page ---
function setPtePerPage(world: World, folio: Folio, index: number): void {
  const { counters, fault, table, vma, wantsOld } = world;
  const slot = index - vma.shift;
  counters.icacheFlushes++;
  countMapping(world, folio, index);
  mlockIfSmall(world, folio);
  table[slot] = newEntry(world, index, slot === fault.slot || !wantsOld);
  counters.mmuCacheUpdates++;
}

function countMapping({ counters }: World, folio: Folio, index: number): void {
  const page = folio.pages[index - folio.first] as Page;
  page.mapcount++;
  if (page.mapcount === 1) counters.nrFileMapped++;
}

const mapPagesPerPage: MapPages = (world, from, to) => {
  const { counters, fault, table, vma } = world;
  const last = Math.min(to + vma.shift, world.file.sizePages - 1);
  let isHandled = false;
  for (let next = nextUptodate(world, from + vma.shift, last); next !== null; ) {
    const { folio } = next;
    const end = folio.first + folio.pages.length;
    for (let index = next.index; index < end && index <= last; index++) {
      if (folio.pages[index - folio.first]?.hwpoison === true) continue;
      if (counters.mmapMiss > 0 && !folio.workingset) counters.mmapMiss--;
      const slot = index - vma.shift;
      if (table[slot] !== null) continue;
      if (slot === fault.slot) isHandled = true;
      setPtePerPage(world, folio, index);
      countResident(world, 1);
      folio.refcount++;
    }
    next = nextUptodate(world, end, last);
  }
  return isHandled;
};

/** One fault, per page. */
export function legacyFault(world: World): Outcome {
  return handle(world, { mapPages: mapPagesPerPage, setPtes: setPtePerPage, isCopyYoung: true });
}

// --- runs ---
function setPteRange(world: World, folio: Folio, first: number, count: number, { isInverted }: Bug): void {
  const { counters, fault, table, vma, wantsOld } = world;
  const faultIndex = fault.slot + vma.shift;
  const holdsFault = faultIndex >= first && faultIndex < first + count;
  const prefault = holdsFault === isInverted;
  counters.icacheFlushes += count;
  for (let index = first; index < first + count; index++) {
    countMapping(world, folio, index);
    table[index - vma.shift] = newEntry(world, index, !(prefault && wantsOld));
  }
  mlockIfSmall(world, folio);
  counters.mmuCacheUpdates += count;
}

function mapFolioRange(world: World, folio: Folio, first: number, last: number, bug: Bug): boolean {
  const { counters, fault, table, vma } = world;
  let run: number[] = [];
  let isHandled = false;
  const flush = (): void => {
    const [start] = run;
    if (start === undefined) return;
    setPteRange(world, folio, start, run.length, bug);
    countResident(world, run.length);
    folio.refcount += run.length;
    if (run.includes(fault.slot + vma.shift)) isHandled = true;
    run = [];
  };
  for (let index = first; index <= last; index++) {
    const isPoisoned = folio.pages[index - folio.first]?.hwpoison === true;
    if (!isPoisoned && !folio.workingset && counters.mmapMiss > 0) counters.mmapMiss--;
    if (!isPoisoned && table[index - vma.shift] === null) run.push(index);
    else flush();
  }
  flush();
  return isHandled;
}

/** One fault, by runs. */
export function batchedFault(world: World, bug: Bug = { isInverted: false }): Outcome {
  const mapPages: MapPages = (_, from, to) => {
    const last = Math.min(to + world.vma.shift, world.file.sizePages - 1);
    let isHandled = false;
    for (let next = nextUptodate(world, from + world.vma.shift, last); next !== null; ) {
      const { folio, index } = next;
      const end = folio.first + folio.pages.length;
      if (mapFolioRange(world, folio, index, Math.min(end - 1, last), bug)) isHandled = true;
      next = nextUptodate(world, end, last);
    }
    return isHandled;
  };
  return handle(world, {
    mapPages,
    setPtes: (_, folio, index, count) => setPteRange(world, folio, index, count, bug),
    isCopyYoung: !(bug.isInverted && world.wantsOld),
  });
}
