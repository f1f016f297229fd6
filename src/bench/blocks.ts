/** The cells of a campaign, run block by block: a campaign without plan, progress, threads and report. */
import { Cell } from '../campaign/cell.js';
import { engineWithId } from '../campaign/engines.js';
import { type PlainKernel, usePlainKernel } from '../campaign/kernels.js';
import { planCells } from '../campaign/plan.js';
import type { Player } from '../campaign/player.js';
import { Judgement } from '../campaign/referee.js';
import type { ArchName } from '../mm/arch/architecture.js';
import type { Revision } from '../mm/revision.js';
import type { Allowlist } from '../oracle/allowlist.js';
import { entriesFor } from '../oracle/decider.js';
import { DEFAULT_ENGINES } from '../report/commands.js';

/** Faults that a round aims at: enough for each cell to have about its share. */
const ROUND_FAULTS = 4000;

/** Plain data, so that it can be handed to another thread. */
export interface BlocksOptions {
  /** id of the per-page engine; the default one unless told */
  readonly legacy?: string;
  /** id of the batched engine */
  readonly batched: string;
  readonly architectures: readonly ArchName[];
  /** in pages */
  readonly spans: readonly number[];
  readonly seed: number;
  readonly invariantsAll: boolean;
  /** compiled kernels that are engines */
  readonly kernels?: readonly PlainKernel[];
}

/** @throws Error for an id that no engine has */
export function engineNamed(id: string): Revision {
  const revision = engineWithId(id);
  if (revision === undefined) throw new Error(`no engine ${id}`);
  return revision;
}

export class Blocks {
  readonly tally: Judgement['tally'];
  private readonly cells: readonly Cell<Player>[];
  /** blocks of a round, for each cell */
  private readonly shares: readonly number[];
  /** number of the next block, for each cell */
  private readonly next: number[];

  constructor(options: BlocksOptions, allowlist: Allowlist) {
    const { architectures, spans, seed, invariantsAll } = options;
    for (const kernel of options.kernels ?? []) usePlainKernel(kernel);
    const legacy = engineNamed(options.legacy ?? DEFAULT_ENGINES.legacy);
    const batched = engineNamed(options.batched);
    const entries = entriesFor(allowlist, legacy, batched);
    const planned = planCells({ legacy, batched, architectures, spans, races: false }, ROUND_FAULTS);
    this.shares = planned.map(({ blocks }) => blocks);
    this.next = planned.map(() => 0);
    const { tally, newPlayer } = new Judgement({ legacy, batched, entries, invariantsAll });
    this.tally = tally;
    this.cells = planned.map(({ arch, span, pair }) => new Cell({ arch, span, pair, seed }, tally, newPlayer));
  }

  /** Has a difference without explanation, or a violated invariant, been seen? */
  hasFound(): boolean {
    return this.tally.unexplained > 0 || this.tally.violations.size > 0;
  }

  /** Runs further blocks of every cell, each as many as its share of a campaign. @returns faults run */
  runRound(): number {
    let faults = 0;
    for (let i = 0; i < this.cells.length; i++) {
      for (let block = 0; block < this.shares[i]; block++) faults += this.runBlock(i);
    }
    return faults;
  }

  /** Runs blocks of all cells in turn until something is found, or `limit` faults have run. @returns faults run */
  search(limit: number): number {
    let faults = 0;
    for (let i = 0; faults < limit; i = (i + 1) % this.cells.length) {
      faults += this.runBlock(i);
      if (this.hasFound()) break;
    }
    return faults;
  }

  private runBlock(i: number): number {
    const { player } = this.cells[i];
    const before = player.run;
    this.cells[i].runBlock(this.next[i]++, 0);
    return player.run - before;
  }
}
