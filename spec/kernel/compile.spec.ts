/** C to WebAssembly in this process; where the optional compiler is not installed there is nothing to see. */
import { describe, expect, it } from 'vitest';
import { compile } from '../../src/kernel/compile.js';

const installed = await import('@yowasp/clang').then(
  () => true,
  () => false,
);

describe.skipIf(!installed)('the compiler', () => {
  it('makes a module of a translation unit and its headers', async () => {
    const files = {
      'a.h': '#define STEP ((long long)CONFIG_STEP << 33)\n',
      'a.c': '#include "a.h"\n__attribute__((export_name("up"))) int up(void) { return (int)(STEP >> 32); }\n',
    };
    const { wasm } = await compile(files, 'a.c', new Map([['CONFIG_STEP', '3']]));
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm ?? new Uint8Array()), {});
    expect((exports.up as () => number)()).toBe(6);
  });

  it("names the tree's file and line where it refuses", async () => {
    const { wasm, diagnostics } = await compile(
      { 'a.c': '#line 7 "mm/a.c"\nint f(void) { return g; }\n' },
      'a.c',
      new Map(),
    );
    expect(wasm).toBeNull();
    expect(diagnostics).toContain("mm/a.c:7:22: error: use of undeclared identifier 'g'");
  });
});
