/** Which dials a plot has: the scope's choices, as far as configuration and tiling make them possible. */
import {
  AccessDial,
  FailureDial,
  FaultAroundDial,
  MmapMissDial,
  SizeDial,
  SlotDial,
  TeardownDial,
} from './case_dials.js';
import type { SweepDial } from './dial.js';
import { EntryDial } from './entry_dial.js';
import { FolioFlagsDial, MapsDial, PoisonDial, RefsDial } from './layout_dials.js';
import type { AccessName, Configuration, Scope } from './scope.js';
import { isFolio, isMappable, pagesOf, type Tile, type Tiling } from './tiling.js';

/** The dials of a plot, the fastest first: what is cheap to turn turns often. */
export function dialsOf(scope: Scope, configuration: Configuration, tiling: Tiling): SweepDial[] {
  return [
    new SlotDial(slotsOf(scope, configuration)),
    new AccessDial(scope.accesses.filter((name) => isPossibleAccess(configuration, name))),
    new FaultAroundDial(scope.faultAround),
    new MmapMissDial(scope.mmapMiss),
    new SizeDial(scope.sizes),
    new FailureDial([null, ...(configuration.failures ?? [])]),
    new TeardownDial(scope.teardown),
    ...tiling.filter(isFolio).map(({ at }) => new FolioFlagsDial(scope.folioFlags, at)),
    ...tiling.filter(isMappable).flatMap((tile) => folioDials(scope, tile)),
    ...entryDials(scope, configuration, tiling),
  ];
}

/** Slots of the mapping. */
function slotsOf({ span }: Scope, { part: [start, pages] = [0, span] }: Configuration): number[] {
  return Array.from({ length: pages }, (_, i) => start + i);
}

function folioDials(scope: Scope, tile: Tile): SweepDial[] {
  const { at } = tile;
  const pages = pagesOf(tile);
  const poisonable = { none: [], 'every-page': pages, 'last-page': pages.slice(-1) }[scope.hwpoison];
  return [
    new RefsDial(scope.refs, at),
    ...poisonable.map((page) => new PoisonDial([false, true], at, page)),
    ...pages.map((page) => new MapsDial(scope.maps, at, page)),
  ];
}

function entryDials(scope: Scope, configuration: Configuration, tiling: Tiling): SweepDial[] {
  const mappable = tiling.filter(isMappable).flatMap(pagesOf);
  return slotsOf(scope, configuration).map((slot) => {
    const hasPage = mappable.includes(slot + (configuration.fileIndex ?? 0));
    const possible = [...scope.entries].filter((character) => isPossibleEntry(configuration, character, hasPage));
    return new EntryDial(possible, slot);
  });
}

/** The rules of possible.ts for an entry, given whether its page can be mapped. */
function isPossibleEntry({ kind, flags, pmdNone }: Configuration, character: string, hasPage: boolean): boolean {
  if (character === '.') return true;
  if (pmdNone === true) return false;
  if (character === 'a') return !flags.includes('shared') && flags.includes('write');
  if (character === 's') return !flags.includes('shared');
  if (character === 'u') return kind !== 'regular';
  return hasPage;
}

/** The rules of possible.ts for an access. */
function isPossibleAccess({ flags }: Configuration, name: AccessName): boolean {
  const forced = name.startsWith('gup');
  if (flags.includes('protnone') && !forced) return false;
  return name.endsWith('read') || flags.includes('write') || (forced && !flags.includes('shared'));
}
