/** What an invariant is asked about: one fault of one engine, with the state before and after it. */
import type { Image } from '../../mm/image.js';
import type { Revision } from '../../mm/revision.js';
import type { Scene } from '../../mm/scene.js';

/**
 * One completed fault. The caller keeps one object and changes it. Of `before` the compared columns count alone: two
 * engines that agree share it, and the call counts and layouts in it may be the other one's.
 */
export interface Moment {
  scene: Scene;
  before: Image;
  /** the state when the handler returned, with the maintenance counts of this fault */
  after: Image;
  /** slot that was accessed */
  slot: number;
  write: boolean;
  /** BY_CPU, BY_DEVICE or BY_GUP */
  by: number;
  /** vm_fault_t, VM_FAULT_LOCKED stripped */
  ret: number;
  revision: Revision;
}
