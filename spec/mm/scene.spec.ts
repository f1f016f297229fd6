/** Page frames name their pages, and the protection of new entries follows from the mapping. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { architecture } from '../../src/mm/arch/index.js';
import {
  COW_PAGES,
  FILE_REGULAR,
  FILE_SHMEM,
  PTE_EXEC,
  PTE_PRESENT,
  PTE_PROTNONE,
  PTE_USER,
  PTE_WRITE,
  PTE_YOUNG,
  VM_EXEC,
  VM_PROTNONE,
  VM_SHARED,
  VM_UFFD_WP,
  VM_WRITE,
} from '../../src/mm/bits.js';
import { ANON_PFN_BASE, COW_PFN_BASE, MKWRITE_LOCKED, PFN_BASE, Scene } from '../../src/mm/scene.js';

/** Random naturally aligned folios over the whole span. */
const tilings = fc.record({
  span: fc.constantFrom(8, 64, 512),
  orders: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 40 }),
});

function tiled(span: number, orders: readonly number[]): Scene {
  const scene = new Scene(span);
  for (let at = 0, i = 0; at < span; i++) {
    let order = orders[i % orders.length];
    while (at % (1 << order) !== 0 || at + (1 << order) > span) order--;
    scene.folioPages[at] = 1 << order;
    scene.headOf.fill(at, at, at + (1 << order));
    at += 1 << order;
  }
  return scene;
}

describe('page frames', () => {
  it('lead back to their page, in every tiling', () => {
    fc.assert(
      fc.property(tilings, ({ span, orders }) => {
        const scene = tiled(span, orders);
        for (let page = 0; page < span + COW_PAGES; page++) expect(scene.pageOfPfn(scene.pfnOf(page))).toBe(page);
      }),
      { numRuns: 60 },
    );
  });

  it('are aligned like their folio and contiguous in it, and the next one is never the next folio', () => {
    fc.assert(
      fc.property(tilings, ({ span, orders }) => {
        const scene = tiled(span, orders);
        for (let head = 0; head < span; head += scene.folioPages[head]) {
          const pages = scene.folioPages[head];
          expect(scene.pfnOf(head) % pages).toBe(0);
          for (let i = 0; i < pages; i++) expect(scene.pfnOf(head + i)).toBe(scene.pfnOf(head) + i);
          expect(scene.pageOfPfn(scene.pfnOf(head) + pages)).toBe(-1);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('outside of the file name no page', () => {
    const scene = new Scene(8);
    const pfns = [0, PFN_BASE - 1, PFN_BASE + 2 * 8, ANON_PFN_BASE, ANON_PFN_BASE + 7];
    expect(pfns.map((pfn) => scene.pageOfPfn(pfn))).toEqual([-1, -1, -1, -1, -1]);
    expect(scene.pageOfPfn(COW_PFN_BASE + 1)).toBe(9);
  });
});

function prot(vmFlags: number, more: Partial<Scene> = {}): number {
  const scene = new Scene(8);
  Object.assign(scene, { vmFlags, ...more });
  scene.prepare();
  return scene.pageProt();
}

describe('the protection of a new entry', () => {
  const plain = PTE_PRESENT | PTE_USER;
  it('is read-only for private mappings', () => {
    expect(prot(VM_WRITE)).toBe(plain | PTE_YOUNG);
  });

  it('is writable at once for shared shmem, and not where a write must be noticed first', () => {
    const shared = VM_SHARED | VM_WRITE;
    expect(prot(shared, { fileKind: FILE_SHMEM }) & PTE_WRITE).toBe(PTE_WRITE);
    expect(prot(shared, { fileKind: FILE_SHMEM, mkwrite: MKWRITE_LOCKED }) & PTE_WRITE).toBe(0);
    expect(prot(shared, { fileKind: FILE_REGULAR }) & PTE_WRITE).toBe(0);
    expect(prot(shared | VM_UFFD_WP, { fileKind: FILE_SHMEM }) & PTE_WRITE).toBe(0);
  });

  it('leaves entries alone that were made before the mapping was registered with userfaultfd', () => {
    const scene = new Scene(8);
    Object.assign(scene, { vmFlags: VM_SHARED | VM_WRITE | VM_UFFD_WP, fileKind: FILE_SHMEM });
    scene.prepare();
    expect(scene.unregisteredPageProt() & PTE_WRITE).toBe(PTE_WRITE);
  });

  it('is executable where the mapping is', () => {
    expect(prot(VM_EXEC)).toBe(plain | PTE_YOUNG | PTE_EXEC);
  });

  it('is inaccessible under PROT_NONE', () => {
    const flags = prot(VM_PROTNONE, { arch: architecture('arm64') });
    expect(flags & (PTE_PROTNONE | PTE_USER | PTE_EXEC | PTE_PRESENT)).toBe(PTE_PROTNONE | PTE_PRESENT);
  });

  it.each([
    ['x86-64', PTE_YOUNG],
    ['arm64', PTE_YOUNG],
    ['mips64', 0],
    ['loongarch64', PTE_YOUNG],
  ])('is young or old on %s as protection_map says', (name, young) => {
    expect(prot(0, { arch: architecture(name) }) & PTE_YOUNG).toBe(young);
  });

  it('is old on loongarch64 under PROT_NONE, where protection_map has no VALID bit', () => {
    expect(prot(VM_PROTNONE, { arch: architecture('loongarch64') }) & PTE_YOUNG).toBe(0);
  });
});

describe('the geometry of the page cache', () => {
  it('is another one after every change of it', () => {
    const scene = new Scene(8);
    const seen = [scene.geometry];
    scene.setHwpoison(3, true);
    expect(scene.hwpoison[3]).toBe(1);
    seen.push(scene.geometry);
    scene.setHwpoison(3, false);
    expect(scene.hwpoison[3]).toBe(0);
    seen.push(scene.geometry);
    scene.clearCache();
    seen.push(scene.geometry);
    expect(new Set(seen).size).toBe(4);
  });
});
