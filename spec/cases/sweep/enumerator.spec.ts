/** A sweep has every case of its scope exactly once, loaded as a stored case would be, wherever it starts. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CaseSchema } from '../../../src/cases/case.js';
import { liftCase } from '../../../src/cases/lift.js';
import { loadCase } from '../../../src/cases/load.js';
import { indexOfScope, SCOPES } from '../../../src/cases/scopes.js';
import { Steps } from '../../../src/cases/steps.js';
import { Enumerator } from '../../../src/cases/sweep/enumerator.js';
import { ScopeIndex } from '../../../src/cases/sweep/scope_index.js';
import { bruteForce, caseKey } from './brute_force.js';
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
  expect(enumerator.scene).toEqual(scene);
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
