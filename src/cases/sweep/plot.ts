/**
 * A plot of a scope: the cases of one architecture, one configuration and one tiling. Inside of it all choices are
 * independent of each other, so that dials can turn one at a time.
 */
import type { ArchName } from '../../mm/arch/architecture.js';
import { PAGE_SIZE } from '../../mm/bits.js';
import type { Case } from '../case.js';
import { VMA_FLAG_NAMES } from '../names.js';
import type { SweepDial } from './dial.js';
import { GrayCode } from './gray_code.js';
import { dialsOf } from './plot_dials.js';
import type { Configuration, Scope } from './scope.js';
import { isFolio, type Tiling } from './tiling.js';

export class Plot {
  /** dials with a choice, the fastest first */
  readonly dials: readonly SweepDial[];
  /** position within the plot: values of `dials` */
  readonly gray: GrayCode;
  /** dials with one value, which is written all the same */
  private readonly fixed: readonly SweepDial[];

  constructor(
    readonly scope: Scope,
    readonly arch: ArchName,
    readonly configuration: Configuration,
    readonly tiling: Tiling,
  ) {
    const dials = dialsOf(scope, configuration, tiling);
    this.dials = dials.filter(({ size }) => size > 1);
    this.fixed = dials.filter(({ size }) => size === 1);
    this.gray = new GrayCode(this.dials.map(({ size }) => size));
  }

  /** Number of cases. */
  get size(): number {
    return this.gray.size;
  }

  /** The plain case at the position. */
  case(): Case {
    const plain = this.skeleton();
    for (const dial of this.fixed) dial.write(plain, dial.values[0]);
    this.dials.forEach((dial, i) => {
      dial.write(plain, dial.values[this.gray.values[i]]);
    });
    return plain;
  }

  /** Goes to the position with the choices of a plain case; false if the dials do not have them. */
  find(plain: Case): boolean {
    const values = this.dials.map((dial) => dial.numberOf(plain));
    if (values.includes(-1)) return false;
    this.gray.seek(this.gray.rank(values));
    return true;
  }

  private skeleton(): Case {
    const { scope, configuration, tiling } = this;
    const [start, pages] = configuration.part ?? [0, scope.span];
    return {
      arch: this.arch,
      span: scope.span,
      faultAroundPages: 1,
      vma: {
        start,
        pages,
        tableIndex: 0,
        fileIndex: configuration.fileIndex ?? 0,
        flags: VMA_FLAG_NAMES.filter((name) => configuration.flags.includes(name)),
        mapPages: configuration.mapPages ?? true,
        vmaLock: configuration.vmaLock ?? false,
      },
      file: {
        kind: configuration.kind,
        base: 0,
        size: scope.span * PAGE_SIZE,
        mmapMiss: 0,
        readahead: configuration.readahead ?? true,
        pageMkwrite: configuration.pageMkwrite ?? 'none',
      },
      folios: tiling.filter(isFolio).map(({ at, order, kind }) => ({
        at,
        order,
        ...((kind === 'not-uptodate' || kind === 'refcount-zero') && { flags: [kind] }),
      })),
      valueEntries: tiling.filter(({ kind }) => kind === 'value-entry').map(({ at }) => at),
      pmd: configuration.pmdNone === true ? 'none' : 'table',
      row: '',
      bits: {},
      contiguous: [],
      steps: [{ read: start }],
      teardown: false,
      failures: [],
      race: { kind: 'none', at: 0 },
    };
  }
}
