/**
 * The question of ptediff as one would ask it first: fast-check draws a world of plain objects, both engines handle its
 * fault on copies, and the copies are compared deeply. It finds what it models; ptediff is measured against its speed.
 */
import { deepStrictEqual } from 'node:assert/strict';
import * as fc from 'fast-check';
import { type Bug, batchedFault, legacyFault } from './engines.js';
import { folioOf, type World, worlds } from './world.js';

/**
 * The one intended difference: where prefaulted entries are wanted old, the whole run that holds the fault is young in
 * the batched engine, and the faulting page alone in the other. Slots of that run without the fault.
 */
export function slotsYoungByRun(before: World): number[] {
  const { fault, vma, wantsOld } = before;
  if (!wantsOld || fault.write || fault.aroundPages === 1 || !isMappable(before, fault.slot)) return [];
  const slots: number[] = [];
  const walk = (step: number): void => {
    const folio = folioOf(before, fault.slot + vma.shift);
    for (let slot = fault.slot + step; isMappable(before, slot); slot += step) {
      if (folioOf(before, slot + vma.shift) !== folio) return;
      slots.push(slot);
    }
  };
  walk(-1);
  walk(1);
  return slots;
}

/** Will fault-around fill the slot? */
function isMappable(before: World, slot: number): boolean {
  const { fault, vma, file, table } = before;
  const from = Math.max(fault.slot - (fault.slot % fault.aroundPages), vma.start);
  const to = Math.min(from + fault.aroundPages, table.length, vma.start + vma.pages) - 1;
  const index = slot + vma.shift;
  if (slot < from || slot > to || index >= file.sizePages || table[slot] !== null) return false;
  const folio = folioOf(before, index);
  if (folio === undefined || !folio.uptodate || folio.locked || folio.readahead) return false;
  return folio.pages[index - folio.first]?.hwpoison === false;
}

/**
 * Handles the fault both ways and compares what is left behind.
 * @throws AssertionError if the engines differ in a way that is not intended, or agree where they should not
 */
export function checkWorld(before: World, bug?: Bug): void {
  const legacy = structuredClone(before);
  const batched = structuredClone(before);
  deepStrictEqual(batchedFault(batched, bug), legacyFault(legacy));
  for (const slot of slotsYoungByRun(before)) {
    const [left, right] = [legacy.table[slot], batched.table[slot]];
    deepStrictEqual([left?.young, right?.young], [false, true]);
    if (left) left.young = true;
  }
  deepStrictEqual(batched, legacy);
}

/**
 * Runs the property on random worlds.
 * @throws Error with the shrunk world as fast-check prints it
 */
export function assertAgreement(span: number, seed: number, runs: number, bug?: Bug): void {
  const property = fc.property(worlds(span), (world) => checkWorld(world, bug));
  fc.assert(property, { seed, numRuns: runs });
}
