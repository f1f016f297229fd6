/** A clang of the system compiles as the package does, or says in one line why it cannot. */
import { chmodSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compile } from '../../src/kernel/compile.js';
import { systemCompiler } from '../../src/kernel/compilers.js';
import { folderOfEach } from './samples.js';

const folder = folderOfEach();

/** A program that answers --version, and everything else with `answer`. */
function program(answer: string): string {
  const file = join(folder.path, 'cc');
  writeFileSync(file, `#!/bin/sh\nif [ "$1" = --version ]; then echo "some clang 99"; exit 0; fi\n${answer}\n`);
  chmodSync(file, 0o755);
  return file;
}

describe('a compiler of the system', () => {
  it('that is not there is said so', async () => {
    const file = join(folder.path, 'none');
    await expect(systemCompiler(file)).rejects.toMatchObject({
      name: 'UnavailableError',
      message: `--cc ${file}: there is no such program`,
    });
  });

  it('that cannot be run is said so', async () => {
    const file = program('true');
    chmodSync(file, 0o644);
    await expect(systemCompiler(file)).rejects.toThrow(`--cc ${file}: does not answer to --version: `);
  });

  it('that has no WebAssembly is said so with its own words', async () => {
    const file = program('echo "cc: warning: hm" >&2; echo "error: unable to create target: wasm32" >&2; exit 1');
    await expect(systemCompiler(file)).rejects.toThrow(
      `--cc ${file}: cannot make WebAssembly, for which clang needs the target wasm32 and wasm-ld: ` +
        'error: unable to create target: wasm32',
    );
  });

  it('is known by its version, and compiles in a folder of its own that goes away', async () => {
    const file = program('for last; do :; done; cp "$last" "$(dirname "$0")/seen"; printf WASM > a.wasm');
    const compiler = await systemCompiler(file);
    expect(compiler.id).toBe('some clang 99');
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('ptediff-cc-'));
    const { wasm, diagnostics } = await compiler.run(['one.c'], { 'one.c': 'int one;\n' }, 'a.wasm');
    expect([Buffer.from(wasm ?? []).toString(), diagnostics]).toEqual(['WASM', '']);
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('ptediff-cc-'))).toEqual(before);
  });
});

const canCompile = await systemCompiler('clang').then(
  () => true,
  () => false,
);

describe.skipIf(!canCompile)('clang and wasm-ld', () => {
  it('make a module of a translation unit and its headers', async () => {
    const files = {
      'a.h': '#define STEP ((long long)CONFIG_STEP << 33)\n',
      'a.c': '#include "a.h"\n__attribute__((export_name("up"))) int up(void) { return (int)(STEP >> 32); }\n',
    };
    const compiler = await systemCompiler('clang');
    const { wasm } = await compile(files, 'a.c', new Map([['CONFIG_STEP', '3']]), { compiler });
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm ?? new Uint8Array()), {});
    expect((exports.up as () => number)()).toBe(6);
  });

  it("name the tree's file and line where they refuse", async () => {
    const compiler = await systemCompiler('clang');
    const text = '#line 7 "mm/a.c"\nint f(void) { return g; }\n';
    const { wasm, diagnostics } = await compile({ 'a.c': text }, 'a.c', new Map(), { compiler });
    expect(wasm).toBeNull();
    expect(diagnostics).toContain("mm/a.c:7:22: error: use of undeclared identifier 'g'");
  });
});
