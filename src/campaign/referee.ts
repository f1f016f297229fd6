/** What is made of the faults of a unit: who plays its cases, and what was counted when they have been played. */
import type { CasePlayer, NewPlayer, Place } from './case_player.js';
import type { Counts } from './counts.js';
import { harvest } from './harvest.js';
import { Player, type PlayerOptions } from './player.js';
import { Tally } from './tally.js';

export interface Referee<P extends CasePlayer> {
  /** where the unit is, and whether it has made the verdict divergent */
  readonly tally: Place & { readonly failed: boolean };
  readonly newPlayer: NewPlayer<P>;
  /**
   * Takes what was counted since the last time.
   * @param arch architecture of the cases
   */
  harvest(player: P, arch: string): Counts;
}

/** Judges faults by allowlist and invariants, as `fuzz` and `sweep` do. */
export class Judgement implements Referee<Player> {
  readonly tally = new Tally();
  readonly #options: Omit<PlayerOptions, 'span'>;

  constructor(options: Omit<PlayerOptions, 'span'>) {
    this.#options = options;
  }

  readonly newPlayer: NewPlayer<Player> = (span, address) =>
    new Player({ ...this.#options, span }, this.tally, address);

  harvest(player: Player, arch: string): Counts {
    return harvest(player, this.tally, arch);
  }
}
