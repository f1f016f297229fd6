/** Comparison of two images of the sketch: equal bytes but for one column, whose accessed bit has a tolerance. */
import { PTE_YOUNG } from './bits.js';
import type { Mm } from './mm.js';
import type { Scenario } from './scenario.js';

/** Did both engines leave the same state, up to what a batch may change in the accessed bit? */
export function sameOutcome(scenario: Scenario, legacy: Mm, batched: Mm): boolean {
  return (
    legacy.allButPteFlags.equals(batched.allButPteFlags) && samePteFlags(scenario, legacy.pteFlags, batched.pteFlags)
  );
}

function samePteFlags(scenario: Scenario, legacy: Int32Array, batched: Int32Array): boolean {
  const { length } = legacy;
  for (let slot = 0; slot < length; slot++) {
    if (legacy[slot] !== batched[slot] && !youngInFaultFolio(scenario, slot, legacy[slot], batched[slot])) return false;
  }
  return true;
}

/** Batched maps the whole run that holds the fault young; legacy only the faulting page. */
function youngInFaultFolio(scenario: Scenario, slot: number, legacy: number, batched: number): boolean {
  if (slot >= scenario.slots || !scenario.archWantsOld) return false;
  if ((legacy ^ batched) !== PTE_YOUNG || (batched & PTE_YOUNG) === 0) return false;
  const toIndex = scenario.vmaPgoff - scenario.vmaStart;
  return scenario.headOf[slot + toIndex] === scenario.headOf[scenario.faultSlot + toIndex];
}
