/** The plan of a campaign as a part writes it down, and back. */
import { indexOfScope, scopeNamed } from '../cases/scopes.js';
import type { Revision } from '../mm/revision.js';
import type { Allowlist } from '../oracle/allowlist.js';
import type { Plan } from '../report/part_model.js';
import type { CampaignOptions, SweepPlan, SweepRange } from './api.js';
import { engineWithId } from './engines.js';
import { planCells, plannedFaults } from './plan.js';
import { sweepOptions } from './sweep.js';

type SweepOfPart = Extract<Plan, { kind: 'sweep' }>;

export function planOf(options: CampaignOptions): Plan {
  const { legacy, batched, architectures, spans, faults, seed, races, invariantsAll, sweep } = options;
  const engines = { legacy: legacy.id, batched: batched.id };
  const kernels = kernelsOf([legacy, batched]);
  if (sweep !== undefined) {
    const { scope, ranges } = sweep;
    return {
      kind: 'sweep',
      engines,
      ...kernels,
      scope: scope.name,
      size: indexOfScope(scope).size,
      ranges: [...ranges],
    };
  }
  if (faults === null) throw new Error('a campaign that is limited by time has no shards');
  return {
    kind: 'fuzz',
    engines,
    ...kernels,
    architectures: [...architectures],
    spans: [...spans],
    faults,
    seed,
    races,
    invariants: invariantsAll ? 'all' : 'sampled',
  };
}

/** Which kernels the engines are; nothing where none of them is one. */
function kernelsOf(engines: readonly Revision[]): Pick<Plan, 'kernels'> {
  const contents = engines.flatMap(({ id, content }) => (content === undefined ? [] : [[id, content] as const]));
  return contents.length === 0 ? {} : { kernels: Object.fromEntries(contents) };
}

/** The options of a plan that was checked when it was read. */
export function optionsOf(plan: Plan, allowlist: Allowlist): CampaignOptions {
  const [legacy, batched] = [plan.engines.legacy, plan.engines.batched].map((id) => engineWithId(id));
  if (legacy === undefined || batched === undefined) throw new Error('the engines of a part that was read are known');
  if (plan.kind === 'sweep') return { legacy, batched, allowlist, ...sweepOptions(sweepOf(plan)) };
  const { architectures, spans, faults, seed, races, invariants } = plan;
  return {
    legacy,
    batched,
    architectures: architectures as CampaignOptions['architectures'],
    spans,
    faults,
    seconds: null,
    seed,
    races,
    invariantsAll: invariants === 'all',
    allowlist,
    failFast: false,
  };
}

/** Faults that are planned; null for a sweep, which plans cases. */
export const plannedOf = (options: CampaignOptions): number | null =>
  options.faults === null ? null : plannedFaults(planCells(options, options.faults));

function sweepOf({ scope: name, ranges }: SweepOfPart): SweepPlan {
  const scope = scopeNamed(name);
  if (scope === undefined) throw new Error('the scope of a part that was read is known');
  return { scope, ranges: ranges as readonly SweepRange[] };
}

/** What is wrong with the plan of a sweep that another machine wrote; undefined if nothing is. */
export function sweepComplaint({ scope: name, size, ranges }: SweepOfPart): string | undefined {
  const scope = scopeNamed(name);
  if (scope === undefined) return `no such scope: ${name}`;
  const index = indexOfScope(scope);
  if (index.size !== size) return `expected ${index.size} cases of the scope ${name}, found ${size}`;
  let end = 0;
  for (const { arch, from, to } of ranges) {
    const own = index.rangeOf(arch as SweepRange['arch']);
    if (from < end || to <= from || from < own.from || to > own.to) return `no such range of ${arch}: ${from} to ${to}`;
    end = to;
  }
  return undefined;
}
