/** From stored bytes to modules that this machine runs. */
import './wasm.js';
import type { KernelArch } from '../config.js';
import type { CompiledKernel } from './engine.js';

interface Stored {
  readonly wasm: ReadonlyMap<KernelArch, Uint8Array<ArrayBuffer>>;
  readonly knowsVmaLock: boolean;
  readonly places?: CompiledKernel['places'];
}

/** Compiles the modules for this machine. */
export function loadKernel({ wasm, knowsVmaLock, places }: Stored): CompiledKernel {
  const modules = new Map([...wasm].map(([arch, bytes]) => [arch, new WebAssembly.Module(bytes)] as const));
  return { modules, knowsVmaLock, ...(places !== undefined && { places }) };
}
