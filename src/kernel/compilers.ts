/** Who compiles: the package that runs in this process, or a clang of the system. */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { excerpt } from '../cases/escape.js';
import { inTemporaryFolder } from './trees/temporary.js';
import { UnavailableError } from './unavailable.js';

export interface Compiled {
  /** null where the compiler refused */
  readonly wasm: Uint8Array<ArrayBuffer> | null;
  /** what the compiler said */
  readonly diagnostics: string;
}

export interface Compiler {
  /** what is compiled by another one is another kernel */
  readonly id: string;
  /**
   * @param files by name, without folders
   * @param args all arguments; the module is written to `output`
   * @throws NoCompiler
   */
  run(args: readonly string[], files: Readonly<Record<string, string>>, output: string): Promise<Compiled>;
}

/** The compiler is not installed. */
export class NoCompiler extends Error {
  override readonly name = 'NoCompiler';

  constructor() {
    super(
      'kernel engines need the optional package @yowasp/clang: npm install @yowasp/clang ' +
        '(or ptediff kernel add --cc with a clang of the system)',
    );
  }
}

const PACKAGE = '@yowasp/clang';

/** The optional package; it is loaded when something must be compiled. */
export const PACKAGED: Compiler = {
  id: PACKAGE,
  run: async (args, files, output) => {
    const { commands, Exit } = await loadPackage();
    let diagnostics = '';
    const decoder = new TextDecoder();
    const stderr = (bytes: Uint8Array | null): void => {
      if (bytes !== null) diagnostics += decoder.decode(bytes, { stream: true });
    };
    try {
      const made = await commands.clang([...args], { ...files }, { stdout: null, stderr });
      const wasm = made?.[output];
      return { wasm: wasm instanceof Uint8Array ? new Uint8Array(wasm) : null, diagnostics };
    } catch (error) {
      if (error instanceof Exit) return { wasm: null, diagnostics };
      throw error;
    }
  },
};

async function loadPackage(): Promise<typeof import('@yowasp/clang')> {
  try {
    const compiler = (await import(PACKAGE)) as typeof import('@yowasp/clang');
    // Loads the compiler without printing how far it is.
    await compiler.runLLVM(null as never, {}, { fetchProgress: () => {} });
    return compiler;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') throw new NoCompiler();
    throw error;
  }
}

/** What a clang must be able to do: WebAssembly out of one file, linked, with vectors. */
const TRIAL = 'typedef int v __attribute__((vector_size(16))); int f(v *a, v *b) { return (*a ^ *b)[0]; }\n';
const TRIAL_ARGS = ['--target=wasm32', '-O2', '-msimd128', '-nostdlib', '-Wl,--no-entry', '-o', 'a.wasm', 'a.c'];

/**
 * A clang of the system.
 * @param program path, or name on the PATH
 * @throws UnavailableError if there is none, or if it cannot make WebAssembly
 */
export async function systemCompiler(program: string): Promise<Compiler> {
  const { code, text } = await start(program, ['--version'], '.');
  const [version = ''] = text.split('\n');
  const what = `--cc ${program}`;
  if (code === 'ENOENT') throw new UnavailableError(`${what}: there is no such program`);
  const answer = excerpt(version || String(code));
  if (code !== 0) throw new UnavailableError(`${what}: does not answer to --version: ${answer}`);
  const compiler = { id: version, run: runner(program) };
  const { wasm, diagnostics } = await compiler.run(TRIAL_ARGS, { 'a.c': TRIAL }, 'a.wasm');
  if (wasm !== null) return compiler;
  const why = diagnostics.split('\n').find((line) => /error/.test(line)) ?? diagnostics.split('\n')[0] ?? '';
  throw new UnavailableError(
    `${what}: cannot make WebAssembly, for which clang needs the target wasm32 and wasm-ld: ${excerpt(why)}`,
  );
}

const runner =
  (program: string): Compiler['run'] =>
  async (args, files, output) =>
    inTemporaryFolder('ptediff-cc-', async (folder) => {
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, name)), { recursive: true });
        writeFileSync(join(folder, name), text);
      }
      const { code, text } = await start(program, args, folder);
      const wasm = code === 0 ? new Uint8Array(readFileSync(join(folder, output))) : null;
      return { wasm, diagnostics: text };
    });

const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

interface Started {
  /** exit code, or the system's name of what went wrong */
  readonly code: number | string;
  readonly text: string;
}

function start(program: string, args: readonly string[], cwd: string): Promise<Started> {
  return new Promise((resolve) => {
    execFile(program, [...args], { cwd, maxBuffer: MAX_OUTPUT_BYTES }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : (error.code ?? 1), text: stderr || stdout });
    });
  });
}
