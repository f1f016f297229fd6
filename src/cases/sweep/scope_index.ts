/**
 * The numbering of a scope: how many cases each plot has, and so which case has which index. Architectures are
 * contiguous ranges of indexes, within them configurations, within those tilings.
 */
import { isDeepStrictEqual } from 'node:util';
import type { ArchName } from '../../mm/arch/architecture.js';
import type { Case } from '../case.js';
import { liftCase } from '../lift.js';
import { loadCase } from '../load.js';
import { Steps } from '../steps.js';
import { Plot } from './plot.js';
import type { Scope } from './scope.js';
import { type Tiling, tilingKey, tilingOf, tilings } from './tiling.js';

/** Indexes [from, to). */
export interface IndexRange {
  readonly from: number;
  readonly to: number;
}

/** A plot that was found, at a position. */
export interface PlacedPlot {
  readonly plot: Plot;
  /** index of the plot's first case */
  readonly first: number;
}

export class ScopeIndex {
  /** number of cases */
  readonly size: number;
  readonly tilings: readonly Tiling[];
  private readonly tilingNumbers: ReadonlyMap<string, number>;
  /** cases before each plot, within one architecture; one more at the end */
  private readonly starts: Float64Array;

  constructor(readonly scope: Scope) {
    this.tilings = tilings(scope.span, scope.tiles);
    this.tilingNumbers = new Map(this.tilings.map((tiling, i) => [tilingKey(tiling), i]));
    // Which architecture it is changes no plot's size.
    const sizes = scope.configurations.flatMap((_, configuration) =>
      this.tilings.map((_, tiling) => this.plot(0, configuration, tiling).size),
    );
    this.starts = new Float64Array(sizes.length + 1);
    sizes.forEach((size, i) => {
      this.starts[i + 1] = this.starts[i] + size;
    });
    this.size = this.perArchitecture * scope.architectures.length;
  }

  /** Cases of each architecture. */
  get perArchitecture(): number {
    return this.starts[this.starts.length - 1];
  }

  /** The indexes of an architecture; none if the scope does not have it. */
  rangeOf(arch: ArchName): IndexRange {
    const number = this.scope.architectures.indexOf(arch);
    if (number < 0) return { from: 0, to: 0 };
    return { from: number * this.perArchitecture, to: (number + 1) * this.perArchitecture };
  }

  /** The plot of a case, at its position. */
  placeOf(index: number): PlacedPlot {
    const within = index % this.perArchitecture;
    const number = this.plotNumber(within);
    const architecture = Math.floor(index / this.perArchitecture);
    const plot = this.plot(architecture, Math.floor(number / this.tilings.length), number % this.tilings.length);
    const rank = within - this.starts[number];
    plot.gray.seek(rank);
    return { plot, first: index - rank };
  }

  /** The plain case with this index, 0 <= index < size. */
  caseAt(index: number): Case {
    return this.placeOf(index).plot.case();
  }

  /** The index of a plain case, or null if the scope does not have it. */
  indexOf(plain: Case): number | null {
    const wanted = canonical(plain);
    const { architectures, configurations } = this.scope;
    const architecture = architectures.indexOf(wanted.arch);
    const tiling = this.tilingNumbers.get(tilingKey(tilingOf(wanted)));
    if (wanted.span !== this.scope.span || architecture < 0 || tiling === undefined) return null;
    for (let i = 0; i < configurations.length; i++) {
      const plot = this.plot(architecture, i, tiling);
      if (!plot.find(wanted) || !isDeepStrictEqual(plot.case(), wanted)) continue;
      return architecture * this.perArchitecture + this.starts[i * this.tilings.length + tiling] + plot.gray.position();
    }
    return null;
  }

  private plot(architecture: number, configuration: number, tiling: number): Plot {
    const { scope } = this;
    const arch = scope.architectures[architecture];
    return new Plot(scope, arch, scope.configurations[configuration], this.tilings[tiling]);
  }

  /** The last plot that does not start behind this index within an architecture. */
  private plotNumber(within: number): number {
    let low = 0;
    let high = this.starts.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.starts[middle] <= within) low = middle;
      else high = middle;
    }
    return low;
  }
}

/** The one way of writing a case down: what lifting makes of it. */
function canonical(plain: Case): Case {
  const { scene, image } = loadCase(plain);
  const steps = new Steps();
  steps.load(plain);
  return liftCase(scene, image, steps);
}
