/** What the counters of counting code have counted, over all instances of the code that ran. */

import type { EngineClass } from '../../mm/revision.js';
import type { KernelArch } from '../config.js';
import { type CompiledKernel, kernelEngine, type OnMachine } from '../engine/engine.js';
import type { Machine } from '../engine/machine.js';

/** How often each counter ran, by its number; for each architecture that the code ran on. */
export type Hits = ReadonlyMap<KernelArch, Uint32Array>;

/** What was extracted for an architecture, as far as it is counted. */
interface Counters {
  readonly arch: KernelArch;
  readonly extracted: { readonly counters: readonly unknown[] };
}

/** An engine that counts, in the thread that it was made in: the counters are in the memory of its instances. */
export class CountingEngine {
  readonly engine: EngineClass;
  readonly #machines: [KernelArch, Machine][] = [];
  readonly #counters: ReadonlyMap<KernelArch, number>;

  /**
   * @param kernel compiled from `sources`
   * @param sources extracted with coverage
   */
  constructor(kernel: CompiledKernel, sources: readonly Counters[]) {
    const note: OnMachine = (arch, machine) => this.#machines.push([arch, machine]);
    this.engine = kernelEngine(kernel, note);
    this.#counters = new Map(sources.map(({ arch, extracted }) => [arch, extracted.counters.length]));
  }

  /** Hits so far. A counter stays at its largest value when it has come there. */
  hits(): Hits {
    const hits = new Map<KernelArch, Uint32Array>();
    for (const [arch, machine] of this.#machines) {
      const count = this.#counters.get(arch) ?? 0;
      const sum = hits.get(arch) ?? new Uint32Array(count);
      const own = machine.hits(count);
      for (let i = 0; i < count; i++) sum[i] = Math.min((sum[i] ?? 0) + (own[i] ?? 0), MAX);
      hits.set(arch, sum);
    }
    return hits;
  }
}

const MAX = 0xffffffff;
