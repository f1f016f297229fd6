/** The hooks of the fault path for every architecture, the names, and what encode() and decode() refuse. */
import { describe, expect, it } from 'vitest';
import { MAX_SWAPFILES, SWP_MIGRATION_READ, SWP_PTE_MARKER } from '../../../src/mm/arch/architecture.js';
import { ARCHITECTURES, architecture, DEFAULT_ARCHITECTURES } from '../../../src/mm/arch/index.js';
import {
  PTE_CONT,
  PTE_EXEC,
  PTE_MARKER_UFFD_WP,
  PTE_MIGRATION,
  PTE_PRESENT,
  PTE_PROTNONE,
  PTE_SOFT_DIRTY,
  PTE_SWAP,
  PTE_UFFD_WP,
  PTE_USER,
  PTE_WRITE,
} from '../../../src/mm/bits.js';

const all = [...ARCHITECTURES.values()];
const named = (predicate: (arch: (typeof all)[number]) => boolean): string[] =>
  all.filter(predicate).map((arch) => arch.name);

describe('architecture hooks', () => {
  it.each([
    ['x86-64', true, true, false, false, 'hardware'],
    ['arm64', true, true, true, false, 'hardware'],
    ['arm64-noaf', true, true, false, false, 'fault'],
    ['arm64-contpte', true, true, true, false, 'hardware'],
    ['riscv64', true, false, false, false, 'fault'],
    ['mips64', false, false, false, true, 'refill'],
    ['loongarch64', true, false, false, false, 'refill'],
  ])('%s: mk_pte young %s, under PROT_NONE %s, wants old %s, sw_mkyoung %s, accessed by %s', (name, ...hooks) => {
    const arch = architecture(name);
    const { youngByDefault, protnoneYoungByDefault, wantsOldPrefaultedPte, swMkyoung, accessFlag, dirtyFlag } = arch;
    expect([youngByDefault, protnoneYoungByDefault, wantsOldPrefaultedPte, swMkyoung, accessFlag]).toEqual(hooks);
    expect(dirtyFlag).toBe(accessFlag);
  });

  it('only arm64 with hardware access flag shows prefaulting in the PTE', () => {
    expect(named((arch) => arch.wantsOldPrefaultedPte)).toEqual(['arm64', 'arm64-contpte']);
  });

  it('only mips makes a PTE young in pte_sw_mkyoung()', () => {
    expect(named((arch) => arch.swMkyoung)).toEqual(['mips64']);
  });

  it('arm64 and riscv keep PG_dcache_clean; mips and loongarch write the TLB in update_mmu_cache()', () => {
    expect(named((arch) => arch.dcacheCleanFlag)).toEqual(['arm64', 'arm64-noaf', 'arm64-contpte', 'riscv64']);
    expect(named((arch) => arch.updateMmuCacheRefills)).toEqual(['mips64', 'loongarch64']);
  });

  it('x86-64 alone inverts PROT_NONE entries and tracks soft-dirty', () => {
    expect(named((arch) => arch.invertsProtnone)).toEqual(['x86-64']);
    expect(named((arch) => arch.softDirty)).toEqual(['x86-64']);
  });

  it('uffd-wp exists on x86-64 in both trees, on arm64 in 6.12', () => {
    expect(named((arch) => arch.uffdWpSince === '6.1')).toEqual(['x86-64']);
    expect(named((arch) => arch.uffdWpSince === '6.12')).toEqual(['arm64', 'arm64-noaf', 'arm64-contpte']);
  });

  it('16 contiguous PTEs, and only with contpte', () => {
    expect(architecture('arm64-contpte').contPtes).toBe(16);
    expect(named((arch) => arch.contPtes !== 0)).toEqual(['arm64-contpte']);
  });
});

describe('names', () => {
  it('every architecture is found under its own name', () => {
    for (const [name, arch] of ARCHITECTURES) {
      expect(arch.name).toBe(name);
      expect(architecture(name)).toBe(arch);
    }
  });

  it('all but arm64-contpte run by default', () => {
    expect(DEFAULT_ARCHITECTURES).toEqual(['x86-64', 'arm64', 'arm64-noaf', 'riscv64', 'mips64', 'loongarch64']);
  });

  it('an unknown name is refused with the known ones', () => {
    expect(() => architecture('sparc64')).toThrow(/unknown architecture 'sparc64'.*riscv64/);
  });
});

describe('swap types', () => {
  it('are those of 6.12 with migration, memory failure and device private memory', () => {
    expect([MAX_SWAPFILES, SWP_MIGRATION_READ, SWP_PTE_MARKER]).toEqual([23, 24, 31]);
  });
});

describe('encode refuses', () => {
  it.each(all)('$name: two kinds at once, flags without a kind, and a second word where none belongs', (arch) => {
    expect(() => arch.encode(PTE_PRESENT | PTE_SWAP, 1, '6.6')).toThrow(/one kind of entry/);
    expect(() => arch.encode(PTE_WRITE, 0, '6.6')).toThrow(/no other flags/);
    expect(() => arch.encode(0, 1, '6.6')).toThrow(/0 as second word/);
    expect(() => arch.encode(PTE_MARKER_UFFD_WP, 1, '6.6')).toThrow(/0 as second word/);
  });

  it.each(all)('$name: page frames that are no unsigned 32-bit word', (arch) => {
    for (const pfn of [-1, 0.5, 2 ** 32]) {
      expect(() => arch.encode(PTE_PRESENT | PTE_USER, pfn, '6.6')).toThrow(/unsigned 32-bit/);
    }
  });

  it.each(all)('$name: an accessible PROT_NONE entry', (arch) => {
    for (const flag of [PTE_WRITE, PTE_EXEC, PTE_USER]) {
      expect(() => arch.encode(PTE_PRESENT | PTE_PROTNONE | flag, 1, '6.6')).toThrow(/PROT_NONE/);
    }
  });

  it.each(all)('$name: swap offset 0, which would read as none on most architectures', (arch) => {
    expect(() => arch.encode(PTE_SWAP, 0, '6.6')).toThrow(/header of the swap area/);
    expect(() => arch.encode(PTE_SWAP | PTE_WRITE, 1, '6.6')).toThrow(/do not exist in a swap entry/);
  });

  it('flags that the architecture does not have', () => {
    const user = PTE_PRESENT | PTE_USER;
    expect(() => architecture('arm64').encode(user | PTE_CONT, 1, '6.6')).toThrow(/flags 0x1000 do not exist/);
    expect(() => architecture('arm64').encode(user | PTE_SOFT_DIRTY, 1, '6.6')).toThrow(/do not exist/);
    expect(() => architecture('riscv64').encode(user | PTE_UFFD_WP, 1, '6.6')).toThrow(/do not exist/);
    expect(() => architecture('riscv64').encode(PTE_MIGRATION | PTE_UFFD_WP, 1, '6.6')).toThrow(/do not exist/);
    expect(() => architecture('mips64').encode(PTE_PRESENT, 1, '6.6')).toThrow(/expected PTE_USER/);
  });
});

describe('decode refuses', () => {
  it.each([
    ['x86-64', { high: 0xbfffffff, low: 0xfffffc00 }],
    ['arm64', { high: 0, low: 0x000015c0 }],
    ['riscv64', { high: 0, low: 0x00001b80 }],
    ['mips64', { high: 0, low: 0x01170000 }],
    ['loongarch64', { high: 0, low: 0x01170000 }],
  ])('%s: a hwpoison entry, swap type 23, which is outside the model', (name, encoded) => {
    expect(() => architecture(name).decode(encoded)).toThrow(/swap type 23, offset 1/);
  });

  it('a marker that is not the uffd-wp one', () => {
    expect(() => architecture('riscv64').decode({ high: 0, low: 0x2f80 })).toThrow(/swap type 31, offset 2/);
  });
});
