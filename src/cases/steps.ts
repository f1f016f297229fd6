/** The steps of a case in the form that the hot loop walks: parallel small arrays, no objects. */
import { BY_CPU, BY_DEVICE, BY_GUP } from '../mm/access.js';
import type { Case } from './case.js';

export const STEP_READ = 0;
export const STEP_WRITE = 1;
export const STEP_ZAP = 2;
export const STEP_AGE = 3;
export const MAX_STEPS = 8;

export class Steps {
  count = 0;
  /** STEP_* */
  readonly kind = new Int32Array(MAX_STEPS);
  /** slot of an access, first slot of a range */
  readonly at = new Int32Array(MAX_STEPS);
  /** BY_* of an access, pages of a range */
  readonly extra = new Int32Array(MAX_STEPS);
  /** unmap everything after the last step */
  teardown = false;

  clear(): void {
    this.count = 0;
    this.teardown = false;
  }

  add(kind: number, at: number, extra: number): void {
    this.kind[this.count] = kind;
    this.at[this.count] = at;
    this.extra[this.count] = extra;
    this.count++;
  }

  isAccess(i: number): boolean {
    return this.kind[i] <= STEP_WRITE;
  }

  /** The steps of a plain case. */
  load(plain: Case): void {
    this.clear();
    this.teardown = plain.teardown;
    for (const step of plain.steps) {
      if ('zap' in step) this.add(STEP_ZAP, step.zap.from, step.zap.pages);
      else if ('age' in step) this.add(STEP_AGE, step.age.from, step.age.pages);
      else {
        const by = step.by === 'device' ? BY_DEVICE : step.by === 'gup' ? BY_GUP : BY_CPU;
        if ('write' in step) this.add(STEP_WRITE, step.write, by);
        else this.add(STEP_READ, step.read, by);
      }
    }
  }
}
