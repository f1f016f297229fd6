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
import { Player, type PlayerOptions } from './player.js';
import type { Tally } from './tally.js';

/** Faults after which a block ends; the case in progress is finished. */
export const FAULTS_PER_BLOCK = 16;

export interface CellOptions extends PlayerOptions {
  readonly arch: ArchName;
  readonly pair: PairSpace;
  readonly seed: number;
}

export class Cell {
  readonly player: Player;
  private readonly steps = new Steps();
  private readonly drawer: Drawer;
  private index = 0;

  constructor(
    readonly options: CellOptions,
    private readonly tally: Tally,
  ) {
    const { arch, span, pair, seed } = options;
    this.drawer = new Drawer(architecture(arch), pair, seed, span);
    this.player = new Player(options, tally, () => formatAddress({ arch, span, seed, index: this.index, pair }));
  }

  /**
   * Runs one block: a layout and as many cases as fill FAULTS_PER_BLOCK.
   * @param position place in the plan of the block's first case
   */
  runBlock(block: number, position: number): void {
    const { player } = this;
    this.drawer.drawLayout(block, player.scene, player.base);
    const end = player.run + FAULTS_PER_BLOCK;
    for (let sub = 0; sub < CASES_PER_BLOCK && player.run < end; sub++) {
      this.index = block * CASES_PER_BLOCK + sub;
      this.tally.position = position + sub;
      this.drawer.drawCase(block, sub, player.scene, player.base, this.steps);
      player.playCase(this.steps, this.index);
    }
  }
}
