/** Branches: which conditions have outcomes, and what is put around them. */
import { describe, expect, it } from 'vitest';
import { catalogueOf } from '../../../src/kernel/extract/catalogue.js';
import type { OutcomeCounter } from '../../../src/kernel/extract/counters.js';
import { extract } from '../../../src/kernel/extract/extract.js';

async function counted(body: string) {
  const text = `int f(int a)\n{\n${body}\n}`;
  const catalogue = await catalogueOf([{ path: 'a.c', text }], [], new Map());
  const request = { roots: ['f'], supplied: new Set<string>(), files: new Map(), coverage: true };
  const { text: made, counters } = extract(catalogue, request);
  const outcomes = counters.filter((counter): counter is OutcomeCounter => counter.kind === 'outcome');
  return { made: made.split('\n').slice(3, -2).join('\n'), outcomes };
}

/** The text with counters of outcomes numbered from 0 on, and without those of statements. */
const tests = (made: string): string => {
  let n = 0;
  return made
    .replace(/SHIM_(?:HIT\(\d+\)|FUEL); /g, '')
    .replace(/SHIM_(TEST|CASE)\(\d+/g, (_, kind) => `${kind}(${n++}`)
    .replace('SHIM_SWITCH', 'SWITCH');
};

describe('a condition', () => {
  it.each([
    ['if (a) b();', 'if (TEST(0, a)) { b(); }'],
    ['if (!a) b();', 'if (!TEST(0, a)) { b(); }'],
    ['if (a && (b || !c)) d();', 'if (TEST(0, a) && (TEST(1, b) || !TEST(2, c))) { d(); }'],
    ['if (unlikely(a == 1 || b(c))) d();', 'if (unlikely(TEST(0, a == 1) || TEST(1, b(c)))) { d(); }'],
    ['while ((a = b()) != 0) c();', 'while (TEST(0, (a = b()) != 0)) { c(); }'],
    ['for (; a < 3; a++) b();', 'for (; TEST(0, a < 3); a++) { b(); }'],
    ['do { b(); } while (likely(a));', 'do { b(); } while (likely(TEST(0, a)));'],
    ['return a ? b : c;', 'return TEST(0, a) ? b : c;'],
    ['return a && b;', 'return TEST(0, a) && TEST(1, b);'],
    [
      'return (a ? b : c) && d(e || f);',
      'return (TEST(0, TEST(1, a) ? b : c)) && TEST(2, d(TEST(3, e) || TEST(4, f)));',
    ],
    ['a && b();', 'TEST(0, a) && TEST(1, b());'],
  ])('%s', async (body, expected) => {
    expect(tests((await counted(body)).made)).toBe(expected);
  });

  it.each([
    'for (;;) a();',
    'char c[sizeof(a ? b : c)];',
    'static int d = 1 && 2;',
    'int e[1 ? 2 : 3];',
    'return !a;',
  ])('is none in %s', async (body) => {
    expect((await counted(body)).outcomes).toEqual([]);
  });

  it('has a place, its text in one line, and two outcomes', async () => {
    const { outcomes } = await counted('\tif (a ==\n\t    /* why */ 2)\n\t\tb();');
    const place = { kind: 'outcome', function: 'f', file: 'a.c', line: 3, column: 6, asks: 'a == 2' };
    expect(outcomes).toEqual([
      { ...place, outcome: 'true' },
      { ...place, outcome: 'false' },
    ]);
  });
});

describe('a switch', () => {
  it('has an outcome for each label, and one for none of them', async () => {
    const { made, outcomes } = await counted('if (a) switch (a) { case 1: case 2: b(); }');
    expect(tests(made)).toBe(
      'if (TEST(0, a)) { switch (SWITCH(a)) { case 1: CASE(1); case 2: CASE(2); b(); } CASE(3); }',
    );
    expect(outcomes.slice(2).map(({ outcome }) => outcome)).toEqual(['no label', 'case 1', 'case 2']);
  });

  it('has no such outcome with a default', async () => {
    const { made, outcomes } = await counted('switch (a) { case 1: b(); default: c(); }');
    expect(tests(made)).toBe('switch (SWITCH(a)) { case 1: CASE(0); b(); default: CASE(1); c(); }');
    expect(outcomes.map(({ outcome, asks }) => `${asks} ${outcome}`)).toEqual(['a case 1', 'a default']);
  });
});
