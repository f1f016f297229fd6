/** From stored bytes to modules that this machine runs. */
import './wasm.js';
import type { KernelArch } from '../config.js';
import type { CompiledKernel } from './engine.js';
import { requireRoom } from './room.js';

interface Stored {
  readonly wasm: ReadonlyMap<KernelArch, Uint8Array<ArrayBuffer>>;
  readonly knowsVmaLock: boolean;
  readonly places?: CompiledKernel['places'];
}

/**
 * Compiles the modules for this machine.
 * @param name of the kernel, for messages
 * @throws InputError for a module whose data has no room in the memory of an engine
 */
export function loadKernel({ wasm, knowsVmaLock, places }: Stored, name = 'a kernel'): CompiledKernel {
  for (const [arch, bytes] of wasm) requireRoom(bytes, arch, name);
  const modules = new Map([...wasm].map(([arch, bytes]) => [arch, new WebAssembly.Module(bytes)] as const));
  return { modules, knowsVmaLock, ...(places !== undefined && { places }) };
}
