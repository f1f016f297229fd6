/** Each invariant notices the one wrong word that it is about: a correct fault, spoiled by hand. */
import { describe, expect, it } from 'vitest';
import { BATCHED_REVISIONS } from '../../src/batched/index.js';
import { type Case, CaseSchema } from '../../src/cases/case.js';
import { loadCase } from '../../src/cases/load.js';
import { STEP_WRITE, Steps } from '../../src/cases/steps.js';
import { Access } from '../../src/mm/access.js';
import { ASSERT_BAD_PAGE_MAP, ASSERT_RMAP_RANGE, ASSERT_SET_PTES_NONE } from '../../src/mm/assertions.js';
import { FOLIO_LOCKED, PAGE_ANON_EXCLUSIVE, PTE_CONT, PTE_UFFD_WP, PTE_WRITE, PTE_YOUNG } from '../../src/mm/bits.js';
import * as F from '../../src/mm/fields.js';
import { Image } from '../../src/mm/image.js';
import { MKWRITE_NONE } from '../../src/mm/scene.js';
import { zapRange } from '../../src/mm/zap.js';
import { INVARIANTS, type Moment, violated, violatedAfterTeardown } from '../../src/oracle/invariants.js';

const REFERENCE = BATCHED_REVISIONS[0];
const SPAN = 32;

/** Folios of pages 0 to 3, 4, 5, 6, 7 and 8 to 15; slot 1 is populated; the window is the first 16 slots. */
const PLAIN = {
  arch: 'arm64',
  span: SPAN,
  vma: { start: 0, pages: SPAN },
  file: { size: SPAN * 4096, mmapMiss: 50 },
  folios: [{ at: 0, order: 2 }, ...[4, 5, 6, 7].map((at) => ({ at, order: 0 })), { at: 8, order: 3 }],
  row: '.o',
  steps: [{ read: 5 }],
};

/** Runs the first fault of a case on the reference. */
function faultOf(plain: object): Moment {
  const parsed: Case = CaseSchema.parse(plain);
  const { scene, image } = loadCase(parsed);
  const steps = new Steps();
  steps.load(parsed);
  const before = new Image(parsed.span);
  before.copyFrom(image);
  const access = new Access(new REFERENCE.engine(scene, image));
  access.begin(steps.at[0], steps.kind[0] === STEP_WRITE, steps.extra[0]);
  expect(access.needsFault()).toBe(true);
  access.fault();
  const { slot, write, by } = access;
  return { scene, before, after: image, slot, write, by, ret: image.mm[F.RET], revision: REFERENCE };
}

const around = (): Moment => faultOf(PLAIN);
const inRun = (): Moment => faultOf({ ...PLAIN, steps: [{ read: 9 }] });
const alone = (): Moment => faultOf({ ...PLAIN, faultAroundPages: 1 });
const privateWrite = (): Moment =>
  faultOf({ ...PLAIN, vma: { ...PLAIN.vma, flags: ['write'] }, steps: [{ write: 5 }] });
const locked = (): Moment => faultOf({ ...PLAIN, vma: { ...PLAIN.vma, flags: ['locked'] } });
const contiguous = (): Moment =>
  faultOf({ ...PLAIN, arch: 'arm64-contpte', folios: [{ at: 0, order: 4 }], row: '', steps: [{ read: 5 }] });
const refusedWrite = (): Moment =>
  faultOf({
    ...PLAIN,
    vma: { ...PLAIN.vma, flags: ['shared', 'write'] },
    file: { ...PLAIN.file, pageMkwrite: 'nopage' },
    steps: [{ write: 5 }],
  });
const marker = (): Moment =>
  faultOf({
    ...PLAIN,
    vma: { ...PLAIN.vma, flags: ['shared', 'write', 'uffd-wp'] },
    file: { ...PLAIN.file, kind: 'shmem' },
    row: '.....u',
    steps: [{ write: 5 }],
  });

function ids(moment: Moment): string[] {
  const out: number[] = [];
  const count = violated(moment, out);
  const names = out.slice(0, count).map((i) => INVARIANTS[i].id);
  const checked = INVARIANTS.filter(({ check }) => !check(moment)).map(({ id }) => id);
  expect(checked, 'check() and violated() agree').toEqual(names);
  return names;
}

type Spoil = (moment: Moment) => void;
type Row = [id: string, what: string, make: () => Moment, spoil: Spoil, others?: string[]];

/** Adds to a counter. */
const add =
  (word: number, n: number): Spoil =>
  ({ after }) => {
    after.mm[word] += n;
  };
/** Toggles flags of the entry in a slot. */
const entry =
  (slot: number, flags: number): Spoil =>
  ({ after }) => {
    after.pte[slot] ^= flags;
  };
/** Adds to a word of a column. */
const word =
  (
    column: 'page' | 'refcount' | 'maintenance' | 'largeMapcount' | 'nrPagesMapped' | 'pfn',
    at: number,
    n: number,
  ): Spoil =>
  ({ after }) => {
    after[column][at] += n;
  };

const ROWS: Row[] = [
  ['I1', 'a folio counts one mapping too many', inRun, word('largeMapcount', 8, 1)],
  ['I1', 'a page has lost its mapping', around, word('page', 5, -1), ['I2', 'I4']],
  ['I2', 'a reference is left over', around, word('refcount', 6, 1)],
  ['I2', 'a folio that is not cached has a reference', around, word('refcount', 20, 1)],
  ['I3', 'an anonymous page is counted', around, add(F.MM_ANONPAGES, 1)],
  ['I3', 'a swap entry is counted', around, add(F.MM_SWAPENTS, 1)],
  ['I4', 'the node counts a page twice', around, add(F.NR_FILE_MAPPED, 1)],
  ['I4', 'the memcg counts a copy that is none', around, add(F.MEMCG_ANON_MAPPED, 1)],
  ['I4b', 'PMD-mapped pages without a PMD', around, add(F.NR_SHMEM_PMDMAPPED, 512)],
  ['I4b', 'the memcg counts PMD-mapped pages', around, add(F.MEMCG_FILE_PMDMAPPED, 512)],
  ['I4c', 'a page too many is mapped', around, word('nrPagesMapped', 8, 1)],
  ['I5', 'the mapping ends earlier', around, ({ scene }) => Object.assign(scene, { vmaPages: 10 })],
  ['I5', 'the window is smaller', around, ({ scene }) => Object.assign(scene, { faultAroundPages: 8 })],
  ['I6', 'the file ends earlier', around, ({ before }) => before.mm.fill(12, F.I_SIZE, F.I_SIZE + 1)],
  ['I7', 'an entry maps the page of another folio', around, word('pfn', 5, 2), ['I1']],
  ['I8', 'the faulting entry is old', around, entry(5, PTE_YOUNG)],
  ['I9', 'a prefaulted entry is young', around, entry(6, PTE_YOUNG)],
  ['I10', 'an entry is write-protected for nobody', around, entry(6, PTE_UFFD_WP)],
  ['I10', 'the protection of the marker is lost', marker, entry(5, PTE_UFFD_WP)],
  ['I10', 'a protected entry is writable', marker, entry(5, PTE_WRITE), ['I11']],
  ['I11', 'a read makes a writable entry', around, entry(5, PTE_WRITE)],
  ['I12', 'a page is poisoned', around, ({ scene }) => scene.hwpoison.fill(1, 12, 13)],
  ['I13', 'an old entry became young', around, entry(1, PTE_YOUNG)],
  ['I13', 'an entry is gone', around, ({ after }) => after.writePte(1, 0, 0), ['I1', 'I3', 'I17']],
  ['I14', 'a folio stays locked', around, ({ after }) => after.folioSet(7, FOLIO_LOCKED)],
  ['I14', "another folio's lock is taken away", around, ({ before }) => before.folioSet(7, FOLIO_LOCKED)],
  ['I15', 'the fault was handled, and is not reported', around, (moment) => Object.assign(moment, { ret: 0 })],
  ['I15', '->fault was called all the same', around, add(F.FAULT_CALLS, 1)],
  ['I16', 'fault-around counts a miss', around, add(F.MMAP_MISS, 50)],
  ['I16', 'a negative number of misses', around, add(F.MMAP_MISS, -100)],
  ['I17', 'an entry was stored twice', around, word('maintenance', 5, 1)],
  ['I17', 'the MMU cache was not told', around, word('maintenance', 6, -0x010000)],
  ['I17', 'a page that is not mapped was flushed', around, word('maintenance', 20, 0x0100)],
  ['I18', 'one entry of the run is old', inRun, entry(12, PTE_YOUNG)],
  ['I19', 'set_ptes() met an entry', around, add(F.ASSERTIONS, 1 << ASSERT_SET_PTES_NONE)],
  ['I20', 'the rmap was given pages of another folio', around, add(F.ASSERTIONS, 1 << ASSERT_RMAP_RANGE)],
  ['I21', 'the copy is not exclusive', privateWrite, word('page', SPAN, -PAGE_ANON_EXCLUSIVE)],
  ['I21', 'a free page has a flag', around, word('page', SPAN, PAGE_ANON_EXCLUSIVE)],
  ['I22', 'a page too many is mlocked', locked, add(F.NR_MLOCK, 1)],
  ['I22', 'the mapping does not mlock', locked, ({ scene }) => Object.assign(scene, { vmFlags: 0 })],
  ['I23', 'a page table is counted', around, add(F.MM_NR_PTES, 1)],
  ['I24', 'no ->fault brought the page', alone, add(F.FAULT_CALLS, -1)],
  [
    'I25',
    'nobody asked for the repetition',
    refusedWrite,
    ({ scene }) => Object.assign(scene, { mkwrite: MKWRITE_NONE }),
  ],
  ['I26', 'shmem and file pages at once', around, add(F.MM_SHMEMPAGES, 1), ['I3']],
  ['I27', 'the block has a gap', contiguous, entry(7, PTE_CONT)],
];

describe('a correct fault', () => {
  it.each([
    ['fault-around', around],
    ['fault-around with the fault in a run', inRun],
    ['a single page', alone],
    ['a private write', privateWrite],
    ['a refused write', refusedWrite],
    ['a uffd-wp marker', marker],
    ['a contiguous block', contiguous],
    ['a locked mapping', locked],
  ])('violates nothing: %s', (_name, make) => {
    expect(ids(make())).toEqual([]);
  });
});

describe('a wrong word', () => {
  it.each<Row>(ROWS)('violates %s: %s', (id, _what, make, spoil, others = []) => {
    const moment = make();
    spoil(moment);
    const order = INVARIANTS.map((invariant) => invariant.id);
    const expected = [id, ...others].sort((a, b) => order.indexOf(a) - order.indexOf(b));
    expect(ids(moment)).toEqual(expected);
  });

  it('is tried for every invariant', () => {
    const tried = new Set(ROWS.map(([id]) => id));
    expect(INVARIANTS.map(({ id }) => id).filter((id) => !tried.has(id))).toEqual([]);
  });
});

describe('after a teardown', () => {
  /** One fault, then everything is unmapped, then the state is spoiled. */
  function left(plain: object, spoil: (after: Image) => void = () => {}): string[] {
    const { scene, after } = faultOf(plain);
    const base = loadCase(CaseSchema.parse(plain)).image;
    zapRange(scene, after, 0, SPAN);
    spoil(after);
    const out: number[] = [];
    const count = violatedAfterTeardown(scene, after, base, REFERENCE, out);
    return out.slice(0, count).map((i) => INVARIANTS[i].id);
  }
  const shared = {
    ...PLAIN,
    folios: [
      { at: 0, order: 3, maps: { '2': 3 }, refs: 1 },
      { at: 8, order: 3 },
    ],
    row: '',
  };

  it('nothing is left but what others hold', () => {
    expect(left(shared)).toEqual([]);
    expect(left({ ...PLAIN, row: '.os.o' })).toEqual([]);
    expect(left({ ...PLAIN, vma: { ...PLAIN.vma, flags: ['write', 'locked'] }, steps: [{ write: 5 }] })).toEqual([]);
  });

  const change = (column: number, n: number) => (after: Image) => {
    after.mm[column] += n;
  };
  it.each<[string, string[], (after: Image) => void]>([
    ['a reference is left', ['I2'], (after) => after.folioGet(8)],
    ['a resident page is left', ['I3'], change(F.MM_FILEPAGES, 1)],
    ['a swap entry is left', ['I3'], change(F.MM_SWAPENTS, 1)],
    ['an entry is left', ['I3'], (after) => after.writePte(3, 0, 1)],
    ['a mapped page is still counted', ['I4'], change(F.MEMCG_FILE_MAPPED, 1)],
    ['an entry was unknown to its page', ['I1'], (after) => after.assertion(ASSERT_BAD_PAGE_MAP)],
    ['an mlocked page is still counted', ['I22'], change(F.NR_MLOCK, 1)],
    ['a mapping of another mm was taken too', ['I1', 'I2'], (after) => after.page.fill(2, 2, 3)],
  ])('%s: %j', (_what, expected, spoil) => {
    expect(left(shared, spoil)).toEqual(expected);
  });
});
