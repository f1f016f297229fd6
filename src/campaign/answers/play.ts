/** One engine alone on drawn cases, told of every fault: what recorded answers are made with, and checked with. */
import type { Address } from '../../cases/address.js';
import { CASES_PER_BLOCK, Drawer } from '../../cases/draw.js';
import { STEP_AGE, STEP_WRITE, STEP_ZAP, Steps } from '../../cases/steps.js';
import { ARCHITECTURES } from '../../mm/arch/index.js';
import { CountingImage } from '../../mm/counting_image.js';
import { Image } from '../../mm/image.js';
import type { Revision } from '../../mm/revision.js';
import { Scene } from '../../mm/scene.js';
import { ageRange, zapRange } from '../../mm/zap.js';
import { Side } from '../duel.js';

/** Which cases: everything of an address but the number of the case. */
export type Series = Omit<Address, 'index'>;

/** Called when a fault's handler has returned; `before` is the state that the handler began with. */
export type OnFault = (after: Image, before: Image) => void;

/** The cases of one architecture, span and seed, on the engines that are given. */
export class Stage {
  readonly scene: Scene;
  readonly #base: Image;
  readonly #before: Image;
  readonly #steps = new Steps();
  readonly #drawer: Drawer;
  #block = -1;

  constructor({ arch, span, seed, pair }: Series) {
    const architecture = ARCHITECTURES.get(arch);
    if (architecture === undefined) throw new RangeError(`no architecture ${arch}`);
    this.scene = new Scene(span);
    this.#base = new Image(span);
    this.#before = new Image(span);
    this.#drawer = new Drawer(architecture, pair, seed, span);
  }

  /** An engine for the cases of this stage. */
  side(revision: Revision): Side {
    return new Side(revision, this.scene, new CountingImage(this.scene.span));
  }

  /** Loads case number `index`. */
  load(index: number): void {
    const block = Math.floor(index / CASES_PER_BLOCK);
    if (block !== this.#block) this.#drawer.drawLayout(block, this.scene, this.#base);
    this.#block = block;
    this.#drawer.drawCase(block, index % CASES_PER_BLOCK, this.scene, this.#base, this.#steps);
  }

  /** Plays the loaded case from its initial state to its last step. */
  play(side: Side, onFault: OnFault): void {
    const { image, access } = side;
    const steps = this.#steps;
    image.copyFrom(this.#base);
    for (let i = 0; i < steps.count; i++) {
      const [kind, at, extra] = [steps.kind[i], steps.at[i], steps.extra[i]];
      if (steps.isAccess(i)) {
        access.begin(at, kind === STEP_WRITE, extra);
        while (access.needsFault()) this.#fault(side, onFault);
        access.finish();
      } else {
        image.clearMaintenance();
        if (kind === STEP_ZAP) zapRange(this.scene, image, at, extra);
        else if (kind === STEP_AGE) ageRange(this.scene, image, at, extra);
      }
    }
  }

  #fault({ image, access }: Side, onFault: OnFault): void {
    // A handler begins with a clean column; what the fault before left in it is no change of this one.
    image.clearMaintenance();
    this.#before.copyFrom(image);
    access.fault();
    onFault(image, this.#before);
  }
}
