/** Extraction from small sources: what is found, in which order, and what is said of what is not. */
import { describe, expect, it } from 'vitest';
import { AmbiguousDefinition, catalogueOf } from '../../../src/kernel/extract/catalogue.js';
import { extract, MissingDefinition } from '../../../src/kernel/extract/extract.js';

async function extractFrom(
  files: Readonly<Record<string, string>>,
  roots: readonly string[],
  { supplied = [], config = [], meant = {} }: Partial<Choices> = {},
) {
  const sources = Object.entries(files).map(([path, text]) => ({ path, text }));
  const catalogue = await catalogueOf(sources, [], new Map(config.map((name) => [name, '1'] as const)));
  return extract(catalogue, { roots, supplied: new Set(supplied), files: new Map(Object.entries(meant)) });
}

interface Choices {
  readonly supplied: readonly string[];
  readonly config: readonly string[];
  readonly meant: Readonly<Record<string, string>>;
}

const names = (result: Awaited<ReturnType<typeof extractFrom>>): string[] => result.definitions.map(({ name }) => name);

describe('extraction', () => {
  it('takes what a function needs, before the function', async () => {
    const file = [
      'typedef int __bitwise rung_t;',
      'enum { BOTTOM, TOP = 9 };',
      '#define NEXT(x) ((x) + STEP)',
      '#define STEP 1L',
      'struct unused { int a; };',
      'static __always_inline rung_t climb(rung_t from)',
      '{',
      '\treturn NEXT(from) < TOP ? NEXT(from) : TOP;',
      '}',
    ].join('\n');
    const result = await extractFrom({ 'mm/a.c': file }, ['climb']);
    expect(names(result)).toEqual(['rung_t', 'STEP', 'NEXT', 'TOP', 'climb']);
    expect(result.text).toContain('#line 6 "mm/a.c"\nstatic __always_inline rung_t climb(rung_t from)');
    expect(result.text).toContain('#define STEP 1LL');
    expect(result.rewrites).toEqual([{ line: 4, from: '1L', to: '1LL', file: 'mm/a.c' }]);
  });

  it('ends at names that are supplied, at locals, parameters and fields', async () => {
    const file =
      'int page; int lock(void) { return 1; }\nint use(struct s *p, int page) { int lock = p->page; return lock + page + lend(1); }';
    const result = await extractFrom({ 'a.c': file }, ['use'], { supplied: ['lend', 'struct s'] });
    expect(names(result)).toEqual(['use']);
    expect([...result.unknown]).toEqual([]);
  });

  it('says nothing of what every header has around it', async () => {
    const file = '#ifndef _LINUX_A_H\n#define _LINUX_A_H\n#ifdef CONFIG_X\nint f(void) { return 1; }\n#endif\n#endif';
    const { taken } = await extractFrom({ 'a.h': file }, ['f'], { config: ['CONFIG_X'] });
    expect(taken.map(({ directive }) => directive)).toEqual(['#ifdef CONFIG_X']);
  });

  it('takes the twin that the configuration chooses, and tells the branch', async () => {
    const file = '#ifdef CONFIG_FAST\nint go(void) { return fast(); }\n#else\nint go(void) { return 0; }\n#endif';
    const fast = await extractFrom({ 'a.c': file }, ['go'], { config: ['CONFIG_FAST'] });
    expect(fast.definitions[0]).toMatchObject({ line: 2, end: 2 });
    expect(fast.unknown.get('fast')).toBe('a.c:2');
    expect(fast.taken).toEqual([{ file: 'a.c', line: 1, directive: '#ifdef CONFIG_FAST', end: 3 }]);
    const slow = await extractFrom({ 'a.c': file }, ['go']);
    expect(slow.definitions[0]).toMatchObject({ line: 4, end: 4 });
    expect(slow.unknown.size).toBe(0);
  });

  it("prefers an architecture's override, and skips macros that only mark one", async () => {
    const arch = 'static inline int young(void) { return 1; }\n#define young young';
    const generic = '#ifndef young\nstatic inline int young(void) { return 0; }\n#endif';
    const result = await extractFrom({ 'arch.h': arch, 'generic.h': generic }, ['young']);
    expect(result.definitions.map(({ kind, file }) => [kind, file])).toEqual([['function', 'arch.h']]);
  });

  it('keeps the #ifdef of a body, and needs nothing of its idle branch', async () => {
    const file = 'int f(void)\n{\n#ifdef CONFIG_X\n\treturn g();\n#endif\n\treturn 0;\n}';
    const result = await extractFrom({ 'a.c': file }, ['f']);
    expect(result.text).toContain('#ifdef CONFIG_X\n\treturn g();\n#endif');
    expect(result.unknown.size).toBe(0);
  });

  it('knows a tag from a function of the same name', async () => {
    const file = 'struct name { int a; };\nint name(void) { return 2; }\nint f(void) { return name(); }';
    expect(names(await extractFrom({ 'a.c': file }, ['f']))).toEqual(['name', 'f']);
  });

  it('refuses a name that is defined twice, with both places', async () => {
    const files = { 'a.c': 'int f(void) { return 1; }', 'b.c': '\nint f(void) { return 2; }' };
    const refused = extractFrom(files, ['f']);
    await expect(refused).rejects.toThrow(AmbiguousDefinition);
    await expect(refused).rejects.toThrow('f is defined more than once: a.c:1, b.c:2');
    const chosen = await extractFrom(files, ['f'], { meant: { f: 'b.c' } });
    expect(chosen.definitions[0]).toMatchObject({ file: 'b.c' });
  });

  it('refuses a tree without a function that is asked for', async () => {
    const refused = extractFrom({ 'a.c': 'int g(void);' }, ['f', 'g']);
    await expect(refused).rejects.toThrow(MissingDefinition);
    await expect(refused).rejects.toThrow('not defined in the files that are read: f, g');
  });

  it('survives text that is no C', async () => {
    const junk = `${'{'.repeat(300)} #define\n\u0000\u0001 int ((( "`;
    const result = await extractFrom({ 'junk.h': junk, 'a.c': 'int f(void) { return 1; }' }, ['f']);
    expect(names(result)).toEqual(['f']);
  });
});
