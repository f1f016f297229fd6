/** The oracle predicts what the reference does, without looking at it: who handles the fault, and every run. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { caseArbitrary } from '../../src/cases/arbitrary.js';
import type { Case } from '../../src/cases/case.js';
import { BY_CPU, BY_DEVICE, BY_GUP } from '../../src/mm/access.js';
import { PMD_HUGE, PTE_PRESENT } from '../../src/mm/bits.js';
import { Image } from '../../src/mm/image.js';
import { PATHS, PMD_RULES, Prediction } from '../../src/oracle/prediction.js';
import { layout, type Machine, machine } from '../support.js';

/** Predicts the first access of the case, and lets the reference take its first fault. */
function predict(plain: Case): { p: Prediction; m: Machine; before: Image; faulted: boolean } {
  const m = machine(plain);
  const before = new Image(plain.span);
  before.copyFrom(m.image);
  const step = plain.steps.find((candidate) => 'read' in candidate || 'write' in candidate) as {
    read?: number;
    write?: number;
    by?: string;
  };
  const by = step.by === 'device' ? BY_DEVICE : step.by === 'gup' ? BY_GUP : BY_CPU;
  m.access.begin(step.read ?? step.write ?? 0, step.write !== undefined, by);
  const faulted = m.access.needsFault();
  const p = new Prediction(plain.span);
  if (faulted) {
    p.predict(m.scene, before, m.access);
    m.access.fault();
  }
  return { p, m, before, faulted };
}

/** Slots that became present. */
const filled = (before: Image, after: Image): number[] =>
  Array.from({ length: after.span }, (_, slot) => slot).filter(
    (slot) => (before.pte[slot] & PTE_PRESENT) === 0 && (after.pte[slot] & PTE_PRESENT) !== 0,
  );

describe('a prediction', () => {
  it('says which slots the reference fills, and whether by PMD', () => {
    const seen = new Set<string>();
    const check = (plain: Case): void => {
      const { p, m, before, faulted } = predict(plain);
      // A page that is read in after an eviction has no run; it is what ->fault makes of it.
      if (!faulted) return;
      const path = PATHS[p.path];
      seen.add(path);
      const runs = Array.from({ length: plain.span }, (_, slot) => slot).filter((slot) => p.runOf[slot] !== 0);
      const isHuge = m.image.pmdState() === PMD_HUGE && before.pmdState() !== PMD_HUGE;
      expect(isHuge).toBe(path === 'pmd' && before.pmdState() !== PMD_HUGE);
      if (isHuge) return;
      const expected = new Set(runs);
      if (path === 'finish-one') expected.add(p.slot);
      if (path === 'finish-whole') {
        const folio = m.scene.headOf[p.page];
        for (let i = 0; i < m.scene.folioPages[folio]; i++) expected.add(folio + i - m.scene.shift);
      }
      if (path !== 'poisoned') expect(filled(before, m.image)).toEqual([...expected].sort((a, b) => a - b));
    };
    fc.assert(fc.property(caseArbitrary({ spans: [8, 64] }), check), { numRuns: 900 });
    fc.assert(fc.property(caseArbitrary({ spans: [512] }), check), { numRuns: 120 });
    expect([...seen].length).toBeGreaterThan(5);
  });

  it.each([
    ['fault-around', {}],
    ['access-flag', { row: '.....o', steps: [{ read: 5, by: 'device' as const }] }],
    ['finish-one', { faultAroundPages: 1 }],
    ['finish-one', { vma: { flags: ['write' as const] }, steps: [{ write: 5 }] }],
    ['finish-one', { vma: { flags: ['write' as const] }, failures: ['done-cow' as const], steps: [{ write: 5 }] }],
    [
      'none',
      {
        vma: { flags: ['write' as const] },
        failures: ['done-cow' as const, 'unstable-mm' as const],
        steps: [{ write: 5 }],
      },
    ],
    ['none', { vma: { flags: ['write' as const] }, failures: ['cow-page-alloc' as const], steps: [{ write: 5 }] }],
    ['none', { pmd: 'none' as const, failures: ['page-table-alloc' as const] }],
    ['none', { pmd: 'none' as const, failures: ['page-table-alloc' as const], faultAroundPages: 1 }],
    ['none', { faultAroundPages: 1, failures: ['fault-retry' as const] }],
    ['none', { faultAroundPages: 1, failures: ['unstable-mm' as const] }],
    ['none', { file: { size: 4096 } }],
    ['none', { folios: [{ at: 0, order: 4, flags: ['other-mapping' as const] }] }],
    [
      'none',
      {
        vma: { flags: ['shared' as const, 'write' as const] },
        file: { pageMkwrite: 'sigbus' as const },
        steps: [{ write: 5 }],
      },
    ],
    ['poisoned', { folios: [{ at: 0, order: 4, hwpoison: [5] }] }],
    ['marker-cleared', { row: '.....u', file: { kind: 'shmem' as const } }],
    [
      'finish-whole',
      { faultAroundPages: 1, vma: { flags: ['shared' as const] }, file: { kind: 'anon-shmem' as const } },
    ],
    ['pmd', { span: 512, pmd: 'none' as const }],
    ['pmd', { span: 512, pmd: 'none' as const, faultAroundPages: 1 }],
  ])('names the path %s of %j', (path, parts) => {
    expect(PATHS[predict(layout(parts)).p.path]).toBe(path);
  });

  it.each([
    ['same', {}],
    ['i-size', { file: { size: 4096 * 500 } }],
    ['thp-disabled', { vma: { flags: ['thp-disabled' as const] } }],
    ['same', { file: { size: 4096 * 500, kind: 'shmem' as const } }],
  ])('says why a PMD mapping is refused: %s (%j)', (rule, parts) => {
    const around = predict(layout({ span: 512, pmd: 'none', ...parts })).p;
    const finish = predict(layout({ span: 512, pmd: 'none', faultAroundPages: 1, ...parts })).p;
    expect([PMD_RULES[around.pmdRule], PMD_RULES[finish.pmdRule]]).toEqual([rule, rule]);
    expect([around.pmdByAround, finish.pmdByAround]).toEqual([rule !== 'same', false]);
  });
});
