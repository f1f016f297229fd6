/** Generated files are committed and current; the generator writes what is not, or tells. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { GENERATED, type Generated, generate, staleFiles } from '../../src/tools/generate.js';
import { temporaryFolder } from '../folders.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FILES: readonly Generated[] = [
  { path: 'a.txt', text: () => 'a\n' },
  { path: 'b.txt', text: () => 'b\n' },
];

let folder = '';
let output = '';
const out = (text: string): void => {
  output += text;
};

beforeEach(() => {
  const made = temporaryFolder();
  folder = made.path;
  output = '';
  return made.remove;
});

describe('the generated files of the repository', () => {
  it('are current; if not, run: npm run generate', () => {
    expect(GENERATED.length).toBeGreaterThan(0);
    expect(staleFiles(ROOT)).toEqual([]);
  });

  it('stay below fixtures, docs and the shim', () => {
    expect(GENERATED.filter(({ path }) => !/^(fixtures|docs|src\/kernel\/shim)\//.test(path))).toEqual([]);
  });
});

describe('the generator', () => {
  it('writes what is missing or old, and nothing else', () => {
    writeFileSync(join(folder, 'a.txt'), 'old\n');
    expect(generate([], folder, out, FILES)).toBe(0);
    expect(output).toBe('a.txt written\nb.txt written\n');
    expect(readFileSync(join(folder, 'a.txt'), 'utf8')).toBe('a\n');
    output = '';
    expect(generate([], folder, out, FILES)).toBe(0);
    expect(output).toBe('2 generated files are current\n');
  });

  it('with --check writes nothing and says what to do', () => {
    writeFileSync(join(folder, 'b.txt'), 'b\n');
    expect(generate(['--check'], folder, out, FILES)).toBe(1);
    expect(output).toBe('a.txt is not current: run npm run generate\n');
    expect(staleFiles(folder, FILES)).toEqual(['a.txt']);
  });

  it('fails where it cannot look', () => {
    const inside = [{ path: 'a.txt/below.txt', text: () => '' }];
    writeFileSync(join(folder, 'a.txt'), 'a file, no folder\n');
    expect(() => staleFiles(folder, inside)).toThrow('ENOTDIR');
  });
});
