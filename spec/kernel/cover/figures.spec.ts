/** Figures of functions: what counts, and what is said of what is not reached. */
import { describe, expect, it } from 'vitest';
import type { KernelArch } from '../../../src/kernel/config.js';
import type { CountedSource } from '../../../src/kernel/cover/code.js';
import { type Figures, figuresOf } from '../../../src/kernel/cover/figures.js';
import { catalogueOf } from '../../../src/kernel/extract/catalogue.js';
import { extract } from '../../../src/kernel/extract/extract.js';

const TEXT = [
  'int g(int a)', // 1
  '{', // 2
  '\treturn a;', // 3
  '}', // 4
  'int do_set_pmd(int a)', // 5
  '{', // 6
  '\tint b;', // 7
  '\tif (a) {', // 8
  '\t\tb = 1;', // 9
  '', // 10
  '\t\tb = 2;', // 11
  '\t} else if (g(b) && a)', // 12
  '\t\tb = 3;', // 13
  '\treturn b;', // 14
  '}', // 15
].join('\n');

async function covered(arch: KernelArch): Promise<CountedSource> {
  const catalogue = await catalogueOf([{ path: 'a.c', text: TEXT }], [], new Map());
  const request = { roots: ['do_set_pmd'], supplied: new Set<string>(), files: new Map(), coverage: true };
  return { arch, extracted: extract(catalogue, request) };
}

/** Counters by what they count: `9` for a statement's first line, `8 a true` for an outcome. */
function hitsOf({ extracted }: CountedSource, ...names: readonly string[]): Uint32Array {
  const own = extracted.counters.map((counter) =>
    counter.kind === 'statement' ? `${counter.lines[0]}` : `${counter.line} ${counter.asks} ${counter.outcome}`,
  );
  for (const name of names) expect(own).toContain(name);
  return Uint32Array.from(own, (name) => (names.includes(name) ? 3 : 0));
}

const find = ({ functions }: Figures, name: string) => functions.find((own) => own.name === name);

describe('figures', () => {
  it('count lines of statements that compute something, and outcomes', async () => {
    const x86 = await covered('x86-64');
    const hits = new Map([['x86-64', hitsOf(x86, '8', '8 a false', '12', '12 g(b) false', '14', '3')] as const]);
    const figures = figuresOf([x86], hits, new Map());
    expect(figures.functions.map(({ name, file, line }) => `${name} ${file}:${line}`)).toEqual([
      'g a.c:1',
      'do_set_pmd a.c:5',
    ]);
    expect(find(figures, 'g')).toMatchObject({ lines: { reached: 1, total: 1 }, unreached: [] });
    expect(find(figures, 'do_set_pmd')).toMatchObject({
      archs: ['x86-64'],
      lines: { reached: 3, total: 6 },
      branches: { reached: 2, total: 6 },
    });
    expect(find(figures, 'do_set_pmd')?.unreached.map(({ line, end, what }) => `${line}-${end} ${what}`)).toEqual([
      '8-8 a is never true',
      '9-11 ',
      '12-12 g(b) is never true',
      '12-12 a is never asked',
      '13-13 ',
    ]);
    expect([figures.lines, figures.branches]).toEqual([
      { reached: 4, total: 7 },
      { reached: 2, total: 6 },
    ]);
  });

  it('are those of all architectures together', async () => {
    const [x86, arm] = [await covered('x86-64'), await covered('arm64')];
    const hits = new Map([
      ['x86-64', hitsOf(x86, '8', '8 a false', '12', '12 g(b) false', '14', '3')],
      ['arm64', hitsOf(arm, '8', '8 a true', '9', '11', '14')],
    ] as const);
    const figures = figuresOf([x86, arm], hits, new Map());
    expect(find(figures, 'do_set_pmd')).toMatchObject({
      archs: ['x86-64', 'arm64'],
      lines: { reached: 5, total: 6 },
      branches: { reached: 3, total: 6 },
    });
  });

  it('leave out what the compiler knows on every architecture', async () => {
    const [x86, arm] = [await covered('x86-64'), await covered('arm64')];
    const numbers = x86.extracted.counters.flatMap((counter, i) =>
      counter.kind === 'outcome' && counter.asks === 'g(b)' ? [i] : [],
    );
    const known = new Set(numbers);
    const one = figuresOf([x86, arm], new Map(), new Map([['x86-64', known]]));
    expect([one.folded, one.branches.total]).toEqual([0, 6]);
    const both = figuresOf(
      [x86, arm],
      new Map(),
      new Map([
        ['x86-64', known],
        ['arm64', known],
      ]),
    );
    expect([both.folded, both.branches.total]).toEqual([1, 4]);
  });

  it('have no reason where nobody looked', async () => {
    const figures = figuresOf([await covered('arm64')], new Map(), new Map());
    expect(find(figures, 'g')?.unreached).toEqual([{ kind: 'lines', line: 3, end: 3, what: '', reason: null }]);
  });
});
