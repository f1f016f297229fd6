/** C to WebAssembly in this process: the compiler is an optional package, loaded when something must be compiled. */

export interface Compiled {
  /** null where the compiler refused */
  readonly wasm: Uint8Array<ArrayBuffer> | null;
  /** what the compiler said */
  readonly diagnostics: string;
}

/** The compiler is not installed. */
export class NoCompiler extends Error {
  override readonly name = 'NoCompiler';

  constructor() {
    super('kernel engines need the optional package @yowasp/clang: npm install @yowasp/clang');
  }
}

const COMPILER = '@yowasp/clang';

/** Options: a 32-bit machine, whose text was given a 64-bit long; no library, no start-up code. */
export const FLAGS: readonly string[] = [
  '--target=wasm32',
  '-std=gnu11',
  '-O2',
  '-mbulk-memory',
  '-msimd128',
  '-ffreestanding',
  '-fno-builtin',
  '-fno-strict-aliasing',
  '-fno-strict-overflow',
  '-nostdlib',
  '-w',
];
const LINK: readonly string[] = ['-Wl,--no-entry', '-Wl,-z,stack-size=65536'];

/**
 * Compiles one translation unit.
 * @param files by name, without folders; `main` is the one that is compiled
 * @param data where its data begins in a memory that it is given; without, it has a memory of its own
 * @throws NoCompiler
 */
export async function compile(
  files: Readonly<Record<string, string>>,
  main: string,
  config: ReadonlyMap<string, string>,
  data?: number,
): Promise<Compiled> {
  const { commands, Exit } = await loadCompiler();
  let diagnostics = '';
  const decoder = new TextDecoder();
  const stderr = (bytes: Uint8Array | null): void => {
    if (bytes !== null) diagnostics += decoder.decode(bytes, { stream: true });
  };
  const defines = [...config].map(([name, value]) => `-D${name}=${value}`);
  try {
    const memory = data === undefined ? ['-Wl,--export-memory'] : ['-Wl,--import-memory', `-Wl,--global-base=${data}`];
    const args = [...FLAGS, ...LINK, ...memory, ...defines, '-o', 'engine.wasm', main];
    const made = await commands.clang(args, { ...files }, { stdout: null, stderr });
    const wasm = made?.['engine.wasm'];
    return { wasm: wasm instanceof Uint8Array ? new Uint8Array(wasm) : null, diagnostics };
  } catch (error) {
    if (error instanceof Exit) return { wasm: null, diagnostics };
    throw error;
  }
}

async function loadCompiler(): Promise<typeof import('@yowasp/clang')> {
  try {
    const compiler = (await import(COMPILER)) as typeof import('@yowasp/clang');
    // Loads the compiler without printing how far it is.
    await compiler.runLLVM(null as never, {}, { fetchProgress: () => {} });
    return compiler;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') throw new NoCompiler();
    throw error;
  }
}
