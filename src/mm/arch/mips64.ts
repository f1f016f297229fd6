/**
 * mips64 PTEs: the layout for r4k-style TLBs of MIPS64 R6 (CONFIG_CPU_HAS_RIXI) with huge pages and 4 KiB pages, cache
 * attribute 3, cacheable noncoherent (sources: asm/pgtable-bits.h, asm/pgtable.h, asm/pgtable-64.h, mm/cache.c,
 * mm/tlbex.c, mm/tlb-r4k.c of 6.1 and 6.12).
 *
 * The tracked bits are software bits; the TLB reads others beside them: VALID (SILENT_READ) is set with young unless
 * the page is unreadable, DIRTY (SILENT_WRITE) exactly when it is writable and dirty. protection_map has no young bit,
 * hence pte_sw_mkyoung(). A mapping without PROT_EXEC has NO_EXEC; PROT_NONE is present with NO_EXEC and NO_READ. There
 * is no user bit: every entry below the kernel's address range belongs to user space. The write-only shared mapping,
 * writable with NO_READ, is not modelled.
 *
 * An old entry has VALID clear; the TLB load and store exception handlers (tlbex) set the bits without do_page_fault().
 * PG_arch_1 here means that the data cache is dirty, the reverse of arm64 and riscv, and is tested in __update_cache().
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

const BIT_PRESENT = 0;
const BIT_NO_EXEC = 6;
const BIT_NO_READ = 7;
const BIT_GLOBAL = 8;
const BIT_VALID = 9;
const BIT_DIRTY = 10;
const CACHE_SHIFT = 11;
const CACHE_CACHABLE_NONCOHERENT = 3;
const PFN_SHIFT = 14;
const PFN_BITS = 50;

/** _PAGE_WRITE, _PAGE_ACCESSED, _PAGE_MODIFIED, then _PAGE_HUGE in bit 4, and _PAGE_SPECIAL */
const FLAG_BITS: FlagBits = [
  [PTE_WRITE, 1],
  [PTE_YOUNG, 2],
  [PTE_DIRTY, 3],
  [PTE_SPECIAL, 5],
];
const PRESENT_FLAGS = FLAG_BITS.reduce((all, [flag]) => all | flag, PTE_EXEC | PTE_USER | PTE_PROTNONE);
const COMMON = combine(bits(BIT_PRESENT), placeField(CACHE_CACHABLE_NONCOHERENT, CACHE_SHIFT));

/** Type in bits 16 to 22, offset from bit 24 on. */
const SWAP: SwapLayout = { typeShift: 16, offsetShift: 24, offsetBits: 40, inverted: false, flagBits: [] };

function encodePresent(flags: number, pfn: number): EncodedPte {
  const readable = (flags & PTE_PROTNONE) === 0;
  if (readable && (flags & PTE_USER) === 0) {
    throw new RangeError(
      `mips64 cannot encode PTE flags 0x${flags.toString(16)}: expected PTE_USER, there is no user bit`,
    );
  }
  const set: number[] = [];
  if (!readable) set.push(BIT_NO_READ);
  if ((flags & PTE_EXEC) === 0) set.push(BIT_NO_EXEC);
  if (readable && (flags & PTE_YOUNG) !== 0) set.push(BIT_VALID);
  if ((flags & (PTE_WRITE | PTE_DIRTY)) === (PTE_WRITE | PTE_DIRTY)) set.push(BIT_DIRTY);
  return combine(COMMON, bits(...set), placeFlags(flags, FLAG_BITS), placeField(pfn, PFN_SHIFT));
}

function encode(flags: number, pfn: number): EncodedPte {
  requireEncodable('mips64', flags, pfn, PRESENT_FLAGS, SWAP);
  if (flags === 0) return bits();
  return (flags & PTE_PRESENT) !== 0 ? encodePresent(flags, pfn) : encodeSwap(flags, pfn, SWAP);
}

function decode(encoded: EncodedPte): DecodedPte {
  // pte_none() ignores the global bit, which pte_clear() keeps for the other entry of the pair
  if (encoded.high === 0 && (encoded.low & ~(1 << BIT_GLOBAL)) === 0) return { flags: 0, pfn: 0 };
  if (!hasBit(encoded, BIT_PRESENT)) return decodeSwap('mips64', encoded, SWAP);
  let flags = PTE_PRESENT | readFlags(encoded, FLAG_BITS);
  if (hasBit(encoded, BIT_NO_READ)) flags |= PTE_PROTNONE;
  else flags |= PTE_USER;
  if (!hasBit(encoded, BIT_NO_EXEC)) flags |= PTE_EXEC;
  return { flags, pfn: readField(encoded, PFN_SHIFT, PFN_BITS) };
}

export const MIPS64: Architecture = {
  name: 'mips64',
  title: 'mips64: software accessed and dirty bits, set in the TLB exception handlers',
  youngByDefault: false,
  protnoneYoungByDefault: false,
  wantsOldPrefaultedPte: false,
  swMkyoung: true,
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
