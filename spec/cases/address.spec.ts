/** Addresses name drawn cases in one word, and what is no address is refused in one line. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Address,
  AddressError,
  drawAddress,
  formatAddress,
  looksLikeAddress,
  parseAddress,
} from '../../src/cases/address.js';
import { ARCH_NAMES } from '../../src/cases/case.js';
import type { ArchName } from '../../src/mm/arch/architecture.js';
import { architecture } from '../../src/mm/arch/index.js';

/** Addresses of every architecture; userfaultfd write-protection only where it exists. */
const addresses: fc.Arbitrary<Address> = fc
  .record({
    arch: fc.constantFrom(...ARCH_NAMES),
    span: fc.integer({ min: 4, max: 512 }),
    seed: fc.maxSafeNat(),
    index: fc.maxSafeNat(),
    pair: fc.record({ uffdWp: fc.boolean(), vmaLock: fc.boolean(), races: fc.boolean() }),
  })
  .map((address) => {
    const uffdWp = address.pair.uffdWp && architecture(address.arch).uffdWpSince !== null;
    return { ...address, pair: { ...address.pair, uffdWp } };
  });

describe('an address', () => {
  it('survives being written and read', () => {
    fc.assert(
      fc.property(addresses, (address) => {
        expect(parseAddress(formatAddress(address))).toEqual(address);
      }),
    );
  });

  it('is short, and names the groups of dials that are on', () => {
    const pair = { uffdWp: false, vmaLock: false, races: false };
    const address: Address = { arch: 'arm64', span: 64, seed: 7, index: 1234, pair };
    expect(formatAddress(address)).toBe('g2.arm64.64.7.1234');
    expect(formatAddress({ ...address, pair: { uffdWp: true, vmaLock: true, races: true } })).toBe(
      'g2.arm64.64.7.1234.wlr',
    );
  });

  it.each([
    ['hello', 'not an address: expected g2.ARCH.SPAN.SEED.INDEX, found "hello"'],
    ['g2.arm64.64.7', 'not an address'],
    ['g2.arm64.64.7.-1', 'not an address'],
    ['g2.arm64.64.7.1.x', 'not an address'],
    ['g1.arm64.64.7.1', 'address of generator version 1; this ptediff draws version 2: replay the stored case instead'],
    ['g2.vax.64.7.1', 'unknown architecture vax in address g2.vax.64.7.1'],
    ['g2.arm64.64.99999999999999999.1', 'number out of range in address g2.arm64.64.99999999999999999.1'],
    ['g2.arm64.064.7.1', 'address g2.arm64.064.7.1 is written g2.arm64.64.7.1'],
    ['g2.arm64.64.007.1', 'is written g2.arm64.64.7.1'],
    ['g2.arm64.64.7.01', 'is written g2.arm64.64.7.1'],
    ['g02.arm64.64.7.1', 'is written g2.arm64.64.7.1'],
    ['g2.arm64.64.7.1.rl', 'is written g2.arm64.64.7.1.lr'],
    ['g2.arm64.64.7.1.ll', 'is written g2.arm64.64.7.1.l'],
    ['g2.arm64.2.7.1', 'span 2 is not between 4 and 512'],
    ['g2.arm64.513.7.1', 'span 513 is not between 4 and 512'],
  ])('is not %s', (text, message) => {
    expect(() => parseAddress(text)).toThrow(AddressError);
    expect(() => parseAddress(text)).toThrow(message);
  });

  it('of an architecture that does not exist draws nothing', () => {
    const pair = { uffdWp: false, vmaLock: false, races: false };
    const address: Address = { arch: 'vax' as ArchName, span: 8, seed: 1, index: 1, pair };
    expect(() => drawAddress(address)).toThrow('unknown architecture vax');
  });

  it('is told from a file name', () => {
    expect(
      ['g2.arm64.8.1.2', 'g9.x', 'g2.yaml', 'g2.arm64.yml', 'vector-a.yaml', './g2'].map(looksLikeAddress),
    ).toEqual([true, true, false, false, false, false]);
  });
});

it('an address with userfaultfd write-protection is refused where the architecture has none', () => {
  expect(() => parseAddress('g2.mips64.4.3.0.w')).toThrow('mips64 has no userfaultfd write-protection');
});
