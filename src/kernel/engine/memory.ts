/**
 * The memory of a kernel's engine. Its image lies in there, so that compiled code and the rest of the harness work on
 * the same words, whatever architecture the case has.
 */
import './wasm.js';
import { IMAGE_ADDRESS, MEMORY_PAGES } from '../layout.js';

const memories = new WeakMap<ArrayBufferLike, WebAssembly.Memory>();

export const newMemory = (): WebAssembly.Memory =>
  new WebAssembly.Memory({ initial: MEMORY_PAGES, maximum: MEMORY_PAGES });

/** The place of an image in the memory. */
export const imageIn = (memory: WebAssembly.Memory, words: number): Int32Array =>
  new Int32Array(memory.buffer, IMAGE_ADDRESS, words);

/** Words of an image, all of them zero, in a memory of their own. */
export function allocateImage(words: number): Int32Array {
  const memory = newMemory();
  memories.set(memory.buffer, memory);
  return imageIn(memory, words);
}

/** The memory in which these words were allocated, undefined for those of any other image. */
export const memoryOf = (words: Int32Array): WebAssembly.Memory | undefined => memories.get(words.buffer);
