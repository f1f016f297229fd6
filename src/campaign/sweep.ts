/** The plan of a sweep: which indexes of a scope, and how much of the plan has been played when it ends. */
import { indexOfScope } from '../cases/scopes.js';
import type { Scope } from '../cases/sweep/scope.js';
import type { IndexRange } from '../cases/sweep/scope_index.js';
import type { ArchName } from '../mm/arch/architecture.js';
import type { Report } from '../report/model.js';
import type { CampaignOptions, SweepPlan, SweepRange } from './api.js';

/** Which cases of a scope; all of them where nothing is said. */
export interface Selection {
  readonly indexes?: IndexRange | undefined;
  readonly architectures?: readonly ArchName[] | undefined;
}

/** The cases of a scope that are asked for; no ranges where there are none. */
export function planSweep(scope: Scope, { indexes, architectures }: Selection = {}): SweepPlan {
  const index = indexOfScope(scope);
  const { from, to } = indexes ?? { from: 0, to: index.size };
  const ranges: SweepRange[] = scope.architectures
    .filter((arch) => architectures === undefined || architectures.includes(arch))
    .map((arch) => {
      const own = index.rangeOf(arch);
      return { arch, from: Math.max(own.from, from), to: Math.min(own.to, to) };
    });
  return { scope, ranges: ranges.filter((range) => range.from < range.to) };
}

/** What only a fuzz campaign has, as a sweep has it. */
export function sweepOptions(sweep: SweepPlan): Omit<CampaignOptions, 'legacy' | 'batched' | 'allowlist'> {
  return {
    sweep,
    architectures: sweep.ranges.map(({ arch }) => arch),
    spans: [sweep.scope.span],
    faults: null,
    seconds: null,
    seed: 0,
    races: false,
    invariantsAll: sweep.scope.invariantsAll ?? false,
    failFast: false,
  };
}

/** Number of cases. */
export const plannedCases = ({ ranges }: SweepPlan): number => ranges.reduce((sum, { from, to }) => sum + to - from, 0);

/** What a report says of a sweep. */
export function sweepReport(plan: SweepPlan, run: number, isBeginning: boolean): NonNullable<Report['sweep']> {
  const planned = plannedCases(plan);
  return {
    scope: plan.scope.name,
    size: indexOfScope(plan.scope).size,
    indexes: joined(plan.ranges),
    planned,
    run,
    rest: isBeginning && run < planned ? restOf(plan, run) : null,
  };
}

/** Ranges of neighbouring architectures are one. */
function joined(ranges: readonly SweepRange[]): IndexRange[] {
  const all: IndexRange[] = [];
  for (const { from, to } of ranges) {
    const last = all.at(-1);
    if (last?.to === from) all[all.length - 1] = { from: last.from, to };
    else all.push({ from, to });
  }
  return all;
}

/** The indexes that are left when the first `run` cases of the plan have been played. */
function restOf({ ranges }: SweepPlan, run: number): IndexRange {
  let left = run;
  const range = ranges.find(({ from, to }) => {
    if (left < to - from) return true;
    left -= to - from;
    return false;
  }) as SweepRange;
  return { from: range.from + left, to: (ranges.at(-1) as SweepRange).to };
}
