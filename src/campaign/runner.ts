/** Runs the units of a plan, one at a time, in whatever thread it lives. */
import { CASES_PER_BLOCK } from '../cases/draw.js';
import { type CountedCode, CountingEngine } from '../kernel/cover/hits.js';
import type { Revision } from '../mm/revision.js';
import type { AllowEntry } from '../oracle/allowlist.js';
import { BEACON_CASE, type Beacon, NO_CASE, newBeacon } from './beacon.js';
import type { CasePlayer } from './case_player.js';
import { Cell, type LostCase } from './cell.js';
import { WordComparison } from './conform/word_player.js';
import type { Counts } from './counts.js';
import { Enumeration } from './enumeration.js';
import type { PlannedCell } from './plan.js';
import { Judgement, type Referee } from './referee.js';
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
  /** compare every word of the state instead of judging what differs */
  readonly everyWord?: boolean | undefined;
  /** code that counts, and runs in the place of the batched engine's own */
  readonly counted?: CountedCode | undefined;
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

/** Runs the units of one job. */
export interface UnitRunner {
  /** @throws InputError if allowlist entries contradict each other */
  run(unit: Unit, attempt?: Attempt): Counts;
}

export function runnerOf(job: Job): UnitRunner {
  const { legacy, entries, invariantsAll, scope } = job;
  const counting = job.counted && new CountingEngine(job.counted);
  const batched = counting === undefined ? job.batched : { ...job.batched, engine: counting.engine };
  if (job.everyWord === true) return new Runner(job, new WordComparison({ legacy, batched }), counting);
  const options = { legacy, batched, entries, invariantsAll, countsCases: scope !== null };
  return new Runner(job, new Judgement(options), counting);
}

class Runner<P extends CasePlayer> implements UnitRunner {
  private readonly cells = new Map<number, Cell<P>>();
  private enumeration: Enumeration<P> | null = null;

  constructor(
    private readonly job: Job,
    private readonly referee: Referee<P>,
    private readonly counting: CountingEngine | undefined,
  ) {}

  run(unit: Unit, attempt: Attempt = firstAttempt()): Counts {
    attempt.beacon[BEACON_CASE] = NO_CASE;
    const counts = unit.kind === 'blocks' ? this.runBlocks(unit, attempt) : this.runCases(unit, attempt);
    return this.counting === undefined ? counts : { ...counts, hits: this.counting.take() };
  }

  private runBlocks({ cell: index, first, blocks, position }: BlockUnit, { beacon, lost, givesUp }: Attempt): Counts {
    const { tally } = this.referee;
    const cell = this.cellOf(index);
    cell.watch(beacon, lost, givesUp);
    for (let i = 0; i < blocks; i++) {
      cell.runBlock(first + i, position + i * CASES_PER_BLOCK);
      if ((this.job.failFast && tally.failed) || cell.hasGivenUp) break;
    }
    beacon[BEACON_CASE] = NO_CASE;
    return this.referee.harvest(cell.player, cell.options.arch);
  }

  private runCases({ first, cases }: CaseUnit, { beacon, lost, givesUp }: Attempt): Counts {
    const { tally, newPlayer } = this.referee;
    const enumeration = this.enumeration ?? new Enumeration(this.job.scope, tally, newPlayer);
    this.enumeration = enumeration;
    enumeration.watch(beacon, lost);
    enumeration.runCases(first, givesUp ? lost[lost.length - 1].index + 1 - first : cases);
    beacon[BEACON_CASE] = NO_CASE;
    return this.referee.harvest(enumeration.player, enumeration.player.scene.arch.name);
  }

  /** A cell is built when its first unit comes, and stays: its tables and caches are worth it. */
  private cellOf(index: number): Cell<P> {
    const known = this.cells.get(index);
    if (known !== undefined) return known;
    const { arch, span, pair } = this.job.cells[index];
    const { tally, newPlayer } = this.referee;
    const cell = new Cell({ arch, span, pair, seed: this.job.seed }, tally, newPlayer);
    this.cells.set(index, cell);
    return cell;
  }
}
