/** What the counters of counting code have counted, over all instances of the code that ran. */

import type { EngineClass } from '../../mm/revision.js';
import type { KernelArch } from '../config.js';
import { type CompiledKernel, kernelEngine, type OnMachine } from '../engine/engine.js';
import type { Machine } from '../engine/machine.js';

/** How often each counter ran, by its number; for each architecture that the code ran on. */
export type Hits = ReadonlyMap<KernelArch, Uint32Array>;

/** Code that counts, as another thread can have it too. */
export interface CountedCode {
  readonly compiled: CompiledKernel;
  /** how many counters the code of each architecture has */
  readonly counters: ReadonlyMap<KernelArch, number>;
}

/** What was extracted for an architecture, as far as it is counted. */
interface Counters {
  readonly arch: KernelArch;
  readonly extracted: { readonly counters: readonly unknown[] };
}

/**
 * @param compiled from `sources`
 * @param sources extracted with coverage
 */
export function countedCode(compiled: CompiledKernel, sources: readonly Counters[]): CountedCode {
  return { compiled, counters: new Map(sources.map(({ arch, extracted }) => [arch, extracted.counters.length])) };
}

/** An engine that counts, in the thread that it was made in: the counters are in the memory of its instances. */
export class CountingEngine {
  readonly engine: EngineClass;
  readonly #machines: [KernelArch, Machine][] = [];
  readonly #counters: CountedCode['counters'];

  constructor({ compiled, counters }: CountedCode) {
    const note: OnMachine = (arch, machine) => this.#machines.push([arch, machine]);
    this.engine = kernelEngine(compiled, note);
    this.#counters = counters;
  }

  /** Hits since the last time; the counters start again. */
  take(): Hits {
    let hits: Hits = new Map();
    for (const [arch, machine] of this.#machines) {
      const own = machine.hits(this.#counters.get(arch) ?? 0);
      hits = addedHits(hits, new Map([[arch, own]]));
      own.fill(0);
    }
    return hits;
  }
}

/** The sum of what two runs of the same code have counted; a counter stays at its largest value. */
export function addedHits(one: Hits | undefined, other: Hits | undefined): Hits {
  const sum = new Map(one);
  for (const [arch, hits] of other ?? []) {
    const known = sum.get(arch);
    sum.set(arch, known === undefined ? hits.slice() : hits.map((count, i) => Math.min(count + (known[i] ?? 0), MAX)));
  }
  return sum;
}

const MAX = 0xffffffff;
