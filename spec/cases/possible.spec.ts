/** A combination that cannot exist is refused with the part of the case and the kernel's reason. */
import { describe, expect, it } from 'vitest';
import { isPossible } from '../../src/cases/arbitrary.js';
import type { Case } from '../../src/cases/case.js';
import { loadCase } from '../../src/cases/load.js';
import { checkCase, type ImpossibleCase } from '../../src/cases/possible.js';
import { layout } from '../support.js';

type Parts = NonNullable<Parameters<typeof layout>[0]>;
const shmem = { kind: 'shmem' as const };
const at = (folio: object): Case['folios'] => [{ at: 0, order: 4, ...folio }] as Case['folios'];

/** A contiguous block in slots 0 to 15, but for the parts. */
const block = (parts: Parts): Parts => ({ arch: 'arm64-contpte', row: 'o'.repeat(16), contiguous: [0], ...parts });
const HALVES = [0, 8].map((at) => ({ at, order: 3 }));

const IMPOSSIBLE: readonly (readonly [reason: string, path: string, parts: Parts])[] = [
  ['slots 500 to 515 run past the page table', 'vma.tableIndex', { vma: { tableIndex: 500 } }],
  ['the mapping lies outside of the span', 'vma', { vma: { start: 20 } }],
  ['a mapping that begins before the span needs', 'vma.start', { vma: { start: -1, tableIndex: 8 } }],
  ['a mapping that ends behind the span (slot 20 of 16)', 'vma.pages', { vma: { pages: 20 } }],
  ['the per-VMA lock matters only without map_pages', 'vma.vmaLock', { vma: { vmaLock: true } }],
  ['the kernel clears VM_LOCKED of VM_SPECIAL', 'vma.flags', { vma: { flags: ['locked', 'special'] } }],
  ['MADV_RANDOM and MADV_SEQUENTIAL', 'vma.flags', { vma: { flags: ['random-read', 'sequential-read'] } }],
  ['MADV_HUGEPAGE and MADV_NOHUGEPAGE', 'vma.flags', { vma: { flags: ['hugepage', 'thp-disabled'] } }],
  ['PROT_NONE excludes write and exec', 'vma.flags', { vma: { flags: ['protnone', 'exec'] } }],
  ['must be a multiple of 512 pages', 'file.base', { file: { base: 8 } }],
  ['userfaultfd registers shmem', 'vma.flags', { vma: { flags: ['uffd-missing'] } }],
  [
    'mips64 has no userfaultfd write-protection',
    'vma.flags',
    { arch: 'mips64', vma: { flags: ['uffd-wp'] }, file: shmem },
  ],
  [
    'riscv64 has no userfaultfd minor faults',
    'vma.flags',
    { arch: 'riscv64', vma: { flags: ['uffd-minor'] }, file: shmem },
  ],
  ['shmem has no page_mkwrite', 'file.pageMkwrite', { file: { ...shmem, pageMkwrite: 'locked' } }],
  ['anonymous shmem is a shared mapping', 'file.kind', { file: { kind: 'anon-shmem' } }],
  ['the mapping begins before the file', 'vma.fileIndex', { vma: { fileIndex: -3 } }],
  ['folio of order 2 at 2 is not naturally aligned', 'folios.0', { folios: [{ at: 2, order: 2 }] }],
  ['reaches past the span of 16', 'folios.0', { folios: [{ at: 0, order: 5 }] }],
  [
    'folio overlaps another one at index 1',
    'folios.1',
    {
      folios: [
        { at: 0, order: 1 },
        { at: 1, order: 0 },
      ],
    },
  ],
  ['value entry past the span', 'valueEntries.0', { valueEntries: [16] }],
  ['index 3 holds a folio', 'valueEntries.0', { valueEntries: [3] }],
  ['page 16 is not in the folio', 'folios.0.hwpoison', { folios: at({ hwpoison: [16] }) }],
  ['page 20 is not in the folio', 'folios.0.maps', { folios: at({ maps: { '20': 1 } }) }],
  ['only a folio of order 9 is mapped by PMD', 'folios.0.pmdMaps', { folios: at({ pmdMaps: 1 }) }],
  [
    'a folio without references has no mappings',
    'folios.0.flags',
    { folios: at({ flags: ['refcount-zero'], refs: 1 }) },
  ],
  ['not mapped before it is uptodate', 'folios.0.flags', { folios: at({ flags: ['not-uptodate'], maps: { '1': 1 } }) }],
  ['row of 17 slots for a span of 16', 'row', { row: '.'.repeat(17) }],
  ['entries need a page table', 'row', { row: 'y', pmd: 'none' }],
  ['entry in slot 0 lies outside of the mapping', 'row', { row: 'y', vma: { start: 2, pages: 14 } }],
  ['slot 1 has no present entry', 'bits.1', { bits: { '1': ['write'] } }],
  ['a private copy needs a private writable mapping', 'row', { row: 'a' }],
  ['uffd-wp markers exist for shmem', 'row', { row: 'u' }],
  ['swap entries belong to private copies', 'row', { row: 's', vma: { flags: ['shared'] } }],
  ['no uptodate folio is cached', 'row', { row: 'y', folios: [] }],
  ['no uptodate folio is cached', 'row', { row: 'm', folios: at({ flags: ['refcount-zero'] }) }],
  ['arm64 has no contiguous entries', 'contiguous', { row: 'o'.repeat(16), contiguous: [0] }],
  ['PROT_NONE mapping are not contiguous', 'contiguous', block({ vma: { flags: ['protnone'] } })],
  ['slot 8: not aligned to 16', 'contiguous.0', block({ span: 32, contiguous: [8] })],
  ['slot 0: not aligned to 16', 'contiguous.0', block({ vma: { fileIndex: 1 }, row: 'o'.repeat(15) })],
  ['slot 0 is named twice', 'contiguous.1', block({ contiguous: [0, 0] })],
  ['slot 15 has no present entry, the block from 0 needs 16', 'contiguous.0', block({ row: 'o'.repeat(15) })],
  ['slot 3 has no present entry', 'contiguous.0', block({ row: `ooom${'o'.repeat(12)}` })],
  ['the block from 0 is not of one folio', 'contiguous.0', block({ folios: HALVES })],
  ['slots 0 and 3 of one block differ in more than young and dirty', 'contiguous.0', block({ bits: { 3: ['write'] } })],
  ['differ in more than young and dirty', 'contiguous.0', block({ file: shmem, bits: { 1: ['uffd-wp'] } })],
  ['slots 0 and 2 of one block differ in dirty', 'contiguous.0', block({ row: `ooO${'y'.repeat(13)}` })],
  ['a huge PMD needs a span of 512 pages', 'pmd', { pmd: 'huge' }],
  ['a huge PMD needs a mapping of the whole page table', 'pmd', { span: 512, pmd: 'huge', vma: { pages: 500 } }],
  [
    'the mapped folio must be uptodate',
    'pmd',
    { span: 512, pmd: 'huge', folios: [{ at: 0, order: 9, flags: ['not-uptodate'] }] },
  ],
  ['range reaches past the span of 16', 'steps.1', { steps: [{ read: 1 }, { zap: { from: 10, pages: 7 } }] }],
  ['slot 16 lies past the span', 'steps.0', { steps: [{ read: 16 }] }],
  ['fault at slot 5 lies outside of the mapping (slots 8 to 15)', 'steps.0', { vma: { start: 8, pages: 8 } }],
  ['only gup reaches a PROT_NONE mapping', 'steps.0', { vma: { flags: ['protnone'] } }],
  ['writing a read-only mapping', 'steps.0', { steps: [{ write: 5 }] }],
  ['at least one step must be an access', 'steps', { steps: [{ age: { from: 0, pages: 4 } }] }],
  ['at most 4 accesses, found 5', 'steps', { steps: [1, 2, 3, 4, 5].map((read) => ({ read })) }],
];

/** Where the case is impossible. */
function pathOf(plain: Case): string {
  try {
    checkCase(plain);
    return 'possible';
  } catch (error) {
    return (error as ImpossibleCase).path.join('.');
  }
}

describe('a case is impossible where', () => {
  it.each(IMPOSSIBLE)('%s (%s)', (reason, path, parts) => {
    const plain = layout(parts);
    expect(isPossible(plain)).toBe(false);
    expect(pathOf(plain)).toBe(path);
    expect(() => loadCase(plain)).toThrow(reason);
  });
});

const written: Parts = { vma: { flags: ['shared', 'write'] }, file: shmem };

describe('a case is possible where', () => {
  it.each([
    ['the mapping begins before the page table', { vma: { start: -3, pages: 19, fileIndex: 3 } }],
    ['the mapping ends behind the page table', { vma: { tableIndex: 496, pages: 30 } }],
    ['get_user_pages() forces a write into a private mapping', { steps: [{ write: 5, by: 'gup' as const }] }],
    ['a marker stands in shmem on arm64', { row: 'u', file: shmem }],
    ['entries of a contiguous block are young and old', block({ row: `y${'o'.repeat(14)}y` })],
    ['those of a writable one are clean and dirty', block({ ...written, row: `oO${'y'.repeat(14)}` })],
    ['those of a read-only one are dirty', block({ row: `OY${'O'.repeat(14)}` })],
  ])('%s', (_what, parts) => {
    expect(isPossible(layout(parts))).toBe(true);
  });
});

it('an error that is not about the case is not mistaken for one', () => {
  const broken = { ...layout(), vma: null } as unknown as Case;
  expect(() => isPossible(broken)).toThrow(TypeError);
});
