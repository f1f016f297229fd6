/** Counters that run: compiled with the shim's own macros, where the optional compiler is installed. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../../src/kernel/compile.js';
import { foldedIn } from '../../../src/kernel/cover/folded.js';
import { newMemory } from '../../../src/kernel/engine/memory.js';
import { catalogueOf } from '../../../src/kernel/extract/catalogue.js';
import { extract } from '../../../src/kernel/extract/extract.js';
import { dataAddress } from '../../../src/kernel/layout.js';

const installed = await import('@yowasp/clang').then(
  () => true,
  () => false,
);
const HEADER = readFileSync(new URL('../../../src/kernel/shim/coverage.h', import.meta.url), 'utf8');

const TEXT = `int f(int a)
{
	if (a > 1 && a != 3)
		a += 100;
	if (CONSTANT + 1)
		a++;
	for (int i = 0; i < 2; i++)
		a += 10;
	switch (a) {
	case 21:
		a = 0;
	case 22:
		return a ? a : -1;
	}
	return a;
}`;

const PLACES = ['scene', 'image', 'headOf', 'folioPages', 'hwpoison']
  .map((name) => `__attribute__((export_name("${name}"))) void *address_of_${name}(void) { return places; }`)
  .join('\n');

describe.skipIf(!installed)('counters', () => {
  let wasm = new Uint8Array();
  let outcomes: readonly (readonly [name: string, number: number])[] = [];

  beforeAll(async () => {
    const catalogue = await catalogueOf([{ path: 'a.c', text: TEXT }], [], new Map());
    const request = { roots: ['f'], supplied: new Set<string>(), files: new Map(), coverage: true };
    const { text, counters } = extract(catalogue, request);
    const name = (i: number): string => {
      const counter = counters[i];
      return counter?.kind === 'outcome' ? `${counter.line} ${counter.asks} ${counter.outcome}` : '';
    };
    outcomes = counters.map((_, i) => [name(i), i] as const).filter(([own]) => own !== '');
    const main = `#include <stdbool.h>\n#define SHIM_FUEL\n#define CONSTANT 1\nstatic int places[512];
#define SHIM_COUNTERS ${counters.length}\n${HEADER}\n${text}\n${PLACES}
__attribute__((export_name("call"))) int call(int a) { return f(a); }`;
    const compiled = await compile({ 'a.c': main }, 'a.c', new Map(), { data: dataAddress('arm64') });
    if (compiled.wasm === null) throw new Error(compiled.diagnostics);
    wasm = compiled.wasm;
  }, 120_000);

  interface Exports {
    call(a: number): number;
    hits(): number;
  }

  function hitsOf(...values: number[]): { answers: number[]; reached: string[] } {
    const memory = newMemory();
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(wasm)), { env: { memory } });
    const { call, hits } = exports as unknown as Exports;
    const answers = values.map((value) => call(value));
    const words = new Uint32Array(memory.buffer, hits());
    return { answers, reached: outcomes.filter(([, i]) => (words[i] ?? 0) > 0).map(([name]) => name) };
  }

  it('do not change what the text does, and count outcomes that are asked for', () => {
    const { answers, reached } = hitsOf(0);
    expect(answers).toEqual([-1]);
    expect(reached).toEqual([
      '3 a > 1 false',
      '5 CONSTANT + 1 true',
      '7 i < 2 true',
      '7 i < 2 false',
      '10 a case 21',
      '13 a false',
    ]);
  });

  it('count a label that is taken, and none that is fallen through', () => {
    expect(hitsOf(0).reached).not.toContain('12 a case 22');
    expect(hitsOf(1).reached).toContain('12 a case 22');
    const { answers, reached } = hitsOf(2);
    expect(answers).toEqual([123]);
    expect(reached).toContain('9 a no label');
    expect(reached.filter((name) => name.includes('case'))).toEqual([]);
  });

  it('know which conditions are constants', () => {
    const folded = foldedIn(new Map([['arm64', wasm as Uint8Array<ArrayBuffer>]])).get('arm64');
    expect(outcomes.filter(([, i]) => folded?.has(i)).map(([name]) => name)).toEqual([
      '5 CONSTANT + 1 true',
      '5 CONSTANT + 1 false',
    ]);
  });
});
