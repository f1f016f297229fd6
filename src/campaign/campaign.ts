/** Runs a campaign: plans the cells, runs their blocks in slices, and turns what was counted into a report. */
import { GENERATOR_VERSION } from '../cases/space.js';
import { FIELDS } from '../mm/fields.js';
import { MARKS, type Mark } from '../mm/marks.js';
import type { Revision } from '../mm/revision.js';
import { entriesFor } from '../oracle/allowlist.js';
import { INVARIANTS } from '../oracle/invariants.js';
import { valueText } from '../oracle/values.js';
import { type Report, type ReportClass, type ReportViolation, SCHEMA_VERSION, type Verdict } from '../report/model.js';
import { VERSION } from '../version.js';
import type { CampaignOptions, Progress } from './api.js';
import { Cell } from './cell.js';
import { canReach, ENOUGH_FAULTS, type PlannedCell, planCells } from './plan.js';
import { Shrinker, shrinkViolation } from './shrink.js';
import { type ClassTally, Tally } from './tally.js';

export const DEFAULT_FAULTS = 400_000;
export const DEFAULT_SPANS: readonly number[] = [8, 64, 512];
/** Faults of one round of a campaign that is limited by time. */
const ROUND_FAULTS = 240_000;
/** Blocks between two looks at the clock and the keyboard. */
const SLICE_BLOCKS = 64;

type Stop = Report['stopped'];

/**
 * Runs a campaign to its end, or until it is stopped.
 * @returns the report; its verdict is complete even if the campaign is not
 */
export async function runCampaign(options: CampaignOptions): Promise<Report> {
  const campaign = new Campaign(options);
  await campaign.run();
  return campaign.report();
}

class Campaign {
  private readonly tally = new Tally();
  private readonly cells: Cell[] = [];
  private readonly started = performance.now();
  private planned = 0;
  private stop: Stop = 'complete';
  private lastProgress = 0;

  constructor(private readonly options: CampaignOptions) {}

  async run(): Promise<void> {
    const { faults } = this.options;
    if (faults !== null) {
      await this.runCells(planCells(this.options, faults), 0);
      return;
    }
    // Rounds of the same cells over further blocks, until time is up.
    const cells = planCells(this.options, ROUND_FAULTS);
    for (let round = 0; this.stop === 'complete'; round++) await this.runCells(cells, round);
  }

  private async runCells(planned: readonly PlannedCell[], round: number): Promise<void> {
    const { legacy, batched, allowlist, seed, invariantsAll } = this.options;
    const entries = entriesFor(allowlist, legacy, batched);
    for (let i = 0; i < planned.length && this.stop === 'complete'; i++) {
      const { arch, span, pair, blocks } = planned[i];
      this.planned += blocks * 16;
      if (round === 0) {
        this.cells.push(
          new Cell({ arch, span, legacy, batched, entries, pair, seed, invariantsAll }, this.tally, i * 2 ** 40),
        );
      }
      await this.runBlocks(this.cells[i], round * blocks, blocks);
    }
  }

  private async runBlocks(cell: Cell, first: number, blocks: number): Promise<void> {
    const slice = Math.max(1, Math.floor((SLICE_BLOCKS * 64) / cell.options.span));
    for (let block = first; block < first + blocks; block++) {
      cell.runBlock(block);
      if ((block - first) % slice !== 0) continue;
      await this.breathe();
      if (this.stop !== 'complete') return;
    }
  }

  /** Lets signals in, reports progress, and notices why to stop. */
  private async breathe(): Promise<void> {
    const { stopRequested, seconds, failFast, onProgress } = this.options;
    const now = performance.now();
    if (failFast && (this.tally.unexplained > 0 || this.tally.violations.size > 0)) this.stop = 'fail-fast';
    if (seconds !== null && now - this.started > 1000 * seconds) this.stop = 'time';
    if (now - this.lastProgress < 100) return;
    this.lastProgress = now;
    onProgress?.(this.progress());
    await new Promise((resolve) => setImmediate(resolve));
    if (stopRequested?.() === true) this.stop = 'interrupted';
  }

  private sum(of: (cell: Cell) => number): number {
    return this.cells.reduce((total, cell) => total + of(cell), 0);
  }

  private progress(): Progress {
    const required = this.requiredMarks();
    return {
      faultsRun: this.sum((cell) => cell.player.run),
      faultsPlanned: this.options.faults,
      effective: this.sum((cell) => cell.player.effective),
      marksHit: required.filter(({ count }) => count > 0).length,
      marksRequired: required.length,
      classes: this.tally.classes.length,
      unexplained: this.tally.unexplained,
      seconds: (performance.now() - this.started) / 1000,
    };
  }

  private markCount(mark: Mark, side: 'legacy' | 'batched'): number {
    const index = MARKS.indexOf(mark);
    return this.sum((cell) => cell.player.duel[side].image.marks[index]);
  }

  /** Every mark of every engine that has it; `required` if the plan can reach it. */
  private marks(): { name: string; count: number; required: boolean }[] {
    const sides: readonly (readonly ['legacy' | 'batched', Revision])[] = [
      ['legacy', this.options.legacy],
      ['batched', this.options.batched],
    ];
    return sides.flatMap(([side, revision]) =>
      MARKS.filter((mark) => mark.side === 'both' || mark.side === revision.family).map((mark) => ({
        name: mark.side === 'both' ? `${side}.${mark.name}` : mark.name,
        count: this.markCount(mark, side),
        required: canReach(mark, revision, this.options),
      })),
    );
  }

  private requiredMarks(): { name: string; count: number }[] {
    return this.marks().filter(({ required }) => required);
  }

  report(): Report {
    const { legacy, batched, architectures, spans, seed, races, invariantsAll } = this.options;
    const run = this.sum((cell) => cell.player.run);
    const effective = this.sum((cell) => cell.player.effective);
    const seconds = (performance.now() - this.started) / 1000;
    const enough = run >= ENOUGH_FAULTS && this.stop !== 'fail-fast';
    const coldMarks = enough ? this.requiredMarks().filter(({ count }) => count === 0) : [];
    const classes = this.reportClasses(effective);
    const violations = this.reportViolations();
    const died = this.cells.flatMap(({ player }) => player.died);
    const staleEntries = this.staleEntries();
    const report = {
      schemaVersion: SCHEMA_VERSION,
      version: VERSION,
      generatorVersion: GENERATOR_VERSION,
      engines: { legacy: legacy.id, batched: batched.id },
      architectures: [...architectures],
      spans: [...spans],
      seed,
      races,
      invariants: invariantsAll ? ('all' as const) : ('sampled' as const),
      faults: { planned: this.options.faults === null ? null : this.planned, run, effective },
      marks: Object.fromEntries(this.marks().map(({ name, count }) => [name, count])),
      coldMarks: coldMarks.map(({ name }) => name),
      classes,
      violations,
      died,
      allowlist: this.allowlistHits(),
      staleEntries,
      stopped: this.stop,
      timing: { seconds, faultsPerSecond: Math.round(run / seconds) },
    } satisfies Omit<Report, 'verdict'>;
    return { ...report, verdict: verdictOf(report) };
  }

  private allowlistHits(): Record<string, number> {
    const { allowlist, legacy, batched } = this.options;
    const entries = entriesFor(allowlist, legacy, batched);
    return Object.fromEntries(entries.map(({ id }) => [id, this.tally.entryHits.get(id) ?? 0]));
  }

  /** Entries of this pair that a campaign of this size should have hit. */
  private staleEntries(): string[] {
    const { architectures, spans, races } = this.options;
    const hits = this.allowlistHits();
    const complete = DEFAULT_SPANS.every((span) => spans.includes(span));
    const { allowlist, legacy, batched } = this.options;
    return entriesFor(allowlist, legacy, batched)
      .filter((entry) => {
        const archs = entry.architectures ?? [...architectures];
        const here = this.cells.filter((cell) => archs.includes(cell.options.arch));
        const faults = here.reduce((total, cell) => total + cell.player.run, 0);
        return complete && (!entry.races || races) && faults >= ENOUGH_FAULTS && hits[entry.id] === 0;
      })
      .map(({ id }) => id);
  }

  /** The classes, the most important first: what a case of an earlier one shows is not shrunk again. */
  private reportClasses(effective: number): ReportClass[] {
    const { legacy, batched, allowlist } = this.options;
    const shrinker = new Shrinker({ legacy, batched, allowlist });
    return this.tally.classes
      .map((tally) => ({ tally, plain: this.reportClass(tally, effective) }))
      .sort((a, b) => byImportance(a.plain, b.plain))
      .map(({ tally, plain }) => ({ ...plain, shrunk: shrinker.caseFor(tally.first, tally.finding) }));
  }

  private reportClass(tally: ClassTally, effective: number): ReportClass {
    const { finding, first, count } = tally;
    const field = FIELDS[finding.field];
    return {
      id: tally.id,
      kind: finding.missing ? 'missing' : 'difference',
      field: field.name,
      site: field.site,
      legacy: valueText(field, finding.legacy),
      batched: valueText(field, finding.batched),
      facts: [...tally.facts],
      count,
      share: effective === 0 ? 0 : Math.min(1, count / effective),
      first,
      shrunk: null,
      entry: finding.entry?.id ?? null,
      underReview: finding.entry?.class === 'under-review',
    };
  }

  private reportViolations(): ReportViolation[] {
    const { legacy, batched, allowlist } = this.options;
    return [...this.tally.violations.values()].map(({ invariant, engine, first, count }) => ({
      invariant,
      sentence: INVARIANTS.find(({ id }) => id === invariant)?.sentence ?? '',
      engine,
      count,
      first,
      shrunk: shrinkViolation(first, invariant, engine, { legacy, batched, allowlist }),
    }));
  }
}

/** Unexplained first, page-table entries before counters, frequent before rare; ties by name. */
function byImportance(a: ReportClass, b: ReportClass): number {
  const rank = ({ entry, field }: ReportClass): number =>
    (entry === null ? 0 : 1000) + FIELDS.findIndex(({ name }) => name === field);
  return rank(a) - rank(b) || b.count - a.count || (a.id < b.id ? -1 : 1);
}

function verdictOf(report: Omit<Report, 'verdict'>): Verdict {
  const { classes, violations, died, coldMarks, faults } = report;
  if (violations.length > 0 || classes.some(({ entry }) => entry === null)) return 'divergent';
  if (died.length > 0 || coldMarks.length > 0 || faults.effective === 0) return 'undecided';
  if (classes.some(({ underReview }) => underReview)) return 'undecided';
  return classes.length > 0 ? 'explained' : 'agree';
}
