/** Kernels against their models: which cases, and one row for each architecture. */
import type { Scope } from '../../cases/sweep/scope.js';
import type { ArchName } from '../../mm/arch/architecture.js';
import { ARCHITECTURES } from '../../mm/arch/index.js';
import type { Revision } from '../../mm/revision.js';
import { type Breath, Conformity, type Outcome } from './conform.js';

/** Spans in pages: with one folio more often than not, around the fault-around window, with folios mapped by PMD. */
const SPANS = [4, 16, 64, 512] as const;
const SEED = 1;

export interface ConformOptions {
  readonly model: Revision;
  readonly kernel: Revision;
  /** random faults over all architectures, or a scope that is enumerated */
  readonly what: number | Scope;
  readonly breath?: Breath;
}

export interface Row extends Outcome {
  readonly arch: ArchName;
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
      const share = Math.ceil(what / archs.length / SPANS.length / 2);
      for (const span of SPANS)
        for (const races of [false, true]) await conformity.draw(arch, span, races, SEED, share);
    }
    yield { arch, ...conformity.outcome };
  }
}
