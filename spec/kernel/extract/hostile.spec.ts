/** Whatever stands in a tree's C files: what is asked for is found, or refused with its place, in a short time. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/cases/files.js';
import { extractAll } from '../../../src/kernel/build.js';
import { AmbiguousDefinition, catalogueOf } from '../../../src/kernel/extract/catalogue.js';
import { type Extracted, extract, MissingDefinition } from '../../../src/kernel/extract/extract.js';
import { openDirectory } from '../../../src/kernel/trees/directory.js';
import { MAX_FILE_BYTES } from '../../../src/kernel/trees/tree.js';
import { folderOfEach, SMALL_TREE, writeFiles } from '../samples.js';

async function extractFrom(files: Readonly<Record<string, string>>, ...roots: string[]): Promise<Extracted> {
  const sources = Object.entries(files).map(([path, text]) => ({ path, text }));
  const catalogue = await catalogueOf(sources, [], new Map());
  return extract(catalogue, { roots, supplied: new Set(), files: new Map(), coverage: true });
}

const names = ({ definitions }: Extracted): string[] => definitions.map(({ name }) => name);

const WANTED = '\nint wanted(int a)\n{\n\tfor (;;)\n\t\ta += helper(a);\n}\nstatic int helper(int a) { return a; }\n';

describe('a function', () => {
  it.each([
    ['macros that open and close blocks', '#define OPEN {\n#define CLOSE }\nint odd(void) OPEN return 1; CLOSE'],
    ['a macro that leaves a parenthesis open', '#define BAD (1 +\n#define WORSE ((\n#define ODD )'],
    ['a macro with too many parameters', `#define MANY(${'a,'.repeat(5000)}b) b`],
    ['a function-like macro without an end', '#define F(a, b'],
    ['an #endif too many', '#endif\n#else\n#elif 1\n#endif'],
    ['a condition that says nothing', '#if\n#endif\n#ifdef\n#endif\n#if (((\n#endif\n#if 1 +\n#endif'],
    ['macros that stand for each other', '#define one two\n#define two one\n#define self self'],
    ['conditions that are a thousand deep', `${'#if 1\n'.repeat(1000)}int deep;\n${'#endif\n'.repeat(1000)}`],
    ['a body that ends too early', 'int early(void) { return 1; } }\n;;;'],
    ['a comment without an end', 'int before;\n/* a comment'],
    ['characters that no C file has', 'int \u0000\u0001\u{1f600}\u202e = `@$`;'],
    ['attributes of nobody', '__weird __odd(1, "x") int __strange odd_one(void) __very __odd;'],
    [
      'names that objects have',
      'int constructor(void) { return __proto__; }\nint __proto__, toString, hasOwnProperty;',
    ],
  ])('is found behind %s', async (_name, text) => {
    const result = await extractFrom({ 'mm/odd.c': `${text}\n`, 'mm/a.c': WANTED }, 'wanted');
    expect(names(result)).toEqual(['helper', 'wanted']);
    expect(result.text).toContain('#line 2 "mm/a.c"\nint wanted(int a)');
  });

  it('is found by any name that C allows', async () => {
    const text = 'int toString(void) { return 1; }\nint __proto__(void) { return toString(); }\n';
    expect(names(await extractFrom({ 'a.c': text }, '__proto__'))).toEqual(['toString', '__proto__']);
  });

  it('that has gone into a branch without an end is missed with its name', async () => {
    const asked = extractFrom({ 'mm/a.c': `#ifdef CONFIG_NEVER${WANTED}` }, 'wanted', 'helper');
    await expect(asked).rejects.toThrow('not defined in the files that are read: wanted, helper');
  });

  it('that calls itself and others in a circle is taken once', async () => {
    const text = 'int a(void) { return b(); }\nint b(void) { return c() + a(); }\nint c(void) { return a() + c(); }\n';
    expect(names(await extractFrom({ 'a.c': text }, 'a')).sort()).toEqual(['a', 'b', 'c']);
  });

  it('that stands twice in one file is refused with both lines', async () => {
    const asked = extractFrom({ 'mm/a.c': `${WANTED}${WANTED}` }, 'wanted');
    await expect(asked).rejects.toThrow(AmbiguousDefinition);
    await expect(asked).rejects.toThrow(/mm\/a\.c:7, mm\/a\.c:14|mm\/a\.c:2, mm\/a\.c:9/);
  });

  it('that stands twice is refused only where it is needed', async () => {
    const twice = 'int odd(void) { return 1; }\nint odd(void) { return 2; }\n';
    expect(names(await extractFrom({ 'mm/odd.c': twice, 'mm/a.c': WANTED }, 'wanted'))).toEqual(['helper', 'wanted']);
  });
});

describe('a huge file', () => {
  it.each([
    ['lines', 'static int filler;\n'.repeat(200_000)],
    ['one line', `int list[] = { ${'1, '.repeat(400_000)}};\n`],
    ['functions', Array.from({ length: 20_000 }, (_, i) => `int f${i}(void) { return ${i}; }\n`).join('')],
    ['macros', Array.from({ length: 20_000 }, (_, i) => `#define M${i}(x) M${i + 1}((x))\n`).join('')],
    ['parentheses in each other', `int deep = ${'('.repeat(20_000)}1${')'.repeat(20_000)};\n`],
    ['blocks in each other', `int deeper(void) ${'{'.repeat(5000)}${'}'.repeat(5000)}\n`],
    ['blocks without an end', `int endless(void) ${'{ if (1) '.repeat(5000)}\n`],
  ])('of %s is read in a short time', { timeout: 60_000 }, async (_name, text) => {
    const result = await extractFrom({ 'mm/huge.c': text, 'mm/a.c': WANTED }, 'wanted');
    expect(names(result)).toEqual(['helper', 'wanted']);
  });

  it('is a chain of thousands of functions, each of which is needed', { timeout: 60_000 }, async () => {
    const text = Array.from({ length: 3000 }, (_, i) => `int f${i}(void) { return f${i + 1}(); }\n`).join('');
    const result = await extractFrom({ 'a.c': text }, 'f0');
    expect(result.definitions).toHaveLength(3000);
    expect([...result.unknown]).toEqual([['f3000', 'a.c:3000']]);
  });
});

describe('a tree', () => {
  const folder = folderOfEach();

  /** A small tree with one file in place of memory.c. */
  function treeWith(bytes: Buffer) {
    writeFiles(folder.path, { ...SMALL_TREE, 'mm/memory.c': '' });
    writeFileSync(join(folder.path, 'mm/memory.c'), bytes);
    return openDirectory(folder.path);
  }

  it.each([
    ['zero bytes', Buffer.from('int a;\0int b;'), 'expected text, found a zero byte'],
    ['bytes that are no text', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0xff, 0xfe]), 'expected UTF-8 text, found bytes'],
    ['more than any C file', Buffer.alloc(MAX_FILE_BYTES + 1, 0x20), `expected at most ${MAX_FILE_BYTES} bytes`],
  ])('with %s in a file is refused with the name of the file', async (_name, bytes, message) => {
    const asked = extractAll(treeWith(bytes), ['x86-64']);
    await expect(asked).rejects.toThrow(InputError);
    await expect(asked).rejects.toThrow(message);
    await expect(asked).rejects.toThrow('mm/memory.c');
  });

  it('without the functions of the fault path is refused with their names', async () => {
    const asked = extractAll(treeWith(Buffer.from('int a;\n')), ['x86-64']);
    await expect(asked).rejects.toThrow(MissingDefinition);
    await expect(asked).rejects.toThrow(/do_fault, filemap_map_pages, finish_fault; the tree has no .*mm\/filemap\.c/);
  });
});

describe('damaged C', () => {
  const sample = `#ifdef CONFIG_A\n#define STEP(x) ((x) + 1L)\n#else\n#define STEP(x) (x)\n#endif\n${WANTED}`;
  const damage = fc.record({
    at: fc.nat({ max: sample.length }),
    length: fc.nat({ max: 12 }),
    text: fc.oneof(
      fc.constantFrom('{', '}', '(', ')', '#if 1\n', '#endif\n', '#else\n', '"', "'", '/*', '*/', '\\\n', '#define '),
      fc.string({ maxLength: 8, unit: 'binary' }),
    ),
  });

  it('gives what is asked for, or a refusal in one line', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 5 }), async (list) => {
        const text = list.reduce(
          (now, { at, length, text }) => now.slice(0, at) + text + now.slice(at + length),
          sample,
        );
        try {
          expect(names(await extractFrom({ 'a.c': text }, 'wanted'))).toContain('wanted');
        } catch (error) {
          if (!(error instanceof MissingDefinition || error instanceof AmbiguousDefinition)) throw error;
          expect(error.message).not.toContain('\n');
        }
      }),
      { numRuns: 1500, endOnFailure: true },
    );
  });
});
