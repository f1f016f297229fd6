/** Kernels that tell what they do, for traces: the code that counts, with the places of its statements. */
import type { CountingCode } from '../kernel/cover/code.js';
import { kernelEngine } from '../kernel/engine/engine.js';
import type { Place } from '../kernel/engine/events.js';
import { loadKernel } from '../kernel/engine/load.js';
import type { Counter } from '../kernel/extract/counters.js';
import type { Revision } from '../mm/revision.js';

/** @param kernel what the code was made for: its id, features and architectures stay */
export function tellingRevision(kernel: Revision, { sources, wasm, knowsVmaLock }: CountingCode): Revision {
  const places = new Map(sources.map(({ arch, extracted }) => [arch, extracted.counters.map(placeOf)] as const));
  const compiled = loadKernel({ wasm, knowsVmaLock, places }, kernel.id);
  return { ...kernel, engine: kernelEngine(compiled) };
}

function placeOf(counter: Counter): Place {
  const { function: name, file } = counter;
  return { function: name, file, line: counter.kind === 'statement' ? (counter.lines[0] ?? 0) : counter.line };
}
