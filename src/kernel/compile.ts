/** C to WebAssembly: the options that engines are compiled with, whoever compiles. */
import { type Compiled, type Compiler, PACKAGED } from './compilers.js';

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
const OUTPUT = 'engine.wasm';

export interface CompileOptions {
  /** where its data begins in a memory that it is given; without, it has a memory of its own */
  readonly data?: number;
  /** the optional package unless told */
  readonly compiler?: Compiler | undefined;
}

/**
 * Compiles one translation unit.
 * @param files by name, without folders; `main` is the one that is compiled
 * @param config macros that are defined before its first line
 * @throws NoCompiler
 */
export async function compile(
  files: Readonly<Record<string, string>>,
  main: string,
  config: ReadonlyMap<string, string>,
  { data, compiler = PACKAGED }: CompileOptions = {},
): Promise<Compiled> {
  const defines = [...config].map(([name, value]) => `-D${name}=${value}`);
  const memory = data === undefined ? [] : ['-Wl,--import-memory', `-Wl,--global-base=${data}`];
  return compiler.run([...FLAGS, ...LINK, ...memory, ...defines, '-o', OUTPUT, main], files, OUTPUT);
}
