/** The bounds of a fault's facts hold whatever is drawn, so that what they exclude needs no prediction. */
import { describe, expect, it } from 'vitest';
import { Duel, type Judge } from '../../src/campaign/duel.js';
import { pairSpace } from '../../src/campaign/plan.js';
import { drawAddress } from '../../src/cases/address.js';
import { ARCH_NAMES } from '../../src/cases/case.js';
import type { Access } from '../../src/mm/access.js';
import type { Image } from '../../src/mm/image.js';
import { BOUND_WORDS, boundsOf, boundWord } from '../../src/oracle/bounds.js';
import { Decider, entriesFor, REACH_FAULT_RUN } from '../../src/oracle/decider.js';
import { Facts, unpack } from '../../src/oracle/facts.js';
import { Prediction } from '../../src/oracle/prediction.js';
import { ALLOWLIST, LEGACY, REFERENCE } from '../support.js';

/** Facts of a prediction that the bounds do not allow. */
function outside(facts: Record<string, boolean | string>, word: number): string[] {
  return Object.entries(boundsOf(word))
    .filter(([name, bound]) => !(Array.isArray(bound) ? bound.includes(facts[name]) : bound === facts[name]))
    .map(([name, bound]) => `${name} is ${facts[name]}, not ${bound}`);
}

/** Predicts every fault of a case, also those that need no prediction, and compares with what the bounds say. */
class Checker implements Judge {
  readonly wrong: string[] = [];
  faults = 0;
  excluded = 0;
  /** faults in which no site but those of one run can be claimed */
  reached = 0;
  private readonly prediction: Prediction;
  private readonly facts: Facts;

  constructor(
    readonly duel: Duel,
    private readonly decider: Decider,
  ) {
    this.prediction = new Prediction(duel.scene.span);
    this.facts = new Facts(this.prediction);
  }

  beforeFault(access: Access, before: Image): void {
    const { scene } = this.duel;
    const word = boundWord(scene, before, access);
    this.prediction.predict(scene, before, access);
    this.facts.begin(scene, before);
    this.faults++;
    this.wrong.push(...outside(unpack(this.facts.word, 'mm'), word));
    if (this.decider.reachOf(this.facts.word) === REACH_FAULT_RUN) this.checkReach();
    if (this.decider.mayClaim(word)) return;
    this.excluded++;
    const claims = [
      ...this.decider.decide('mm', this.facts.word).constants,
      ...this.decider.decide('mm', this.facts.word).rules,
      ...Array.from({ length: scene.span }, (_, slot) => this.facts.ofSlot(slot)).flatMap(
        (facts) => this.decider.decide('page', facts).constants,
      ),
      ...Array.from({ length: scene.span }, (_, page) => this.facts.ofFolio(scene.headOf[page])).flatMap(
        (facts) => this.decider.decide('folio', facts).constants,
      ),
    ];
    this.wrong.push(...claims.map(({ entry }) => `${entry.id} claims what the bounds exclude`));
  }

  /** No site is claimed but those of the run that holds the fault. */
  private checkReach(): void {
    const { decider, facts, prediction } = this;
    const { scene } = this.duel;
    for (let slot = 0; slot < scene.span; slot++) {
      if (prediction.faultRun !== 0 && prediction.runOf[slot] === prediction.faultRun) continue;
      const claims = decider.decide('page', facts.ofSlot(slot)).constants;
      this.wrong.push(...claims.map(({ entry }) => `${entry.id} claims slot ${slot}`));
    }
    for (let page = 0; page < scene.span; page++) {
      const claims = decider.decide('folio', facts.ofFolio(scene.headOf[page])).constants;
      this.wrong.push(...claims.map(({ entry }) => `${entry.id} claims the folio of page ${page}`));
    }
    this.reached++;
  }

  afterFault = (): boolean => true;
  afterAccess = (): boolean => true;
  goesOn = (): boolean => false;
  aloneFault(): void {}
  afterTeardown(): void {}
}

describe.each(ARCH_NAMES)('the bounds of faults on %s', (arch) => {
  it.each([8, 64, 512])('contain their facts, and exclude no claim, at span %i', (span) => {
    const decider = new Decider(entriesFor(ALLOWLIST, LEGACY, REFERENCE));
    const pair = pairSpace(LEGACY, REFERENCE, arch, true);
    const counts = { faults: 0, excluded: 0, reached: 0 };
    for (let index = 0; index < (span === 512 ? 300 : 3000); index++) {
      const { scene, image, steps } = drawAddress({ arch, span, seed: 11, index: index * 7, pair });
      const checker = new Checker(new Duel(scene, LEGACY, REFERENCE), decider);
      checker.duel.play(image, steps, checker);
      expect(checker.wrong, `case ${index * 7}`).toEqual([]);
      counts.faults += checker.faults;
      counts.excluded += checker.excluded;
      counts.reached += checker.reached;
    }
    expect(counts.faults).toBeGreaterThan(200);
    if (arch === 'arm64') expect(counts.reached).toBeGreaterThan(30);
    // Where prefaulted entries are old, or contiguous blocks form, any fault-around may be one that an entry speaks of.
    if (span === 64) expect(counts.excluded).toBeGreaterThan(counts.faults * (arch === 'arm64-contpte' ? 0.1 : 0.15));
  });
});

describe('a bound word', () => {
  it('is a small number, so that answers about it are looked up', () => {
    const { scene, image } = drawAddress({
      arch: 'arm64',
      span: 8,
      seed: 1,
      index: 1,
      pair: pairSpace(LEGACY, REFERENCE, 'arm64', false),
    });
    const access = new Duel(scene, LEGACY, REFERENCE).legacy.access;
    expect(boundWord(scene, image, access)).toBeLessThan(BOUND_WORDS);
  });

  it('leaves what it does not know open', () => {
    expect(boundsOf(0)).not.toHaveProperty('run');
    expect(boundsOf(BOUND_WORDS - 4)).not.toHaveProperty('missesDiffer');
  });
});
