/** Makes the report of a campaign from its counts and options alone, whoever counted. */
import { GENERATOR_VERSION } from '../cases/space.js';
import { FIELDS } from '../mm/fields.js';
import { MARKS } from '../mm/marks.js';
import type { Revision } from '../mm/revision.js';
import { expiredEntries } from '../oracle/allowlist.js';
import { entriesFor } from '../oracle/decider.js';
import { INVARIANTS } from '../oracle/invariants.js';
import { valueText } from '../oracle/values.js';
import { inReadingOrder, isExplained } from '../report/class_text.js';
import type { Report, ReportClass, ReportViolation, Verdict } from '../report/model.js';
import { SCHEMA_VERSION } from '../report/schema_version.js';
import { VERSION } from '../version.js';
import type { CampaignOptions } from './api.js';
import { type ClassCount, type Counts, faultsRun } from './counts.js';
import { entriesNotHit } from './not_hit.js';
import { canReach, ENOUGH_FAULTS } from './plan.js';
import { sweepReport } from './sweep.js';

/** How a campaign ended, beside what it counted. */
export interface Ending {
  readonly stopped: Report['stopped'];
  /** faults that were planned, or null for a campaign that was limited by time */
  readonly planned: number | null;
  readonly seconds: number;
  /** what ran is not the beginning of the plan, but some of its shards */
  readonly scattered?: boolean;
}

/** The whole report. The same options and counts give the same report, apart from `timing`. */
export async function makeReport(options: CampaignOptions, counts: Counts, ending: Ending): Promise<Report> {
  const { legacy, batched, architectures, spans, seed, races, invariantsAll, sweep } = options;
  const { stopped, planned, seconds, scattered = false } = ending;
  const run = faultsRun(counts);
  const { effective } = counts;
  const marks = markCounts(options, counts);
  // A scope is no sample of everything: what it does not reach says nothing.
  const enough = run >= ENOUGH_FAULTS && stopped !== 'fail-fast' && sweep === undefined;
  const cold = enough ? marks.filter(({ required, count }) => required && count === 0) : [];
  const report = {
    schemaVersion: SCHEMA_VERSION,
    version: VERSION,
    generatorVersion: GENERATOR_VERSION,
    engines: { legacy: legacy.id, batched: batched.id },
    architectures: [...architectures],
    spans: [...spans],
    seed: sweep === undefined ? seed : null,
    sweep: sweep === undefined ? null : sweepReport(sweep, counts.cases, stopped === 'interrupted' && !scattered),
    races,
    invariants: invariantsAll ? ('all' as const) : ('sampled' as const),
    faults: { planned, run, effective },
    marks: Object.fromEntries(marks.map(({ name, count }) => [name, count])),
    coldMarks: cold.map(({ name }) => name),
    classes: await reportClasses(options, counts),
    violations: await reportViolations(options, counts),
    died: counts.died.map(({ engine, address, message }) => ({ engine, address, message })),
    deaths: counts.deaths,
    allowlist: allowlistHits(options, counts),
    ...entriesNotHit(options, counts),
    expiredEntries: expiredEntries(entriesFor(options.allowlist, legacy, batched), options.today).map(({ id }) => id),
    stopped,
    timing: { seconds, faultsPerSecond: Math.round(run / seconds) },
  } satisfies Omit<Report, 'verdict'>;
  return { ...report, verdict: verdictOf(report) };
}

interface MarkCount {
  readonly name: string;
  readonly count: number;
  /** the plan can reach it */
  readonly required: boolean;
}

/** Every mark of every engine that has it. */
export function markCounts(options: CampaignOptions, { marks }: Pick<Counts, 'marks'>): MarkCount[] {
  const sides: readonly (readonly ['legacy' | 'batched', Revision])[] = [
    ['legacy', options.legacy],
    ['batched', options.batched],
  ];
  return sides.flatMap(([side, revision]) =>
    MARKS.flatMap((mark, index) => {
      if (mark.side !== 'both' && mark.side !== revision.family) return [];
      const name = mark.side === 'both' ? `${side}.${mark.name}` : mark.name;
      return [{ name, count: marks[side][index], required: canReach(mark, revision, options) }];
    }),
  );
}

function allowlistHits({ allowlist, legacy, batched }: CampaignOptions, { entryHits }: Counts): Record<string, number> {
  return Object.fromEntries(entriesFor(allowlist, legacy, batched).map(({ id }) => [id, entryHits[id] ?? 0]));
}

/**
 * The classes, those without an entry first, then by field. What a case of one shows is not shrunk again: those that
 * are read first are shrunk first, so that their case shows little else.
 */
async function reportClasses(options: CampaignOptions, { classes, effective, cases }: Counts): Promise<ReportClass[]> {
  const whole = options.sweep === undefined ? effective : cases;
  const plain = classes.map((counted) => reportClass(counted, options, whole)).sort(byField);
  const isShrunk = (found: ReportClass): boolean => !isExplained(found) || options.shrinks !== 'unexplained';
  if (!plain.some(isShrunk)) return plain;
  // Loaded where something is shrunk: most campaigns find nothing that is.
  const { Shrinker } = await import('./shrink.js');
  const shrinker = new Shrinker(options);
  const shrunk = new Map(
    shrinkingOrder(plain)
      .filter(isShrunk)
      .map((found) => [found, shrinker.caseFor(found)]),
  );
  return plain.map((found) => ({ ...found, shrunk: shrunk.get(found) ?? null }));
}

function shrinkingOrder(classes: readonly ReportClass[]): ReportClass[] {
  const read = inReadingOrder(classes);
  return [...read.filter((found) => !isExplained(found)), ...read.filter(isExplained)];
}

/** @param whole what `share` is a share of */
function reportClass(counted: ClassCount, { allowlist }: CampaignOptions, whole: number): ReportClass {
  const { id, kind, facts, count, first, entry } = counted;
  const field = FIELDS.find(({ name }) => name === counted.field);
  if (field === undefined) throw new Error(`no field ${counted.field}`);
  return {
    id,
    kind,
    field: field.name,
    site: field.site,
    legacy: valueText(field, counted.legacy),
    batched: valueText(field, counted.batched),
    facts: [...facts],
    count,
    share: whole === 0 ? 0 : Math.min(1, count / whole),
    first,
    shrunk: null,
    entry,
    underReview: allowlist.entries.find((candidate) => candidate.id === entry)?.class === 'under-review',
  };
}

async function reportViolations(options: CampaignOptions, { violations }: Counts): Promise<ReportViolation[]> {
  if (violations.length === 0) return [];
  const { shrinkViolation } = await import('./shrink.js');
  return violations.map(({ invariant, engine, first, count }) => ({
    invariant,
    sentence: INVARIANTS.find(({ id }) => id === invariant)?.sentence ?? '',
    engine,
    count,
    first,
    shrunk: shrinkViolation(first, invariant, engine, options),
  }));
}

/** Unexplained first, page-table entries before counters, frequent before rare; ties by name and entry. */
function byField(a: ReportClass, b: ReportClass): number {
  const rank = ({ entry, field }: ReportClass): number =>
    (entry === null ? 0 : 1000) + FIELDS.findIndex(({ name }) => name === field);
  const nameOf = ({ id, entry }: ReportClass): string => `${id} ${entry ?? ''}`;
  return rank(a) - rank(b) || b.count - a.count || (nameOf(a) < nameOf(b) ? -1 : 1);
}

function verdictOf(report: Omit<Report, 'verdict'>): Verdict {
  const { classes, violations, deaths, coldMarks, faults } = report;
  if (violations.length > 0 || classes.some(({ entry }) => entry === null)) return 'divergent';
  if (deaths > 0 || coldMarks.length > 0 || faults.effective === 0) return 'undecided';
  if (classes.some(({ underReview }) => underReview)) return 'undecided';
  return classes.length > 0 ? 'explained' : 'agree';
}
