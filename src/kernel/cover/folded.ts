/** Conditions that the compiler knows the value of: what is asked there cannot go two ways, and is no branch. */
import '../engine/wasm.js';
import type { KernelArch } from '../config.js';
import { type Host, Machine } from '../engine/machine.js';
import type { Wasm } from '../stored.js';

/** Numbers of the counters of their outcomes. */
export type Folded = ReadonlyMap<KernelArch, ReadonlySet<number>>;

/** Nothing runs: only what the compiler noted is read. */
const NOBODY: Host = { fault: () => 0, unmap: () => {}, truncate: () => {}, race: () => {} };

export function foldedIn(wasm: Wasm): Folded {
  return new Map(
    [...wasm].map(([arch, bytes]) => {
      const machine = new Machine(new WebAssembly.Module(bytes), NOBODY, 1, 1);
      return [arch, new Set(machine.folded())] as const;
    }),
  );
}
