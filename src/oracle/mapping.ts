/** What the mapping alone decides about its faults: known before any of them is predicted. */
import { VM_EXEC, VM_LOCKED, VM_SPECIAL, VM_UFFD_MINOR, VM_UFFD_WP } from '../mm/bits.js';
import { MKWRITE_TRUNCATED, RACE_NONE, type Scene } from '../mm/scene.js';

/** VM_LOCKED and not VM_SPECIAL */
export const mlocks = (scene: Scene): boolean => (scene.vmFlags & (VM_LOCKED | VM_SPECIAL)) === VM_LOCKED;

/** Another thread interferes. */
export const interferes = (scene: Scene): boolean => scene.race !== RACE_NONE || scene.mkwrite === MKWRITE_TRUNCATED;

/** Executable, on an architecture that keeps PG_arch_1. */
export const cleansDcache = (scene: Scene): boolean => scene.arch.dcacheCleanFlag && scene.vma(VM_EXEC);

/** Do read faults try fault-around? */
export function triesAround(scene: Scene): boolean {
  return scene.hasMapPages && !scene.vma(VM_UFFD_WP | VM_UFFD_MINOR) && scene.faultAroundPages > 1;
}
