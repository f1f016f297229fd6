/** Judges one plain case completely: every finding of every compared fault, every invariant. */
import type { Case } from '../cases/case.js';
import { loadCase, loadInto } from '../cases/load.js';
import { checkCase } from '../cases/possible.js';
import { Steps } from '../cases/steps.js';
import type { Access } from '../mm/access.js';
import { RET } from '../mm/fields.js';
import type { Image } from '../mm/image.js';
import type { Revision } from '../mm/revision.js';
import type { AllowEntry, Allowlist } from '../oracle/allowlist.js';
import { deciderOf, entriesFor } from '../oracle/decider.js';
import { INVARIANTS, violated, violatedAfterTeardown } from '../oracle/invariants.js';
import { FaultJudge, type Finding } from '../oracle/judge.js';
import { Duel, type Judge, type NewImage, type Side } from './duel.js';

export interface Pair {
  readonly legacy: Revision;
  readonly batched: Revision;
  readonly allowlist: Allowlist;
  /** its entries for the two, where many cases are played: what was found out about their conditions is kept by list */
  readonly entries?: readonly AllowEntry[];
}

export interface Broken {
  readonly invariant: string;
  readonly engine: string;
}

/** What a moment of a case looked like to the judge, for those who want to print it. */
export interface Watcher {
  /** before a pair of faults runs */
  begin?(duel: Duel): void;
  fault?(duel: Duel, before: Image, findings: readonly Finding[]): void;
  access?(duel: Duel, findings: readonly Finding[]): void;
  /** after a fault of one engine alone */
  alone?(duel: Duel, side: Side): void;
}

/**
 * Every finding at every site and all invariants; or of findings that differ alike at least one, up to the fault that
 * shows any, and no invariants.
 */
type Wanted = 'everything' | 'classes';

export class SingleRun implements Judge {
  readonly findings: Finding[] = [];
  readonly broken: Broken[] = [];
  readonly duel: Duel;
  private readonly judge: FaultJudge;
  private readonly base: Image;
  private readonly steps = new Steps();
  private readonly indexes: number[] = [];

  /** @throws ImpossibleCase if the case cannot exist */
  constructor(
    plain: Case,
    pair: Pair,
    private readonly watcher: Watcher = {},
    newImage?: NewImage,
    private readonly wanted: Wanted = 'everything',
  ) {
    const { scene, image } = loadCase(plain);
    this.base = image;
    this.steps.load(plain);
    const { legacy, batched, entries = entriesFor(pair.allowlist, legacy, batched) } = pair;
    this.judge = new FaultJudge(plain.span, deciderOf(entries), wanted === 'everything');
    this.duel = new Duel(scene, legacy, batched, newImage);
  }

  /** What tells which classes a case shows. */
  static forClasses(plain: Case, pair: Pair): SingleRun {
    return new SingleRun(plain, pair, {}, undefined, 'classes');
  }

  /**
   * Takes another case of the same span up, in the same memory. Not after an engine has died.
   * @throws ImpossibleCase if the case cannot exist
   */
  load(plain: Case): this {
    checkCase(plain);
    loadInto(plain, this.duel.scene, this.base);
    this.steps.load(plain);
    this.findings.length = 0;
    this.broken.length = 0;
    return this;
  }

  run(): this {
    this.duel.play(this.base, this.steps, this);
    return this;
  }

  /** The same for a case in which an engine may die: `duel.running` is the one that did, and what was found stands. */
  runWhileAlive(): this {
    try {
      return this.run();
    } catch (error) {
      // Whoever threw outside of a handler is no engine.
      if (this.duel.running === null) throw error;
      return this;
    }
  }

  beforeFault(access: Access, before: Image): void {
    this.judge.begin(this.duel.scene, before, access);
    this.watcher.begin?.(this.duel);
  }

  afterFault(duel: Duel, before: Image): boolean {
    const equal = this.judge.compare(duel.legacy.image, duel.batched.image);
    const findings = this.judge.findings.list();
    this.findings.push(...findings);
    this.check(duel.legacy, before);
    this.check(duel.batched, before);
    this.watcher.fault?.(duel, before, findings);
    return equal;
  }

  afterAccess(duel: Duel): boolean {
    const equal = this.judge.compareAccess(duel.legacy.image, duel.batched.image);
    const findings = this.judge.findings.list();
    this.findings.push(...findings);
    this.watcher.access?.(duel, findings);
    return equal;
  }

  goesOn(): boolean {
    return this.wanted === 'everything';
  }

  aloneFault(side: Side, before: Image): void {
    this.check(side, before);
    this.watcher.alone?.(this.duel, side);
  }

  afterTeardown(side: Side): void {
    if (this.wanted === 'classes') return;
    const count = violatedAfterTeardown(this.duel.scene, side.image, this.base, side.revision, this.indexes);
    this.note(side, count);
  }

  private check(side: Side, before: Image): void {
    if (this.wanted === 'classes') return;
    const { slot, write, by } = side.access;
    const ret = side.image.mm[RET];
    const { scene } = this.duel;
    const moment = { scene, before, after: side.image, slot, write, by, ret, revision: side.revision };
    this.note(side, violated(moment, this.indexes));
  }

  private note(side: Side, count: number): void {
    for (let i = 0; i < count; i++) {
      this.broken.push({ invariant: INVARIANTS[this.indexes[i]].id, engine: side.revision.id });
    }
  }
}
