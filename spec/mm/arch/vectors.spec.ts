/** Encoded entries worked out by hand from the architectures' header files; the page frame is 0x12345. */
import { describe, expect, it } from 'vitest';
import type { ArchName } from '../../../src/mm/arch/architecture.js';
import { architecture } from '../../../src/mm/arch/index.js';
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

const PFN = 0x12345;
const R = PTE_PRESENT | PTE_USER;
const RY = R | PTE_YOUNG;
const NONE = PTE_PRESENT | PTE_PROTNONE;
const WD = PTE_WRITE | PTE_DIRTY;

type Vector = readonly [what: string, flags: number, pfn: number, encoded: string];

/** Bits 63 to 32 and 31 to 0 in hexadecimal, with an underscore between. */
function encoded(name: ArchName, flags: number, pfn: number, era: '6.1' | '6.6' = '6.6'): string {
  const { high, low } = architecture(name).encode(flags, pfn, era);
  return [high, low].map((word) => word.toString(16).padStart(8, '0')).join('_');
}

function decoded(name: ArchName, word: string): { flags: number; pfn: number } {
  const [high, low] = word.split('_').map((half) => Number.parseInt(half, 16));
  return architecture(name).decode({ high, low });
}

function check(name: ArchName, vectors: readonly Vector[]): void {
  it.each(vectors)('%s', (_what, flags, pfn, word) => {
    expect(encoded(name, flags, pfn)).toBe(word);
    expect(decoded(name, word)).toEqual({ flags, pfn });
  });
}

describe('x86-64', () => {
  check('x86-64', [
    ['readable: P, U, A and NX', RY, PFN, '80000000_12345025'],
    ['old: no A', R, PFN, '80000000_12345005'],
    ['executable: no NX', RY | PTE_EXEC, PFN, '00000000_12345025'],
    ['above 4 GiB: the PFN goes on in the upper word', RY, 0x100000, '80000001_00000025'],
    ['written: RW, D, soft-dirty', RY | WD | PTE_SOFT_DIRTY, PFN, '80000000_12345867'],
    ['dirty and read-only: SavedDirty in bit 58', RY | PTE_DIRTY | PTE_SOFT_DIRTY, PFN, '84000000_12345825'],
    ['special', RY | PTE_SPECIAL, PFN, '80000000_12345225'],
    ['uffd-wp', RY | PTE_UFFD_WP, PFN, '80000000_12345425'],
    ['PROT_NONE: A, G and the inverted PFN', NONE | PTE_YOUNG, PFN, '000fffff_edcba120'],
    ['swap: inverted offset from bit 9', PTE_SWAP, 5, '07ffffff_fffff400'],
    ['swap with uffd-wp in bit 2', PTE_SWAP | PTE_UFFD_WP, 5, '07ffffff_fffff404'],
    ['migration: type 24 in bits 59 to 63', PTE_MIGRATION, PFN, 'c7ffffff_fdb97400'],
    ['marker: type 31, offset 1', PTE_MARKER_UFFD_WP, 0, 'ffffffff_fffffc00'],
  ]);

  it('kept a dirty read-only entry in D before SavedDirty', () => {
    expect(encoded('x86-64', RY | PTE_DIRTY | PTE_SOFT_DIRTY, PFN, '6.1')).toBe('80000000_12345865');
  });
});

describe('arm64', () => {
  check('arm64', [
    ['PAGE_READONLY: page, user, RDONLY, shareable, AF, nG, PXN, UXN', RY, PFN, '00600000_12345fc3'],
    ['old: no AF', R, PFN, '00600000_12345bc3'],
    ['executable: no UXN', RY | PTE_EXEC, PFN, '00200000_12345fc3'],
    ['writable and clean: DBM and RDONLY', RY | PTE_WRITE, PFN, '00680000_12345fc3'],
    ['written: DBM, software dirty, RDONLY clear', RY | WD, PFN, '00e80000_12345f43'],
    ['dirty and read-only', RY | PTE_DIRTY, PFN, '00e00000_12345fc3'],
    ['special', RY | PTE_SPECIAL, PFN, '01600000_12345fc3'],
    ['uffd-wp', RY | PTE_UFFD_WP, PFN, '04600000_12345fc3'],
    ['PAGE_NONE: not valid, not user, nG means present', NONE | PTE_YOUNG, PFN, '00600000_12345f82'],
    ['swap', PTE_SWAP, 5, '00000000_00005000'],
    ['swap with uffd-wp in bit 3', PTE_SWAP | PTE_UFFD_WP, 5, '00000000_00005008'],
    ['migration: type 24 in bits 6 to 10', PTE_MIGRATION, PFN, '00000000_12345600'],
    ['marker: type 31, offset 1', PTE_MARKER_UFFD_WP, 0, '00000000_000017c0'],
  ]);

  it('reads an entry that hardware made dirty: DBM without RDONLY and without the software bit', () => {
    expect(decoded('arm64', '00680000_12345f43')).toEqual({ flags: RY | WD, pfn: PFN });
  });

  it('has the same words without hardware access flag', () => {
    expect(encoded('arm64-noaf', RY | WD, PFN)).toBe(encoded('arm64', RY | WD, PFN));
  });
});

describe('arm64-contpte', () => {
  check('arm64-contpte', [
    ['a block member has bit 52', RY | PTE_CONT, PFN, '00700000_12345fc3'],
    ['so had PROT_NONE entries in 6.9 to 6.12.116', NONE | PTE_YOUNG | PTE_CONT, PFN, '00700000_12345f82'],
  ]);
});

describe('riscv64', () => {
  check('riscv64', [
    ['readable: V, R, U, A and the PFN from bit 10', RY, PFN, '00000000_048d1453'],
    ['old: no A', R, PFN, '00000000_048d1413'],
    ['executable: X', RY | PTE_EXEC, PFN, '00000000_048d145b'],
    ['written: W, D', RY | WD, PFN, '00000000_048d14d7'],
    ['special', RY | PTE_SPECIAL, PFN, '00000000_048d1553'],
    ['PAGE_NONE: G and R, old', NONE, PFN, '00000000_048d1422'],
    ['the PFN goes on in the upper word', RY, 0x400000, '00000001_00000053'],
    ['swap', PTE_SWAP, 5, '00000000_00005000'],
    ['migration: type 24 in bits 7 to 11', PTE_MIGRATION, PFN, '00000000_12345c00'],
    ['marker: type 31, offset 1', PTE_MARKER_UFFD_WP, 0, '00000000_00001f80'],
  ]);
});

describe('mips64', () => {
  check('mips64', [
    ['readable and old: present, NO_EXEC, cached, not VALID', R, PFN, '00000000_48d15841'],
    ['young: accessed and VALID', RY, PFN, '00000000_48d15a45'],
    ['executable: no NO_EXEC', RY | PTE_EXEC, PFN, '00000000_48d15a05'],
    ['writable and clean: not DIRTY', RY | PTE_WRITE, PFN, '00000000_48d15a47'],
    ['written: modified and DIRTY', RY | WD, PFN, '00000000_48d15e4f'],
    ['dirty and read-only: modified, not DIRTY', RY | PTE_DIRTY, PFN, '00000000_48d15a4d'],
    ['special', RY | PTE_SPECIAL, PFN, '00000000_48d15a65'],
    ['PROT_NONE: NO_EXEC and NO_READ', NONE, PFN, '00000000_48d158c1'],
    ['PROT_NONE and young: accessed, never VALID', NONE | PTE_YOUNG, PFN, '00000000_48d158c5'],
    ['swap', PTE_SWAP, 5, '00000000_05000000'],
    ['migration: type 24 from bit 16', PTE_MIGRATION, PFN, '00000123_45180000'],
    ['marker: type 31, offset 1', PTE_MARKER_UFFD_WP, 0, '00000000_011f0000'],
  ]);

  it('sees none behind the global bit that pte_clear() keeps', () => {
    expect(decoded('mips64', '00000000_00000100')).toEqual({ flags: 0, pfn: 0 });
  });
});

describe('loongarch64', () => {
  check('loongarch64', [
    ['readable: VALID, PLV 3, cached, present, NO_EXEC', RY, PFN, '40000000_1234509d'],
    ['old: no VALID', R, PFN, '40000000_1234509c'],
    ['executable: no NO_EXEC', RY | PTE_EXEC, PFN, '00000000_1234509d'],
    ['writable and clean', RY | PTE_WRITE, PFN, '40000000_1234519d'],
    ['written: modified and DIRTY', RY | WD, PFN, '40000000_1234539f'],
    ['dirty and read-only: modified, not DIRTY', RY | PTE_DIRTY, PFN, '40000000_1234529d'],
    ['special', RY | PTE_SPECIAL, PFN, '40000000_1234589d'],
    ['PROT_NONE: NO_READ, NO_EXEC, PLV 3, not present, old', NONE, PFN, '60000000_1234541c'],
    ['swap', PTE_SWAP, 5, '00000000_05000000'],
    ['migration: type 24 from bit 16', PTE_MIGRATION, PFN, '00000123_45180000'],
    ['marker: type 31, offset 1', PTE_MARKER_UFFD_WP, 0, '00000000_011f0000'],
  ]);

  it('reads DIRTY without MODIFIED as dirty, as 6.12 does', () => {
    expect(decoded('loongarch64', '40000000_1234519f')).toEqual({ flags: RY | WD, pfn: PFN });
  });

  it('sees none behind the global bit that pte_clear() keeps', () => {
    expect(decoded('loongarch64', '00000000_00000040')).toEqual({ flags: 0, pfn: 0 });
  });
});
