/** Bugs that can be planted: all are there, each is one step, and what they say of themselves is true. */
import { describe, expect, it } from 'vitest';
import {
  BATCHED_REVISIONS,
  BatchedEngine,
  PLANTED_BUGS,
  type PlantedBug,
  plant,
  replacedSteps,
  sharedStep,
} from '../../src/batched/index.js';
import { step } from '../../src/batched/planted/bug.js';
import { hunt } from '../../src/campaign/selftest/hunt.js';
import { plantedTarget } from '../../src/campaign/selftest/targets.js';
import { ARCH_NAMES } from '../../src/cases/case.js';
import { entriesFor } from '../../src/oracle/decider.js';
import { ALLOWLIST, engine, LEGACY, REFERENCE } from '../support.js';

const bug = (id: string): PlantedBug => {
  const found = PLANTED_BUGS.find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(`no bug ${id}`);
  return found;
};

describe('the planted bugs', () => {
  it('are the mutants 1 to 24 and known bugs, in order', () => {
    const ids = PLANTED_BUGS.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(Array.from({ length: 24 }, (_, i) => `M${i + 1}`)));
    expect(ids.every((id) => /^[FMR][1-9]\d*[a-z]?$/.test(id))).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.slice(0, 3)).toEqual(['M1', 'M2', 'M3']);
  });

  it.each(
    PLANTED_BUGS.map((planted) => [planted.id, planted] as const),
  )('%s replaces steps of its base', (_id, one) => {
    expect(replacedSteps(one).size).toBeGreaterThan(0);
    for (const name of replacedSteps(one))
      if (!name.startsWith('#')) expect(name in BatchedEngine.prototype).toBe(true);
    expect(one.title.length).toBeGreaterThan(20);
    expect(one.source.length).toBeGreaterThan(10);
  });

  it('name bases that have what they need', () => {
    for (const { base = 'reference', needs = {} } of PLANTED_BUGS) {
      const found = BATCHED_REVISIONS.find(({ name }) => name === base);
      for (const [feature, value] of Object.entries(needs)) expect(found?.features[feature]).toBe(value);
    }
  });

  it('that need an architecture do not show on any other', () => {
    for (const one of PLANTED_BUGS) {
      const shown = one.shows?.architectures;
      if (shown === undefined) continue;
      const architectures = ARCH_NAMES.filter((arch) => !shown.includes(arch));
      const signs: string[] = [];
      hunt({ ...plantedTarget(one), architectures, allowlist: ALLOWLIST, seed: 4, faults: 4000 }, ({ id }) => {
        signs.push(id);
        return true;
      });
      expect(signs, one.id).toEqual([]);
    }
  });

  it('that need races do not show without any', () => {
    for (const one of PLANTED_BUGS.filter(({ shows }) => shows?.races === true)) {
      const signs: string[] = [];
      hunt({ ...plantedTarget(one), races: false, allowlist: ALLOWLIST, seed: 4, faults: 8000 }, ({ id }) => {
        signs.push(id);
        return true;
      });
      expect(signs, one.id).toEqual([]);
    }
  });
});

describe('planting', () => {
  it('names the bugs behind the revision, in the order of the list', () => {
    const planted = plant(REFERENCE, [bug('M9'), bug('M1')]);
    expect(planted).toMatchObject({ id: 'batched@reference+M1+M9', name: 'reference+M1+M9', base: REFERENCE });
    expect(planted.title).toBe(`${bug('M1').title}; ${bug('M9').title}`);
    expect(planted.features).toBe(REFERENCE.features);
  });

  it('stands on the engine of the revision', () => {
    const { engine: made } = plant(engine('batched@v6.6'), [bug('M11')]);
    expect(made.prototype).toBeInstanceOf(engine('batched@v6.6').engine);
  });

  it('leaves what is intended as it was', () => {
    const planted = plant(REFERENCE, [bug('M1')]);
    expect(entriesFor(ALLOWLIST, LEGACY, planted)).toEqual(entriesFor(ALLOWLIST, LEGACY, REFERENCE));
  });

  it.each([
    ['two bugs of one step', 'batched@reference', ['M1', 'M2'], 'M1 and M2 both replace prefault()'],
    ['one bug twice', 'batched@reference', ['M1', 'M1'], 'M1 is named twice'],
    ['a bug without what it needs', 'batched@reference', ['R11'], 'R11 needs faultAroundScope=whole-folio'],
    ['a bug in a legacy revision', 'legacy@v6.1', ['M1'], 'bugs are planted in batched revisions, not in legacy@v6.1'],
  ])('refuses %s', (_what, base, ids, message) => {
    expect(() => plant(engine(base), ids.map(bug))).toThrow(message);
  });

  it('tells which step two bugs share', () => {
    expect(sharedStep(bug('M15'), bug('M16'))).toBe('pages_in_window');
    expect(sharedStep(bug('M1'), bug('M9'))).toBeUndefined();
  });
});

describe('the step of an older revision', () => {
  it('is refused where there is none', () => {
    expect(() => step('prefaultRule', 'never')).toThrow('no step prefaultRule=never');
  });
});
