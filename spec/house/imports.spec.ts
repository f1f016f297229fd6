/**
 * Imports point downhill only, from the command line to the words of the machine, and the two engines never see each
 * other. A room of the house is a folder of src.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const SOURCE = fileURLToPath(new URL('../../src/', import.meta.url));

/** What each room may import besides itself. `room/index` allows that room's index alone. */
const DOWNHILL: Readonly<Record<string, readonly string[]>> = {
  cli: ['bench', 'campaign', 'report', 'oracle', 'cases', 'legacy', 'batched', 'kernel', 'mm', 'version.ts'],
  // Generators of what is committed: the same height as the command line.
  tools: ['cli', 'campaign', 'report', 'oracle', 'cases', 'legacy', 'batched', 'kernel', 'mm', 'version.ts'],
  // Benchmarks run campaigns, and beside them small harnesses of their own.
  bench: ['campaign', 'report', 'oracle', 'cases', 'legacy', 'batched', 'mm', 'version.ts'],
  campaign: ['report', 'oracle', 'cases', 'legacy', 'batched', 'kernel', 'mm', 'version.ts'],
  report: ['cases', 'mm'],
  oracle: ['cases', 'mm'],
  cases: ['mm'],
  legacy: ['mm'],
  batched: ['mm'],
  // A kernel tree and a patch are inputs like a case file, and are refused in the same words.
  kernel: ['mm', 'cases/files', 'cases/escape'],
  mm: [],
  'version.ts': [],
};

/** The package's public face: it may import anything, and nothing imports it. */
const PUBLIC_INDEX = 'index.ts';

/** Rooms that may load a module whose name is only known at run time. */
const COMPUTED_IMPORTS = ['cli', 'kernel'];

/** Statements stand at the start of a line (the formatter sees to it), so that prose and strings are not mistaken. */
const SPECIFIERS = [
  /^import\s+(?:type\s+)?(?:[\w$]+\s*,?\s*)?(?:\{[^}]*\}|\*\s*as\s+[\w$]+)?\s*from\s*['"]([^'"]+)['"]/gm,
  /^export\s+(?:type\s+)?(?:\{[^}]*\}|\*(?:\s*as\s+[\w$]+)?)\s*from\s*['"]([^'"]+)['"]/gm,
  /^import\s*['"]([^'"]+)['"]/gm,
  /\b(?:import|require)\s*\(\s*['"`]([^'"`$]+)['"`]/g,
  // A worker is loaded by its address.
  /\bnew\s+URL\(\s*['"`]([^'"`$]+\.[jt]s)['"`]\s*,\s*import\.meta\.url/g,
];

/** A call of import() whose argument is not one plain string; JSDoc and prose have no argument. */
const COMPUTED = /^(?!\s*(?:\*|\/\/)).*\bimport\s*\(\s*(?!['"][^'"]*['"]|`[^`$]*`)[^\s)]/m;

function specifiersOf(text: string): string[] {
  return SPECIFIERS.flatMap((pattern) => [...text.matchAll(pattern)].map((match) => match[1] ?? ''));
}

/** The file below src that a relative specifier means, as `room/file.ts`; undefined for packages and files elsewhere. */
function targetOf(file: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const target = join(dirname(file), specifier).split(sep).join('/');
  return target.startsWith('../') ? undefined : target.replace(/\.js$/, '.ts');
}

function roomOf(file: string): string {
  return file.split('/')[0] ?? file;
}

/** Why `file` (a path below src) may not have this text; one line for each reason. */
function uphillImports(file: string, text: string): string[] {
  if (file === PUBLIC_INDEX) return [];
  const room = roomOf(file);
  const allowed = DOWNHILL[room];
  if (allowed === undefined) return [`src/${file} is in no known room`];
  const complaints = specifiersOf(text).flatMap((specifier) => {
    const target = targetOf(file, specifier);
    if (target === undefined || roomOf(target) === room) return [];
    if (allowed.includes(roomOf(target)) || allowed.includes(target.replace(/\.ts$/, ''))) return [];
    return [`src/${file} must not import src/${target}`];
  });
  if (COMPUTED.test(text) && !COMPUTED_IMPORTS.includes(room)) complaints.push(`src/${file} computes an import`);
  return complaints;
}

function sourceFiles(): string[] {
  return readdirSync(SOURCE, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(SOURCE, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

describe('imports', () => {
  it('point downhill only', () => {
    const files = sourceFiles();
    expect(files.length).toBeGreaterThan(0);
    expect(files.flatMap((file) => uphillImports(file, readFileSync(join(SOURCE, file), 'utf8')))).toEqual([]);
  });

  it('are allowed by rules that have no cycle', () => {
    const rooms = Object.keys(DOWNHILL);
    for (const [room, allowed] of Object.entries(DOWNHILL)) {
      for (const target of allowed.map(roomOf)) {
        expect(rooms).toContain(target);
        expect(DOWNHILL[target]?.map(roomOf), `${target} must not import ${room}`).not.toContain(room);
      }
    }
  });
});

describe('the import rules', () => {
  it.each([
    ['a named import', "import { a } from '../batched/index.js';"],
    ['an import over several lines', "import {\n  a,\n  type B,\n} from '../batched/index.js';"],
    ['a type import', "import type { A } from '../batched/index.js';"],
    ['a default import', "import a, { b } from '../batched/index.js';"],
    ['a namespace import', "import * as a from '../batched/index.js';"],
    ['an import for its effect', "import '../batched/index.js';"],
    ['a re-export', "export { a } from '../batched/index.js';"],
    ['a re-export of everything', "export * from '../batched/index.js';"],
    ['a dynamic import', "  const a = await import('../batched/index.js');"],
    ['the type of an import', "type A = import('../batched/index.js').A;"],
    ['a worker', "new Worker(new URL('../batched/index.js', import.meta.url));"],
  ])('see %s', (_name, text) => {
    expect(uphillImports('legacy/index.ts', text)).toEqual([
      'src/legacy/index.ts must not import src/batched/index.ts',
    ]);
    expect(uphillImports('campaign/worker.ts', text)).toEqual([]);
  });

  it.each([
    ['legacy/index.ts', '../batched/rmap.js'],
    ['batched/index.ts', '../legacy/rmap.js'],
    ['mm/pte.ts', '../cases/case.js'],
    ['cases/case.ts', '../oracle/facts.js'],
    ['oracle/facts.ts', '../batched/index.js'],
    ['report/model.ts', '../campaign/campaign.js'],
    ['report/model.ts', '../batched/rmap.js'],
    ['report/model.ts', '../cli/main.js'],
    ['campaign/campaign.ts', '../index.js'],
    ['campaign/campaign.ts', '../bench/run.js'],
    ['bench/run.ts', '../cli/main.js'],
    ['kernel/engine.ts', '../cases/case.js'],
  ])('keep %s from importing %s', (file, specifier) => {
    expect(uphillImports(file, `import { a } from '${specifier}';`)).toHaveLength(1);
  });

  it.each([
    ['cli/main.ts', '../kernel/source.js'],
    ['campaign/campaign.ts', '../report/model.js'],
    ['oracle/facts.ts', '../cases/case.js'],
    ['mm/arch/arm64.ts', '../pte.js'],
    ['kernel/trees/tree.ts', '../../cases/files.js'],
    ['mm/pte.ts', 'node:fs'],
    ['index.ts', './report/model.js'],
  ])('let %s import %s', (file, specifier) => {
    expect(uphillImports(file, `import { a } from '${specifier}';`)).toEqual([]);
  });

  it('do not mistake prose and plain exports for imports', () => {
    const text = " * what is taken from '../batched/index.js'\nexport const from = '../batched/index.js';";
    expect(uphillImports('legacy/index.ts', text)).toEqual([]);
  });

  it('know every room, and refuse an import that is computed', () => {
    expect(uphillImports('attic/box.ts', '')).toEqual(['src/attic/box.ts is in no known room']);
    expect(uphillImports('mm/pte.ts', 'await import(name);')).toEqual(['src/mm/pte.ts computes an import']);
    expect(uphillImports('kernel/engine.ts', 'await import(name);')).toEqual([]);
  });
});
