/**
 * What differs between the modelled architectures: the hooks of the fault path as plain data, and how an abstract entry
 * (bits.ts) is stored in the architecture's real 64-bit PTE. Below the interface stand the pieces the architecture
 * files are built from.
 */
import {
  PTE_EXEC,
  PTE_KIND_MASK,
  PTE_MARKER_UFFD_WP,
  PTE_MIGRATION,
  PTE_PRESENT,
  PTE_PROTNONE,
  PTE_SWAP,
  PTE_USER,
  PTE_WRITE,
} from '../bits.js';

export type ArchName = 'x86-64' | 'arm64' | 'arm64-noaf' | 'arm64-contpte' | 'riscv64' | 'mips64' | 'loongarch64';

/** A 64-bit PTE as two unsigned 32-bit words. */
export type EncodedPte = { readonly high: number; readonly low: number };

/** Both words of an abstract entry; `pfn` is a swap entry's offset, and 0 for none and for a marker. */
export type DecodedPte = { readonly flags: number; readonly pfn: number };

/** '6.6' means 6.6 and later: x86 keeps the dirty bit of a write-protected PTE in SavedDirty. */
export type Era = '6.1' | '6.6';

/**
 * Who sets a bit when a CPU touches an entry without it: the MMU; the low-level TLB exception handler, without
 * handle_mm_fault(); or a page fault.
 */
export type FlagUpdate = 'hardware' | 'refill' | 'fault';

export interface Architecture {
  readonly name: ArchName;
  /** one line for reports */
  readonly title: string;
  /** is mk_pte(page, vm_page_prot) young in an accessible mapping (protection_map) */
  readonly youngByDefault: boolean;
  /** the same in a PROT_NONE mapping, whose protection is another entry of protection_map */
  readonly protnoneYoungByDefault: boolean;
  /** arch_wants_old_prefaulted_pte() */
  readonly wantsOldPrefaultedPte: boolean;
  /** pte_sw_mkyoung() really sets young; elsewhere it returns its argument */
  readonly swMkyoung: boolean;
  readonly accessFlag: FlagUpdate;
  readonly dirtyFlag: FlagUpdate;
  /** CONT_PTES with transparent contiguous PTEs, else 0 */
  readonly contPtes: number;
  /** a PTE that is not present for the hardware stores its PFN inverted (L1TF) */
  readonly invertsProtnone: boolean;
  /** the older of the two trees with CONFIG_HAVE_ARCH_USERFAULTFD_WP for this architecture, null for neither */
  readonly uffdWpSince: '6.1' | '6.12' | null;
  /** pte_mkdirty() sets the soft-dirty bit too (CONFIG_HAVE_ARCH_SOFT_DIRTY) */
  readonly softDirty: boolean;
  /**
   * set_pte(s) makes the instruction cache coherent for executable pages and remembers it in PG_arch_1 as "data cache
   * clean": in 6.1 on the page that is mapped, from 6.6 on its folio, all pages of which are synchronised at once.
   */
  readonly dcacheCleanFlag: boolean;
  /** update_mmu_cache[_range]() writes the new entry into the TLB */
  readonly updateMmuCacheRefills: boolean;
  /** PFN_PTE_SHIFT: position of the PFN field */
  readonly pfnShift: number;
  /**
   * Stores an abstract entry. `pfn` is 0 to 2^32-1 (a column of the image), which every architecture's field holds.
   * Throws RangeError for a combination that the architecture has no encoding for.
   */
  encode(flags: number, pfn: number, era: Era): EncodedPte;
  /** The reverse, for both eras. Throws RangeError for non-present entries outside the model. */
  decode(encoded: EncodedPte): DecodedPte;
}

/** Positions of the single bits that stand for one abstract flag each. */
export type FlagBits = readonly (readonly [flag: number, bit: number])[];

/** An architecture's swp_entry_t, as stored in a PTE. */
export interface SwapLayout {
  readonly typeShift: number;
  readonly offsetShift: number;
  readonly offsetBits: number;
  /** the offset is stored inverted, so that its high bits are set (x86, L1TF) */
  readonly inverted: boolean;
  /** pte_swp_*() bits kept beside the entry */
  readonly flagBits: FlagBits;
}

/**
 * Swap types of 6.12 with CONFIG_MIGRATION, CONFIG_MEMORY_FAILURE and CONFIG_DEVICE_PRIVATE (include/linux/swap.h): of
 * 2^5 types, 1 hwpoison, 3 migration, 4 device and 1 marker type (in 6.1 this one needs CONFIG_PTE_MARKER) are taken
 * from the top, in this order, so MAX_SWAPFILES is 23. 6.1 has a swapin-error type above them, so that its migration
 * and marker types are one lower; both eras are written with the numbers of 6.12.
 */
export const MAX_SWAPFILES = 32 - 1 - 3 - 4 - 1;
export const SWP_MIGRATION_READ = MAX_SWAPFILES + 1;
export const SWP_PTE_MARKER = MAX_SWAPFILES + 1 + 3 + 4;
const SWP_TYPE_BITS = 5;
/** offset of the uffd-wp marker: PTE_MARKER_UFFD_WP of include/linux/swapops.h, which is bit 0 */
const MARKER_OFFSET_UFFD_WP = 1;

const WORD = 2 ** 32;

/** The word with these bits set, 0 to 63. */
export function bits(...positions: readonly number[]): EncodedPte {
  let high = 0;
  let low = 0;
  for (const position of positions) {
    if (position < 32) low |= 1 << position;
    else high |= 1 << (position - 32);
  }
  return { high: high >>> 0, low: low >>> 0 };
}

/** Bitwise or of several words. */
export function combine(...words: readonly EncodedPte[]): EncodedPte {
  let high = 0;
  let low = 0;
  for (const word of words) {
    high |= word.high;
    low |= word.low;
  }
  return { high: high >>> 0, low: low >>> 0 };
}

export function hasBit(word: EncodedPte, position: number): boolean {
  return ((position < 32 ? word.low >>> position : word.high >>> (position - 32)) & 1) !== 0;
}

/** `value` (up to 2^53-1) shifted left as 64-bit word. Multiplying by a power of two is exact. */
export function placeField(value: number, shift: number): EncodedPte {
  const shifted = value * 2 ** shift;
  return { high: Math.floor(shifted / WORD) % WORD, low: shifted % WORD };
}

/** The field of `width` bits (up to 53) from bit `shift` on. */
export function readField(word: EncodedPte, shift: number, width: number): number {
  if (shift >= 32) return Math.floor(word.high / 2 ** (shift - 32)) % 2 ** width;
  const upper = (word.high % 2 ** Math.max(0, shift + width - 32)) * 2 ** (32 - shift);
  return (upper + Math.floor(word.low / 2 ** shift)) % 2 ** width;
}

export function placeFlags(flags: number, table: FlagBits): EncodedPte {
  return bits(...table.filter(([flag]) => (flags & flag) !== 0).map(([, bit]) => bit));
}

export function readFlags(word: EncodedPte, table: FlagBits): number {
  let flags = 0;
  for (const [flag, bit] of table) if (hasBit(word, bit)) flags |= flag;
  return flags;
}

const hex = (flags: number): string => `0x${flags.toString(16)}`;

/** Refuses what `name` cannot store; `presentFlags` are the flags it can store in a present entry. */
export function requireEncodable(
  name: ArchName,
  flags: number,
  second: number,
  presentFlags: number,
  swap: SwapLayout,
): void {
  const refuse = (expected: string): never => {
    throw new RangeError(`${name} cannot encode PTE flags ${hex(flags)} with second word ${second}: ${expected}`);
  };
  if (!Number.isInteger(second) || second < 0 || second >= WORD) refuse('expected an unsigned 32-bit second word');
  const kind = flags & PTE_KIND_MASK;
  const rest = flags & ~PTE_KIND_MASK;
  if (kind === PTE_PRESENT) {
    if ((rest & ~presentFlags) !== 0) refuse(`flags ${hex(rest & ~presentFlags)} do not exist there`);
    if ((rest & PTE_PROTNONE) !== 0 && (rest & (PTE_WRITE | PTE_EXEC | PTE_USER)) !== 0)
      refuse('a PROT_NONE entry is neither writable nor executable nor accessible by user space');
  } else if (kind === PTE_SWAP || kind === PTE_MIGRATION) {
    const known = swap.flagBits.reduce((all, [flag]) => all | flag, 0);
    if ((rest & ~known) !== 0) refuse(`flags ${hex(rest & ~known)} do not exist in a swap entry there`);
    if (kind === PTE_SWAP && second === 0) refuse('swap offset 0 is the header of the swap area, never an entry');
  } else if (kind === PTE_MARKER_UFFD_WP || kind === 0) {
    if (rest !== 0 || second !== 0) refuse('expected no other flags and 0 as second word');
  } else refuse('expected one kind of entry: none, present, swap, migration or marker');
}

/** Stores a swap (type 0), migration or marker entry: swp_entry_to_pte(). */
export function encodeSwap(flags: number, second: number, swap: SwapLayout): EncodedPte {
  let type = 0;
  let offset = second;
  if ((flags & PTE_MIGRATION) !== 0) type = SWP_MIGRATION_READ;
  if ((flags & PTE_MARKER_UFFD_WP) !== 0) {
    type = SWP_PTE_MARKER;
    offset = MARKER_OFFSET_UFFD_WP;
  }
  const stored = swap.inverted ? 2 ** swap.offsetBits - 1 - offset : offset;
  return combine(
    placeField(type, swap.typeShift),
    placeField(stored, swap.offsetShift),
    placeFlags(flags, swap.flagBits),
  );
}

/**
 * pte_to_swp_entry() for a word that is neither none nor present. Migration entries are read without the A and D bits
 * that 6.12 may keep above the PFN (SWP_MIG_YOUNG, SWP_MIG_DIRTY), since the model does not store them.
 */
export function decodeSwap(name: ArchName, encoded: EncodedPte, swap: SwapLayout): DecodedPte {
  const type = readField(encoded, swap.typeShift, SWP_TYPE_BITS);
  const stored = readField(encoded, swap.offsetShift, swap.offsetBits);
  const offset = swap.inverted ? 2 ** swap.offsetBits - 1 - stored : stored;
  const flags = readFlags(encoded, swap.flagBits);
  if (type === 0) return { flags: flags | PTE_SWAP, pfn: offset };
  if (type === SWP_MIGRATION_READ) return { flags: flags | PTE_MIGRATION, pfn: offset };
  if (type === SWP_PTE_MARKER && offset === MARKER_OFFSET_UFFD_WP) return { flags: PTE_MARKER_UFFD_WP, pfn: 0 };
  throw new RangeError(
    `${name} entry ${hex(encoded.high)}:${hex(encoded.low)} has swap type ${type}, offset ${offset}: expected type ` +
      `0, ${SWP_MIGRATION_READ} (migration) or ${SWP_PTE_MARKER} with offset ${MARKER_OFFSET_UFFD_WP} (uffd-wp marker)`,
  );
}
