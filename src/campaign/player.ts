/**
 * Plays loaded cases on both engines, judges every pair of faults and counts. Where the cases come from is another
 * matter: a cell of a campaign draws them, a sweep enumerates them.
 */
import type { Steps } from '../cases/steps.js';
import type { Access } from '../mm/access.js';
import { PMD_HUGE } from '../mm/bits.js';
import { RET } from '../mm/fields.js';
import type { Image } from '../mm/image.js';
import type { AllowEntry } from '../oracle/allowlist.js';
import { deciderOf } from '../oracle/decider.js';
import { INVARIANTS, type Moment, violated, violatedAfterTeardown, violatedBySecond } from '../oracle/invariants.js';
import { FaultJudge } from '../oracle/judge.js';
import { CasePlayer, type Pairing } from './case_player.js';
import type { Duel, Side } from './duel.js';
import type { Tally } from './tally.js';

/** Invariants run on one in so many of the faults whose images are equal. */
const SAMPLE = 16;

export interface PlayerOptions extends Pairing {
  readonly entries: readonly AllowEntry[];
  readonly invariantsAll: boolean;
  /** classes and violations count cases that show them, not faults */
  readonly countsCases?: boolean;
}

export class Player extends CasePlayer {
  /** faults in which an engine called the setter or mapped by PMD */
  effective = 0;
  private readonly judge: FaultJudge;
  private readonly moment: Moment;
  private readonly broken: number[] = [];
  private index = 0;
  private faultOfCase = 0;

  constructor(
    readonly options: PlayerOptions,
    /** numbers of faults in it are those of this player */
    private readonly tally: Tally,
    address: () => string,
  ) {
    super(options, tally, address);
    const { span, legacy, entries } = options;
    this.judge = new FaultJudge(span, deciderOf(entries), false);
    const after = this.duel.legacy.image;
    const { scene, base } = this;
    this.moment = { scene, before: base, after, slot: 0, write: false, by: 0, ret: 0, revision: legacy };
  }

  /**
   * Plays the case that is loaded.
   * @param index number of the case; it decides which of its equal faults the invariants see
   */
  override playCase(steps: Steps, index: number): void {
    this.index = index;
    this.faultOfCase = 0;
    super.playCase(steps, index);
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
