/** Rows and their goals, and the report for a person. */
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type BenchReport, row, type Section } from '../../src/bench/model.js';
import { figureText, renderBench } from '../../src/bench/text.js';

const SECTION: Section = {
  id: 'random',
  title: 'Random search',
  method: 'Faults per second of one core, in slices that alternate with those of all other contenders of the race.',
  rows: [
    row('x86-64', 'faults/s', [0.9e6, 1.2e6, 1.1e6], 1.1e6, { relation: '>=', value: 1e6 }),
    row('found after', 'ms', [4, Number.POSITIVE_INFINITY], Number.POSITIVE_INFINITY, { relation: '<', value: 1000 }),
    row('sketch', 'faults/s', [1_450_000], 1_450_000),
  ],
  unavailable: null,
};

const MISSING: Section = { ...SECTION, id: 'sweep', title: 'Sweep', rows: [], unavailable: 'this version has none' };

const REPORT: BenchReport = {
  version: '1.2.3',
  node: 'v20.19.0',
  processor: 'Some CPU',
  cores: 2,
  load: [0.5, 1.25],
  quick: true,
  seconds: 12.4,
  sections: [SECTION, MISSING],
};

describe('a row', () => {
  it('keeps the lowest and the highest measurement beside the figure that counts', () => {
    const { lowest, highest, figure, measurements, met } = row('name', 'ms', [3, 1, 2], 2);
    expect([lowest, highest, figure, measurements, met]).toEqual([1, 3, 2, 3, null]);
  });

  it.each([
    ['>=', 2, true],
    ['>=', 2.1, false],
    ['<=', 2, true],
    ['<=', 1.9, false],
    ['<', 2, false],
    ['<', 2.1, true],
  ] as const)('with figure 2 and goal %s %d: met is %s', (relation, value, met) => {
    expect(row('name', 'ratio', [2], 2, { relation, value }).met).toBe(met);
  });
});

describe('a figure', () => {
  it.each([
    [1_234_567, 'faults/s', '1.23M/s'],
    [45_678, 'cases/s', '45.7k/s'],
    [12, 'faults/s', '12.0/s'],
    [0.0123, 'share', '1.2 %'],
    [12_345, 'faults', '12,345'],
    [3, 'collections', '3'],
    [1234.5, 'ns/fault', '1235 ns'],
    [12.34, 'ms', '12.3 ms'],
    [1.234, 's', '1.23 s'],
    [51.2, 'ratio', '51.2 x'],
    [Number.POSITIVE_INFINITY, 'ms', 'never'],
  ] as const)('%d %s is printed as %s', (value, unit, text) => {
    expect(figureText(value, unit)).toBe(text);
  });
});

describe('the report for a person', () => {
  const plain = renderBench(REPORT, { color: false, width: 75 });

  it('says on which machine it was measured and how busy that was', () => {
    expect(plain).toMatch(/^ptediff 1\.2\.3 bench --quick: Node v20\.19\.0, 2 cores, Some CPU\n/);
    expect(plain).toContain('load 0.5 before, 1.3 after; 12 s\n');
    expect(renderBench({ ...REPORT, quick: false }, { color: false, width: 75 })).toMatch(/^ptediff 1\.2\.3 bench: /);
  });

  it('has a table for each section, each row beside its goal', () => {
    const [, , , heading, ...lines] = plain.split('\n');
    expect(heading).toBe('Random search (random)');
    expect(lines.slice(0, 2).join(' ').replace(/ +/g, ' ').trim()).toBe(SECTION.method);
    expect(lines[0].length).toBeLessThanOrEqual(75);
    expect(lines.slice(2, 6)).toEqual([
      '               figure   lowest   highest  n  goal',
      '  x86-64       1.10M/s  900k/s   1.20M/s  3  >= 1.00M/s  met',
      '  found after  never    4.00 ms  never    2  < 1000 ms   not met',
      '  sketch       1.45M/s  1.45M/s  1.45M/s  1',
    ]);
  });

  it('says why a section has no figures', () => {
    expect(plain).toContain('Sweep (sweep)\n');
    expect(plain).toContain('  not available: this version has none\n');
  });

  it('ends with how many goals are met', () => {
    expect(plain.endsWith('\n1 of 2 goals met\n')).toBe(true);
  });

  it('has colours in no column that is aligned', () => {
    const colored = renderBench(REPORT, { color: true, width: 75 });
    expect(colored).toContain('>= 1.00M/s  \u001b[32mmet\u001b[39m\n');
    expect(colored).toContain('< 1000 ms   \u001b[31mnot met\u001b[39m\n');
    expect(stripVTControlCharacters(colored)).toBe(plain);
  });
});
