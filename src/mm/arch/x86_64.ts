/**
 * x86-64 PTEs, CONFIG_X86_64 with soft-dirty and uffd-wp, neither memory encryption nor protection keys (sources:
 * asm/pgtable_types.h, asm/pgtable.h, asm/pgtable_64.h, asm/pgtable-invert.h, mm/pgprot.c of 6.1 and 6.12).
 *
 * A user file mapping is cached write-back: PWT, PCD and PAT are 0. Every protection of protection_map has A, PAGE_NONE
 * too, so a new PTE is always young. PAGE_NONE is A and PROTNONE (the G bit of a PTE without P) alone: NX is clear in
 * it, hence pte_exec() is true for such a PTE. The abstract entry says "not executable", because it is inaccessible.
 */
import {
  PTE_DIRTY,
  PTE_EXEC,
  PTE_PRESENT,
  PTE_PROTNONE,
  PTE_SOFT_DIRTY,
  PTE_SPECIAL,
  PTE_UFFD_WP,
  PTE_USER,
  PTE_WRITE,
  PTE_YOUNG,
} from '../bits.js';
import {
  type Architecture,
  bits,
  combine,
  type DecodedPte,
  decodeSwap,
  type EncodedPte,
  type Era,
  encodeSwap,
  type FlagBits,
  hasBit,
  placeField,
  placeFlags,
  readField,
  readFlags,
  requireEncodable,
  type SwapLayout,
} from './architecture.js';

const BIT_PRESENT = 0;
const BIT_DIRTY = 6;
const BIT_PROTNONE = 8;
const BIT_SAVED_DIRTY = 58;
const BIT_NX = 63;
const PFN_SHIFT = 12;
/** PTE_PFN_MASK is bits 12 to 51 */
const PFN_BITS = 40;

const FLAG_BITS: FlagBits = [
  [PTE_WRITE, 1],
  [PTE_USER, 2],
  [PTE_YOUNG, 5],
  [PTE_SPECIAL, 9],
  [PTE_UFFD_WP, 10],
  [PTE_SOFT_DIRTY, 11],
];
const PRESENT_FLAGS = FLAG_BITS.reduce((all, [flag]) => all | flag, PTE_DIRTY | PTE_EXEC | PTE_PROTNONE);

/** Type in bits 59 to 63, inverted offset in bits 9 to 58; soft-dirty and uffd-wp borrow the RW and USER bits. */
const SWAP: SwapLayout = {
  typeShift: 59,
  offsetShift: 9,
  offsetBits: 50,
  inverted: true,
  flagBits: [
    [PTE_SOFT_DIRTY, 1],
    [PTE_UFFD_WP, 2],
  ],
};

/** pte_mkdirty(), pte_wrprotect(): since 6.6 "D, not writable" means a shadow stack, so D moves to SavedDirty. */
function dirtyBit(flags: number, era: Era): number {
  return era !== '6.1' && (flags & PTE_WRITE) === 0 ? BIT_SAVED_DIRTY : BIT_DIRTY;
}

function encode(flags: number, pfn: number, era: Era): EncodedPte {
  requireEncodable('x86-64', flags, pfn, PRESENT_FLAGS, SWAP);
  if (flags === 0) return bits();
  if ((flags & PTE_PRESENT) === 0) return encodeSwap(flags, pfn, SWAP);
  const dirty = (flags & PTE_DIRTY) !== 0 ? bits(dirtyBit(flags, era)) : bits();
  const common = combine(placeFlags(flags, FLAG_BITS), dirty);
  if ((flags & PTE_PROTNONE) !== 0) {
    return combine(common, bits(BIT_PROTNONE), placeField(2 ** PFN_BITS - 1 - pfn, PFN_SHIFT));
  }
  const noExec = (flags & PTE_EXEC) === 0 ? bits(BIT_NX) : bits();
  return combine(common, bits(BIT_PRESENT), noExec, placeField(pfn, PFN_SHIFT));
}

function decode(encoded: EncodedPte): DecodedPte {
  if (encoded.high === 0 && encoded.low === 0) return { flags: 0, pfn: 0 };
  const present = hasBit(encoded, BIT_PRESENT);
  if (!present && !hasBit(encoded, BIT_PROTNONE)) return decodeSwap('x86-64', encoded, SWAP);
  let flags = PTE_PRESENT | readFlags(encoded, FLAG_BITS);
  if (hasBit(encoded, BIT_DIRTY) || hasBit(encoded, BIT_SAVED_DIRTY)) flags |= PTE_DIRTY;
  const stored = readField(encoded, PFN_SHIFT, PFN_BITS);
  // __pte_needs_invert(): not present for the hardware and not none
  if (!present) return { flags: flags | PTE_PROTNONE, pfn: 2 ** PFN_BITS - 1 - stored };
  if (!hasBit(encoded, BIT_NX)) flags |= PTE_EXEC;
  return { flags, pfn: stored };
}

/**
 * How set_ptes() stepped to the next page from 6.6-rc1 to -rc3 (bcc6cc832573, 617c28ecab22; fixed by ce60f27bb62d):
 * `nr` pages are added to the raw entry. An inverted PFN then moves down, and below PFN 0 the carry leaves the field.
 */
export function advanceEncodedByAddition(encoded: EncodedPte, nr: number): EncodedPte {
  const added = placeField(nr, PFN_SHIFT);
  const low = encoded.low + added.low;
  const carry = low >= 2 ** 32 ? 1 : 0;
  return { high: (encoded.high + added.high + carry) % 2 ** 32, low: low % 2 ** 32 };
}

export const X86_64: Architecture = {
  name: 'x86-64',
  title: 'x86-64: accessed and dirty bits set by hardware, PROT_NONE entries inverted',
  youngByDefault: true,
  protnoneYoungByDefault: true,
  wantsOldPrefaultedPte: false,
  swMkyoung: false,
  accessFlag: 'hardware',
  dirtyFlag: 'hardware',
  contPtes: 0,
  invertsProtnone: true,
  uffdWpSince: '6.1',
  softDirty: true,
  dcacheCleanFlag: false,
  updateMmuCacheRefills: false,
  pfnShift: PFN_SHIFT,
  encode,
  decode,
};
