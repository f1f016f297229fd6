/** From a tree to the code of a kernel engine: extract, compile, and what the engine must know of it. */
import { type Content, hashOf } from './cache/entry.js';
import { compile, FLAGS } from './compile.js';
import { type Compiler, PACKAGED } from './compilers.js';
import type { KernelArch } from './config.js';
import { requireRoom } from './engine/room.js';
import { dataAddress } from './layout.js';
import { type EngineSource, engineSource, type SourceOptions } from './source.js';
import type { Wasm } from './stored.js';
import type { KernelTree } from './trees/tree.js';

/** Changes when the same text has to be compiled again. */
const FORMAT = 'ptediff-kernel-2';

/** Told before each step that takes a while. */
export type OnStep = (what: string) => void;

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

/** @throws MissingDefinition, AmbiguousDefinition */
export async function extractAll(
  tree: KernelTree,
  archs: readonly KernelArch[],
  options: SourceOptions = {},
  onStep: OnStep = () => {},
): Promise<readonly EngineSource[]> {
  const sources: EngineSource[] = [];
  for (const arch of archs) {
    onStep(`extracting the functions of ${tree.version} for ${arch}`);
    sources.push(await engineSource(tree, arch, options));
  }
  return sources;
}

/**
 * @param compiler the optional package unless told
 * @throws CompileError, NoCompiler; InputError for a tree with too much data
 */
export async function compileAll(
  sources: readonly EngineSource[],
  onStep: OnStep = () => {},
  compiler?: Compiler,
): Promise<Wasm> {
  const wasm = new Map<KernelArch, Uint8Array<ArrayBuffer>>();
  for (const [i, source] of sources.entries()) {
    onStep(`compiling for ${source.arch} (${i + 1} of ${sources.length})`);
    const compiled = await compile(source.files, source.main, source.config, {
      data: dataAddress(source.arch),
      compiler,
    });
    if (compiled.wasm === null) throw new CompileError(source, compiled.diagnostics);
    requireRoom(compiled.wasm, source.arch, `Linux ${source.version}`);
    wasm.set(source.arch, compiled.wasm);
  }
  return wasm;
}

/** What decides beside the text what becomes of it. */
export const codeFormat = (compiler: string): readonly string[] => [FORMAT, compiler, ...FLAGS];

/** Names the code in the cache: the same for the same text, configuration, compiler and options. */
export function keyOf(sources: readonly EngineSource[], compiler = PACKAGED.id): string {
  const parts: [string, Content][] = [['format', codeFormat(compiler).join(' ')]];
  for (const { arch, files, config } of sources) {
    parts.push([`${arch} configuration`, JSON.stringify([...config])]);
    for (const [file, text] of Object.entries(files)) parts.push([`${arch} ${file}`, text]);
  }
  return hashOf(parts);
}

/** Has the tree FAULT_FLAG_VMA_LOCK (6.4+)? */
export const knowsVmaLock = (sources: readonly EngineSource[]): boolean =>
  sources.some(({ probed }) => probed.includes('FAULT_FLAG_VMA_LOCK'));
