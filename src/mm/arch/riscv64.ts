/**
 * riscv64 PTEs, Sv39 and up, without Svadu, Svnapot and Svpbmt memory types other than 0, not T-Head (sources:
 * asm/pgtable-bits.h, asm/pgtable-64.h, asm/pgtable.h, mm/init.c, mm/cacheflush.c of 6.12).
 *
 * A user file mapping has R besides what is tracked (W without R is reserved; execute-only mappings are not modelled).
 * PAGE_NONE is PROT_NONE (the G bit of an entry without V) and R; it lacks A, unlike all other protections, so mk_pte()
 * is old in a PROT_NONE mapping. update_mmu_cache() flushes the local TLB for each page (6.12: unless Svvptc) because
 * invalid entries may be cached; it fills nothing in.
 */
import {
  PTE_DIRTY,
  PTE_EXEC,
  PTE_PRESENT,
  PTE_PROTNONE,
  PTE_SPECIAL,
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

const BIT_VALID = 0;
const BIT_READ = 1;
const BIT_PROT_NONE = 5;
const PFN_SHIFT = 10;
/** _PAGE_PFN_MASK is bits 10 to 53 */
const PFN_BITS = 44;

const FLAG_BITS: FlagBits = [
  [PTE_WRITE, 2],
  [PTE_EXEC, 3],
  [PTE_USER, 4],
  [PTE_YOUNG, 6],
  [PTE_DIRTY, 7],
  [PTE_SPECIAL, 8],
];
const PRESENT_FLAGS = FLAG_BITS.reduce((all, [flag]) => all | flag, PTE_PROTNONE);

/** Type in bits 7 to 11, offset from bit 12 on. (6.1: one bit lower; both eras are written as in 6.12.) */
const SWAP: SwapLayout = { typeShift: 7, offsetShift: 12, offsetBits: 52, inverted: false, flagBits: [] };

function encode(flags: number, pfn: number): EncodedPte {
  requireEncodable('riscv64', flags, pfn, PRESENT_FLAGS, SWAP);
  if (flags === 0) return bits();
  if ((flags & PTE_PRESENT) === 0) return encodeSwap(flags, pfn, SWAP);
  const kind = bits(BIT_READ, (flags & PTE_PROTNONE) !== 0 ? BIT_PROT_NONE : BIT_VALID);
  return combine(kind, placeFlags(flags, FLAG_BITS), placeField(pfn, PFN_SHIFT));
}

function decode(encoded: EncodedPte): DecodedPte {
  if (encoded.high === 0 && encoded.low === 0) return { flags: 0, pfn: 0 };
  const valid = hasBit(encoded, BIT_VALID);
  if (!valid && !hasBit(encoded, BIT_PROT_NONE)) return decodeSwap('riscv64', encoded, SWAP);
  const flags = PTE_PRESENT | readFlags(encoded, FLAG_BITS) | (valid ? 0 : PTE_PROTNONE);
  return { flags, pfn: readField(encoded, PFN_SHIFT, PFN_BITS) };
}

export const RISCV64: Architecture = {
  name: 'riscv64',
  title: 'riscv64 without Svadu: an access to an old entry faults',
  youngByDefault: true,
  protnoneYoungByDefault: false,
  wantsOldPrefaultedPte: false,
  swMkyoung: false,
  accessFlag: 'fault',
  dirtyFlag: 'fault',
  contPtes: 0,
  invertsProtnone: false,
  uffdWpSince: null,
  softDirty: false,
  dcacheCleanFlag: true,
  updateMmuCacheRefills: false,
  pfnShift: PFN_SHIFT,
  encode,
  decode,
};
