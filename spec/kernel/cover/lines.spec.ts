/** Lines of a tree: which of them can run, and which did. */
import { describe, expect, it } from 'vitest';
import type { KernelArch } from '../../../src/kernel/config.js';
import { type Covered, CoveredLines } from '../../../src/kernel/cover/lines.js';
import { catalogueOf } from '../../../src/kernel/extract/catalogue.js';
import { extract } from '../../../src/kernel/extract/extract.js';

const TEXT = [
  '/* in front */', // 1
  '#define TWICE(x) \\', // 2
  '\t((x) + (x))', // 3
  'int f(int a,', // 4
  '      int b)', // 5
  '{', // 6
  '\tint c;', // 7
  '', // 8
  '\t/* why */', // 9
  '\tif (a &&', // 10
  '\t    /* half of it */', // 11
  '\t    b) {', // 12
  '\t\tc = TWICE(', // 13
  '\t\t\ta);', // 14
  '\t} else', // 15
  '\t\tc = 0;', // 16
  '#ifdef CONFIG_X', // 17
  '\tc++;', // 18
  '#endif', // 19
  '\tdo {', // 20
  '\t\tc--;', // 21
  '\t} while (c >', // 22
  '\t\t b);', // 23
  '\tfor (a = 0;', // 24
  '\t     a < b; a++)', // 25
  '\t\tc++;', // 26
  'out:', // 27
  '\treturn c;', // 28
  '}', // 29
  'int g(void) { return 1; }', // 30
].join('\n');

async function covered(arch: KernelArch, ...options: string[]): Promise<Covered> {
  const config = new Map(options.map((name) => [name, '1']));
  const catalogue = await catalogueOf([{ path: 'a.c', text: TEXT }], [], config);
  const request = { roots: ['f'], supplied: new Set<string>(), files: new Map(), coverage: true };
  return { arch, extracted: extract(catalogue, request) };
}

const hits = (arch: KernelArch, ...counts: number[]) => new Map([[arch, Uint32Array.from(counts)]]);

describe('the kind of a line', () => {
  it('is that of what stands on it', async () => {
    const lines = new CoveredLines([await covered('arm64')], new Map());
    const kinds = TEXT.split('\n').map((_, i) => lines.at('a.c', i + 1).kind);
    const s = 'statement';
    expect(kinds).toEqual([
      ...['outside', 'other', 'other', 'other', 'other', 'other'],
      ...[s, 'blank', 'blank', s, 'blank', s, s, s, 'other', s],
      ...['inactive', 'inactive', 'inactive', s, s, s, s, s, s, s, 'other', s, 'other', 'outside'],
    ]);
  });

  it('is that of the architecture that compiles it', async () => {
    const both = [await covered('arm64'), await covered('x86-64', 'CONFIG_X')];
    const lines = new CoveredLines(both, new Map());
    expect(lines.at('a.c', 18).kind).toBe('statement');
    expect(lines.at('a.c', 17).kind).toBe('inactive');
  });

  it('names the definition', async () => {
    const lines = new CoveredLines([await covered('arm64')], new Map());
    expect(lines.at('a.c', 3).definition).toMatchObject({ name: 'TWICE', kind: 'macro' });
    expect(lines.at('a.c', 5).definition).toMatchObject({ name: 'f', kind: 'function', line: 4, end: 29 });
    expect(lines.at('a.c', 30)).toEqual({ kind: 'outside', definition: undefined, reached: false });
    expect(lines.at('b.c', 3).kind).toBe('outside');
  });
});

describe('a line is reached', () => {
  it('where a statement on it ran, with all lines of the statement, and of the condition in front of a body', async () => {
    const own = await covered('arm64');
    // int c; if; c = TWICE(a); c = 0; do; c--; for; c++; return
    const lines = new CoveredLines([own], hits('arm64', 1, 2, 2, 0, 0, 0, 7, 0, 1));
    const reached = TEXT.split('\n').flatMap((_, i) => (lines.at('a.c', i + 1).reached ? [i + 1] : []));
    expect(reached).toEqual([7, 10, 12, 13, 14, 24, 25, 28]);
    const declared = own.extracted.counters.filter((counter) => counter.kind === 'statement' && counter.declares);
    expect(declared).toMatchObject([{ lines: [7] }]);
  });

  it('where it ran on any of the architectures that are looked at', async () => {
    const both = [await covered('arm64'), await covered('x86-64', 'CONFIG_X')];
    const all = new Map([...hits('arm64', 1, 1, 1), ...hits('x86-64', 1, 1, 0, 1)]);
    const reached = (lines: CoveredLines): boolean[] => [13, 16].map((line) => lines.at('a.c', line).reached);
    expect(reached(new CoveredLines(both, all))).toEqual([true, true]);
    expect(reached(new CoveredLines(both.slice(0, 1), all))).toEqual([true, false]);
    expect(reached(new CoveredLines(both, new Map()))).toEqual([false, false]);
  });
});
