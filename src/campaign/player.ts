/**
 * Plays loaded cases on both engines, judges every pair of faults and counts. Where the cases come from is another
 * matter: a cell of a campaign draws them, a sweep enumerates them.
 */

import { InputError } from '../cases/files.js';
import type { Steps } from '../cases/steps.js';
import type { Access } from '../mm/access.js';
import { PMD_HUGE } from '../mm/bits.js';
import { RET } from '../mm/fields.js';
import { Image } from '../mm/image.js';
import type { Revision } from '../mm/revision.js';
import { Scene } from '../mm/scene.js';
import type { AllowEntry } from '../oracle/allowlist.js';
import { deciderOf } from '../oracle/decider.js';
import { INVARIANTS, type Moment, violated, violatedAfterTeardown, violatedBySecond } from '../oracle/invariants.js';
import { FaultJudge } from '../oracle/judge.js';
import { Duel, type Judge, type Side } from './duel.js';
import type { Tally } from './tally.js';

/** Invariants run on one in so many of the faults whose images are equal. */
const SAMPLE = 16;

export interface Died {
  readonly engine: string;
  /** address of the case */
  readonly address: string;
  readonly message: string;
  /** of the case in the plan */
  readonly position: number;
}

export interface PlayerOptions {
  readonly span: number;
  readonly legacy: Revision;
  readonly batched: Revision;
  readonly entries: readonly AllowEntry[];
  readonly invariantsAll: boolean;
  /** classes and violations count cases that show them, not faults */
  readonly countsCases?: boolean;
}

export class Player implements Judge {
  readonly duel: Duel;
  readonly died: Died[] = [];
  /** faults in which an engine called the setter or mapped by PMD */
  effective = 0;
  /** pairs of faults run */
  run = 0;
  /** cases played */
  cases = 0;
  /** the case is loaded here */
  readonly scene: Scene;
  readonly base: Image;
  private readonly judge: FaultJudge;
  private readonly moment: Moment;
  private readonly broken: number[] = [];
  private index = 0;
  private faultOfCase = 0;

  constructor(
    readonly options: PlayerOptions,
    /** numbers of faults in it are those of this player */
    private readonly tally: Tally,
    /** address of the case that is loaded */
    private readonly address: () => string,
  ) {
    const { span, legacy, batched, entries } = options;
    this.scene = new Scene(span);
    this.base = new Image(span);
    this.judge = new FaultJudge(span, deciderOf(entries), false);
    this.duel = new Duel(this.scene, legacy, batched);
    const after = this.duel.legacy.image;
    const { scene, base } = this;
    this.moment = { scene, before: base, after, slot: 0, write: false, by: 0, ret: 0, revision: legacy };
  }

  /**
   * Plays the case that is loaded.
   * @param index number of the case; it decides which of its equal faults the invariants see
   */
  playCase(steps: Steps, index: number): void {
    this.index = index;
    this.faultOfCase = 0;
    this.cases++;
    try {
      this.duel.play(this.base, steps, this);
    } catch (error) {
      // A broken allowlist is the user's, not the engine's.
      if (error instanceof InputError) throw error;
      // Whoever threw outside of a handler is not an engine: that is an error of ours.
      const engine = this.duel.running?.revision.id;
      if (engine === undefined) throw error;
      this.duel.running = null;
      this.noteDeath(engine, String(error));
    }
  }

  /** An engine died in the case that is loaded. */
  noteDeath(engine: string, message: string): void {
    this.died.push({ engine, address: this.address(), message, position: this.tally.position });
  }

  beforeFault(access: Access, before: Image): void {
    this.run++;
    this.faultOfCase++;
    this.judge.begin(this.scene, before, access);
  }

  afterFault(duel: Duel, before: Image): boolean {
    const { legacy, batched } = duel;
    if (this.installed(legacy, before) || this.installed(batched, before)) this.effective++;
    const equal = this.judge.compare(legacy.image, batched.image);
    if (!equal) this.count();
    const sampled = ((Math.imul(this.index, 0x9e3779b1) >>> 8) + this.faultOfCase) % SAMPLE === 0;
    if (!equal || sampled || this.options.invariantsAll) {
      this.countViolations(legacy, violated(this.momentOf(legacy, before), this.broken));
      this.countViolations(
        batched,
        violatedBySecond(this.momentOf(batched, before), this.judge.imagesEqual, this.broken),
      );
    }
    return equal;
  }

  afterAccess(duel: Duel): boolean {
    const equal = this.judge.compareAccess(duel.legacy.image, duel.batched.image);
    if (!equal) this.count();
    return equal;
  }

  goesOn(): boolean {
    return this.options.invariantsAll || (Math.imul(this.index, 0x9e3779b1) >>> 8) % SAMPLE === 0;
  }

  aloneFault(side: Side, before: Image): void {
    if (this.goesOn()) this.countViolations(side, violated(this.momentOf(side, before), this.broken));
  }

  afterTeardown(side: Side): void {
    const count = violatedAfterTeardown(this.scene, side.image, this.base, side.revision, this.broken);
    this.countViolations(side, count);
  }

  /** Did the engine call the setter, or map by PMD? */
  private installed(side: Side, before: Image): boolean {
    const { image } = side;
    if (image.setterCalled) return true;
    return image.pmdState() === PMD_HUGE && before.pmdState() !== PMD_HUGE;
  }

  private count(): void {
    const { findings } = this.judge;
    const occurrence = this.occurrence();
    for (let i = 0; i < findings.count; i++) this.tally.add(findings.at(i), occurrence, this.address);
  }

  /** Number of what is counted: the fault, or the case. */
  private occurrence(): number {
    return this.options.countsCases === true ? this.cases : this.run;
  }

  private momentOf(side: Side, before: Image): Moment {
    const moment = this.moment;
    moment.before = before;
    moment.after = side.image;
    moment.slot = side.access.slot;
    moment.write = side.access.write;
    moment.by = side.access.by;
    moment.ret = side.image.mm[RET];
    moment.revision = side.revision;
    return moment;
  }

  private countViolations(side: Side, count: number): void {
    for (let i = 0; i < count; i++) {
      const { id } = INVARIANTS[this.broken[i]];
      this.tally.addViolation(id, side.revision.id, this.occurrence(), this.address);
    }
  }
}
