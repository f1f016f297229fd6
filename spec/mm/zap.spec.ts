/** What was mapped can be taken away again, and nothing is left of it. */
import { describe, expect, it } from 'vitest';
import { BY_DEVICE } from '../../src/mm/access.js';
import { ASSERT_BAD_PAGE_MAP } from '../../src/mm/assertions.js';
import { FOLIO_DIRTY, FOLIO_MLOCKED, PMD_NONE, PMD_YOUNG, PTE_CONT, PTE_YOUNG } from '../../src/mm/bits.js';
import {
  ASSERTIONS,
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
  PMD,
} from '../../src/mm/fields.js';
import { Image } from '../../src/mm/image.js';
import { ageRange, ownEntry, unmapPage, zapRange } from '../../src/mm/zap.js';
import { layout, type Machine, machine, smallFolios } from '../support.js';

const COUNTERS = [
  MM_FILEPAGES,
  MM_SHMEMPAGES,
  MM_SWAPENTS,
  NR_FILE_MAPPED,
  NR_ANON_MAPPED,
  NR_FILE_PMDMAPPED,
  NR_SHMEM_PMDMAPPED,
  NR_MLOCK,
];

/** Counters, references and mapcounts. */
function books({ image }: Machine): unknown {
  return {
    counters: COUNTERS.map((word) => image.mm[word]),
    refcount: [...image.refcount],
    mapcounts: Array.from(image.page, (_, page) => image.pageMapcount(page)),
    nrPagesMapped: [...image.nrPagesMapped],
    largeMapcount: [...image.largeMapcount],
  };
}

describe('zapping', () => {
  it.each([
    ['fault-around of one large folio', layout()],
    ['fault-around of small folios', layout({ folios: smallFolios(16) })],
    ['pages that other mms map too', layout({ folios: [{ at: 0, order: 4, maps: { '5': 2, '6': 1 } }] })],
    ['mlocked small folios', layout({ folios: smallFolios(16), vma: { flags: ['locked'] } })],
    ['shmem, a folio mapped whole', layout({ vma: { flags: ['shared'] }, file: { kind: 'anon-shmem' } })],
    ['a PMD mapping', layout({ span: 512, pmd: 'none' })],
    ['a PMD mapping of shmem', layout({ span: 512, pmd: 'none', file: { kind: 'shmem' } })],
    ['a second PMD mapping', layout({ span: 512, pmd: 'none', folios: [{ at: 0, order: 9, pmdMaps: 2 }] })],
    ['an mlocked PMD mapping', layout({ span: 512, pmd: 'none', vma: { flags: ['locked'] } })],
  ])('%s puts the books back in order', (_what, plain) => {
    const m = machine(plain, 'batched@reference');
    const before = books(m);
    expect(m.touch(5)).toBe(1);
    expect(books(m)).not.toEqual(before);
    zapRange(m.scene, m.image, 0, m.scene.span);
    expect(books(m)).toEqual(before);
    expect(m.row().replaceAll('.', '')).toBe('');
  });

  it('gives back the memcg’s part of a PMD mapping where the kernel keeps one', () => {
    const m = machine(layout({ span: 512, pmd: 'none', vma: { flags: ['locked'] } }), 'legacy@v6.1');
    const mm = [...m.image.mm.slice(MM_FILEPAGES, NR_MLOCK)];
    m.touch(5);
    zapRange(m.scene, m.image, 0, 512);
    expect([...m.image.mm.slice(MM_FILEPAGES, NR_MLOCK)]).toEqual(mm);
    expect([m.mm(NR_MLOCK), m.image.folioTest(0, FOLIO_MLOCKED), m.mm(PMD)]).toEqual([0, false, PMD_NONE]);
  });

  it('takes the part of a range that lies in the span, and leaves page tables', () => {
    const m = machine(layout());
    m.touch(5);
    zapRange(m.scene, m.image, 12, 400);
    expect(m.row()).toBe('yyyyyyyyyyyy....');
    expect(m.mm(MM_NR_PTES)).toBe(1);
  });

  it('frees a private copy with its last entry', () => {
    const m = machine(layout({ vma: { flags: ['write', 'locked'] } }));
    m.touch(5, { write: true });
    expect([m.image.refcount[16], m.mm(MM_ANONPAGES), m.mm(NR_MLOCK)]).toEqual([1, 1, 1]);
    zapRange(m.scene, m.image, 5, 1);
    expect([m.image.refcount[16], m.image.folio[16], m.image.page[16]]).toEqual([0, 0, 0]);
    expect([m.mm(MM_ANONPAGES), m.mm(NR_ANON_MAPPED), m.mm(NR_MLOCK)]).toEqual([0, 0, 0]);
  });

  it('knows swap entries, migration entries, markers and older private copies', () => {
    const m = machine(layout({ vma: { flags: ['write'] }, file: { kind: 'shmem' }, row: 'smuay' }));
    expect([MM_SWAPENTS, MM_SHMEMPAGES, MM_ANONPAGES].map(m.mm)).toEqual([1, 2, 1]);
    zapRange(m.scene, m.image, 0, 16);
    expect([MM_SWAPENTS, MM_SHMEMPAGES, MM_ANONPAGES].map(m.mm)).toEqual([0, 0, 0]);
    expect(m.mm(ASSERTIONS)).toBe(0);
  });

  it('carries the dirty bit over to the folio', () => {
    const m = machine(layout({ vma: { flags: ['shared', 'write'] }, row: 'O' }));
    zapRange(m.scene, m.image, 0, 1);
    expect(m.image.folioTest(0, FOLIO_DIRTY)).toBe(true);
  });

  it('notices an entry whose page does not know of it', () => {
    const m = machine(layout({ row: 'y' }));
    m.image.page[0] = 0;
    zapRange(m.scene, m.image, 0, 1);
    expect(m.mm(ASSERTIONS)).toBe(1 << ASSERT_BAD_PAGE_MAP);
  });

  it('unfolds a contiguous block before one of its entries goes', () => {
    const m = machine(layout({ arch: 'arm64-contpte' }));
    m.touch(5);
    zapRange(m.scene, m.image, 3, 1);
    expect(m.row()).toBe('yyy.yyyyyyyyyyyy');
    expect([...m.image.pte].some((flags) => (flags & PTE_CONT) !== 0)).toBe(false);
  });
});

describe('ageing', () => {
  it('makes entries old, so that a device faults again and a processor does not', () => {
    const m = machine(layout());
    m.touch(5);
    ageRange(m.scene, m.image, 4, 2);
    expect(m.row()).toBe('yyyyooyyyyyyyyyy');
    expect([m.touch(4), m.touch(5, { by: BY_DEVICE })]).toEqual([0, 1]);
  });

  it('leaves what is not present alone', () => {
    const m = machine(layout({ vma: { flags: ['write'] }, row: 's.m' }));
    const before = new Image(16);
    before.copyFrom(m.image);
    ageRange(m.scene, m.image, 0, 16);
    expect(m.image.words).toEqual(before.words);
  });

  it('of one entry ages its whole contiguous block', () => {
    const m = machine(layout({ arch: 'arm64-contpte', span: 32, folios: [{ at: 0, order: 5 }] }));
    m.touch(5);
    m.touch(20);
    ageRange(m.scene, m.image, 7, 1);
    expect(m.row()).toBe(`${'o'.repeat(16)}${'y'.repeat(16)}`);
  });

  it('clears the accessed bit of a huge PMD', () => {
    const m = machine(layout({ span: 512, pmd: 'huge' }));
    ageRange(m.scene, m.image, 0, 1);
    expect(m.mm(PMD) & PMD_YOUNG).toBe(0);
  });
});

describe('taking a page out of every page table', () => {
  it('ends its mappings in other mms, by entry and by PMD, with their references', () => {
    const folios = [{ at: 0, order: 9, pmdMaps: 2, maps: { '3': 2 } }];
    const m = machine(layout({ span: 512, folios }));
    expect(m.image.refcount[0]).toBe(512 + 2 + 2);
    unmapPage(m.scene, m.image, 3);
    expect([m.image.refcount[0], m.image.entireMapcount(0), m.image.pageMapcount(3)]).toEqual([512, 0, 0]);
    expect([NR_FILE_MAPPED, NR_FILE_PMDMAPPED].map(m.mm)).toEqual([0, 0]);
    unmapPage(m.scene, m.image, 4);
    expect(m.image.refcount[0]).toBe(512);
  });

  it('is about the file’s pages: an older private copy is nobody’s page', () => {
    const m = machine(layout({ vma: { flags: ['write'] }, row: 'a.o' }));
    expect([0, 1, 2].map((slot) => ownEntry(m.scene, m.image, slot))).toEqual([-1, -1, 2]);
    expect(m.image.pte[0] & PTE_YOUNG).toBe(PTE_YOUNG);
  });
});
