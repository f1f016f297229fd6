/** The fault-around window of the engine is the address-based one of 6.1, whatever mapping and page table look like. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LegacyEngine } from '../../src/legacy/index.js';
import { FAULT_FLAG_WRITE, PMD_TABLE, PTRS_PER_PTE, VM_FAULT_OOM } from '../../src/mm/bits.js';
import { Image } from '../../src/mm/image.js';
import { FAIL_PTE_ALLOC, Scene } from '../../src/mm/scene.js';

const PAGE_SHIFT = 12n;
const PAGE = 1n << PAGE_SHIFT;
/** Address that the page table's first entry maps. */
const TABLE = 0x7f00_0020_0000n;

interface Window {
  readonly start: number;
  readonly end: number;
}

/** Records the window that it is asked to map. */
class Recorder extends LegacyEngine {
  asked: Window | null = null;
  override filemap_map_pages(start: number, end: number): number {
    this.asked = { start, end };
    return 0;
  }
}

interface Geometry {
  readonly pages: number;
  readonly ptOffset: number;
  readonly vmaStart: number;
  readonly vmaPages: number;
  readonly shift: number;
  readonly slot: number;
}

const geometry: fc.Arbitrary<Geometry> = fc
  .record({
    order: fc.integer({ min: 1, max: 9 }),
    first: fc.integer({ min: -700, max: 511 }),
    tail: fc.integer({ min: 0, max: 700 }),
    ptOffset: fc.integer({ min: 0, max: 448 }),
    shift: fc.integer({ min: -64, max: 64 }),
    position: fc.nat(511),
  })
  .map(({ order, first, tail, ptOffset, shift, position }) => {
    const inTable = Math.max(first, position);
    const vmaStart = first - ptOffset;
    const slot = inTable - ptOffset;
    return { pages: 1 << order, ptOffset, vmaStart, vmaPages: slot - vmaStart + 1 + tail, shift, slot };
  });

/** do_fault_around() of 6.1: addresses in bytes, the window as file pages. */
function windowOf61({ pages, ptOffset, vmaStart, vmaPages, shift, slot }: Geometry): Window {
  const addressOf = (at: number): bigint => TABLE + BigInt(ptOffset + at) * PAGE;
  const entryOf = (address: bigint): bigint => (address >> PAGE_SHIFT) & BigInt(PTRS_PER_PTE - 1);
  const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
  const min = (...all: bigint[]): bigint => all.reduce((a, b) => (a < b ? a : b));
  const vmStart = addressOf(vmaStart);
  const vmPgoff = BigInt(vmaStart + shift);
  const mask = ~(BigInt(pages) * PAGE - 1n);
  const faulting = addressOf(slot);
  const address = max(faulting & mask, vmStart);
  const off = ((faulting - address) >> PAGE_SHIFT) & BigInt(PTRS_PER_PTE - 1);
  const start = BigInt(slot + shift) - off;
  const end = start - entryOf(address) + BigInt(PTRS_PER_PTE) - 1n;
  return {
    start: Number(start),
    end: Number(min(end, BigInt(vmaPages) + vmPgoff - 1n, start + BigInt(pages) - 1n)),
  };
}

function windowOfEngine(g: Geometry): Window {
  const scene = new Scene(64);
  const image = new Image(64);
  Object.assign(scene, { ...g, faultAroundPages: g.pages });
  image.setPmd(PMD_TABLE);
  const recorder = new Recorder(scene, image);
  recorder.vmf.begin(g.slot, g.slot + g.shift, 0);
  expect(recorder.do_fault_around()).toBe(0);
  return recorder.asked as Window;
}

describe('the fault-around window', () => {
  it('is that of the address arithmetic of 6.1', () => {
    fc.assert(
      fc.property(geometry, (g) => {
        expect(windowOfEngine(g)).toEqual(windowOf61(g));
      }),
      { numRuns: 3000 },
    );
  });

  it('holds the faulting page, stays in the mapping and in the page table, and is never too long', () => {
    fc.assert(
      fc.property(geometry, (g) => {
        const { start, end } = windowOfEngine(g);
        const [first, last] = [start - g.shift, end - g.shift];
        expect(first).toBeLessThanOrEqual(g.slot);
        expect(last).toBeGreaterThanOrEqual(g.slot);
        expect(end - start).toBeLessThan(g.pages);
        expect(first).toBeGreaterThanOrEqual(Math.max(g.vmaStart, -g.ptOffset));
        expect(last).toBeLessThan(Math.min(g.vmaStart + g.vmaPages, PTRS_PER_PTE - g.ptOffset));
      }),
    );
  });

  it.each([
    ['begins where the mapping begins and is not aligned again', { vmaStart: 5, slot: 7 }, [5, 20]],
    ['is aligned where the mapping begins before the table', { vmaStart: -3, slot: 7 }, [0, 15]],
    ['ends with the page table', { vmaStart: 500, slot: 505 }, [500, 511]],
    ['ends with the mapping', { vmaStart: 0, vmaPages: 10, slot: 3 }, [0, 9]],
  ])('%s', (_what, parts, [first, last]) => {
    const g = { pages: 16, ptOffset: 0, vmaPages: 1000, shift: 0, ...parts };
    expect(windowOfEngine(g)).toEqual({ start: first, end: last });
  });
});

describe('fault-around without a page table', () => {
  function without(failures: number): { recorder: Recorder; ret: number } {
    const scene = new Scene(64);
    Object.assign(scene, { vmaPages: 64, failures });
    const recorder = new Recorder(scene, new Image(64));
    recorder.vmf.begin(3, 3, 0);
    return { recorder, ret: recorder.do_fault_around() };
  }

  it('allocates one beforehand', () => {
    const { recorder, ret } = without(0);
    expect({ ret, prealloc: recorder.vmf.prealloc }).toEqual({ ret: 0, prealloc: true });
  });

  it('ends in VM_FAULT_OOM if there is none to be had, and maps nothing', () => {
    const { recorder, ret } = without(FAIL_PTE_ALLOC);
    expect({ ret, asked: recorder.asked }).toEqual({ ret: VM_FAULT_OOM, asked: null });
  });
});

describe('a vm_fault', () => {
  it('keeps nothing of the fault before', () => {
    const { vmf } = new Recorder(new Scene(8), new Image(8));
    Object.assign(vmf, { origPte: 7, page: 3, cowPage: 9, prealloc: true });
    vmf.begin(2, 4, FAULT_FLAG_WRITE);
    expect(vmf).toMatchObject({ flags: FAULT_FLAG_WRITE, address: 2, pte: 2, pgoff: 4, origPte: 0 });
    expect(vmf).toMatchObject({ page: -1, cowPage: -1, prealloc: false });
  });
});
