/** What is encoded is decoded again: all combinations of flags of an architecture, page frames over the whole range. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Architecture, EncodedPte, Era } from '../../../src/mm/arch/architecture.js';
import { ARCHITECTURES } from '../../../src/mm/arch/index.js';
import {
  PTE_CONT,
  PTE_DIRTY,
  PTE_EXEC,
  PTE_MARKER_UFFD_WP,
  PTE_MIGRATION,
  PTE_PRESENT,
  PTE_PROTNONE,
  PTE_SOFT_DIRTY,
  PTE_SPECIAL,
  PTE_SWAP,
  PTE_UFFD_WP,
  PTE_USER,
  PTE_WRITE,
  PTE_YOUNG,
} from '../../../src/mm/bits.js';

const ERAS: readonly Era[] = ['6.1', '6.6'];
const LAST_PFN = 2 ** 32 - 1;

function subsets(flags: readonly number[]): number[] {
  return flags.reduce((sets, flag) => sets.concat(sets.map((set) => set | flag)), [0]);
}

/** All present entries that the architecture can store. */
function presentFlags(arch: Architecture): number[] {
  const both = [PTE_YOUNG, PTE_DIRTY, PTE_SPECIAL];
  if (arch.uffdWpSince !== null) both.push(PTE_UFFD_WP);
  if (arch.contPtes !== 0) both.push(PTE_CONT);
  if (arch.softDirty) both.push(PTE_SOFT_DIRTY);
  const always = PTE_PRESENT | (arch.name === 'mips64' ? PTE_USER : 0);
  const accessible = subsets([...both, PTE_WRITE, PTE_EXEC, PTE_USER]).map((set) => set | always);
  const protnone = subsets(both).map((set) => set | PTE_PRESENT | PTE_PROTNONE);
  return [...new Set([...accessible, ...protnone])];
}

/** All swap and migration entries that the architecture can store. */
function swapFlags(arch: Architecture): number[] {
  const beside = subsets([
    ...(arch.uffdWpSince !== null ? [PTE_UFFD_WP] : []),
    ...(arch.softDirty ? [PTE_SOFT_DIRTY] : []),
  ]);
  return [PTE_SWAP, PTE_MIGRATION].flatMap((kind) => beside.map((set) => kind | set));
}

const isWord = (word: number): boolean => Number.isInteger(word) && word >= 0 && word <= LAST_PFN;

function expectRoundTrip(arch: Architecture, flags: number, pfn: number, era: Era): EncodedPte {
  const encoded = arch.encode(flags, pfn, era);
  expect(isWord(encoded.high) && isWord(encoded.low)).toBe(true);
  expect(arch.decode(encoded)).toEqual({ flags, pfn });
  return encoded;
}

describe.each([...ARCHITECTURES.values()])('$name', (arch) => {
  it('decodes every present entry to what was encoded, at the ends of the PFN range', () => {
    for (const era of ERAS) {
      for (const flags of presentFlags(arch)) {
        for (const pfn of [0, 1, 0xfffff, 0x100000, LAST_PFN]) expectRoundTrip(arch, flags, pfn, era);
      }
    }
  });

  it('decodes any mixture of flags, page frame and era', () => {
    const entries = fc.oneof(
      fc.tuple(fc.constantFrom(...presentFlags(arch)), fc.integer({ min: 0, max: LAST_PFN })),
      fc.tuple(fc.constantFrom(...swapFlags(arch)), fc.integer({ min: 1, max: LAST_PFN })),
    );
    fc.assert(
      fc.property(entries, fc.constantFrom(...ERAS), ([flags, pfn], era) => {
        expectRoundTrip(arch, flags, pfn, era);
      }),
      { numRuns: 500 },
    );
  });

  it('keeps none and the marker apart from everything else', () => {
    expect(expectRoundTrip(arch, 0, 0, '6.6')).toEqual({ high: 0, low: 0 });
    expectRoundTrip(arch, PTE_MARKER_UFFD_WP, 0, '6.6');
    expectRoundTrip(arch, PTE_MIGRATION, 0, '6.6');
  });

  it('gives different entries different words', () => {
    const words = [...presentFlags(arch), ...swapFlags(arch), PTE_MARKER_UFFD_WP, 0].map((flags) => {
      const { high, low } = arch.encode(flags, flags === 0 || flags === PTE_MARKER_UFFD_WP ? 0 : 5, '6.6');
      return `${high}:${low}`;
    });
    expect(new Set(words).size).toBe(words.length);
  });

  it('writes the same words in both eras, but for x86 entries that are dirty and not writable', () => {
    for (const flags of presentFlags(arch)) {
      const moved = arch.name === 'x86-64' && (flags & (PTE_DIRTY | PTE_WRITE)) === PTE_DIRTY;
      const same = expect(arch.encode(flags, 5, '6.1'));
      if (moved) same.not.toEqual(arch.encode(flags, 5, '6.6'));
      else same.toEqual(arch.encode(flags, 5, '6.6'));
    }
  });
});
