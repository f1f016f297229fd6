/**
 * loongarch64 PTEs, 4 KiB pages, without the hardware page-table walker (sources: asm/pgtable-bits.h, asm/pgtable.h,
 * mm/cache.c, mm/tlbex.S, mm/tlb.c of 6.1 and 6.12).
 *
 * A user file mapping is coherent cached (CC) with privilege level 3 in both PLV bits. Accessed and VALID are one bit,
 * and protection_map has it for all but PROT_NONE mappings, unlike the PAGE_* constants: mk_pte(page, vm_page_prot) is
 * young, and old in a PROT_NONE mapping. Dirty is the software bit MODIFIED and, when also writable, the TLB's DIRTY;
 * 6.12 reads either, 6.1 MODIFIED alone. A mapping without PROT_EXEC has NO_EXEC; PROT_NONE has PROTNONE instead of
 * PRESENT, NO_READ, NO_EXEC, and still privilege level 3.
 *
 * On an old entry the TLB load and store exception handlers set the bits without do_page_fault(). Instruction and data
 * caches are coherent, so set_pte(s) flushes nothing.
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

const BIT_DIRTY = 1;
const PLV_SHIFT = 2;
const PLV_USER = 3;
const BIT_CACHE_CC = 4;
const BIT_GLOBAL = 6;
const BIT_PRESENT = 7;
const BIT_MODIFIED = 9;
const BIT_PROTNONE = 10;
const BIT_NO_READ = 61;
const BIT_NO_EXEC = 62;
const PFN_SHIFT = 12;
/** _PFN_MASK is bits 12 to 47 */
const PFN_BITS = 36;

const FLAG_BITS: FlagBits = [
  [PTE_YOUNG, 0],
  [PTE_WRITE, 8],
  [PTE_SPECIAL, 11],
];
const PRESENT_FLAGS = FLAG_BITS.reduce((all, [flag]) => all | flag, PTE_DIRTY | PTE_EXEC | PTE_USER | PTE_PROTNONE);

/** Type in bits 16 to 22, offset from bit 24 on. */
const SWAP: SwapLayout = { typeShift: 16, offsetShift: 24, offsetBits: 40, inverted: false, flagBits: [] };

function encodePresent(flags: number, pfn: number): EncodedPte {
  const protnone = (flags & PTE_PROTNONE) !== 0;
  const set = protnone ? [BIT_CACHE_CC, BIT_PROTNONE, BIT_NO_READ] : [BIT_CACHE_CC, BIT_PRESENT];
  if ((flags & PTE_EXEC) === 0) set.push(BIT_NO_EXEC);
  if ((flags & PTE_DIRTY) !== 0) set.push(BIT_MODIFIED);
  if ((flags & (PTE_WRITE | PTE_DIRTY)) === (PTE_WRITE | PTE_DIRTY)) set.push(BIT_DIRTY);
  const level = protnone || (flags & PTE_USER) !== 0 ? placeField(PLV_USER, PLV_SHIFT) : bits();
  return combine(bits(...set), level, placeFlags(flags, FLAG_BITS), placeField(pfn, PFN_SHIFT));
}

function encode(flags: number, pfn: number): EncodedPte {
  requireEncodable('loongarch64', flags, pfn, PRESENT_FLAGS, SWAP);
  if (flags === 0) return bits();
  return (flags & PTE_PRESENT) !== 0 ? encodePresent(flags, pfn) : encodeSwap(flags, pfn, SWAP);
}

function decode(encoded: EncodedPte): DecodedPte {
  // pte_none() ignores the global bit, which pte_clear() keeps
  if (encoded.high === 0 && (encoded.low & ~(1 << BIT_GLOBAL)) === 0) return { flags: 0, pfn: 0 };
  const protnone = hasBit(encoded, BIT_PROTNONE);
  if (!protnone && !hasBit(encoded, BIT_PRESENT)) return decodeSwap('loongarch64', encoded, SWAP);
  let flags = PTE_PRESENT | readFlags(encoded, FLAG_BITS);
  if (protnone) flags |= PTE_PROTNONE;
  else if (readField(encoded, PLV_SHIFT, 2) === PLV_USER) flags |= PTE_USER;
  if (!hasBit(encoded, BIT_NO_EXEC)) flags |= PTE_EXEC;
  if (hasBit(encoded, BIT_DIRTY) || hasBit(encoded, BIT_MODIFIED)) flags |= PTE_DIRTY;
  return { flags, pfn: readField(encoded, PFN_SHIFT, PFN_BITS) };
}

export const LOONGARCH64: Architecture = {
  name: 'loongarch64',
  title: 'loongarch64: the accessed bit is the TLB valid bit, set in the TLB exception handlers',
  youngByDefault: true,
  protnoneYoungByDefault: false,
  wantsOldPrefaultedPte: false,
  swMkyoung: false,
  accessFlag: 'refill',
  dirtyFlag: 'refill',
  contPtes: 0,
  invertsProtnone: false,
  uffdWpSince: null,
  softDirty: false,
  dcacheCleanFlag: false,
  updateMmuCacheRefills: true,
  pfnShift: PFN_SHIFT,
  encode,
  decode,
};
