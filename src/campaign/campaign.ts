/**
 * Runs a campaign: plans its units, runs them one after the other, adds up what they counted and makes the report. What
 * is added up is always the beginning of the plan, so that a campaign that stops early has a report of what it ran.
 */
import { entriesFor } from '../oracle/allowlist.js';
import type { Report } from '../report/model.js';
import type { CampaignOptions, Progress } from './api.js';
import { FAULTS_PER_BLOCK } from './cell.js';
import { type Counts, EMPTY_COUNTS, faultsRun, hasFailed, Totals } from './counts.js';
import { type PlannedCell, planCells } from './plan.js';
import { makeReport, markCounts } from './report.js';
import { type Job, Runner } from './runner.js';
import { blockUnits, type Unit } from './unit.js';

export const DEFAULT_FAULTS = 400_000;
export { DEFAULT_SPANS } from './report.js';

/** Faults of one round of a campaign that is limited by time. */
const ROUND_FAULTS = 240_000;
/** Milliseconds between two looks at the keyboard. */
const BREATH = 100;

/**
 * Runs a campaign to its end, or until it is stopped.
 * @returns the report; its verdict is complete even if the campaign is not
 */
export async function runCampaign(options: CampaignOptions): Promise<Report> {
  const campaign = new Campaign(options);
  await campaign.run();
  return campaign.report();
}

/** The units of a campaign in plan order; without end if it is limited by time. */
function* unitsOf(cells: readonly PlannedCell[], isTimed: boolean): Generator<Unit> {
  yield* blockUnits(cells);
  // Rounds of the same cells over further blocks, until time is up.
  for (let round = 1; isTimed; round++) yield* blockUnits(cells, round);
}

class Campaign {
  private readonly totals = new Totals();
  private counts: Counts = EMPTY_COUNTS;
  private readonly cells: readonly PlannedCell[];
  private readonly started = performance.now();
  private stop: Report['stopped'] = 'complete';
  private lastBreath = 0;

  constructor(private readonly options: CampaignOptions) {
    this.cells = planCells(options, options.faults ?? ROUND_FAULTS);
  }

  async run(): Promise<void> {
    const { legacy, batched, allowlist, seed, invariantsAll, failFast } = this.options;
    const { cells } = this;
    const entries = entriesFor(allowlist, legacy, batched);
    const job: Job = { legacy, batched, entries, cells, seed, invariantsAll, failFast };
    const runner = new Runner(job);
    for (const unit of unitsOf(cells, this.options.faults === null)) {
      this.add(runner.run(unit));
      await this.breathe();
      if (this.stop !== 'complete') return;
    }
  }

  private add(counts: Counts): void {
    this.totals.add(counts);
    this.counts = this.totals.counts();
    if (this.options.failFast && hasFailed(counts)) this.stop = 'fail-fast';
  }

  /** Lets signals in, reports progress, and notices why to stop. */
  private async breathe(): Promise<void> {
    const { stopRequested, seconds, onProgress } = this.options;
    const now = performance.now();
    if (this.stop === 'complete' && seconds !== null && now - this.started > 1000 * seconds) this.stop = 'time';
    if (now - this.lastBreath < BREATH) return;
    this.lastBreath = now;
    onProgress?.(this.progress());
    await new Promise((resolve) => setImmediate(resolve));
    if (stopRequested?.() === true) this.stop = 'interrupted';
  }

  private progress(): Progress {
    const { options, counts } = this;
    const required = markCounts(options, counts).filter((mark) => mark.required);
    return {
      faultsRun: faultsRun(counts),
      faultsPlanned: options.faults,
      effective: counts.effective,
      marksHit: required.filter(({ count }) => count > 0).length,
      marksRequired: required.length,
      classes: counts.classes.length,
      unexplained: counts.classes.filter(({ entry }) => entry === null).length,
      seconds: this.seconds(),
    };
  }

  private seconds(): number {
    return (performance.now() - this.started) / 1000;
  }

  report(): Report {
    const planned = this.cells.reduce((sum, { blocks }) => sum + blocks, 0) * FAULTS_PER_BLOCK;
    return makeReport(this.options, this.counts, {
      stopped: this.stop,
      planned: this.options.faults === null ? null : planned,
      seconds: this.seconds(),
    });
  }
}
