/** Facts fit into a word, can be read back from it, and say what a person would say of the case. */
import { describe, expect, it } from 'vitest';
import type { Case } from '../../src/cases/case.js';
import { loadCase } from '../../src/cases/load.js';
import { LegacyEngine } from '../../src/legacy/index.js';
import { Access } from '../../src/mm/access.js';
import { FACTS, Facts, factMask, unpack, unpackFault } from '../../src/oracle/facts.js';
import { Prediction } from '../../src/oracle/prediction.js';
import { layout } from '../support.js';

interface CaseFacts {
  readonly fault: unknown;
  readonly mm: unknown;
  at(slot: number): unknown;
  folio(at: number): unknown;
}

function factsOf(plain: Case): CaseFacts {
  const { scene, image } = loadCase(plain);
  const access = new Access(new LegacyEngine(scene, image));
  const [step] = plain.steps;
  const write = 'write' in step;
  access.begin(write ? step.write : (step as { read: number }).read, write, 0);
  const prediction = new Prediction(plain.span);
  prediction.predict(scene, image, access);
  const facts = new Facts(prediction);
  facts.begin(scene, image);
  return {
    fault: unpackFault(facts.word),
    mm: unpack(facts.ofMm(), 'mm'),
    at: (slot) => unpack(facts.ofSlot(slot), 'page'),
    folio: (at) => unpack(facts.ofFolio(at), 'folio'),
  };
}

describe('the list of facts', () => {
  it.each(['page', 'mm'] as const)('gives each its own bits of the word of a site (%s)', (kind) => {
    const names = FACTS.filter(({ scope }) => [kind, 'fault', 'folio'].includes(scope)).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const masks = names.map((name) => factMask([name]));
    for (const [i, a] of masks.entries()) {
      expect(a).not.toBe(0);
      for (const b of masks.slice(i + 1)) expect(a & b).toBe(0);
    }
    expect(factMask(['no such fact'])).toBe(0);
  });

  it('keeps what a page has from a folio and from the mm', () => {
    expect(unpack(-1, 'page')).toMatchObject({ faultPage: true, large: true, around: true, oneFolio: false });
    expect(unpack(-1, 'folio')).toMatchObject({ faultPage: false, large: true, around: true, oneFolio: false });
    expect(unpack(-1, 'mm')).toMatchObject({ faultPage: false, large: true, around: true, oneFolio: true });
  });

  it('has room for every name, and says so where a value has none', () => {
    for (const { names, bits } of FACTS) if (names !== undefined) expect(names.length).toBeLessThanOrEqual(1 << bits);
    expect(unpack(-1, 'mm').access).toBe('unknown');
  });
});

describe('the facts of a fault', () => {
  it.each([
    ['a read in a window', {}, { access: 'read', path: 'fault-around', around: true, wantsOld: true }],
    ['x86', { arch: 'x86-64' as const }, { wantsOld: false, dcache: false, contpte: false }],
    ['contiguous PTEs', { arch: 'arm64-contpte' as const }, { contpte: true }],
    ['a locked mapping', { vma: { flags: ['locked' as const] } }, { mlock: true }],
    ['a special mapping', { vma: { flags: ['special' as const] } }, { mlock: false }],
    ['an executable mapping', { vma: { flags: ['exec' as const] } }, { dcache: true }],
    [
      'a PROT_NONE mapping',
      { vma: { flags: ['protnone' as const] }, steps: [{ read: 5, by: 'gup' as const }] },
      { protnone: true },
    ],
    ['a readable mapping', {}, { protnone: false }],
    ['no page table', { pmd: 'none' as const }, { pmdNone: true }],
    ['the first page of a run', { steps: [{ read: 0 }] }, { faultStartsRun: true }],
    ['another page of a run', {}, { faultStartsRun: false }],
    ['the per-VMA lock', { vma: { mapPages: false, vmaLock: true } }, { vmaLock: true, around: false }],
    ['a race', { race: { kind: 'i-size-shrinks' as const, at: 3 } }, { race: true }],
    ['truncation by page_mkwrite', { file: { pageMkwrite: 'truncated' as const } }, { race: true }],
    [
      'a workingset folio',
      { folios: [{ at: 0, order: 4, flags: ['workingset' as const] }], file: { mmapMiss: 9 } },
      { missesDiffer: true },
    ],
    ['no misses to lower', { folios: [{ at: 0, order: 4, flags: ['workingset' as const] }] }, { missesDiffer: false }],
    ['bad memory', { folios: [{ at: 0, order: 4, hwpoison: [5] }] }, { path: 'poisoned', poisonedLarge: true }],
    [
      'bad memory in a small folio',
      { folios: [{ at: 5, order: 0, hwpoison: [5] }] },
      { path: 'poisoned', poisonedLarge: false },
    ],
    [
      'a private write',
      { vma: { flags: ['write' as const] }, steps: [{ write: 5 }] },
      { access: 'cow', path: 'finish-one' },
    ],
  ])('with %s', (_what, parts, expected) => {
    expect(factsOf(layout(parts)).fault).toMatchObject(expected);
  });
});

describe('the facts of the mm', () => {
  it.each([
    ['the only folio', {}, { oneFolio: true, large: true, faultStartsRun: false, firstPopulated: false }],
    ['a folio whose first entry is populated', { row: 'y' }, { oneFolio: true, firstPopulated: true }],
    ['one of two folios', { folios: [0, 8].map((at) => ({ at, order: 3 })) }, { oneFolio: false, large: true }],
    [
      'one folio that can be used, of two',
      {
        folios: [
          { at: 0, order: 3 },
          { at: 8, order: 3, flags: ['locked' as const] },
        ],
      },
      { oneFolio: true },
    ],
    [
      'a folio behind which lies one beyond i_size',
      { folios: [0, 8].map((at) => ({ at, order: 3 })), file: { size: 8 * 4096 } },
      { oneFolio: true },
    ],
    ['no fault-around', { faultAroundPages: 1 }, { oneFolio: false, large: true }],
  ])('with %s', (_what, parts, expected) => {
    expect(factsOf(layout(parts)).mm).toMatchObject(expected);
  });

  it('are those of the fault alone where it lies outside of the file', () => {
    const plain = layout({
      vma: { fileIndex: 8 },
      folios: [
        { at: 8, order: 3 },
        { at: 0, order: 3 },
      ],
      steps: [{ read: 12 }],
    });
    expect(factsOf(plain).mm).toMatchObject({ around: true, large: false, oneFolio: true });
  });
});

describe('the facts of a site', () => {
  const plain = layout({
    span: 32,
    folios: [
      { at: 0, order: 3 },
      { at: 8, order: 3, hwpoison: [11], flags: ['workingset'] },
      { at: 16, order: 4 },
    ],
    row: '........y',
    file: { size: 20 * 4096 },
  });
  const { at, folio } = factsOf(plain);

  it('tell the faulting page, its run and its folio', () => {
    expect(at(5)).toMatchObject({ faultPage: true, run: 'fault', faultFolio: true, large: true, folioMapped: true });
    expect(at(4)).toMatchObject({ faultPage: false, run: 'fault', runSplit: false, windowClipped: false });
  });

  it('tell other runs, split folios and populated entries', () => {
    expect(at(8)).toMatchObject({ run: 'none', populated: true, firstPopulated: true, workingset: true });
    expect(at(9)).toMatchObject({ run: 'other', runSplit: true, populated: false });
  });

  it('tell what lies outside of the window, of i_size and of the file', () => {
    expect(at(25)).toMatchObject({ run: 'none', beyondEof: true, folioMapped: false, windowClipped: true });
    expect(at(40)).toMatchObject({ beyondEof: false, large: false, populated: false });
  });

  it('of a folio are those of its pages', () => {
    expect(folio(8)).toMatchObject({ large: true, runSplit: true, workingset: true, faultPage: false });
    expect(folio(33)).toMatchObject({ path: 'fault-around', large: false, run: 'none' });
  });
});
