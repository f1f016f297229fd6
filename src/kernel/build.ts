/** A kernel engine from a tree: extract, compile, and what the engine must know of it. */
import { compile } from './compile.js';
import type { KernelArch } from './config.js';
import { type EngineSource, engineSource, type SourceOptions } from './source.js';
import type { KernelTree } from './trees/tree.js';

/** What a cache keeps: enough to make the engine again without the tree. */
export interface BuiltKernel {
  readonly version: string;
  readonly wasm: ReadonlyMap<KernelArch, Uint8Array<ArrayBuffer>>;
  /** the tree has FAULT_FLAG_VMA_LOCK (6.4+) */
  readonly knowsVmaLock: boolean;
  /** set_pte_range() or do_set_pte(): which family of models the tree is compared with */
  readonly setter: 'set_pte_range' | 'do_set_pte';
  /** what was extracted, for each architecture */
  readonly sources: ReadonlyMap<KernelArch, EngineSource>;
}

/** The compiler refused the text of a tree. */
export class CompileError extends Error {
  override readonly name = 'CompileError';

  constructor(source: EngineSource, diagnostics: string) {
    const unknown = [...source.extracted.unknown].map(([name, place]) => `${name} (${place})`).join(', ');
    super(
      `${source.version} for ${source.arch} does not compile:\n${diagnostics}names without a definition: ${unknown}`,
    );
  }
}

/**
 * @throws MissingDefinition, AmbiguousDefinition, CompileError, NoCompiler
 */
export async function buildKernel(
  tree: KernelTree,
  archs: readonly KernelArch[],
  options: SourceOptions = {},
): Promise<BuiltKernel> {
  const wasm = new Map<KernelArch, Uint8Array<ArrayBuffer>>();
  const sources = new Map<KernelArch, EngineSource>();
  for (const arch of archs) {
    const source = await engineSource(tree, arch, options);
    const compiled = await compile(source.files, source.main, source.config);
    if (compiled.wasm === null) throw new CompileError(source, compiled.diagnostics);
    wasm.set(arch, compiled.wasm);
    sources.set(arch, source);
  }
  const all = [...sources.values()];
  const extracted = all.flatMap(({ extracted }) => extracted.definitions.map(({ name }) => name));
  return {
    version: tree.version,
    wasm,
    knowsVmaLock: all.some(({ probed }) => probed.includes('FAULT_FLAG_VMA_LOCK')),
    setter: extracted.includes('set_pte_range') ? 'set_pte_range' : 'do_set_pte',
    sources,
  };
}
