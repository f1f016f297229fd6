/** Addresses of enumerated cases: scope and index, and nothing else. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AddressError, caseAt, looksLikeAddress } from '../../../src/cases/address.js';
import { indexOfScope, SCOPES } from '../../../src/cases/scopes.js';
import { formatSweepAddress, parseSweepAddress } from '../../../src/cases/sweep/address.js';

const places = fc
  .constantFrom(...SCOPES)
  .chain((scope) => fc.record({ scope: fc.constant(scope), index: fc.nat(indexOfScope(scope).size - 1) }));

describe('the address of an enumerated case', () => {
  it('survives being written and read, and names the case', () => {
    fc.assert(
      fc.property(places, ({ scope, index }) => {
        const text = formatSweepAddress(scope.name, index);
        expect(parseSweepAddress(text)).toEqual({ scope, index });
        expect(caseAt(text)).toEqual(indexOfScope(scope).caseAt(index));
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ['sweep:tiny', 'not an address: expected sweep:SCOPE:INDEX, found "sweep:tiny"'],
    ['sweep:tiny:-1', 'not an address'],
    ['sweep:tiny:1:2', 'not an address'],
    ['sweep:tiny:1e3', 'not an address'],
    ['sweep:tiny:007', 'address sweep:tiny:007 is written sweep:tiny:7'],
    ['sweep:tny:1', 'no scope "tny", did you mean tiny? in address sweep:tny:1'],
    ['sweep::1', 'no scope "": expected one of tiny, 4-pages-young, '],
    ['sweep:everything:1', 'no scope "everything": expected one of '],
    ['sweep:tiny:77664', 'index 77664 is past the end of tiny: its cases are 0 to 77663'],
    ['sweep:tiny:99999999999999999999', 'index 99999999999999999999 is past the end of tiny'],
  ])('is not %s', (text, message) => {
    expect(() => caseAt(text)).toThrow(AddressError);
    expect(() => caseAt(text)).toThrow(message);
  });

  it('is told from a file name', () => {
    expect(['sweep:tiny:1', 'sweep:x', 'sweep:tiny:1.yaml', 'sweep.yaml', 'tiny:1'].map(looksLikeAddress)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});
