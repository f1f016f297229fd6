/**
 * One cell of a campaign: one architecture at one span, whose cases are drawn block by block. Blocks are independent
 * of each other, so that any part of a cell can run anywhere.
 */
import { formatAddress } from '../cases/address.js';
import { CASES_PER_BLOCK, Drawer } from '../cases/draw.js';
import type { PairSpace } from '../cases/space.js';
import { Steps } from '../cases/steps.js';
import type { ArchName } from '../mm/arch/architecture.js';
import { architecture } from '../mm/arch/index.js';
import { BEACON_CASE, type Beacon, newBeacon } from './beacon.js';
import type { CasePlayer, NewPlayer, Place } from './case_player.js';

/** Faults after which a block ends; the case in progress is finished. */
export const FAULTS_PER_BLOCK = 16;

export interface CellOptions {
  readonly arch: ArchName;
  /** in pages */
  readonly span: number;
  readonly pair: PairSpace;
  readonly seed: number;
}

/** A case in which an engine ended its thread, rather than with an error that can be caught. */
export interface LostCase {
  /** number of the case in its cell */
  readonly index: number;
  readonly engine: string;
  readonly message: string;
}

/** Lost cases after which there is no point in going on: each costs the start of a thread. */
export const MAX_LOST = 16;

export class Cell<P extends CasePlayer> {
  readonly player: P;
  private readonly steps = new Steps();
  private readonly drawer: Drawer;
  private index = 0;
  private beacon: Beacon = newBeacon();
  private lost: readonly LostCase[] = [];
  private passed = 0;
  private givesUp = false;

  constructor(
    readonly options: CellOptions,
    /** is told where the cell is */
    private readonly place: Place,
    newPlayer: NewPlayer<P>,
  ) {
    const { arch, span, pair, seed } = options;
    this.drawer = new Drawer(architecture(arch), pair, seed, span);
    this.player = newPlayer(span, () => formatAddress({ arch, span, seed, index: this.index, pair }));
  }

  /**
   * Before the blocks of a unit.
   * @param beacon is told where the cell is
   * @param lost cases that count as such and are not played
   * @param givesUp nothing is played behind the last of them
   */
  watch(beacon: Beacon, lost: readonly LostCase[], givesUp: boolean): void {
    this.beacon = beacon;
    this.player.duel.beacon = beacon;
    this.lost = lost;
    this.passed = 0;
    this.givesUp = givesUp;
  }

  /** Has it come to the case behind which nothing is played? */
  get hasGivenUp(): boolean {
    return this.givesUp && this.passed === this.lost.length;
  }

  /**
   * Runs one block: a layout and as many cases as fill FAULTS_PER_BLOCK.
   * @param position place in the plan of the block's first case
   */
  runBlock(block: number, position: number): void {
    const { player } = this;
    this.drawer.drawLayout(block, player.scene, player.base);
    const end = player.run + FAULTS_PER_BLOCK;
    for (let sub = 0; sub < CASES_PER_BLOCK && player.run < end && !this.hasGivenUp; sub++) {
      this.index = block * CASES_PER_BLOCK + sub;
      this.place.position = position + sub;
      if (this.lost.length > 0 && this.passLost()) continue;
      this.beacon[BEACON_CASE] = this.index;
      this.drawer.drawCase(block, sub, player.scene, player.base, this.steps);
      player.playCase(this.steps, this.index);
    }
  }

  /** Is the case lost? */
  private passLost(): boolean {
    const lost = this.lost.find(({ index }) => index === this.index);
    if (lost === undefined) return false;
    this.passed++;
    this.player.noteDeath(lost.engine, lost.message, true);
    return true;
  }
}
