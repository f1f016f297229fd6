/** The scopes hold values of the case space only, and their numbers are exact, known and reasonable. */
import { describe, expect, it } from 'vitest';
import { DIALS } from '../../src/cases/dials.js';
import { checkCase } from '../../src/cases/possible.js';
import { indexOfScope, SCOPES, scopeNamed, unknownScope } from '../../src/cases/scopes.js';
import type { Dial } from '../../src/cases/space.js';
import { DEFAULT_ARCHITECTURES } from '../../src/mm/arch/index.js';

const valuesOf = (dial: Dial): number[] => dial.choices.map(([value]) => value);

describe.each(SCOPES.map((scope) => [scope.name, scope] as const))('the scope %s', (_name, scope) => {
  const index = indexOfScope(scope);

  it('takes its numbers from the dials of the random drawer', () => {
    expect(valuesOf(DIALS.faultAround)).toEqual(expect.arrayContaining([...scope.faultAround]));
    expect(valuesOf(DIALS.mmapMiss)).toEqual(expect.arrayContaining([...scope.mmapMiss]));
    for (const pages of scope.sizes) expect(pages >= 0 && pages <= scope.span).toBe(true);
  });

  it('names each choice once', () => {
    const { tiles, entries, sizes, faultAround, mmapMiss, accesses, architectures, refs, maps, teardown } = scope;
    const lists = [tiles, [...entries], sizes, faultAround, mmapMiss, accesses, architectures, refs, maps, teardown];
    for (const list of lists) expect(new Set<unknown>(list).size).toBe(list.length);
    expect(new Set(scope.configurations.map((plain) => JSON.stringify(plain))).size).toBe(scope.configurations.length);
    expect(entries.startsWith('.')).toBe(true);
  });

  it('has at least one case, which can exist, on each architecture and configuration', () => {
    const perConfiguration = index.perArchitecture / scope.configurations.length;
    expect(perConfiguration).toBeGreaterThan(0);
    const starts = new Set<string>();
    for (const arch of scope.architectures) {
      const { from, to } = index.rangeOf(arch);
      expect(to - from).toBe(index.perArchitecture);
      for (let i = 0; i < 200; i++) {
        const plain = index.caseAt(from + Math.floor((i * index.perArchitecture) / 200));
        expect(() => checkCase(plain)).not.toThrow();
        expect(plain.arch).toBe(arch);
        starts.add(JSON.stringify([plain.vma, plain.file.kind, plain.file.pageMkwrite, plain.file.readahead]));
      }
    }
    expect(starts.size).toBeGreaterThanOrEqual(Math.min(scope.configurations.length, 6) / 2);
  });

  it('is no larger than minutes of work, and its architectures are all of it', () => {
    expect(index.size).toBeLessThanOrEqual(200_000_000);
    expect(index.size).toBe(scope.architectures.length * index.perArchitecture);
    expect(index.rangeOf('arm64-contpte')).toEqual({ from: 0, to: 0 });
  });
});

describe('the scopes', () => {
  it('have names of their own, and are found by them', () => {
    expect(new Set(SCOPES.map(({ name }) => name)).size).toBe(SCOPES.length);
    for (const scope of SCOPES) expect(scopeNamed(scope.name)).toBe(scope);
    expect(scopeNamed('4-pages')).toBeUndefined();
  });

  it('are told when another name is given, with the nearest', () => {
    expect(unknownScope('4-page-young')).toBe('no scope "4-page-young", did you mean 4-pages-young?');
    expect(unknownScope('all')).toContain('no scope "all": expected one of tiny, 4-pages-young');
  });

  it('begin with the one that has every default architecture', () => {
    expect(SCOPES[0].architectures).toEqual(DEFAULT_ARCHITECTURES);
    expect(indexOfScope(SCOPES[0]).size).toBe(77_664);
  });
});
