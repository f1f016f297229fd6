/** A plan divides the faults fairly, and knows what it can reach. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FAULTS_PER_BLOCK } from '../../src/campaign/cell.js';
import { revisionNamed } from '../../src/campaign/engines.js';
import {
  canReach,
  impossibleFor,
  impossibleOn,
  knowsUffdWp,
  type PlanOptions,
  pairSpace,
  planCells,
} from '../../src/campaign/plan.js';
import { ARCHITECTURES, DEFAULT_ARCHITECTURES } from '../../src/mm/arch/index.js';
import { MARKS, type Mark } from '../../src/mm/marks.js';
import { campaign, engine, LEGACY, layout, REFERENCE } from '../support.js';

const plan = (parts: Partial<PlanOptions> = {}): PlanOptions => campaign(parts);
const mark = (name: string): Mark => MARKS.find((candidate) => candidate.name === name) as Mark;

describe('a plan', () => {
  it('has a cell for each architecture and span, and at least the faults that were asked for', () => {
    const spans = fc.uniqueArray(fc.constantFrom(8, 16, 64, 128, 512), { minLength: 1 });
    const archs = fc.uniqueArray(fc.constantFrom(...ARCHITECTURES.keys()), { minLength: 1 });
    fc.assert(
      fc.property(spans, archs, fc.integer({ min: 1, max: 1_000_000 }), (someSpans, architectures, faults) => {
        const cells = planCells(plan({ spans: someSpans, architectures }), faults);
        expect(cells).toHaveLength(someSpans.length * architectures.length);
        const planned = cells.reduce((sum, { blocks }) => sum + blocks, 0) * FAULTS_PER_BLOCK;
        expect(planned).toBeGreaterThanOrEqual(faults);
        expect(planned).toBeLessThan(faults + FAULTS_PER_BLOCK * cells.length + 1);
      }),
    );
  });

  it('gives most to spans of 64 pages and little to those of 512', () => {
    const [small, middle, large] = planCells(plan({ spans: [8, 64, 512] }), 160_000).map(({ blocks }) => blocks);
    expect([small, middle, large]).toEqual([3500, 6000, 500]);
  });
});

describe('the dials of a pair', () => {
  it('include userfaultfd write-protection only where both kernels have it', () => {
    const knows = (id: string): string[] => [...ARCHITECTURES.keys()].filter((arch) => knowsUffdWp(engine(id), arch));
    expect(knows('legacy@v6.1')).toEqual(['x86-64']);
    expect(knows('batched@reference')).toEqual(['x86-64', 'arm64', 'arm64-noaf', 'arm64-contpte']);
    expect(pairSpace(LEGACY, REFERENCE, 'arm64', false).uffdWp).toBe(false);
    expect(pairSpace(REFERENCE, REFERENCE, 'arm64', false).uffdWp).toBe(true);
  });

  it('include the per-VMA lock where one kernel has it', () => {
    const dial = (batched: string): boolean => pairSpace(LEGACY, engine(batched), 'arm64', true).vmaLock;
    expect(['batched@v4', 'batched@v6.6'].map(dial)).toEqual([false, true]);
  });
});

describe('a case that engines cannot have', () => {
  const shmem = { file: { kind: 'shmem' as const } };
  const registered = { ...shmem, vma: { flags: ['uffd-wp' as const] } };

  it.each([
    ['a mapping', registered],
    ['a marker', { ...shmem, row: 'u' }],
    ['an entry', { ...shmem, row: 'y', bits: { 0: ['uffd-wp' as const] } }],
  ])('is named with its reason: write protection on arm64 before 6.10, of %s', (_what, parts) => {
    const plain = layout(parts);
    expect(impossibleOn(plain, LEGACY)).toBe('legacy@v6.1 has no userfaultfd write-protection on arm64');
    expect(impossibleOn(plain, engine('batched@v6.12'))).toBeNull();
    expect(impossibleFor(plain, REFERENCE, engine('batched@v6.6'))).toMatch(/^batched@v6\.6 has no userfaultfd/);
    expect(impossibleFor({ ...plain, arch: 'x86-64' }, LEGACY, REFERENCE)).toBeNull();
  });

  it('is one under a lock that neither knows', () => {
    const plain = layout({ vma: { mapPages: false, vmaLock: true } });
    expect(impossibleFor(plain, LEGACY, REFERENCE)).toBeNull();
    const reason = 'neither legacy@v6.1 nor batched@v4 has a per-VMA lock';
    expect(impossibleFor(plain, LEGACY, engine('batched@v4'))).toBe(reason);
  });

  it('is no case without any of this', () => {
    expect(impossibleFor(layout(), LEGACY, engine('batched@v4'))).toBeNull();
  });
});

describe('a mark', () => {
  it.each([
    ['finish-one', {}, true],
    ['race-entry', {}, false],
    ['race-entry', { races: true }, true],
    ['pmd-mapped', { spans: [8, 64] }, false],
    ['pmd-mapped', { spans: [8, 512] }, true],
    ['contpte-fold', { spans: [64] }, false],
    ['contpte-fold', { spans: [64], architectures: ['arm64-contpte' as const] }, true],
    ['marker-cleared', { architectures: ['arm64' as const] }, false],
    ['marker-cleared', { architectures: DEFAULT_ARCHITECTURES }, true],
    ['precheck-skip', {}, false],
  ])('%s in a plan with %j can be reached: %s', (name, parts, expected) => {
    expect(canReach(mark(name), REFERENCE, plan(parts))).toBe(expected);
  });

  it('of a feature can be reached on the revision that has it', () => {
    expect(canReach(mark('precheck-skip'), engine('batched@v6.6-rc1'), plan())).toBe(true);
  });

  it('has a name of its own and a meaning', () => {
    expect(new Set(MARKS.map(({ name }) => name)).size).toBe(MARKS.length);
    expect(MARKS.filter(({ meaning }) => meaning.length < 10)).toEqual([]);
  });
});

describe('an engine’s name', () => {
  it('is looked for on its own side first', () => {
    const found = [
      revisionNamed('v6.1', 'legacy'),
      revisionNamed('v6.1', 'batched'),
      revisionNamed('reference', 'batched'),
      revisionNamed('batched@v6.6', 'legacy'),
      revisionNamed('v7', 'batched'),
    ];
    expect(found.map((revision) => revision?.id)).toEqual([
      'legacy@v6.1',
      'legacy@v6.1',
      'batched@reference',
      'batched@v6.6',
      undefined,
    ]);
  });
});
