/**
 * House rules that neither the compiler nor the linter knows: every source file introduces itself, stays short, leaves
 * nothing for later, and nothing in the repository depends on the machine it was written on.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const THIS_FILE = 'spec/house/tidy.spec.ts';
const MAX_LINES = 300;
const MAX_COLUMNS = 120;

/** Everything that is ours and text. Missing names are skipped: what must exist is package.spec.ts's business. */
const PLACES = [
  ...['src', 'spec', 'fixtures', 'docs', 'bench', '.ci', '.github'],
  ...['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'package.json', 'package-lock.json', 'biome.json', 'knip.json'],
  ...['tsconfig.json', 'tsconfig.build.json', 'vitest.config.ts', 'build.js'],
];

interface TextFile {
  /** Path below the repository's root, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

function filesBelow(place: string): string[] {
  const start = join(ROOT, place);
  if (!existsSync(start)) return [];
  if (statSync(start).isFile()) return [place];
  return readdirSync(start, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

function readFile(path: string): TextFile {
  return { path, text: readFileSync(join(ROOT, path), 'utf8') };
}

/** `path:line: text` of every line that the pattern matches. */
function linesWith(files: readonly TextFile[], pattern: RegExp): string[] {
  return files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [])),
  );
}

function pathsOf(files: readonly TextFile[]): string[] {
  return files.map(({ path }) => path);
}

/** The words of the comment that a source file starts with; a `#!` line or a C licence line may stand before it. */
function introduction(text: string): string {
  const match = /^(?:#!.*\n|\/[/*] SPDX-License-Identifier: .*\n)?\/\*\*([\s\S]*?)\*\//.exec(text);
  return (match?.[1] ?? '')
    .replace(/^\s*\*/gm, '')
    .replace(/\s+/g, ' ')
    .trim();
}

const sources = filesBelow('src').map(readFile);
const ours = PLACES.flatMap(filesBelow)
  .filter((path) => path !== THIS_FILE)
  .map(readFile);
const engines = sources.filter(({ path }) => /^src\/(?:legacy|batched)\//.test(path));

describe('every source file', () => {
  it('is seen by these rules', () => {
    expect(sources.length).toBeGreaterThan(0);
    expect(ours.length).toBeGreaterThan(sources.length);
  });

  it('starts with a comment that says what it is for', () => {
    expect(pathsOf(sources.filter(({ text }) => !/\w.{18,}\w/.test(introduction(text))))).toEqual([]);
  });

  it(`has at most ${MAX_LINES} lines`, () => {
    expect(pathsOf(sources.filter(({ text }) => text.trimEnd().split('\n').length > MAX_LINES))).toEqual([]);
  });

  it(`has at most ${MAX_COLUMNS} columns`, () => {
    expect(linesWith(sources, new RegExp(`^.{${MAX_COLUMNS + 1},}`, 'u'))).toEqual([]);
  });

  it('writes to the console only from the command line', () => {
    const silent = sources.filter(({ path }) => !path.startsWith('src/cli/'));
    expect(linesWith(silent, /\bconsole\.\w+\s*\(/)).toEqual([]);
  });

  it('leaves nothing for later', () => {
    expect(linesWith(ours, /\b(?:TODO|FIXME|XXX)\b/)).toEqual([]);
  });

  it('silences neither the linter nor the compiler', () => {
    expect(linesWith(ours, /biome-ignore|@ts-(?:ignore|nocheck)/)).toEqual([]);
  });
});

describe('the engines', () => {
  it('name their files as the kernel names its functions', () => {
    expect(pathsOf(engines).filter((path) => !/^[a-z][a-z0-9]*(?:_[a-z0-9]+)*\.ts$/.test(basename(path)))).toEqual([]);
  });

  it('have the function in the file that is named after it', () => {
    const missing = engines.filter(({ path, text }) => {
      const name = basename(path, '.ts');
      return name.includes('_') && !new RegExp(`\\b${name}\\s*[(<]`).test(text);
    });
    expect(pathsOf(missing)).toEqual([]);
  });
});

describe('the specs', () => {
  it('make temporary folders where they are removed again', () => {
    const specs = filesBelow('spec')
      .filter((path) => path !== 'spec/folders.ts' && path !== THIS_FILE)
      .map(readFile);
    expect(specs.length).toBeGreaterThan(0);
    expect(linesWith(specs, /\bmkdtemp(?:Sync)?\(.*\b(?:tmpdir\(|\/tmp\b)/)).toEqual([]);
  });
});

describe('the repository', () => {
  it('has no path of the machine it was written on', () => {
    expect(linesWith(ours, /(?<![\w.~$}-])\/(?:work|home|root)\//)).toEqual([]);
  });

  it('has a lock file that names no registry', () => {
    const lock = [readFile('package-lock.json')];
    expect(linesWith(lock, /"resolved"\s*:\s*"(?:https?|git)/)).toEqual([]);
    expect(linesWith(lock, /registry\.|\bnpmjs\b/)).toEqual([]);
  });

  it('has a lock file that pins every package, by its hash unless it is for another platform', () => {
    const unpinned = lockedPackages().filter(
      ([, { version, integrity, optional, os }]) =>
        version === undefined || !(integrity?.startsWith('sha512-') || (optional && os)),
    );
    expect(unpinned.map(([path]) => path)).toEqual([]);
  });

  // `npm ci` refuses a lock file that leaves out what another platform would need.
  it('has a lock file that leaves out no dependency of a package', () => {
    const packages = lockedPackages();
    const names = new Set(packages.map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 13)));
    const missing = packages.flatMap(([path, { dependencies, optionalDependencies }]) =>
      Object.keys({ ...dependencies, ...optionalDependencies })
        .filter((name) => !names.has(name))
        .map((name) => `${path} needs ${name}`),
    );
    expect(missing).toEqual([]);
  });
});

interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Every installed package by its path; the entry of ptediff itself is left out. */
function lockedPackages(): [path: string, entry: LockedPackage][] {
  const lock = JSON.parse(readFile('package-lock.json').text) as { packages: Record<string, LockedPackage> };
  return Object.entries(lock.packages).filter(([path]) => path !== '');
}
