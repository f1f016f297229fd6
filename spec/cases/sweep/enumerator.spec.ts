/** A sweep has every case of its scope exactly once, loaded as a stored case would be, wherever it starts. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Case, CaseSchema } from '../../../src/cases/case.js';
import { liftCase } from '../../../src/cases/lift.js';
import { loadCase } from '../../../src/cases/load.js';
import { Rng } from '../../../src/cases/rng.js';
import { indexOfScope, SCOPES } from '../../../src/cases/scopes.js';
import { Steps } from '../../../src/cases/steps.js';
import { Enumerator } from '../../../src/cases/sweep/enumerator.js';
import { ScopeIndex } from '../../../src/cases/sweep/scope_index.js';
import { bruteForce, caseKey, randomCase } from './brute_force.js';
import { SMALL_SCOPES } from './small_scopes.js';

const lifted = ({ scene, base, steps }: Enumerator) => liftCase(scene, base, steps);

/** The loaded case is what loading its plain form gives, in every word. */
function expectLoaded(enumerator: Enumerator): void {
  const plain = enumerator.scopeIndex.caseAt(enumerator.index);
  const { scene, image } = loadCase(plain);
  const steps = new Steps();
  steps.load(plain);
  expect(lifted(enumerator)).toEqual(plain);
  expect(enumerator.base.words).toEqual(image.words);
  // How often the geometry has changed is no part of the case.
  expect({ ...enumerator.scene, geometry: 0 }).toEqual({ ...scene, geometry: 0 });
  expect([enumerator.steps.count, enumerator.steps.teardown]).toEqual([steps.count, steps.teardown]);
}

describe.each(SMALL_SCOPES.map((scope) => [scope.name, scope] as const))('the scope %s', (_name, scope) => {
  const index = new ScopeIndex(scope);

  it('has exactly the possible cases of its choices, each once', () => {
    const expected = bruteForce(scope);
    const seen = new Set<string>();
    const enumerator = new Enumerator(index);
    enumerator.seek(0);
    for (let i = 0; i < index.size; i++) {
      seen.add(caseKey(lifted(enumerator)));
      if (i + 1 < index.size) enumerator.next();
    }
    expect([index.size, seen.size]).toEqual([expected.size, expected.size]);
    expect([...expected].filter((key) => !seen.has(key)).slice(0, 3)).toEqual([]);
    expect([...seen].filter((key) => !expected.has(key)).slice(0, 3)).toEqual([]);
  });

  it('is loaded at each step as the plain case of the index would be', () => {
    const enumerator = new Enumerator(index);
    enumerator.seek(0);
    // A stride that meets every digit of the code; every case where they are few.
    const stride = Math.max(1, Math.floor(index.size / 3000));
    for (let i = 0; i + 1 < index.size; i++) {
      if (i % stride === 0) expectLoaded(enumerator);
      enumerator.next();
    }
    expect(enumerator.index).toBe(index.size - 1);
    expectLoaded(enumerator);
  });

  it('numbers its cases: the index of the case at an index is that index', () => {
    fc.assert(
      fc.property(fc.nat(index.size - 1), (i) => {
        expect(index.indexOf(index.caseAt(i))).toBe(i);
      }),
      { numRuns: 100 },
    );
  });
});

describe.each(SCOPES.map((scope) => [scope.name, scope] as const))('the sweep of %s', (_name, scope) => {
  const index = indexOfScope(scope);
  const anywhere = fc.nat(index.size - 1);

  it('goes on from any index as it would have come from the one before, without deriving anything anew', () => {
    const enumerator = new Enumerator(index);
    fc.assert(
      fc.property(anywhere, (start) => {
        enumerator.seek(start);
        expectLoaded(enumerator);
        for (let i = 0; i < 60 && enumerator.index + 1 < index.size; i++) {
          enumerator.next();
          expectLoaded(enumerator);
        }
      }),
      { numRuns: 12 },
    );
  });

  it('stays right over long walks', () => {
    const enumerator = new Enumerator(index);
    fc.assert(
      fc.property(anywhere, (start) => {
        enumerator.seek(start);
        for (let i = 0; i < 20_000 && enumerator.index + 1 < index.size; i++) enumerator.next();
        expectLoaded(enumerator);
      }),
      { numRuns: 8 },
    );
  });

  it('has every case that can be drawn from its choices', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31), (seed) => {
        const rng = new Rng();
        rng.seed(seed, 0, 0);
        const plain = randomCase(scope, (n) => rng.below(n));
        const found = index.indexOf(plain);
        expect(found).not.toBeNull();
        expect(index.caseAt(found ?? 0)).toEqual(plain);
      }),
      { numRuns: 40 },
    );
  });

  it('has no case that its choices do not have', () => {
    const plain = index.caseAt(0);
    const slot = plain.vma.start;
    const strangers: Case[] = [
      { ...plain, arch: 'arm64-contpte' },
      { ...plain, span: 16 },
      { ...plain, faultAroundPages: 64 },
      { ...plain, file: { ...plain.file, base: 512 } },
      { ...plain, file: { ...plain.file, size: plain.file.size - 1 } },
      { ...plain, vma: { ...plain.vma, flags: ['hugepage'] } },
      { ...plain, vma: { ...plain.vma, tableIndex: 3 } },
      { ...plain, folios: [{ at: 0, order: 0, flags: ['other-mapping'] }] },
      { ...plain, folios: [{ at: 0, order: 0, maps: { 0: 9 } }] },
      { ...plain, steps: [{ read: slot }, { read: slot }] },
      { ...plain, steps: [{ zap: { from: 0, pages: 1 } }, { read: slot }] },
      { ...plain, race: { kind: 'folio-locked', at: 0 } },
    ];
    expect(strangers.map((stranger) => index.indexOf(stranger))).toEqual(strangers.map(() => null));
  });

  it('has cases in the shape of the schema, of which it knows the index', () => {
    fc.assert(
      fc.property(anywhere, (i) => {
        const plain = index.caseAt(i);
        expect(CaseSchema.parse(plain)).toEqual(plain);
        expect(index.indexOf(plain)).toBe(i);
      }),
      { numRuns: 60 },
    );
  });
});
