/** The invariants hold on both engines wherever the case space leads, and fail where a kernel is known to be wrong. */
import { describe, expect, it } from 'vitest';
import { BATCHED_REVISIONS } from '../../src/batched/index.js';
import { Duel, type Judge, type Side } from '../../src/campaign/duel.js';
import { requireRevision } from '../../src/campaign/engines.js';
import { Drawer } from '../../src/cases/draw.js';
import { Steps } from '../../src/cases/steps.js';
import { LEGACY_REVISIONS } from '../../src/legacy/index.js';
import { ARCHITECTURES, architecture } from '../../src/mm/arch/index.js';
import { sameBytes } from '../../src/mm/columns.js';
import { RET } from '../../src/mm/fields.js';
import { Image } from '../../src/mm/image.js';
import type { Revision } from '../../src/mm/revision.js';
import { Scene } from '../../src/mm/scene.js';
import { EXCEPTIONS, INVARIANTS, type Moment, violated, violatedAfterTeardown } from '../../src/oracle/invariants.js';

const REVISIONS = [...LEGACY_REVISIONS, ...BATCHED_REVISIONS];

function named(id: string): Revision {
  if (id.includes('+')) return requireRevision(id, 'batched');
  const revision = REVISIONS.find((candidate) => candidate.id === id);
  if (revision === undefined) throw new Error(`no revision ${id}`);
  return revision;
}

/** Checks each fault of each engine, and every teardown. */
class Watch implements Judge {
  readonly found = new Set<string>();
  checks = 0;
  private readonly out: number[] = [];
  private readonly moment: Moment;

  constructor(
    private readonly scene: Scene,
    private readonly base: Image,
    revision: Revision,
    /** only this invariant, whether it applies or not; otherwise all that apply */
    private readonly only: string | null,
  ) {
    this.moment = { scene, before: base, after: base, slot: 0, write: false, by: 0, ret: 0, revision };
  }

  beforeFault(): void {}

  afterFault(duel: Duel, before: Image): boolean {
    this.check(duel.legacy, before);
    this.check(duel.batched, before);
    return this.afterAccess(duel);
  }

  afterAccess(duel: Duel): boolean {
    return sameBytes(duel.legacy.image.compared, duel.batched.image.compared);
  }

  goesOn(): boolean {
    return true;
  }

  aloneFault(side: Side, before: Image): void {
    this.check(side, before);
  }

  afterTeardown(side: Side): void {
    if (this.only !== null) return;
    const count = violatedAfterTeardown(this.scene, side.image, this.base, side.revision, this.out);
    this.report(side, count, ' after the teardown');
  }

  private check(side: Side, before: Image): void {
    const { slot, write, by } = side.access;
    const { image, revision } = side;
    const moment = Object.assign(this.moment, { before, after: image, slot, write, by, ret: image.mm[RET], revision });
    this.checks++;
    if (this.only === null) {
      this.report(side, violated(moment, this.out), '');
      return;
    }
    const invariant = INVARIANTS.find(({ id }) => id === this.only);
    if (invariant !== undefined && !invariant.check(moment)) this.found.add(`${invariant.id} on ${side.revision.id}`);
  }

  private report(side: Side, count: number, when: string): void {
    for (let i = 0; i < count; i++) this.found.add(`${INVARIANTS[this.out[i]].id} on ${side.revision.id}${when}`);
  }
}

interface Play {
  readonly arch: string;
  readonly span: number;
  readonly blocks: number;
  readonly races: boolean;
  readonly legacy?: string;
  readonly batched?: string;
  readonly seed?: number;
  readonly only?: string;
}

function play(plan: Play): Watch {
  const { arch, span, blocks, races, seed = 1 } = plan;
  const scene = new Scene(span);
  const base = new Image(span);
  const steps = new Steps();
  const uffdWp = arch === 'x86-64' || arch.startsWith('arm64');
  const drawer = new Drawer(architecture(arch), { uffdWp, vmaLock: true, races }, seed, span);
  const legacy = named(plan.legacy ?? 'legacy@v6.1');
  const duel = new Duel(scene, legacy, named(plan.batched ?? 'batched@reference'));
  const watch = new Watch(scene, base, legacy, plan.only ?? null);
  for (let block = 0; block < blocks; block++) {
    drawer.drawLayout(block, scene, base);
    for (let sub = 0; sub < 4; sub++) {
      drawer.drawCase(block, sub, scene, base, steps);
      duel.play(base, steps, watch);
    }
  }
  return watch;
}

/** The pair that plays a revision against the plain engine of the other family. */
const sideOf = (id: string): Partial<Play> => (id.startsWith('legacy') ? { legacy: id } : { batched: id });

describe('the list of invariants', () => {
  it('is that of the kernel semantics, in order', () => {
    const numbers = Array.from({ length: 27 }, (_, i) => `I${i + 1}`);
    numbers.splice(4, 0, 'I4b', 'I4c');
    expect(INVARIANTS.map(({ id }) => id)).toEqual(numbers);
  });

  it('says each in one sentence', () => {
    for (const { sentence } of INVARIANTS) expect(sentence).toMatch(/^\S.{20,}[^.]\.$/);
  });

  it('applies to the reference as a whole', () => {
    expect(INVARIANTS.filter((invariant) => !invariant.appliesTo(named('batched@reference')))).toEqual([]);
  });
});

describe('exceptions', () => {
  it('are about invariants and features that exist', () => {
    for (const { id, when, reason } of EXCEPTIONS) {
      expect(INVARIANTS.map((invariant) => invariant.id)).toContain(id);
      expect(reason).not.toBe('');
      const matches = REVISIONS.filter(({ features }) => Object.entries(when).every(([k, v]) => features[k] === v));
      expect(matches, `${id} ${JSON.stringify(when)}`).not.toEqual([]);
    }
  });

  const TABLE: readonly (readonly [revision: string, ids: readonly string[]])[] = [
    ['legacy@v6.1', ['I4c', 'I18']],
    ['legacy@v6.5', ['I6', 'I18']],
    ['batched@reference', []],
    ['batched@v4-35', ['I4', 'I6', 'I18']],
    ['batched@v4', ['I4', 'I6', 'I8', 'I15']],
    ['batched@v4-fixed', ['I6', 'I8']],
    ['batched@v6.6-rc1', ['I1', 'I3', 'I6', 'I7', 'I8', 'I9', 'I15']],
    ['batched@v6.6', ['I6', 'I8', 'I9']],
    ['batched@v6.10', ['I6', 'I8', 'I9']],
    ['batched@v6.12', ['I8', 'I20', 'I25']],
    ['batched@v6.12.117', []],
    ['batched@v6.18', []],
  ];
  it.each(TABLE)('of %s are %j', (id, ids) => {
    const revision = named(id);
    const exempt = INVARIANTS.filter((invariant) => !invariant.appliesTo(revision));
    expect(exempt.map((invariant) => invariant.id)).toEqual(ids);
  });

  it('are known for every revision', () => {
    expect(TABLE.map(([id]) => id).sort()).toEqual(REVISIONS.map(({ id }) => id).sort());
  });
});

describe('an exception', () => {
  it.each([
    ['I8', 'arm64', 'v6.12+M1', 'only contiguous blocks have'],
    ['I8', 'mips64', 'v6.6+R21b', 'only architectures with old prefaulted entries have'],
    ['I8', 'x86-64', 'v6.6+R21', 'only architectures with old prefaulted entries have'],
    ['I7', 'arm64', 'v6.6-rc1+M24', 'only inverted entries have'],
  ])('of %s is none on %s for %s, where its reason is one that %s', (law, arch, name) => {
    const batched = `batched@${name}`;
    const { found } = play({ arch, span: 8, blocks: 60, races: false, batched });
    expect([...found]).toContain(`${law} on ${batched}`);
  });
});

describe.each([...ARCHITECTURES.keys()])('on %s', (arch) => {
  it.each([
    [8, 200, true],
    [64, 50, true],
    [64, 50, false],
    [512, 10, true],
  ])('no invariant is violated at span %d (%d layouts, races %s)', (span, blocks, races) => {
    const watch = play({ arch, span, blocks, races });
    expect([...watch.found]).toEqual([]);
    expect(watch.checks).toBeGreaterThan(blocks);
  });
});

describe('every other revision', () => {
  const others = REVISIONS.filter(({ id }) => id !== 'legacy@v6.1' && id !== 'batched@reference');
  it.each(others.map(({ id }) => id))('%s violates nothing but its exceptions', (id) => {
    for (const arch of ['arm64-contpte', 'x86-64']) {
      for (const [span, blocks] of [
        [64, 40],
        [512, 8],
      ]) {
        expect([...play({ arch, span, blocks, races: true, seed: 5, ...sideOf(id) }).found]).toEqual([]);
      }
    }
  });
});

describe('a known defect', () => {
  it.each([
    ['the inverted prefault test of v6.6', 'batched@v6.6', 'I8', 'arm64', 64],
    ['prefaulted runs of v6.6 made young', 'batched@v6.6', 'I9', 'arm64', 64],
    ['the same in v6.10', 'batched@v6.10', 'I8', 'arm64', 64],
    ['v4 comparing the start of a run with the fault', 'batched@v4', 'I8', 'arm64', 64],
    ['the NOPAGE test of v4', 'batched@v4', 'I15', 'x86-64', 64],
    ['the NOPAGE test of v6.6-rc1', 'batched@v6.6-rc1', 'I15', 'x86-64', 64],
    ['the statistics typo of v4', 'batched@v4', 'I4', 'arm64', 512],
    ['tails of large folios beyond i_size in v6.6', 'batched@v6.6', 'I6', 'arm64', 64],
    ['the same in the per-page kernels before 6.1.159', 'legacy@v6.5', 'I6', 'arm64', 64],
    ['page frames of PROT_NONE runs in v6.6-rc1', 'batched@v6.6-rc1', 'I7', 'x86-64', 64],
    ['the endless fault of v6.12', 'batched@v6.12', 'I25', 'arm64', 64],
    ['nr_pages wrapping in v6.12', 'batched@v6.12', 'I20', 'arm64', 64],
  ])('is caught: %s', (_what, id, only, arch, span) => {
    const blocks = span === 512 ? 60 : 250;
    const { found } = play({ arch, span, blocks, races: true, seed: 3, only, ...sideOf(id) });
    expect([...found]).toEqual([`${only} on ${id}`]);
  });
});
