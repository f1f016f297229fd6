/** The sketch answers the same question as ptediff on what it models: it is an upper mark for that alone. */
import { describe, expect, it } from 'vitest';
import { BatchedHandler, InvertedHandler } from '../../../src/bench/sketch/batched.js';
import * as B from '../../../src/bench/sketch/bits.js';
import { Harness } from '../../../src/bench/sketch/harness.js';
import type { Mm } from '../../../src/bench/sketch/mm.js';
import type { Case } from '../../../src/cases/case.js';
import { checkCase, ImpossibleCase } from '../../../src/cases/possible.js';
import { type Outcome, realCase, realOutcome } from '../real_case.js';

const SPAN = 16;
const LAYOUTS = 400;
const FAULTS = 8;

function disagreements(harness: Harness, layouts: number): number {
  let count = 0;
  for (let i = 0; i < layouts; i++) count += harness.runLayout(FAULTS);
  return count;
}

describe('the sketch', () => {
  it('finds no difference between its engines', () => {
    expect(disagreements(new Harness(64, 1), LAYOUTS)).toBe(0);
    expect(disagreements(new Harness(8, 2), LAYOUTS)).toBe(0);
  });

  it('finds the inverted prefault test of 6.6', () => {
    const found = disagreements(new Harness(64, 1, InvertedHandler), LAYOUTS);
    expect(found).toBeGreaterThan((LAYOUTS * FAULTS) / 10);
  });

  it('draws the same layouts from the same seed, and others from another', () => {
    const words = (seed: number): string => {
      const harness = new Harness(SPAN, seed);
      harness.runLayout(1);
      return String(harness.base.words);
    };
    expect(words(1)).toBe(words(1));
    expect(words(1)).not.toBe(words(3));
  });
});

describe('the engines of the sketch', () => {
  it.each([
    ['legacy', 'legacy@v6.1', BatchedHandler],
    ['batched', 'batched@reference', BatchedHandler],
    ['batched', 'batched@v6.6', InvertedHandler],
  ] as const)('%s does what %s does, on what it models', (side, id, Batched) => {
    const harness = new Harness(SPAN, 5, Batched);
    let compared = 0;
    for (let i = 0; i < 3000; i++) {
      harness.runLayout(1);
      const plain = toCase(harness);
      if (plain === null || (id === 'batched@v6.6' && harness.scenario.iSizePages < SPAN)) continue;
      compared++;
      expect(comparable(sketchOutcome(harness, harness[side].mm), harness)).toEqual(
        comparable(realOutcome(plain, id), harness),
      );
    }
    expect(compared).toBeGreaterThan(300);
  });
});

/** The scenario that the harness played last as a case, or null where ptediff has none or models more of it. */
function toCase({ scenario, base }: Harness): Case | null {
  const { vmaStart, vmaPages, vmaPgoff, vmaFlags, faultSlot, iSizePages } = scenario;
  const isWrite = (scenario.faultFlags & B.FAULT_WRITE) !== 0;
  const index = faultSlot + vmaPgoff - vmaStart;
  const folio = scenario.headOf[index];
  if ((vmaFlags & B.VM_UFFD_WP) !== 0 || (isWrite && (vmaFlags & B.VM_WRITE) === 0)) return null;
  if (!base.pteNone(faultSlot) || base.pteFlags.includes(B.PTE_MARKER_UFFD_WP)) return null;
  // What is not cached or cannot be used is read in or cleaned up by the real engines.
  if (index >= iSizePages || folio < 0 || base.pageTest(index, B.PAGE_HWPOISON)) return null;
  if ((base.folioFlags[folio] & (B.FOLIO_UPTODATE | B.FOLIO_LOCKED)) !== B.FOLIO_UPTODATE) return null;
  const plain = realCase({
    span: SPAN,
    wantsOld: scenario.archWantsOld,
    aroundPages: scenario.faultAround,
    vma: {
      start: vmaStart,
      pages: vmaPages,
      shift: vmaPgoff - vmaStart,
      shared: (vmaFlags & B.VM_SHARED) !== 0,
      writable: (vmaFlags & B.VM_WRITE) !== 0,
      locked: (vmaFlags & B.VM_LOCKED) !== 0,
    },
    isShmem: scenario.shmem,
    sizePages: iSizePages,
    mmapMiss: base.counters[B.MMAP_MISS],
    folios: folios(scenario.headOf, scenario.folioPages, base),
    row: row(base),
    access: { slot: faultSlot, write: isWrite },
  });
  try {
    checkCase(plain);
    return plain;
  } catch (error) {
    if (error instanceof ImpossibleCase) return null;
    throw error;
  }
}

function folios(headOf: Int32Array, folioPages: Int32Array, base: Mm): Case['folios'] {
  const heads = [...headOf].filter((head, index) => head === index);
  return heads.map((at) => {
    const pages = Array.from({ length: folioPages[at] }, (_, i) => at + i);
    const is = (flag: number): boolean => base.folioTest(at, flag);
    return {
      at,
      order: 31 - Math.clz32(pages.length),
      flags: [
        ...(is(B.FOLIO_UPTODATE) ? [] : (['not-uptodate'] as const)),
        ...(is(B.FOLIO_LOCKED) ? (['locked'] as const) : []),
        ...(is(B.FOLIO_READAHEAD) ? (['readahead'] as const) : []),
        ...(is(B.FOLIO_WORKINGSET) ? (['workingset'] as const) : []),
      ],
      hwpoison: pages.filter((page) => base.pageTest(page, B.PAGE_HWPOISON)),
      maps: Object.fromEntries(pages.flatMap((page) => others(base, page))),
    };
  });
}

/** Entries of other mms: all mappings but those of the row. */
function others(base: Mm, page: number): [string, number][] {
  const own = [...base.ptePfn].filter((pfn, slot) => {
    return (base.pteFlags[slot] & B.PTE_PRESENT) !== 0 && pfn === B.PFN_BASE + page;
  }).length;
  const count = base.mapcount[page] + 1 - own;
  return count > 0 ? [[String(page), count]] : [];
}

const row = ({ pteFlags, ptePfn }: Mm): string =>
  Array.from({ length: SPAN }, (_, slot) => {
    if ((pteFlags[slot] | ptePfn[slot]) === 0) return '.';
    if ((pteFlags[slot] & B.PTE_PRESENT) === 0) return 's';
    return (pteFlags[slot] & B.PTE_YOUNG) === 0 ? 'o' : 'y';
  }).join('');

function sketchOutcome({ scenario, base }: Harness, after: Mm): Outcome {
  const pages = Array.from({ length: SPAN }, (_, i) => i);
  const heads = pages.filter((index) => scenario.headOf[index] === index);
  const gained = (counter: number): number => after.counters[counter] - base.counters[counter];
  return {
    isHandledByFaultAround: false,
    row: row(after),
    mapcounts: pages.map((page) => (scenario.headOf[page] < 0 ? 0 : after.mapcount[page] + 1)),
    references: Object.fromEntries(heads.map((head) => [head, after.refcount[head] - base.refcount[head]])),
    counters: {
      filePages: gained(B.MM_FILE),
      shmemPages: gained(B.MM_SHMEM),
      anonPages: gained(B.MM_ANON),
      nrFileMapped: gained(B.NR_FILE_MAPPED),
      nrMlock: gained(B.NR_MLOCK),
      mmapMiss: gained(B.MMAP_MISS),
    },
  };
}

/** Left out by the sketch: mlock of private copies, ->fault's share of mmap_miss, and revisions of the miss rule. */
function comparable(outcome: Outcome, { scenario }: Harness): unknown {
  const { filePages, shmemPages, anonPages, nrFileMapped, nrMlock } = outcome.counters;
  const isCow = (scenario.faultFlags & B.FAULT_WRITE) !== 0 && (scenario.vmaFlags & B.VM_SHARED) === 0;
  return {
    row: outcome.row,
    mapcounts: outcome.mapcounts,
    references: outcome.references,
    counters: { filePages, shmemPages, anonPages, nrFileMapped, nrMlock: isCow ? null : nrMlock },
  };
}
