/** Two engines in step: compared until they differ, then each alone; the judge hears of every moment. */
import { describe, expect, it } from 'vitest';
import type { BatchedEngine } from '../../src/batched/index.js';
import { Duel, type Judge, type Side } from '../../src/campaign/duel.js';
import { SingleRun } from '../../src/campaign/single.js';
import type { Case } from '../../src/cases/case.js';
import { loadCase } from '../../src/cases/load.js';
import { Steps } from '../../src/cases/steps.js';
import type { Access } from '../../src/mm/access.js';
import type { EngineClass, Revision } from '../../src/mm/revision.js';
import { EMPTY_ALLOWLIST } from '../../src/oracle/allowlist.js';
import { engine, LEGACY, layout, REFERENCE, smallFolios } from '../support.js';

/** Writes down what it hears. */
class Listener implements Judge {
  readonly heard: string[] = [];
  constructor(
    private readonly goOn = true,
    private readonly equal = true,
  ) {}
  beforeFault(access: Access): void {
    this.heard.push(`before ${access.slot}`);
  }
  afterFault(): boolean {
    this.heard.push('after');
    return this.equal;
  }
  afterAccess(): boolean {
    this.heard.push('access');
    return true;
  }
  goesOn(): boolean {
    return this.goOn;
  }
  aloneFault({ revision }: Side): void {
    this.heard.push(`alone ${revision.family}`);
  }
  afterTeardown({ revision }: Side): void {
    this.heard.push(`teardown ${revision.family}`);
  }
}

function play(plain: Case, listener: Listener, batched: Revision = REFERENCE): { duel: Duel; faults: number } {
  const { scene, image } = loadCase(plain);
  const steps = new Steps();
  steps.load(plain);
  const duel = new Duel(scene, LEGACY, batched);
  return { duel, faults: duel.play(image, steps, listener) };
}

const small = { span: 8, folios: smallFolios(8), faultAroundPages: 1 };

describe('a duel', () => {
  it('tells of each pair of faults, each access and each teardown', () => {
    const listener = new Listener();
    const plain = layout({
      ...small,
      steps: [{ read: 1 }, { zap: { from: 0, pages: 8 } }, { read: 1 }, { read: 1 }],
      teardown: true,
    });
    const { faults } = play(plain, listener);
    expect(faults).toBe(2);
    expect(listener.heard).toEqual([
      ...['before 1', 'after', 'access'],
      ...['before 1', 'after', 'access'],
      'access',
      ...['teardown legacy', 'teardown batched'],
    ]);
  });

  it('ages both sides alike', () => {
    const { duel } = play(
      layout({ ...small, steps: [{ read: 1 }, { age: { from: 1, pages: 1 } }, { read: 2 }] }),
      new Listener(),
    );
    expect(duel.legacy.image.pte[1]).toBe(duel.batched.image.pte[1]);
  });

  it('goes on with each engine alone once the judge has seen enough', () => {
    const listener = new Listener(true, false);
    play(layout({ ...small, steps: [{ read: 1 }, { read: 2 }] }), listener);
    expect(listener.heard).toEqual(['before 1', 'after', 'access', 'alone legacy', 'alone batched']);
  });

  it('ends there where the judge wants no more, but tears down', () => {
    const listener = new Listener(false, false);
    play(layout({ ...small, steps: [{ read: 1 }, { read: 2 }], teardown: true }), listener);
    expect(listener.heard).toEqual(['before 1', 'after', 'access', 'teardown legacy', 'teardown batched']);
  });

  it('lets the side that needs more faults take them alone', () => {
    const listener = new Listener();
    play(layout({ ...small, steps: [{ read: 1, by: 'device' }] }), listener, engine('batched@v6.6'));
    expect(listener.heard).toEqual(['before 1', 'after', 'alone batched', 'access']);
  });
});

describe('a single run', () => {
  it('judges an access that took no fault as well', () => {
    const plain = layout({ ...small, row: 'y', steps: [{ read: 0 }] });
    const run = new SingleRun(plain, { legacy: LEGACY, batched: REFERENCE, allowlist: EMPTY_ALLOWLIST }).run();
    expect([run.findings, run.broken]).toEqual([[], []]);
  });

  it('reports broken invariants of faults that are no longer compared, and of the teardown', () => {
    class Leaks extends (REFERENCE.engine as EngineClass<BatchedEngine>) {
      override do_fault(): number {
        const ret = super.do_fault();
        this.image.folioGet(this.scene.headOf[this.vmf.pgoff]);
        return ret;
      }
    }
    const batched = { ...REFERENCE, id: 'batched@leaks', engine: Leaks };
    const plain = layout({ ...small, steps: [{ read: 1 }, { read: 2 }], teardown: true });
    const { broken, findings } = new SingleRun(plain, { legacy: LEGACY, batched, allowlist: EMPTY_ALLOWLIST }).run();
    expect(findings.length).toBeGreaterThan(0);
    expect(new Set(broken.map((other) => other.engine))).toEqual(new Set(['batched@leaks']));
    expect(broken.filter(({ invariant }) => invariant === 'I2').length).toBeGreaterThan(2);
  });
});
