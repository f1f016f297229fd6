/**
 * Walks through the cases of a scope: any index directly, or from one to the next by turning one dial. The case is
 * always loaded, as if by loadCase(); a step changes only the words that depend on the dial and allocates nothing.
 */
import { Image } from '../../mm/image.js';
import { Scene } from '../../mm/scene.js';
import { loadInto } from '../load.js';
import { Steps } from '../steps.js';
import type { SweepDial } from './dial.js';
import type { GrayCode } from './gray_code.js';
import type { ScopeIndex } from './scope_index.js';

export class Enumerator {
  readonly steps = new Steps();
  /** index of the case that is loaded */
  index = -1;
  private gray!: GrayCode;
  private dials: readonly SweepDial[] = [];

  /** @param scene where the case is loaded, of the scope's span; the same holds for `base` */
  constructor(
    readonly scopeIndex: ScopeIndex,
    readonly scene: Scene = new Scene(scopeIndex.scope.span),
    readonly base: Image = new Image(scopeIndex.scope.span),
  ) {}

  /** Loads the case with this index, 0 <= index < size. */
  seek(index: number): void {
    const { plot } = this.scopeIndex.placeOf(index);
    const plain = plot.case();
    loadInto(plain, this.scene, this.base);
    this.steps.load(plain);
    this.gray = plot.gray;
    this.dials = plot.dials;
    this.index = index;
  }

  /** Loads the case after the one that is loaded, which must not be the last. */
  next(): void {
    const { gray } = this;
    const turned = gray.next();
    if (turned < 0) {
      this.seek(this.index + 1);
      return;
    }
    this.index++;
    const value = gray.values[turned];
    this.dials[turned].turn(this, value - gray.direction[turned], value);
  }
}
