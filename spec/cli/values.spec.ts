/** Option values that are accepted; main.spec.ts has those that are refused. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REVISIONS, revisionNamed } from '../../src/campaign/engines.js';
import { ARCH_NAMES } from '../../src/cases/case.js';
import {
  parseArchitectures,
  parseDuration,
  parseFaults,
  parseOutFile,
  parseSeed,
  parseShard,
  parseSpans,
  parseWorkers,
} from '../../src/cli/values.js';

describe('seeds', () => {
  it('are integers below 2^53, written in one way', () => {
    fc.assert(
      fc.property(fc.nat(Number.MAX_SAFE_INTEGER), (seed) => {
        expect(parseSeed(String(seed))).toBe(seed);
      }),
    );
    expect(parseSeed('9007199254740991')).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('may be git commit ids, every digit of which counts', () => {
    const hash = 'fa76d27a0b1c2d3e4f5061728394a5b6c7d8e9f0';
    const seed = parseSeed(hash);
    expect(Number.isSafeInteger(seed) && seed >= 0).toBe(true);
    for (let i = 0; i < hash.length; i++) {
      const other = hash.slice(0, i) + (hash[i] === '0' ? '1' : '0') + hash.slice(i + 1);
      expect(parseSeed(other)).not.toBe(seed);
    }
    expect(parseSeed('0'.repeat(40))).toBe(0);
  });
});

it.each([
  ['1', 1],
  ['20000', 20_000],
  ['20k', 20_000],
  ['2M', 2_000_000],
])('--faults %s is %d', (text, faults) => {
  expect(parseFaults(text)).toBe(faults);
});

it.each([
  ['500ms', 0.5],
  ['30s', 30],
  ['2m', 120],
])('--for %s is %d seconds', (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
});

it('--shard is a part of all', () => {
  expect(parseShard('3/16')).toEqual({ index: 3, of: 16 });
  expect(parseShard('10000/10000')).toEqual({ index: 10000, of: 10000 });
});

it('--workers is a number of threads, none included', () => {
  expect(['0', '7', '256'].map(parseWorkers)).toEqual([0, 7, 256]);
});

it('--span and --arch are lists', () => {
  expect(parseSpans('4,64,512')).toEqual([4, 64, 512]);
  expect(parseArchitectures('arm64,x86-64')).toEqual(['arm64', 'x86-64']);
  expect(parseArchitectures(ARCH_NAMES.join(','))).toEqual(ARCH_NAMES);
});

it('the file of a report has a name', () => {
  expect(parseOutFile('a b.json')).toBe('a b.json');
  expect(() => parseOutFile('')).toThrow('Expected the path of a file, found an empty one.');
});

describe('engine names', () => {
  it('are looked for in the family of the option first', () => {
    expect(revisionNamed('v6.6', 'batched')?.id).toBe('batched@v6.6');
    expect(revisionNamed('v6.6', 'legacy')?.id).toBe('batched@v6.6');
    expect(revisionNamed('legacy@v6.1', 'batched')?.id).toBe('legacy@v6.1');
    expect(revisionNamed('v6.1', 'batched')?.id).toBe('legacy@v6.1');
    expect(revisionNamed('V6.6', 'batched')).toBeUndefined();
    expect(revisionNamed('batched@v6.1', 'batched')).toBeUndefined();
  });

  it('mean the same engine with their family', () => {
    for (const revision of REVISIONS) expect(revisionNamed(revision.id, 'legacy')).toBe(revision);
  });
});
