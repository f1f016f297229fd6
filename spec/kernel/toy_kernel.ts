/**
 * A toy kernel of a few lines for where no tree is at hand, and what makes an engine of it: a fault returns the number
 * that do_fault() returns, and every statement runs except those that say that they are cold.
 */
import { InputError } from '../../src/cases/files.js';
import { MODULES, type Modules } from '../../src/cli/context.js';
import { aboutOf } from '../../src/kernel/add.js';
import { CompileError, keyOf } from '../../src/kernel/build.js';
import { Cache } from '../../src/kernel/cache/cache.js';
import { catalogueOf } from '../../src/kernel/extract/catalogue.js';
import { extract } from '../../src/kernel/extract/extract.js';
import type { Toolchain } from '../../src/kernel/patched/code.js';
import type { EngineSource } from '../../src/kernel/source.js';
import { partsOf } from '../../src/kernel/stored.js';
import { putTree } from '../../src/kernel/stored_tree.js';
import { openDirectory } from '../../src/kernel/trees/directory.js';
import { recordingTree } from '../../src/kernel/trees/recorded.js';
import { fakeWasm } from './fake_kernel.js';
import { type Files, MAKEFILE } from './samples.js';

export const MEMORY = `${[
  '/* Toy. */', // 1
  '#include "mm.h"', // 2
  '', // 3
  '#define ANSWER 2', // 4
  '', // 5
  'static int helper(int a)', // 6
  '{', // 7
  '\treturn a + 1;', // 8
  '}', // 9
  '', // 10
  'int shimmed(void)', // 11
  '{', // 12
  '\treturn 0;', // 13
  '}', // 14
  '', // 15
  'int do_fault(int flags)', // 16
  '{', // 17
  '\tint ret = ANSWER;', // 18
  '', // 19
  '\t/* see who asks */', // 20
  '\tif (shimmed() > flags) {', // 21
  '\t\tcold(flags);', // 22
  '\t\tcold(ret);', // 23
  '\t}', // 24
  '#ifdef CONFIG_LATER', // 25
  '\tlater(ret);', // 26
  '#endif', // 27
  '\treturn ret;', // 28
  '}', // 29
].join('\n')}\n`;

export const TOY: Files = {
  Makefile: MAKEFILE,
  'mm/memory.c': MEMORY,
  'include/linux/mm.h': 'int do_fault(int flags);\nint helper(int a);\n',
  'arch/x86/mm/pgprot.c': '',
  'mm/other.c': 'int other(void)\n{\n\treturn 1;\n}\n',
};

/** Extracts do_fault(), and compiles what it says; counts what it compiles. */
export class ToyToolchain implements Toolchain {
  readonly compiled: string[] = [];
  /** called before each compilation */
  onCompile: () => void = () => {};

  async extract(...[tree, arch, { coverage = false }]: Parameters<Toolchain['extract']>): Promise<EngineSource> {
    const text = await tree.read('mm/memory.c');
    if (text === null) throw new InputError(tree.name, 'has no mm/memory.c');
    const catalogue = await catalogueOf([{ path: 'mm/memory.c', text }], [], new Map());
    const request = {
      roots: ['do_fault'],
      supplied: new Set(['shimmed', 'cold', 'later']),
      files: new Map(),
      coverage,
    };
    const extracted = extract(catalogue, request);
    const files = { 'engine.c': extracted.text };
    const about = { version: tree.version, arch, files, main: 'engine.c', config: new Map<string, string>() };
    return { ...about, extracted, probed: [], supplied: ['shimmed'] };
  }

  async compile(source: EngineSource): Promise<Uint8Array<ArrayBuffer>> {
    this.onCompile();
    this.compiled.push(source.arch);
    const { definitions, counters } = source.extracted;
    const lines = new Map(
      definitions.flatMap(({ text, line }) => text.split('\n').map((own, i): [number, string] => [line + i, own])),
    );
    const text = definitions.map((definition) => definition.active).join('\n');
    const warm = counters.flatMap((counter, i) =>
      counter.kind === 'statement' && counter.lines.some((line) => lines.get(line)?.includes('cold') === true)
        ? []
        : [i],
    );
    if (text.includes('#error')) throw new CompileError(source, 'mm/memory.c:18:1: error: no\n');
    const answer = text.includes('BUG()') ? 'trap' : Number(/ANSWER (\d+)/.exec(text)?.[1] ?? 2);
    return fakeWasm(answer, { counters: warm, effective: !text.includes('idle') });
  }
}

/** The modules of the command line with the toy's toolchain. */
export const toyModules = (toolchain: Toolchain): Modules => ({
  ...MODULES,
  patch: async () => ({ ...(await MODULES.patch()), TOOLCHAIN: toolchain }),
});

/** Puts the toy in a folder into a cache, as `ptediff kernel add` does. */
export async function addToy(folder: string, tree: string, name: string): Promise<void> {
  const cache = new Cache(folder);
  const toolchain = new ToyToolchain();
  const read = recordingTree(openDirectory(tree));
  const sources = [await toolchain.extract(read, 'x86-64', {})];
  await Promise.all(Object.keys(TOY).map((file) => read.read(file)));
  const entry = keyOf(sources);
  const wasm = new Map([['x86-64' as const, await toolchain.compile(sources[0] as EngineSource)]]);
  cache.put(entry, partsOf(aboutOf(read.version, sources), wasm));
  cache.setName({ name, entry, version: read.version, origin: tree, tree: putTree(cache, read, '') });
}
