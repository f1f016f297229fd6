/** Expected states of the value rules: worked out for faults that ask for them, in images that are used again. */
import type { Access } from '../mm/access.js';
import type { Image } from '../mm/image.js';
import type { Scene } from '../mm/scene.js';
import { Expected, RULE_NAMES } from './expected.js';
import type { Prediction } from './prediction.js';

export class ExpectedStates {
  private readonly states: (Expected | undefined)[] = RULE_NAMES.map(() => undefined);
  /** rules worked out for this fault, as bits by their place in RULE_NAMES */
  private worked = 0;

  constructor(readonly span: number) {}

  /** Another fault begins. */
  forget(): void {
    this.worked = 0;
  }

  /**
   * What the rule at this place in RULE_NAMES says about the fault that was predicted last, which began with the state
   * `before`.
   */
  of(rule: number, scene: Scene, before: Image, prediction: Prediction, access: Access): Expected {
    let expected = this.states[rule];
    if (expected === undefined) {
      expected = new Expected(this.span);
      this.states[rule] = expected;
    }
    if ((this.worked & (1 << rule)) === 0) {
      expected.compute(rule, scene, before, prediction, access);
      this.worked |= 1 << rule;
    }
    return expected;
  }
}
