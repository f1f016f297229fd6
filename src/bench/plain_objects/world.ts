/**
 * The state of a fault as one would write it down without a thought for speed: nested objects, one for each page, folio
 * and entry. Random worlds come from fast-check arbitraries.
 */
import * as fc from 'fast-check';

export interface Page {
  mapcount: number;
  readonly hwpoison: boolean;
}

export interface Folio {
  /** file index of the first page */
  readonly first: number;
  readonly pages: Page[];
  readonly uptodate: boolean;
  readonly readahead: boolean;
  readonly workingset: boolean;
  locked: boolean;
  mlocked: boolean;
  refcount: number;
}

export interface Entry {
  readonly kind: 'present' | 'swap';
  /** file index of the page, or -1 for a private copy */
  readonly page: number;
  young: boolean;
  readonly dirty: boolean;
  readonly writable: boolean;
}

export interface Counters {
  filePages: number;
  shmemPages: number;
  anonPages: number;
  nrFileMapped: number;
  nrAnonMapped: number;
  nrMlock: number;
  lruAdds: number;
  icacheFlushes: number;
  mmuCacheUpdates: number;
  mmapMiss: number;
}

export interface World {
  readonly vma: {
    readonly start: number;
    readonly pages: number;
    /** file index under slot 0 */
    readonly shift: number;
    readonly shared: boolean;
    readonly writable: boolean;
    readonly locked: boolean;
  };
  readonly file: { readonly isShmem: boolean; readonly sizePages: number };
  readonly cache: Folio[];
  readonly table: (Entry | null)[];
  readonly fault: { readonly slot: number; readonly write: boolean; readonly aroundPages: number };
  /** arch_wants_old_prefaulted_pte() */
  readonly wantsOld: boolean;
  readonly counters: Counters;
}

/** The folio that holds the page, if it is cached. */
export function folioOf({ cache }: World, index: number): Folio | undefined {
  return cache.find(({ first, pages }) => index >= first && index < first + pages.length);
}

const drawnFolio = fc.record({
  isHole: fc.nat(7).map((n) => n === 0),
  order: fc.nat(4),
  uptodate: fc.nat(15).map((n) => n !== 0),
  locked: fc.nat(15).map((n) => n === 0),
  readahead: fc.nat(15).map((n) => n === 0),
  workingset: fc.nat(3).map((n) => n === 0),
  poisoned: fc.option(fc.nat(15), { freq: 15, nil: undefined }),
});

type DrawnFolio = typeof drawnFolio extends fc.Arbitrary<infer T> ? T : never;

/** Lays folios one after the other, each as large as natural alignment and the span allow. */
function layOut(drawn: readonly DrawnFolio[], span: number): Folio[] {
  const cache: Folio[] = [];
  let first = 0;
  for (const { isHole, order, poisoned, ...flags } of drawn) {
    if (first >= span) break;
    if (isHole) {
      first++;
      continue;
    }
    let size = 1 << order;
    while (first % size !== 0 || first + size > span) size /= 2;
    const pages = Array.from({ length: size }, (_, i) => ({ mapcount: 0, hwpoison: i === poisoned }));
    cache.push({ first, pages, ...flags, mlocked: false, refcount: size });
    first += size;
  }
  return cache;
}

const NO_COUNTS: Omit<Counters, 'mmapMiss'> = {
  filePages: 0,
  shmemPages: 0,
  anonPages: 0,
  nrFileMapped: 0,
  nrAnonMapped: 0,
  nrMlock: 0,
  lruAdds: 0,
  icacheFlushes: 0,
  mmuCacheUpdates: 0,
};

/** Maps the page that lies under the slot, as an earlier fault did; a page that cannot be mapped stays out. */
function mapBefore(world: World, slot: number): void {
  const index = slot + world.vma.shift;
  const folio = folioOf(world, index);
  const page = folio?.pages[index - folio.first];
  if (folio === undefined || page === undefined || !folio.uptodate) return;
  world.table[slot] = { kind: 'present', page: index, young: false, dirty: false, writable: false };
  page.mapcount++;
  folio.refcount++;
  world.counters.nrFileMapped++;
  world.counters[world.file.isShmem ? 'shmemPages' : 'filePages']++;
}

interface Choices {
  readonly start: number;
  readonly pages: number;
  readonly shift: number;
  readonly shared: boolean;
  readonly writable: boolean;
  readonly locked: boolean;
  readonly isShmem: boolean;
  readonly sizePages: number;
  readonly wantsOld: boolean;
  readonly mmapMiss: number;
  readonly folios: readonly DrawnFolio[];
  readonly before: readonly [slot: number, kind: 'present' | 'swap'][];
  readonly slot: number;
  readonly write: boolean;
  readonly aroundPages: number;
}

const choicesFor = (span: number): fc.Arbitrary<Choices> =>
  fc.record({
    start: fc.nat(span - 1),
    pages: fc.integer({ min: 1, max: span }),
    shift: fc.nat(7),
    shared: fc.boolean(),
    writable: fc.boolean(),
    locked: fc.boolean(),
    isShmem: fc.boolean(),
    sizePages: fc.integer({ min: 1, max: 4 * span }).map((pages) => Math.min(pages, span)),
    wantsOld: fc.boolean(),
    mmapMiss: fc.nat(31),
    folios: fc.array(drawnFolio, { minLength: span / 4, maxLength: span }),
    before: fc.array(fc.tuple(fc.nat(span - 1), fc.constantFrom('present', 'swap')), { maxLength: span / 4 }),
    slot: fc.nat(span - 1),
    write: fc.boolean(),
    aroundPages: fc.constantFrom(1, 2, 4, 8, 16, 16, 16, 16, 32),
  });

function build(span: number, choices: Choices): World {
  const { start, shift, shared, writable, locked, isShmem, sizePages, wantsOld, mmapMiss } = choices;
  const pages = Math.min(choices.pages, span - start);
  const slot = start + (choices.slot % pages);
  const world: World = {
    vma: { start, pages, shift, shared, writable, locked },
    file: { isShmem, sizePages },
    cache: layOut(choices.folios, span),
    table: Array.from({ length: span }, () => null),
    fault: { slot, write: choices.write && writable, aroundPages: choices.aroundPages },
    wantsOld,
    counters: { ...NO_COUNTS, mmapMiss },
  };
  for (const [at, kind] of choices.before) {
    if (at === slot || at < start || at >= start + pages || world.table[at] !== null) continue;
    if (kind === 'present') mapBefore(world, at);
    else if (!shared) world.table[at] = { kind: 'swap', page: -1, young: false, dirty: false, writable: false };
  }
  return world;
}

/**
 * Random worlds.
 * @param span page slots
 */
export const worlds = (span: number): fc.Arbitrary<World> => choicesFor(span).map((choices) => build(span, choices));
