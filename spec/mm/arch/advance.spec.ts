/** The next page's entry differs by one in the PFN field, upward or, where x86 stores it inverted, downward. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EncodedPte } from '../../../src/mm/arch/architecture.js';
import { ARCHITECTURES, architecture } from '../../../src/mm/arch/index.js';
import { advanceEncodedByAddition } from '../../../src/mm/arch/x86_64.js';
import { PTE_DIRTY, PTE_PRESENT, PTE_PROTNONE, PTE_USER, PTE_WRITE, PTE_YOUNG } from '../../../src/mm/bits.js';

const value = ({ high, low }: EncodedPte): bigint => (BigInt(high) << 32n) | BigInt(low);
const anyPfn = fc.integer({ min: 0, max: 2 ** 32 - 2 });
const ACCESSIBLE = PTE_PRESENT | PTE_USER | PTE_YOUNG | PTE_WRITE | PTE_DIRTY;
const PROTNONE = PTE_PRESENT | PTE_PROTNONE | PTE_YOUNG;

describe.each([...ARCHITECTURES.values()])('$name', (arch) => {
  const step = 1n << BigInt(arch.pfnShift);

  it('moves up by one page frame', () => {
    fc.assert(
      fc.property(anyPfn, (pfn) => {
        const difference = value(arch.encode(ACCESSIBLE, pfn + 1, '6.6')) - value(arch.encode(ACCESSIBLE, pfn, '6.6'));
        expect(difference).toBe(step);
      }),
    );
  });

  it(`moves ${arch.invertsProtnone ? 'down' : 'up'} by one page frame in a PROT_NONE entry`, () => {
    fc.assert(
      fc.property(anyPfn, (pfn) => {
        const difference = value(arch.encode(PROTNONE, pfn + 1, '6.6')) - value(arch.encode(PROTNONE, pfn, '6.6'));
        expect(difference).toBe(arch.invertsProtnone ? -step : step);
      }),
    );
  });
});

describe('advanceEncodedByAddition, the x86 set_ptes() of 6.6-rc1', () => {
  const x86 = architecture('x86-64');
  const pages = fc.integer({ min: 0, max: 511 });

  it('is a 64-bit addition, with the carry between the words', () => {
    const words = fc.record({
      high: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      low: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    });
    fc.assert(
      fc.property(words, pages, (encoded, nr) => {
        const sum = BigInt.asUintN(64, value(encoded) + (BigInt(nr) << 12n));
        expect(value(advanceEncodedByAddition(encoded, nr))).toBe(sum);
      }),
    );
  });

  it('finds the right page behind an accessible entry', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 512 }), pages, (pfn, nr) => {
        const next = advanceEncodedByAddition(x86.encode(ACCESSIBLE, pfn, '6.6'), nr);
        expect(x86.decode(next)).toEqual({ flags: ACCESSIBLE, pfn: pfn + nr });
      }),
    );
  });

  it('walks down from a PROT_NONE entry', () => {
    fc.assert(
      fc.property(fc.integer({ min: 511, max: 2 ** 32 - 1 }), pages, (pfn, nr) => {
        const next = advanceEncodedByAddition(x86.encode(PROTNONE, pfn, '6.6'), nr);
        expect(x86.decode(next)).toEqual({ flags: PROTNONE, pfn: pfn - nr });
      }),
    );
  });

  it('below PFN 0 carries out of the field into bit 52 and names the last page frame there is', () => {
    const next = advanceEncodedByAddition(x86.encode(PROTNONE, 0, '6.6'), 1);
    expect(next).toEqual({ high: 0x00100000, low: 0x00000120 });
    expect(x86.decode(next)).toEqual({ flags: PROTNONE, pfn: 2 ** 40 - 1 });
  });
});
