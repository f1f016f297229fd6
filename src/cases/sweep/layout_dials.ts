/** Dials of the page cache: what each folio is like, and who else maps and holds it. */
import { FOLIO_HAS_HWPOISONED, FOLIO_WORKINGSET } from '../../mm/bits.js';
import { addPageMap, dropPageMap } from '../../mm/zap.js';
import type { Case, CaseFolio } from '../case.js';
import { FOLIO_FLAG_BITS } from '../load.js';
import { FOLIO_FLAG_NAMES } from '../names.js';
import { folioAt, type Stage, SweepDial } from './dial.js';
import type { FolioFlag } from './scope.js';

/** Flags that the kind of a tile decides. */
const OF_TILE: readonly string[] = ['not-uptodate', 'refcount-zero'];

/** Flags of one folio. */
export class FolioFlagsDial extends SweepDial<readonly FolioFlag[]> {
  private readonly masks: readonly number[];

  constructor(
    values: readonly (readonly FolioFlag[])[],
    private readonly at: number,
  ) {
    // As plain cases name them.
    super(
      values.map((flags) => FOLIO_FLAG_NAMES.filter((name): name is FolioFlag => flags.some((own) => own === name))),
    );
    const bit = (name: FolioFlag): number => FOLIO_FLAG_BITS[FOLIO_FLAG_NAMES.indexOf(name)];
    this.masks = values.map((flags) => flags.reduce((mask, name) => mask | bit(name), 0));
  }

  write(plain: Case, flags: readonly FolioFlag[]): void {
    const folio = folioAt(plain, this.at);
    const all: readonly string[] = [...(folio.flags ?? []).filter((name) => OF_TILE.includes(name)), ...flags];
    delete folio.flags;
    if (all.length > 0) folio.flags = FOLIO_FLAG_NAMES.filter((name) => all.includes(name));
  }

  of(plain: Case): FolioFlag[] {
    const isOwn = (name: string): name is FolioFlag => !OF_TILE.includes(name);
    return (folioAt(plain, this.at).flags ?? []).filter(isOwn);
  }

  turn({ scene, base }: Stage, from: number, to: number): void {
    const changed = this.masks[from] ^ this.masks[to];
    base.folio[this.at] ^= changed;
    if ((changed & FOLIO_WORKINGSET) === 0) return;
    let all = 0;
    for (let folio = 0; folio < scene.span; folio++) all |= base.folio[folio];
    scene.mayHaveWorkingset = (all & FOLIO_WORKINGSET) !== 0;
  }
}

/** Further references of one folio. */
export class RefsDial extends SweepDial<number> {
  constructor(
    values: readonly number[],
    private readonly at: number,
  ) {
    super(values);
  }

  write(plain: Case, refs: number): void {
    const folio = folioAt(plain, this.at);
    delete folio.refs;
    if (refs > 0) folio.refs = refs;
  }

  of(plain: Case): number {
    return folioAt(plain, this.at).refs ?? 0;
  }

  turn({ scene, base }: Stage, from: number, to: number): void {
    scene.otherRefs[this.at] = this.values[to];
    base.refcount[this.at] += this.values[to] - this.values[from];
  }
}

/** Entries of other mms that map one page of a folio. */
export class MapsDial extends SweepDial<number> {
  constructor(
    values: readonly number[],
    private readonly at: number,
    private readonly page: number,
  ) {
    super(values);
  }

  write(plain: Case, maps: number): void {
    const folio = folioAt(plain, this.at);
    const others = without(folio.maps ?? {}, String(this.page));
    delete folio.maps;
    const all = maps > 0 ? { ...others, [String(this.page)]: maps } : others;
    if (Object.keys(all).length > 0) folio.maps = all;
  }

  of(plain: Case): number {
    return folioAt(plain, this.at).maps?.[String(this.page)] ?? 0;
  }

  turn({ scene, base }: Stage, from: number, to: number): void {
    const more = this.values[to] - this.values[from];
    scene.otherMaps[this.page] = this.values[to];
    base.refcount[this.at] += more;
    if (more > 0) addPageMap(scene, base, this.page, more);
    else dropPageMap(scene, base, this.page, -more);
  }
}

function without(maps: NonNullable<CaseFolio['maps']>, page: string): NonNullable<CaseFolio['maps']> {
  return Object.fromEntries(Object.entries(maps).filter(([name]) => name !== page));
}

/** Is one page of a folio poisoned? */
export class PoisonDial extends SweepDial<boolean> {
  constructor(
    values: readonly boolean[],
    private readonly at: number,
    private readonly page: number,
  ) {
    super(values);
  }

  write(plain: Case, poisoned: boolean): void {
    const folio = folioAt(plain, this.at);
    const pages = (folio.hwpoison ?? []).filter((page) => page !== this.page);
    if (poisoned) pages.push(this.page);
    delete folio.hwpoison;
    if (pages.length > 0) folio.hwpoison = pages.sort((a, b) => a - b);
  }

  of(plain: Case): boolean {
    return folioAt(plain, this.at).hwpoison?.includes(this.page) ?? false;
  }

  turn({ scene, base }: Stage, _from: number, to: number): void {
    const { at } = this;
    scene.setHwpoison(this.page, this.values[to]);
    let any = 0;
    for (let page = at; page < at + scene.folioPages[at]; page++) any |= scene.hwpoison[page];
    if (any === 0) base.folioClear(at, FOLIO_HAS_HWPOISONED);
    else base.folioSet(at, FOLIO_HAS_HWPOISONED);
  }
}
