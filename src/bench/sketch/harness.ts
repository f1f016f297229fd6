/**
 * The sketch: the smallest harness that answers the same question, as an upper mark for speed. It has the data layout
 * of the real one (one image of typed-array columns, reset by a copy, compared as bytes), but a small part of its
 * state, a single architecture switch, one tolerance in place of allowlist, facts and classes, and no invariants. It
 * judges nothing that ptediff reports.
 */
import { BatchedHandler } from './batched.js';
import { sameOutcome } from './compare.js';
import { Generator } from './generate.js';
import { LegacyHandler } from './legacy.js';
import { Mm } from './mm.js';
import { Rng } from './rng.js';
import { Scenario } from './scenario.js';

export class Harness {
  readonly scenario: Scenario;
  readonly base: Mm;
  readonly legacy: LegacyHandler;
  readonly batched: BatchedHandler;
  readonly generator: Generator;

  /** @param slots page slots of a scenario */
  constructor(slots: number, seed: number, Batched: typeof BatchedHandler = BatchedHandler) {
    this.scenario = new Scenario(slots);
    this.base = new Mm(slots);
    this.generator = new Generator(new Rng(seed));
    this.legacy = new LegacyHandler(new Mm(slots), this.scenario);
    this.batched = new Batched(new Mm(slots), this.scenario);
  }

  /** Plays the fault that is loaded on both engines. */
  agrees(): boolean {
    const { legacy, batched, base } = this;
    legacy.mm.copyFrom(base);
    batched.mm.copyFrom(base);
    return legacy.handle() === batched.handle() && sameOutcome(this.scenario, legacy.mm, batched.mm);
  }

  /**
   * Draws one layout and plays `faults` faults on it.
   * @returns faults in which the engines disagree
   */
  runLayout(faults: number): number {
    const { generator, scenario, base } = this;
    let disagreements = 0;
    generator.draw(scenario, base);
    for (let fault = 0; fault < faults; fault++) {
      if (fault > 0) generator.drawFault(scenario, base);
      if (!this.agrees()) disagreements++;
    }
    return disagreements;
  }
}
