/** What a user gets from the package: the built program, its fixtures and its documentation, and nothing else. */
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { hashOfProgram } from '../../src/kernel/inputs.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

interface Packed {
  readonly files: readonly { readonly path: string }[];
}

interface Manifest {
  readonly license: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly allowScripts: Readonly<Record<string, boolean>>;
}

function read(path: string): string {
  return readFileSync(`${ROOT}${path}`, 'utf8');
}

/** Scripts stay off: `npm test` has built already, and a build now would pull dist from under other specs. */
function packedPaths(): string[] {
  const output = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, npm_config_update_notifier: 'false', npm_config_loglevel: 'error' },
    maxBuffer: 64 * 1024 * 1024,
  });
  // npm up to 11 prints a list, later ones an object keyed by package name.
  const [packed] = Object.values(JSON.parse(output) as Record<string, Packed>);
  return (packed?.files ?? []).map(({ path }) => path);
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly hasInstallScript?: boolean }>>;
}

const manifest = JSON.parse(read('package.json')) as Manifest;
let paths: string[] = [];

beforeAll(() => {
  paths = packedPaths();
});

describe('the package', () => {
  it.each([
    'package.json',
    'README.md',
    'CHANGELOG.md',
    'LICENSE',
    'dist/cli/main.js',
    'dist/index.js',
    'dist/index.d.ts',
    'dist/licenses.txt',
    'dist/allow.json',
    'dist/kernel/sources.sha256',
  ])('has %s', (path) => {
    expect(paths).toContain(path);
  });

  it.each([
    'fixtures/allow',
    'fixtures/cases',
    'fixtures/regressions',
    'fixtures/schema',
    'docs',
  ])('has files below %s', (folder) => {
    expect(paths.filter((path) => path.startsWith(`${folder}/`))).not.toEqual([]);
  });

  it('has a program that can be run, however often it was built', () => {
    expect(statSync(`${ROOT}dist/cli/main.js`).mode & 0o111).toBe(0o111);
  });

  it('starts with few files, and without what only some commands need', () => {
    const files = loadedAtStart('dist/cli/main.js');
    expect(files).toContain('dist/chunks/command_line.js');
    expect(files.length).toBeLessThanOrEqual(10);
    expect(files.filter((file) => /zod|yaml|cel-js|fast-check|judging/.test(file))).toEqual([]);
  });

  it('runs a campaign that finds nothing new without what reads YAML, shrinks, or starts threads', () => {
    const chunks = ['campaign', 'judging', 'cache', 'engines'].map((name) => `dist/chunks/${name}.js`);
    const files = [...new Set(chunks.flatMap(loadedAtStart))];
    expect(files.filter((file) => /zod|yaml|cel-js|fast-check|diff|shrink/.test(file))).toEqual([]);
    expect(files.filter((file) => /^import .*piscina/m.test(read(file)))).toEqual([]);
    expect(files.length).toBeLessThanOrEqual(8);
  });

  it('knows what its kernel engines follow from, as specs that run from the sources do', () => {
    expect(read('dist/kernel/sources.sha256')).toMatch(/^[0-9a-f]{64}\n$/);
    expect(hashOfProgram()).toMatch(/^[0-9a-f]{64}$/);
    expect(hashOfProgram()).toBe(hashOfProgram());
  });

  it('has the licence of every package whose code is in its files', () => {
    const licenses = read('dist/licenses.txt');
    const bundled = Object.entries(manifest.dependencies).filter(([name]) =>
      paths.includes(`dist/chunks/${name.replace(/^.*\//, '')}.js`),
    );
    expect(bundled.map(([name]) => name)).toContain('zod');
    for (const [name, version] of bundled) {
      expect(licenses).toContain(`\n${name} ${version}\n\n`);
      expect(licenses).toContain(read(`node_modules/${name}/LICENSE`).trim());
    }
  });

  it('has nothing else', () => {
    const expected = /^(?:(?:dist|fixtures|docs)\/.+|package\.json|README\.md|CHANGELOG\.md|LICENSE)$/;
    expect(paths.filter((path) => !expected.test(path))).toEqual([]);
    expect(paths.filter((path) => /(?:^|\/)(?:src|spec|node_modules|coverage)\/|\.spec\./.test(path))).toEqual([]);
  });

  it('has every file that its manifest points to', () => {
    const targets = [...Object.values(manifest.bin), ...Object.values(manifest.exports).flatMap(leaves)];
    expect(targets.map((target) => target.replace(/^\.\//, '')).filter((path) => !paths.includes(path))).toEqual([]);
  });

  it('has a program that the shell can start', () => {
    expect(read('dist/cli/main.js').split('\n')[0]).toBe('#!/usr/bin/env node');
  });

  it('has the licence that its manifest names', () => {
    expect(manifest.license).toBe('GPL-2.0-only');
    expect(read('LICENSE')).toMatch(/GNU GENERAL PUBLIC LICENSE\s+Version 2, June 1991/);
    expect(read('LICENSE')).toContain('END OF TERMS AND CONDITIONS');
  });

  it('lets no package run a script when it is installed', () => {
    const { packages } = JSON.parse(read('package-lock.json')) as Lock;
    const scripted = Object.entries(packages).flatMap(([path, { hasInstallScript }]) =>
      hasInstallScript === true ? [path.replace(/^.*node_modules\//, '')] : [],
    );
    // Of tree-sitter-c only the grammar as WebAssembly is used; its script looks for a compiler.
    expect(manifest.allowScripts).toEqual(Object.fromEntries(scripted.map((name) => [name, false])));
  });

  it('pins every dependency to one version', () => {
    const versions = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });
});

function leaves(target: string | Readonly<Record<string, string>>): string[] {
  return typeof target === 'string' ? [target] : Object.values(target);
}

/** A built file and all that it imports, at once and not when it is asked for. */
function loadedAtStart(first: string): string[] {
  const files = new Set([first]);
  for (const file of files) {
    const imports = read(file).matchAll(/^(?:import|export)\b[^;]*?["'](\.[^"']+)["'];/gm);
    for (const [, path = ''] of imports) files.add(join(dirname(file), path));
  }
  return [...files];
}
