/**
 * A model and a compiled kernel on the same cases, compared in every word of the image after every fault, also in those
 * that are not compared between engines.
 */
import { formatAddress } from '../../cases/address.js';
import { CASES_PER_BLOCK, Drawer } from '../../cases/draw.js';
import { indexOfScope } from '../../cases/scopes.js';
import { Steps } from '../../cases/steps.js';
import { formatSweepAddress } from '../../cases/sweep/address.js';
import { Enumerator } from '../../cases/sweep/enumerator.js';
import type { Scope } from '../../cases/sweep/scope.js';
import type { ArchName } from '../../mm/arch/architecture.js';
import { architecture } from '../../mm/arch/index.js';
import { CountingImage } from '../../mm/counting_image.js';
import { Image } from '../../mm/image.js';
import type { Revision } from '../../mm/revision.js';
import { Scene } from '../../mm/scene.js';
import { Duel, type Judge } from '../duel.js';
import { pairSpace } from '../plan.js';
import { columnsText, differences, nameOf } from './differences.js';

/** Faults that ended differently in the same columns. */
export interface Disagreement {
  readonly columns: string;
  count: number;
  /** address of the first case */
  readonly address: string;
  readonly step: number;
  /** `column slot model/kernel`, the first few */
  readonly values: string;
}

export interface Outcome {
  faults: number;
  cases: number;
  /** cases in which the kernel's code stopped, with the first message */
  died: { count: number; message: string; address: string };
  readonly disagreements: Map<string, Disagreement>;
}

/** Called now and then; false ends the comparison. */
export type Breath = () => Promise<boolean>;

const BLOCKS_PER_BREATH = 256;
const MAX_VALUES = 8;

export class Conformity {
  readonly outcome: Outcome = {
    faults: 0,
    cases: 0,
    died: { count: 0, message: '', address: '' },
    disagreements: new Map(),
  };
  readonly #model: Revision;
  readonly #kernel: Revision;
  readonly #breath: Breath;

  constructor(model: Revision, kernel: Revision, breath: Breath = async () => true) {
    this.#model = model;
    this.#kernel = kernel;
    this.#breath = breath;
  }

  /** Random cases until `faults` faults more have run. */
  async draw(arch: ArchName, span: number, races: boolean, seed: number, faults: number): Promise<void> {
    const { outcome } = this;
    const pair = pairSpace(this.#model, this.#kernel, arch, races);
    const drawer = new Drawer(architecture(arch), pair, seed, span);
    const table = this.#table(span);
    const steps = new Steps();
    const end = outcome.faults + faults;
    for (let block = 0; outcome.faults < end; block++) {
      drawer.drawLayout(block, table.scene, table.base);
      for (let sub = 0; sub < CASES_PER_BLOCK && outcome.faults < end; sub++) {
        drawer.drawCase(block, sub, table.scene, table.base, steps);
        const index = block * CASES_PER_BLOCK + sub;
        table.play(steps, () => formatAddress({ arch, span, seed, index, pair }));
      }
      if (block % BLOCKS_PER_BREATH === 0 && !(await this.#breath())) return;
    }
  }

  /** Every case of a scope on one architecture. */
  async sweep(scope: Scope, arch: ArchName): Promise<void> {
    const table = this.#table(scope.span);
    const index = indexOfScope(scope);
    const { from, to } = index.rangeOf(arch);
    const enumerator = new Enumerator(index, table.scene, table.base);
    enumerator.seek(from);
    for (let i = from; i < to; i++) {
      if (i > from) enumerator.next();
      table.play(enumerator.steps, () => formatSweepAddress(scope.name, i));
      if (i % (BLOCKS_PER_BREATH * CASES_PER_BLOCK) === 0 && !(await this.#breath())) return;
    }
  }

  #table(span: number): Table {
    return new Table(span, this.#model, this.#kernel, this.outcome);
  }
}

/** Both engines at one span. */
class Table implements Judge {
  readonly scene: Scene;
  readonly base: Image;
  readonly #duel: Duel;
  readonly #outcome: Outcome;
  #address = (): string => '';

  constructor(span: number, model: Revision, kernel: Revision, outcome: Outcome) {
    this.scene = new Scene(span);
    this.base = new Image(span);
    this.#duel = new Duel(this.scene, model, kernel, (slots) => new CountingImage(slots));
    this.#outcome = outcome;
  }

  play(steps: Steps, address: () => string): void {
    const { died } = this.#outcome;
    this.#address = address;
    this.#outcome.cases++;
    try {
      this.#duel.play(this.base, steps, this);
    } catch (error) {
      if (this.#duel.running === null) throw error;
      this.#duel.running = null;
      this.#outcome.faults++;
      if (died.count++ > 0) return;
      died.message = String(error);
      died.address = address();
    }
  }

  beforeFault(): void {}

  afterFault(duel: Duel): boolean {
    this.#outcome.faults++;
    const different = differences(duel);
    if (different.length === 0) return true;
    this.#note(different);
    return false;
  }

  afterAccess(): boolean {
    return true;
  }

  goesOn(): boolean {
    return false;
  }

  aloneFault(): void {}

  afterTeardown(): void {}

  #note(different: readonly number[]): void {
    const { legacy: model, batched: kernel, step } = this.#duel;
    const { disagreements } = this.#outcome;
    const places = different.map((i) => nameOf(model.image, i));
    const columns = columnsText(this.#duel, different);
    const known = disagreements.get(columns);
    if (known !== undefined) {
      known.count++;
      return;
    }
    const hex = (word: number): string => (word >>> 0).toString(16);
    const values = different.slice(0, MAX_VALUES).map((i, n) => {
      const [left, right] = [model.image.words[i], kernel.image.words[i]];
      return `${places[n]?.join(' ')} ${hex(left)}/${hex(right)}`;
    });
    const address = this.#address();
    disagreements.set(columns, { columns, count: 1, address, step, values: values.join(', ') });
  }
}
