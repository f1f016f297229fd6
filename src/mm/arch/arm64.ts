/**
 * arm64 PTEs, 4 KiB pages and 48-bit addresses without LPA2, MTE, BTI and Enhanced PAN (sources: asm/pgtable-prot.h,
 * asm/pgtable-hwdef.h, asm/pgtable.h, mm/mmap.c, mm/contpte.c of 6.12). Three variants of one format.
 *
 * A user file mapping is a page descriptor, inner shareable, MT_NORMAL (attribute index 0), nG and PXN. WRITE is the
 * DBM bit; RDONLY is clear exactly when the entry is writable and dirty, and the software DIRTY bit goes with every
 * pte_mkdirty(). PAGE_NONE lacks VALID; nG then reads as PRESENT_INVALID, and bit 1 stays. (6.1 tells it by bit 58,
 * which is UFFD_WP today; both eras are written in the form of 6.12.) All protections have AF.
 */
import {
  PTE_CONT,
  PTE_DIRTY,
  PTE_EXEC,
  PTE_PRESENT,
  PTE_PROTNONE,
  PTE_SPECIAL,
  PTE_UFFD_WP,
  PTE_USER,
  PTE_WRITE,
  PTE_YOUNG,
} from '../bits.js';
import {
  type Architecture,
  type ArchName,
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
const BIT_TABLE = 1;
const BIT_RDONLY = 7;
const BIT_SHARED_LOW = 8;
const BIT_SHARED_HIGH = 9;
const BIT_NG = 11;
const BIT_PXN = 53;
const BIT_UXN = 54;
const BIT_DIRTY = 55;
const PFN_SHIFT = 12;
/** PTE_ADDR_LOW is bits 12 to 49; 48-bit addresses use 36 of the 38 */
const PFN_BITS = 38;

const FLAG_BITS: FlagBits = [
  [PTE_USER, 6],
  [PTE_YOUNG, 10],
  [PTE_WRITE, 51],
  [PTE_CONT, 52],
  [PTE_SPECIAL, 56],
  [PTE_UFFD_WP, 58],
];
const PRESENT_FLAGS = FLAG_BITS.reduce((all, [flag]) => all | flag, PTE_DIRTY | PTE_EXEC | PTE_PROTNONE);

/**
 * Type in bits 6 to 10, offset in bits 12 to 61; bit 11 stays clear, else it would be a PROT_NONE entry. (6.1: type
 * from bit 3, offset from bit 8 on; both eras are written in the form of 6.12.)
 */
const SWAP: SwapLayout = {
  typeShift: 6,
  offsetShift: 12,
  offsetBits: 50,
  inverted: false,
  flagBits: [[PTE_UFFD_WP, 3]],
};

/** What all user file mappings have in common, PROT_NONE or not. */
const COMMON = bits(BIT_TABLE, BIT_SHARED_LOW, BIT_SHARED_HIGH, BIT_NG, BIT_PXN);

function encodePresent(flags: number, pfn: number): EncodedPte {
  const set: number[] = [];
  if ((flags & PTE_PROTNONE) === 0) set.push(BIT_VALID);
  if ((flags & PTE_EXEC) === 0) set.push(BIT_UXN);
  if ((flags & PTE_DIRTY) !== 0) set.push(BIT_DIRTY);
  if ((flags & (PTE_WRITE | PTE_DIRTY)) !== (PTE_WRITE | PTE_DIRTY)) set.push(BIT_RDONLY);
  return combine(COMMON, bits(...set), placeFlags(flags, FLAG_BITS), placeField(pfn, PFN_SHIFT));
}

/** PTE_CONT exists for user mappings only where the contpte code sets it. */
function encoder(name: ArchName, presentFlags: number): Architecture['encode'] {
  return (flags, pfn) => {
    requireEncodable(name, flags, pfn, presentFlags, SWAP);
    if (flags === 0) return bits();
    return (flags & PTE_PRESENT) !== 0 ? encodePresent(flags, pfn) : encodeSwap(flags, pfn, SWAP);
  };
}

function decoder(name: ArchName): Architecture['decode'] {
  return (encoded): DecodedPte => {
    if (encoded.high === 0 && encoded.low === 0) return { flags: 0, pfn: 0 };
    const valid = hasBit(encoded, BIT_VALID);
    if (!valid && !hasBit(encoded, BIT_NG)) return decodeSwap(name, encoded, SWAP);
    let flags = PTE_PRESENT | readFlags(encoded, FLAG_BITS);
    if (!valid) flags |= PTE_PROTNONE;
    if (!hasBit(encoded, BIT_UXN)) flags |= PTE_EXEC;
    // pte_dirty(): software bit, or writable and not read-only, which is how hardware says it
    const hardwareDirty = (flags & PTE_WRITE) !== 0 && !hasBit(encoded, BIT_RDONLY);
    if (hardwareDirty || hasBit(encoded, BIT_DIRTY)) flags |= PTE_DIRTY;
    return { flags, pfn: readField(encoded, PFN_SHIFT, PFN_BITS) };
  };
}

/**
 * With FEAT_HAFDBS on all CPUs (ID_AA64MMFR1_EL1.HAFDBS = 2, CONFIG_ARM64_HW_AFDBM): cpu_has_hw_af() makes the kernel
 * prefault old entries. update_mmu_cache() does nothing.
 */
export const ARM64: Architecture = {
  name: 'arm64',
  title: 'arm64 with hardware access flag and dirty state: prefaulted entries are old',
  youngByDefault: true,
  protnoneYoungByDefault: true,
  wantsOldPrefaultedPte: true,
  swMkyoung: false,
  accessFlag: 'hardware',
  dirtyFlag: 'hardware',
  contPtes: 0,
  invertsProtnone: false,
  uffdWpSince: '6.12',
  softDirty: false,
  dcacheCleanFlag: true,
  updateMmuCacheRefills: false,
  pfnShift: PFN_SHIFT,
  encode: encoder('arm64', PRESENT_FLAGS & ~PTE_CONT),
  decode: decoder('arm64'),
};

/** Without FEAT_HAFDBS every first access and every first write of a clean entry is a page fault. */
export const ARM64_NOAF: Architecture = {
  ...ARM64,
  name: 'arm64-noaf',
  title: 'arm64 without hardware access flag: an access to an old entry faults',
  wantsOldPrefaultedPte: false,
  accessFlag: 'fault',
  dirtyFlag: 'fault',
  encode: encoder('arm64-noaf', PRESENT_FLAGS & ~PTE_CONT),
  decode: decoder('arm64-noaf'),
};

/** CONFIG_ARM64_CONTPTE (6.9 and later): blocks of 2^CONFIG_ARM64_CONT_PTE_SHIFT entries, 16 here. */
export const ARM64_CONTPTE: Architecture = {
  ...ARM64,
  name: 'arm64-contpte',
  title: 'arm64 with hardware access flag and transparent contiguous PTEs (16 of 4 KiB)',
  contPtes: 16,
  encode: encoder('arm64-contpte', PRESENT_FLAGS),
  decode: decoder('arm64-contpte'),
};
