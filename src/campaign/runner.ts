/** Runs the units of a plan, one at a time, in whatever thread it lives. */
import { CASES_PER_BLOCK } from '../cases/draw.js';
import type { Revision } from '../mm/revision.js';
import type { AllowEntry } from '../oracle/allowlist.js';
import { BEACON_CASE, type Beacon, NO_CASE, newBeacon } from './beacon.js';
import { Cell, type LostCase } from './cell.js';
import type { Counts } from './counts.js';
import { Enumeration } from './enumeration.js';
import { harvest } from './harvest.js';
import type { PlannedCell } from './plan.js';
import { Tally } from './tally.js';
import type { BlockUnit, CaseUnit, Unit } from './unit.js';

/** What a plan has in common for all of its units. */
export interface Job {
  readonly legacy: Revision;
  readonly batched: Revision;
  /** allowlist entries for the pair */
  readonly entries: readonly AllowEntry[];
  readonly cells: readonly PlannedCell[];
  readonly seed: number;
  /** name of the scope that is swept, or null where cases are drawn */
  readonly scope: string | null;
  readonly invariantsAll: boolean;
  /** a unit ends behind the first block that makes the verdict divergent */
  readonly failFast: boolean;
}

/** How a unit is run. */
export interface Attempt {
  /** tells whoever watches the thread where it is */
  readonly beacon: Beacon;
  /** cases in which an engine ended the thread of an earlier attempt: they are not played again */
  readonly lost: readonly LostCase[];
  /** nothing is played behind the last of the lost cases */
  readonly givesUp: boolean;
}

const firstAttempt = (): Attempt => ({ beacon: newBeacon(), lost: [], givesUp: false });

export class Runner {
  private readonly tally = new Tally();
  private readonly cells = new Map<number, Cell>();
  private enumeration: Enumeration | null = null;

  constructor(private readonly job: Job) {}

  /**
   * Runs one unit.
   * @throws InputError if allowlist entries contradict each other
   */
  run(unit: Unit, attempt: Attempt = firstAttempt()): Counts {
    attempt.beacon[BEACON_CASE] = NO_CASE;
    switch (unit.kind) {
      case 'blocks':
        return this.runBlocks(unit, attempt);
      case 'cases':
        return this.runCases(unit, attempt);
    }
  }

  private runBlocks({ cell: index, first, blocks, position }: BlockUnit, { beacon, lost, givesUp }: Attempt): Counts {
    const { tally } = this;
    const cell = this.cellOf(index);
    cell.watch(beacon, lost, givesUp);
    for (let i = 0; i < blocks; i++) {
      cell.runBlock(first + i, position + i * CASES_PER_BLOCK);
      if ((this.job.failFast && tally.failed) || cell.hasGivenUp) break;
    }
    beacon[BEACON_CASE] = NO_CASE;
    return harvest(cell.player, tally, cell.options.arch);
  }

  private runCases({ first, cases }: CaseUnit, { beacon, lost, givesUp }: Attempt): Counts {
    const { legacy, batched, entries, scope, invariantsAll } = this.job;
    const options = { scope, legacy, batched, entries, invariantsAll };
    const enumeration = this.enumeration ?? new Enumeration(options, this.tally);
    this.enumeration = enumeration;
    enumeration.watch(beacon, lost);
    enumeration.runCases(first, givesUp ? lost[lost.length - 1].index + 1 - first : cases);
    beacon[BEACON_CASE] = NO_CASE;
    return harvest(enumeration.player, this.tally, enumeration.player.scene.arch.name);
  }

  /** A cell is built when its first unit comes, and stays: its tables and caches are worth it. */
  private cellOf(index: number): Cell {
    const known = this.cells.get(index);
    if (known !== undefined) return known;
    const { legacy, batched, entries, cells, seed, invariantsAll } = this.job;
    const { arch, span, pair } = cells[index];
    const cell = new Cell({ arch, span, legacy, batched, entries, pair, seed, invariantsAll }, this.tally);
    this.cells.set(index, cell);
    return cell;
  }
}
