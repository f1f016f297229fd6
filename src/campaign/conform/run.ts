/** Kernels against their models: which cases, and one row for each architecture. */
import type { Scope } from '../../cases/sweep/scope.js';
import type { ArchName } from '../../mm/arch/architecture.js';
import { ARCHITECTURES } from '../../mm/arch/index.js';
import type { Revision } from '../../mm/revision.js';
import { type Breath, Conformity, type Outcome } from './conform.js';
import { kindsOf } from './kinds.js';
import { type Smallest, smallest } from './smallest.js';

/** Spans in pages: with one folio more often than not, around the fault-around window, with folios mapped by PMD. */
const SPANS = [4, 16, 64, 512] as const;
const SEED = 1;

/** What random faults are divided over: every span, with races and without. */
export const DRAWS = SPANS.flatMap((span) => [false, true].map((races) => ({ span, races })));

export interface ConformOptions {
  readonly model: Revision;
  readonly kernel: Revision;
  /** random faults over all architectures, or a scope that is enumerated */
  readonly what: number | Scope;
  readonly breath?: Breath;
}

export interface Row extends Outcome {
  readonly arch: ArchName;
  /** what disagrees most often in the smallest case that shows it; null where nothing disagrees */
  readonly smallest: Smallest | null;
}

/** The architectures that a kernel is compared on. */
export function archsOfConform({ kernel, what }: Pick<ConformOptions, 'kernel' | 'what'>): readonly ArchName[] {
  const own = kernel.architectures ?? [...ARCHITECTURES.keys()];
  return typeof what === 'number' ? own : own.filter((arch) => what.architectures.includes(arch));
}

/** Compares on one architecture after the other; random faults are divided over spans, half of them with races. */
export async function* conform(options: ConformOptions): AsyncGenerator<Row> {
  const { model, kernel, what, breath } = options;
  const archs = archsOfConform(options);
  for (const arch of archs) {
    const conformity = new Conformity(model, kernel, breath);
    if (typeof what !== 'number') await conformity.sweep(what, arch);
    else {
      const faults = Math.ceil(what / archs.length / DRAWS.length);
      for (const { span, races } of DRAWS) await conformity.draw(arch, span, races, SEED, faults);
    }
    yield { arch, ...conformity.outcome, smallest: smallestOf(conformity.outcome, options) };
  }
}

function smallestOf(outcome: Outcome, { model, kernel }: ConformOptions): Smallest | null {
  const [kind] = kindsOf(outcome);
  if (kind !== undefined) return smallest(kind.address, kind.columns, model, kernel);
  return outcome.died.count > 0 ? smallest(outcome.died.address, '', model, kernel) : null;
}
