/**
 * Two engines on the same layout, played step by step: the judge is called after each pair of faults, when the handlers
 * have returned, and once more when an access has ended.
 */

import { STEP_AGE, STEP_WRITE, STEP_ZAP, type Steps } from '../cases/steps.js';
import { Access } from '../mm/access.js';
import type { Allocate } from '../mm/columns.js';
import type { FaultHandler } from '../mm/fault.js';
import { Image } from '../mm/image.js';
import type { Revision } from '../mm/revision.js';
import type { Scene } from '../mm/scene.js';
import { ageRange, zapRange } from '../mm/zap.js';
import { BATCHED_RUNS, BEACON_SIDE, type Beacon, LEGACY_RUNS, NOBODY_RUNS, newBeacon } from './beacon.js';

/** Makes the image of an engine. */
export type NewImage = (span: number, allocate?: Allocate) => Image;

/** What a campaign does with each moment of a case. */
export interface Judge {
  /** Before a pair of faults: `before` holds the state that both engines start from. */
  beforeFault(access: Access, before: Image): void;
  /** After a pair of faults. Returns false if the case is not compared any further. */
  afterFault(duel: Duel, before: Image): boolean;
  /** After the access of the last compared fault has ended on both sides. Returns false as above. */
  afterAccess(duel: Duel): boolean;
  /** The case is no longer compared: shall its further steps run on each engine alone, for the invariants? */
  goesOn(): boolean;
  /** After a fault of one engine alone: the case is no longer compared. */
  aloneFault(side: Side, before: Image): void;
  /** After the teardown of one engine. */
  afterTeardown(side: Side): void;
}

/** One engine with its image. */
export class Side {
  readonly image: Image;
  readonly engine: FaultHandler;
  readonly access: Access;

  constructor(
    readonly revision: Revision,
    readonly scene: Scene,
    image: Image,
  ) {
    this.image = image;
    image.memcgPmdStat = revision.features.pmdMappedStat === 'node-and-memcg';
    this.engine = new revision.engine(scene, image);
    this.access = new Access(this.engine);
  }
}

export class Duel {
  readonly legacy: Side;
  readonly batched: Side;
  private readonly before: Image;
  /** faults run so far, a pair counting once */
  faults = 0;
  /** number of the step in progress */
  step = 0;
  /** the engine that handles a fault right now; null while neither does */
  running: Side | null = null;
  /** tells the same to whoever watches this thread */
  beacon: Beacon = newBeacon();

  constructor(
    readonly scene: Scene,
    legacy: Revision,
    batched: Revision,
    newImage: NewImage = (span, allocate) => new Image(span, allocate),
  ) {
    this.legacy = new Side(legacy, scene, newImage(scene.span, legacy.allocate));
    this.batched = new Side(batched, scene, newImage(scene.span, batched.allocate));
    this.before = new Image(scene.span);
  }

  /**
   * Plays one case from its initial state.
   * @returns pairs of faults run
   */
  play(base: Image, steps: Steps, judge: Judge): number {
    const { legacy, batched } = this;
    this.faults = 0;
    legacy.image.copyFrom(base);
    batched.image.copyFrom(base);
    let before = base;
    let compared = true;
    for (this.step = 0; this.step < steps.count; this.step++) {
      if (!steps.isAccess(this.step)) {
        this.between(legacy, steps);
        this.between(batched, steps);
        before = this.before;
        continue;
      }
      if (compared) {
        compared = this.together(before, steps, judge);
      } else {
        if (!judge.goesOn()) break;
        this.alone(legacy, steps, judge);
        this.alone(batched, steps, judge);
      }
      before = this.before;
    }
    if (steps.teardown) {
      this.teardown(legacy, judge);
      this.teardown(batched, judge);
    }
    return this.faults;
  }

  /** One access on both sides; false as soon as the case is not compared any further. */
  private together(initial: Image, steps: Steps, judge: Judge): boolean {
    const { legacy, batched } = this;
    let before = initial;
    let equal = true;
    this.begin(legacy, steps);
    this.begin(batched, steps);
    for (;;) {
      const left = legacy.access.needsFault();
      const right = batched.access.needsFault();
      if (!left || !right) break;
      if (before === this.before) before.copyFrom(legacy.image);
      judge.beforeFault(legacy.access, before);
      this.fault(legacy);
      this.fault(batched);
      this.faults++;
      if (!judge.afterFault(this, before)) {
        equal = false;
        break;
      }
      before = this.before;
    }
    // Where one side differs, or needs another fault, the access goes on alone; its end is compared all the same.
    this.alone(legacy, steps, judge, true);
    this.alone(batched, steps, judge, true);
    return judge.afterAccess(this) && equal;
  }

  private fault(side: Side): void {
    this.running = side;
    this.beacon[BEACON_SIDE] = side === this.legacy ? LEGACY_RUNS : BATCHED_RUNS;
    side.access.fault();
    this.beacon[BEACON_SIDE] = NOBODY_RUNS;
    this.running = null;
  }

  private begin(side: Side, steps: Steps): void {
    side.access.begin(steps.at[this.step], steps.kind[this.step] === STEP_WRITE, steps.extra[this.step]);
  }

  /** The rest of an access, or a whole one, on one side alone. */
  private alone(side: Side, steps: Steps, judge: Judge, begun = false): void {
    if (!begun) this.begin(side, steps);
    while (side.access.needsFault()) {
      this.before.copyFrom(side.image);
      this.fault(side);
      judge.aloneFault(side, this.before);
    }
    side.access.finish();
  }

  private between(side: Side, steps: Steps): void {
    const from = steps.at[this.step];
    const pages = steps.extra[this.step];
    side.image.clearMaintenance();
    if (steps.kind[this.step] === STEP_ZAP) zapRange(this.scene, side.image, from, pages);
    else if (steps.kind[this.step] === STEP_AGE) ageRange(this.scene, side.image, from, pages);
  }

  private teardown(side: Side, judge: Judge): void {
    zapRange(this.scene, side.image, 0, this.scene.span);
    judge.afterTeardown(side);
  }
}
