/**
 * Runs a campaign: plans its units, runs them here or in worker threads, adds up what they counted and makes the
 * report. What is added up is always the beginning of the plan, so that the report is the same however many threads ran
 * it, and a campaign that stops early has a report of what it ran.
 */
import { entriesFor } from '../oracle/decider.js';
import type { Report } from '../report/model.js';
import type { Shard } from '../report/shard.js';
import type { CampaignOptions, Progress } from './api.js';
import { MAX_LOST } from './cell.js';
import { type Counts, faultsRun, hasFailed, Totals } from './counts.js';
import { compileFor, lengthOf } from './inlining.js';
import { type PlannedCell, planCells, plannedFaults } from './plan.js';
import type { UnitResult } from './pool.js';
import { type Ending, makeReport, markCounts } from './report.js';
import { type Job, runnerOf } from './runner.js';
import { plannedCases } from './sweep.js';
import { blockUnits, caseUnits, shardOf, type Unit, WHOLE } from './unit.js';

export const DEFAULT_FAULTS = 400_000;
export { DEFAULT_SPANS } from './plan.js';

/** Faults of one round of a campaign that is limited by time. */
const ROUND_FAULTS = 240_000;
/** Milliseconds between two looks at the keyboard. */
const BREATH = 100;
/** Milliseconds that an interrupted campaign waits for the units that run: the work of a unit is not lost. */
const GRACE = 1000;
/** Units that wait for each worker, so that none is idle while results are added up. */
const UNITS_AHEAD = 4;

/**
 * Runs a campaign to its end, or until it is stopped.
 * @returns the report; its verdict is complete even if the campaign is not
 */
export async function runCampaign(options: CampaignOptions): Promise<Report> {
  const { counts, ...ending } = await countCampaign(options);
  return makeReport(options, counts, ending);
}

/** What a campaign counted, and how it ended. */
export interface Counted extends Ending {
  readonly counts: Counts;
}

/** Runs a campaign, or one shard of it, and only counts. */
export async function countCampaign(options: CampaignOptions, shard: Shard = WHOLE): Promise<Counted> {
  const campaign = new Campaign(options);
  await campaign.run(shard);
  return campaign.counted();
}

/** A campaign of so few faults, or of so short a time, is over before worker threads are of any use. */
const SMALL_FAULTS = 50_000;
const SMALL_SECONDS = 0.5;

/** Worker threads for a campaign of this size where nothing else is asked for. */
export function defaultWorkers(
  { faults, seconds }: Pick<CampaignOptions, 'faults' | 'seconds'>,
  cores: number,
): number {
  const isSmall = (faults !== null && faults < SMALL_FAULTS) || (seconds !== null && seconds < SMALL_SECONDS);
  return isSmall || cores < 2 ? 0 : cores;
}

/** The units of a campaign in plan order; without end if it is limited by time. */
function* unitsOf({ sweep, faults }: CampaignOptions, cells: readonly PlannedCell[]): Generator<Unit> {
  if (sweep !== undefined) {
    yield* caseUnits(sweep);
    return;
  }
  yield* blockUnits(cells);
  // Rounds of the same cells over further blocks, until time is up.
  for (let round = 1; faults === null; round++) yield* blockUnits(cells, round);
}

class Campaign {
  private readonly totals = new Totals();
  private lost = 0;
  private readonly cells: readonly PlannedCell[];
  private readonly started = performance.now();
  private stop: Report['stopped'] = 'complete';
  private lastBreath = 0;

  constructor(private readonly options: CampaignOptions) {
    const { cells, sweep, faults } = options;
    this.cells = cells ?? (sweep === undefined ? planCells(options, faults ?? ROUND_FAULTS) : []);
  }

  async run(shard: Shard): Promise<void> {
    const { allowlist, sweep, workers = 0 } = this.options;
    const { legacy, batched, seed, invariantsAll, failFast, everyWord, counted } = this.options;
    const { cells } = this;
    const scope = sweep?.scope.name ?? null;
    const entries = entriesFor(allowlist, legacy, batched);
    const job: Job = { legacy, batched, entries, cells, seed, scope, invariantsAll, failFast, everyWord, counted };
    const units = shardOf(unitsOf(this.options, cells), shard);
    const amount = sweep === undefined ? this.options.faults : plannedCases(sweep);
    const share = amount === null ? null : amount / shard.of;
    compileFor(lengthOf(share, sweep === undefined ? 'faults' : 'cases', this.options.seconds, workers));
    if (workers === 0) await this.runHere(job, units);
    else await this.runInWorkers(job, units, workers);
  }

  private async runHere(job: Job, units: Iterable<Unit>): Promise<void> {
    const runner = runnerOf(job);
    for (const unit of units) {
      this.add({ counts: runner.run(unit), lost: 0 });
      if (performance.now() - this.lastBreath > BREATH) {
        await new Promise((resolve) => setImmediate(resolve));
        this.look();
      }
      if (this.stop !== 'complete') return;
    }
  }

  private async runInWorkers(job: Job, units: Iterable<Unit>, workers: number): Promise<void> {
    // Loaded where there are threads: a small campaign has none.
    const { WorkerPool } = await import('./pool.js');
    const pool = new WorkerPool(job, { workers, stallSeconds: this.options.stallSeconds });
    let interrupted = Number.POSITIVE_INFINITY;
    const patience = new Patience(() => {
      this.look();
      const now = performance.now();
      if (this.stop === 'interrupted') interrupted = Math.min(interrupted, now);
      return now - interrupted > GRACE;
    });
    const running: Promise<UnitResult>[] = [];
    /** Adds the result of the first unit in plan order that is still out. */
    const addNext = async (): Promise<void> => {
      const next = running.shift();
      const result = next === undefined ? undefined : await patience.waitFor(next);
      if (result === undefined) running.length = 0;
      else if (!this.isCut) this.add(result);
    };
    try {
      for (const unit of units) {
        running.push(handled(pool.run(unit)));
        if (running.length >= workers * UNITS_AHEAD) await addNext();
        if (this.stop !== 'complete') break;
      }
      while (running.length > 0 && !this.isCut) await addNext();
    } finally {
      patience.end();
      await pool.close();
    }
  }

  /** Nothing more is added: what is still running does not belong to the report. */
  private get isCut(): boolean {
    return this.stop === 'fail-fast' || this.stop === 'engine-died';
  }

  private add({ counts, lost }: UnitResult): void {
    const { failFast, seconds } = this.options;
    this.totals.add(counts);
    this.lost += lost;
    if (this.stop === 'interrupted') return;
    if (this.lost >= MAX_LOST) this.stop = 'engine-died';
    else if (failFast && hasFailed(counts)) this.stop = 'fail-fast';
    else if (this.stop === 'complete' && seconds !== null && this.seconds() > seconds) this.stop = 'time';
  }

  /** Reports progress and looks at the keyboard. */
  private look(): void {
    const { stopRequested, onProgress } = this.options;
    this.lastBreath = performance.now();
    onProgress?.(this.progress());
    if (stopRequested?.() === true && !this.isCut) this.stop = 'interrupted';
  }

  private progress(): Progress {
    const { options } = this;
    const counts = this.totals.counts();
    const { disagreements = [] } = counts;
    // Where every word is compared, nobody counts marks.
    const required = options.everyWord === true ? [] : markCounts(options, counts).filter((mark) => mark.required);
    return {
      casesRun: counts.cases,
      casesPlanned: options.sweep === undefined ? null : plannedCases(options.sweep),
      faultsRun: faultsRun(counts),
      faultsPlanned: options.faults,
      effective: counts.effective,
      marksHit: required.filter(({ count }) => count > 0).length,
      marksRequired: required.length,
      classes: counts.classes.length + disagreements.length,
      unexplained: counts.classes.filter(({ entry }) => entry === null).length + disagreements.length,
      seconds: this.seconds(),
    };
  }

  private seconds(): number {
    return (performance.now() - this.started) / 1000;
  }

  counted(): Counted {
    const planned = this.options.faults === null ? null : plannedFaults(this.cells);
    return { counts: this.totals.counts(), stopped: this.stop, planned, seconds: this.seconds() };
  }
}

/** A promise that somebody will look at, sooner or later or not at all: its failure meanwhile is no stray error. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

/**
 * Waits for units, but not longer than until the campaign is interrupted: a unit may never end. Each wait has a promise
 * of its own, because a race with one that lasts as long as the campaign would keep something of every unit.
 */
class Patience {
  private giveUp = (): void => {};
  private readonly timer: NodeJS.Timeout;

  /** @param look asked now and then; true if the campaign is interrupted */
  constructor(look: () => boolean) {
    this.timer = setInterval(() => {
      if (look()) this.giveUp();
    }, BREATH);
  }

  /** The result, or undefined if the campaign was interrupted first. */
  waitFor<T>(promise: Promise<T>): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      this.giveUp = () => resolve(undefined);
      promise.then(resolve, reject);
    });
  }

  end(): void {
    clearInterval(this.timer);
  }
}
