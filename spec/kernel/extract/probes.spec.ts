/** Counters in front of statements: where they go, and that the lines stay. */
import { describe, expect, it } from 'vitest';
import { catalogueOf } from '../../../src/kernel/extract/catalogue.js';
import { extract } from '../../../src/kernel/extract/extract.js';

async function counted(text: string) {
  const catalogue = await catalogueOf([{ path: 'a.c', text }], [], new Map());
  return extract(catalogue, { roots: ['f'], supplied: new Set(), files: new Map(), coverage: true });
}

/** Without the line in front, and without what counts branches. */
const body = (text: string): string =>
  text
    .replace(/SHIM_(?:TEST\(\d+, |SWITCH\()(\w+)\)/g, '$1')
    .replace(/ SHIM_CASE\(\d+\);/g, '')
    .split('\n')
    .slice(2)
    .join('\n')
    .trim();

describe('counters', () => {
  it('stand in front of every statement, and the lines stay', async () => {
    const { text, counters } = await counted('int f(int a)\n{\n\tint b = a;\n\tb++;\n\treturn b;\n}');
    expect(body(text)).toBe('{\n\tSHIM_HIT(0); int b = a;\n\tSHIM_HIT(1); b++;\n\tSHIM_HIT(2); return b;\n}');
    expect(counters[0]).toEqual({ kind: 'statement', function: 'f', file: 'a.c', lines: [3], declares: false });
    expect(counters).toMatchObject([{ lines: [3] }, { lines: [4] }, { lines: [5] }]);
  });

  it('are at their places behind branches that are not taken', async () => {
    const { text } = await counted('int f(int a)\n{\n#ifdef CONFIG_X\n\tb();\n#endif\n\treturn a;\n}');
    expect(body(text)).toBe('{\n#ifdef CONFIG_X\n\tb();\n#endif\n\tSHIM_HIT(0); return a;\n}');
  });

  it.each([
    ['if (a) b(); else c();', 'SHIM_HIT(0); if (a) { SHIM_HIT(1); b(); } else { SHIM_HIT(2); c(); }'],
    ['if (a) { b(); }', 'SHIM_HIT(0); if (a) { SHIM_HIT(1); b(); }'],
    ['while (a) if (b) c();', 'SHIM_HIT(0); while (a) { SHIM_FUEL; SHIM_HIT(1); if (b) { SHIM_HIT(2); c(); } }'],
    ['out: a();', 'out: SHIM_FUEL; SHIM_HIT(0); a();'],
    ['do { a(); } while (b);', 'SHIM_HIT(0); do { SHIM_FUEL; SHIM_HIT(1); a(); } while (b);'],
    ['switch (a) { case 1: b(); break; }', 'SHIM_HIT(0); switch (a) { case 1: SHIM_HIT(1); b(); SHIM_HIT(2); break; }'],
    [
      'if (a) goto x; else if (b) c();',
      'SHIM_HIT(0); if (a) { SHIM_HIT(1); goto x; } else { SHIM_HIT(2); if (b) { SHIM_HIT(3); c(); } }',
    ],
  ])('%s', async (from, to) => {
    const { text } = await counted(`int f(int a)\n{\n${from}\n}`);
    expect(body(text)).toBe(`{\n${to}\n}`);
  });
});
