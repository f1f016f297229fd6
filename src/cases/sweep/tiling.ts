/**
 * Tilings of a span: every way to cover its indexes by naturally aligned folios and by single indexes without a folio.
 */
import type { Case } from '../case.js';
import type { TileKind } from './scope.js';

export interface Tile {
  /** first index */
  readonly at: number;
  /** 2^order pages; 0 for an index without a folio */
  readonly order: number;
  readonly kind: TileKind;
}

export type Tiling = readonly Tile[];

/** Does the page cache hold a folio there? */
export const isFolio = ({ kind }: Tile): boolean => kind !== 'hole' && kind !== 'value-entry';

/** May the folio's pages be mapped already, and be held by others? */
export const isMappable = ({ kind }: Tile): boolean => kind === 'folio';

/** Indexes that the tile covers. */
export const pagesOf = ({ at, order }: Tile): number[] => Array.from({ length: 1 << order }, (_, i) => at + i);

/** All tilings of `span` indexes, in the order of the kinds and of the orders, from index 0 on. */
export function tilings(span: number, kinds: readonly TileKind[]): Tiling[] {
  const found: Tiling[] = [];
  const cover = (tiles: Tiling, at: number): void => {
    if (at === span) {
      found.push(tiles);
      return;
    }
    for (const kind of kinds) {
      const orders = isFolio({ at, order: 0, kind }) ? maxOrder(at, span) : 0;
      for (let order = 0; order <= orders; order++) cover([...tiles, { at, order, kind }], at + (1 << order));
    }
  };
  cover([], 0);
  return found;
}

/** The largest order of a naturally aligned folio at this index that ends inside of the span. */
function maxOrder(at: number, span: number): number {
  let order = 0;
  while ((at & ((2 << order) - 1)) === 0 && at + (2 << order) <= span) order++;
  return order;
}

/** A name for the tiling, the same for equal ones. */
export const tilingKey = (tiling: Tiling): string =>
  tiling.map(({ at, order, kind }) => `${at}:${order}:${kind}`).join();

/** The tiling of a plain case. */
export function tilingOf(plain: Case): Tiling {
  const tiles: Tile[] = plain.folios.map(({ at, order, flags = [] }) => {
    const bare = (['not-uptodate', 'refcount-zero'] as const).find((flag) => flags.includes(flag));
    return { at, order, kind: bare ?? 'folio' };
  });
  const covered = new Set(tiles.flatMap(pagesOf));
  for (let at = 0; at < plain.span; at++) {
    if (!covered.has(at)) tiles.push({ at, order: 0, kind: plain.valueEntries.includes(at) ? 'value-entry' : 'hole' });
  }
  return tiles.sort((a, b) => a.at - b.at);
}
