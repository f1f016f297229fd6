/** The cases of a scope, enumerated and played one after the other; any range of them can run anywhere. */
import { indexOfScope, scopeNamed } from '../cases/scopes.js';
import { formatSweepAddress } from '../cases/sweep/address.js';
import { Enumerator } from '../cases/sweep/enumerator.js';
import { BEACON_CASE, type Beacon, newBeacon } from './beacon.js';
import type { CasePlayer, NewPlayer, Place } from './case_player.js';
import type { LostCase } from './cell.js';

export class Enumeration<P extends CasePlayer> {
  readonly player: P;
  private readonly enumerator: Enumerator;
  private beacon: Beacon = newBeacon();
  private lost: readonly LostCase[] = [];

  /** @param name of a scope */
  constructor(
    name: string | null,
    /** is told where the enumeration is */
    private readonly place: Place,
    newPlayer: NewPlayer<P>,
  ) {
    const scope = scopeNamed(name ?? '');
    if (scope === undefined) throw new Error(`no scope ${name}`);
    this.player = newPlayer(scope.span, () => formatSweepAddress(scope.name, this.enumerator.index));
    this.enumerator = new Enumerator(indexOfScope(scope), this.player.scene, this.player.base);
  }

  /**
   * Before a range of cases.
   * @param beacon is told where the enumeration is
   * @param lost cases that count as such and are not played
   */
  watch(beacon: Beacon, lost: readonly LostCase[]): void {
    this.beacon = beacon;
    this.player.duel.beacon = beacon;
    this.lost = lost;
  }

  /** Plays `cases` cases from index `first` on. */
  runCases(first: number, cases: number): void {
    const { enumerator, player } = this;
    const last = first + cases - 1;
    enumerator.seek(first);
    for (;;) {
      const { index } = enumerator;
      this.place.position = index;
      if (this.lost.length === 0 || !this.isLost(index)) {
        this.beacon[BEACON_CASE] = index;
        player.playCase(enumerator.steps, index);
      }
      if (index === last) return;
      enumerator.next();
    }
  }

  /** Is the case one in which an engine ended its thread? Then it counts as that. */
  private isLost(index: number): boolean {
    const lost = this.lost.find((candidate) => candidate.index === index);
    if (lost === undefined) return false;
    this.player.cases++;
    this.player.noteDeath(lost.engine, lost.message, true);
    return true;
  }
}
