/** A compiled kernel as a revision, so that campaigns, replays and checks can run it under the id `kernel:NAME`. */
import type { Revision } from '../../mm/revision.js';
import { type CompiledKernel, kernelEngine } from './engine.js';
import { allocateImage } from './memory.js';

/**
 * @param like the model of this kernel: family and features are its
 * @param source where the tree comes from, and its version
 */
export function kernelRevision(name: string, kernel: CompiledKernel, like: Revision, source: string): Revision {
  return {
    id: `kernel:${name}`,
    family: like.family,
    name: `kernel:${name}`,
    title: `the functions of ${source}, compiled`,
    source,
    features: like.features,
    experimental: false,
    engine: kernelEngine(kernel),
    allocate: allocateImage,
    // What is intended of the model is intended of the kernel: allowlist entries and invariants are the model's.
    base: like,
  };
}
