/** A kernel against its model: which cases, and one row for each architecture. */
import type { Scope } from '../../cases/sweep/scope.js';
import type { IndexRange } from '../../cases/sweep/scope_index.js';
import type { ArchName } from '../../mm/arch/architecture.js';
import { ARCHITECTURES } from '../../mm/arch/index.js';
import type { Revision } from '../../mm/revision.js';
import { EMPTY_ALLOWLIST } from '../../oracle/allowlist.js';
import type { Report } from '../../report/model.js';
import type { CampaignOptions } from '../api.js';
import { countCampaign } from '../campaign.js';
import { FAULTS_PER_BLOCK } from '../cell.js';
import type { Counts, Disagreement } from '../counts.js';
import { type PlannedCell, pairSpace, plannedFaults } from '../plan.js';
import { plannedCases, planSweep, sweepOptions, sweepReport } from '../sweep.js';
import { type Smallest, smallest } from './smallest.js';

/** Spans in pages: with one folio more often than not, around the fault-around window, with folios mapped by PMD. */
const SPANS = [4, 16, 64, 512] as const;

/** What random faults are divided over: every span, with races and without. */
export const DRAWS = SPANS.flatMap((span) => [false, true].map((races) => ({ span, races })));

export interface ConformOptions extends Pick<CampaignOptions, 'workers' | 'onProgress' | 'stopRequested'> {
  readonly model: Revision;
  readonly kernel: Revision;
  /** random faults over all architectures, or a scope that is enumerated */
  readonly what: number | Scope;
  /** of random faults, 1 unless told */
  readonly seed?: number | undefined;
  /** which cases of the scope; all of them where nothing is said */
  readonly indexes?: IndexRange | undefined;
}

/** What was compared on one architecture. */
export interface Row {
  readonly arch: ArchName;
  readonly faults: number;
  /** by position of the first case */
  readonly disagreements: readonly Disagreement[];
  /** cases in which the kernel's code stopped; null where there are none */
  readonly died: Disagreement | null;
  /** the first disagreement in the smallest case that shows it; null where nothing disagrees */
  readonly smallest: Smallest | null;
}

export interface Conformity {
  readonly rows: readonly Row[];
  readonly stopped: Report['stopped'];
  /** what is left of a scope that was interrupted; null of random faults */
  readonly rest: IndexRange | null;
}

/** The architectures that a kernel is compared on. */
export function archsOfConform({ kernel, what }: Pick<ConformOptions, 'kernel' | 'what'>): readonly ArchName[] {
  const own = kernel.architectures ?? [...ARCHITECTURES.keys()];
  return typeof what === 'number' ? own : own.filter((arch) => what.architectures.includes(arch));
}

/** Cases of the scope that are compared; null for random ones. */
export function casesOf(options: Pick<ConformOptions, 'model' | 'kernel' | 'what' | 'indexes'>): number | null {
  const { sweep } = planOf(options);
  return sweep === undefined ? null : plannedCases(sweep);
}

/** Compares on all architectures; random faults are divided over them and over spans, half of them with races. */
export async function conform(options: ConformOptions): Promise<Conformity> {
  const { model, kernel, workers, onProgress, stopRequested } = options;
  const plan = planOf(options);
  const { counts, stopped } = await countCampaign({
    ...plan,
    ...{ legacy: model, batched: kernel, everyWord: true, allowlist: EMPTY_ALLOWLIST },
    ...(workers !== undefined && { workers }),
    ...(onProgress && { onProgress }),
    ...(stopRequested && { stopRequested }),
  });
  return {
    rows: plan.architectures.map((arch) => rowOf(arch, counts, options)),
    stopped,
    rest: plan.sweep === undefined ? null : sweepReport(plan.sweep, counts.cases, stopped === 'interrupted').rest,
  };
}

type Plan = Omit<CampaignOptions, 'legacy' | 'batched' | 'allowlist'>;

function planOf(options: Pick<ConformOptions, 'model' | 'kernel' | 'what' | 'indexes' | 'seed'>): Plan {
  const { what, indexes, seed = 1 } = options;
  const architectures = archsOfConform(options);
  if (typeof what !== 'number') return sweepOptions(planSweep(what, { indexes, architectures }));
  const cells = architectures.flatMap((arch) => cellsOf(arch, what / architectures.length, options));
  return {
    ...{ architectures, cells, faults: plannedFaults(cells), seconds: null, seed },
    ...{ spans: SPANS, races: true, invariantsAll: false, failFast: false },
  };
}

function cellsOf(
  arch: ArchName,
  faults: number,
  { model, kernel }: Pick<ConformOptions, 'model' | 'kernel'>,
): PlannedCell[] {
  const blocks = Math.ceil(faults / DRAWS.length / FAULTS_PER_BLOCK);
  return DRAWS.map(({ span, races }) => ({ arch, span, blocks, pair: pairSpace(model, kernel, arch, races) }));
}

function rowOf(arch: ArchName, { run, disagreements = [] }: Counts, { model, kernel }: ConformOptions): Row {
  const own = disagreements.filter((one) => one.arch === arch);
  const different = own.filter(({ columns }) => columns !== '');
  const died = own.find(({ columns }) => columns === '') ?? null;
  const first = different[0] ?? died;
  return {
    ...{ arch, faults: run[arch] ?? 0, disagreements: different, died },
    smallest: first?.replays === true ? smallest(first.first, first.columns, model, kernel) : null,
  };
}
