/** Loading computes what follows from the choices: references, mapcounts, counters. */
import { describe, expect, it } from 'vitest';
import { entryFlags, loadCase } from '../../src/cases/load.js';
import { STEP_AGE, STEP_READ, STEP_WRITE, STEP_ZAP, Steps } from '../../src/cases/steps.js';
import { BY_CPU, BY_DEVICE, BY_GUP } from '../../src/mm/access.js';
import { ENTIRELY_MAPPED, FOLIO_HAS_HWPOISONED, FOLIO_MLOCKED, PTE_UFFD_WP, PTE_WRITE } from '../../src/mm/bits.js';
import {
  I_SIZE,
  MM_ANONPAGES,
  MM_FILEPAGES,
  MM_NR_PTES,
  MM_SHMEMPAGES,
  MM_SWAPENTS,
  NR_ANON_MAPPED,
  NR_FILE_MAPPED,
  NR_FILE_PMDMAPPED,
  NR_MLOCK,
  NR_SHMEM_PMDMAPPED,
} from '../../src/mm/fields.js';
import { layout, smallFolios } from '../support.js';

const load = (parts: Parameters<typeof layout>[0]) => loadCase(layout(parts));

describe('a loaded layout', () => {
  it('has one reference for each page, mapping and holder', () => {
    const { image } = load({ folios: [{ at: 0, order: 4, maps: { '3': 2 }, refs: 3 }], row: 'yo' });
    expect(image.refcount[0]).toBe(16 + 2 + 3 + 2);
    expect([0, 1, 2, 3].map((page) => image.pageMapcount(page))).toEqual([1, 1, 0, 2]);
    expect([image.mm[MM_FILEPAGES], image.mm[NR_FILE_MAPPED], image.largeMapcount[0]]).toEqual([2, 3, 4]);
  });

  it('counts each kind of entry where the kernel does', () => {
    const { image } = load({ row: 'smyua', vma: { flags: ['write'] }, file: { kind: 'shmem' } });
    const words = [MM_SWAPENTS, MM_SHMEMPAGES, MM_ANONPAGES, NR_ANON_MAPPED, MM_NR_PTES];
    expect(words.map((word) => image.mm[word])).toEqual([1, 2, 1, 1, 1]);
  });

  it('counts pages under PMD mappings once', () => {
    const { image } = load({ span: 512, pmd: 'huge', folios: [{ at: 0, order: 9, pmdMaps: 2, maps: { '7': 1 } }] });
    expect([image.mm[NR_FILE_MAPPED], image.mm[NR_FILE_PMDMAPPED], image.entireMapcount(0)]).toEqual([512, 512, 3]);
    expect([image.nrPagesMapped[0], image.refcount[0]]).toEqual([ENTIRELY_MAPPED + 1, 512 + 2 + 1 + 1]);
    expect(image.mm[MM_NR_PTES]).toBe(0);
  });

  it('knows shmem under PMD mappings apart', () => {
    const { image } = load({
      span: 512,
      pmd: 'none',
      file: { kind: 'shmem' },
      folios: [{ at: 0, order: 9, pmdMaps: 1 }],
    });
    expect([image.mm[NR_SHMEM_PMDMAPPED], image.mm[NR_FILE_PMDMAPPED]]).toEqual([512, 0]);
  });

  it('mlocks the small folios that a locked mapping maps, once', () => {
    const { image } = load({ folios: smallFolios(16), vma: { flags: ['locked'] }, row: 'yy' });
    expect([image.mm[NR_MLOCK], image.folioTest(0, FOLIO_MLOCKED), image.folioTest(2, FOLIO_MLOCKED)]).toEqual([
      2,
      true,
      false,
    ]);
  });

  it('knows of poisoned pages in their folio', () => {
    const { image, scene } = load({ folios: [{ at: 0, order: 4, hwpoison: [3] }] });
    expect([image.folioTest(0, FOLIO_HAS_HWPOISONED), scene.hwpoison[3]]).toEqual([true, 1]);
  });

  it('leaves a frozen folio without references', () => {
    expect(load({ folios: [{ at: 0, order: 4, flags: ['refcount-zero'] }] }).image.refcount[0]).toBe(0);
  });

  it.each([
    [0, 0, 0],
    [1, 1, 1],
    [4096, 1, 4096],
    [4097, 2, 1],
  ])('rounds an i_size of %d bytes to %d pages and keeps the %d bytes of the last', (size, pages, tail) => {
    const { scene, image } = load({ file: { size } });
    expect([image.mm[I_SIZE], scene.iSizeTail]).toEqual([pages, tail]);
  });

  it('keeps a uffd-wp entry write-protected', () => {
    const vma = { flags: ['shared' as const, 'write' as const, 'uffd-wp' as const] };
    const { image } = load({ arch: 'x86-64', vma, file: { kind: 'shmem' }, row: 'yy', bits: { '0': ['uffd-wp'] } });
    expect(image.pte[0] & (PTE_UFFD_WP | PTE_WRITE)).toBe(PTE_UFFD_WP);
    expect(image.pte[1] & (PTE_UFFD_WP | PTE_WRITE)).toBe(PTE_WRITE);
  });

  it('has no entry where the row has no letter', () => {
    expect(entryFlags(load({}).scene, '.')).toBe(0);
  });
});

describe('steps', () => {
  it('are the accesses and what happens between them, in order', () => {
    const steps = new Steps();
    const range = { from: 2, pages: 3 };
    const list = [
      { read: 1 },
      { write: 2, by: 'device' as const },
      { zap: range },
      { read: 3, by: 'gup' as const },
      { age: range },
    ];
    steps.load(layout({ steps: list, vma: { flags: ['write'] }, teardown: true }));
    expect([...steps.kind].slice(0, 5)).toEqual([STEP_READ, STEP_WRITE, STEP_ZAP, STEP_READ, STEP_AGE]);
    expect([...steps.at].slice(0, 5)).toEqual([1, 2, 2, 3, 2]);
    expect([...steps.extra].slice(0, 5)).toEqual([BY_CPU, BY_DEVICE, 3, BY_GUP, 3]);
    expect([0, 1, 2].map((i) => steps.isAccess(i))).toEqual([true, true, false]);
    expect(steps.teardown).toBe(true);
    steps.clear();
    expect([steps.count, steps.teardown]).toEqual([0, false]);
  });
});
