/** What a campaign found shrinks to a small case of the same class, and its address shows the class again. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { BatchedEngine } from '../../src/batched/index.js';
import { runCampaign } from '../../src/campaign/campaign.js';
import { replay } from '../../src/campaign/replay.js';
import { Shrinker, shrinkViolation } from '../../src/campaign/shrink.js';
import { SingleRun } from '../../src/campaign/single.js';
import { caseAt } from '../../src/cases/address.js';
import type { EngineClass } from '../../src/mm/revision.js';
import { EMPTY_ALLOWLIST } from '../../src/oracle/allowlist.js';
import { classId } from '../../src/oracle/classify.js';
import type { Report } from '../../src/report/model.js';
import { campaign, engine, LEGACY, REFERENCE, withEngine } from '../support.js';

describe.each(['batched@v6.6', 'batched@v4', 'batched@v6.12'])('the findings in %s', (id) => {
  const pair = { legacy: LEGACY, batched: engine(id), allowlist: EMPTY_ALLOWLIST };
  let report: Report;
  beforeAll(async () => {
    report = await runCampaign(campaign({ batched: pair.batched, faults: 3000, architectures: ['arm64', 'x86-64'] }));
  });

  it('replay from the first address of their class', () => {
    const { classes } = report;
    expect(classes.length).toBeGreaterThan(5);
    for (const { first, id: wanted } of classes) {
      const { faults } = replay({ case: caseAt(first), address: first }, { ...pair, trace: false });
      const shown = faults.flatMap(({ differences }) => differences.map(({ classId: name }) => name));
      expect(shown, `${first} shows ${wanted}`).toContain(wanted);
    }
  });

  it('shrink to a case that shows the same class', () => {
    for (const { shrunk, id: wanted } of report.classes) {
      expect(shrunk, wanted).not.toBeNull();
      if (shrunk === null) continue;
      const { findings } = new SingleRun(shrunk, pair).run();
      expect(findings.map(classId)).toContain(wanted);
    }
  });

  it('shrink to something that a person can read', () => {
    const shrunk = report.classes.flatMap(({ shrunk: plain }) => plain ?? []);
    const sizes = shrunk.map((plain) => plain.folios.length + plain.steps.length + plain.vma.flags.length);
    expect(Math.max(...sizes)).toBeLessThan(16);
    expect(shrunk.filter(({ span }) => span <= 16).length).toBeGreaterThan(shrunk.length * 0.8);
    expect(shrunk.filter(({ steps }) => steps.length === 1).length).toBeGreaterThan(shrunk.length / 2);
    expect(shrunk.filter(({ teardown, failures }) => teardown || failures.length > 0).length).toBeLessThan(
      shrunk.length / 4,
    );
  });
});

/** Its class, so that a spec can change one of its steps. */
const Reference = REFERENCE.engine as EngineClass<BatchedEngine>;

describe('shrinking', () => {
  const pair = { legacy: LEGACY, batched: engine('batched@v6.12'), allowlist: EMPTY_ALLOWLIST };

  it('of a violation keeps the invariant and the engine', async () => {
    const broken = { ...pair, batched: { ...engine('batched@v6.6'), features: engine('batched@reference').features } };
    const report = await runCampaign(campaign({ batched: broken.batched, faults: 640, invariantsAll: true }));
    const violation = report.violations.find(({ invariant }) => invariant === 'I8');
    expect(violation?.shrunk?.span).toBeLessThan(64);
    const again = new SingleRun(violation?.shrunk ?? caseAt(violation?.first ?? ''), broken).run();
    expect(again.broken).toContainEqual({ invariant: 'I8', engine: 'batched@v6.6' });
  });

  it('of a class keeps it where the engine dies later on in the case', async () => {
    class Weary extends Reference {
      private faults = 0;
      override do_fault(): number {
        if (this.faults++ > 0) throw new Error('no more');
        return super.do_fault();
      }
    }
    const weary = { ...pair, batched: withEngine(REFERENCE, 'batched@weary', Weary) };
    const { classes } = await runCampaign(campaign({ faults: 3000 }));
    const dying = classes.filter(({ first }) => {
      const run = new SingleRun(caseAt(first), weary);
      expect(() => run.runWhileAlive()).not.toThrow();
      return run.duel.running !== null;
    });
    expect(dying.length).toBeGreaterThan(0);
    const shrunk = dying.map(({ first, id }) => new Shrinker(weary).caseFor({ first, id, entry: null }));
    expect(shrunk.filter((plain) => plain !== null).length).toBeGreaterThan(0);
  });

  it('plays other cases in the same memory as if each were alone', () => {
    const addresses = ['g2.arm64.64.1.16.l', 'g2.x86-64.64.1.32.wl', 'g2.arm64.64.1.48.l', 'g2.arm64.64.1.16.l'];
    const run = SingleRun.forClasses(caseAt('g2.arm64.64.1.0.l'), pair).runWhileAlive();
    for (const address of addresses) {
      const alone = SingleRun.forClasses(caseAt(address), pair).runWhileAlive();
      expect(run.load(caseAt(address)).runWhileAlive().findings, address).toEqual(alone.findings);
    }
  });

  it('is refused where the address does not show what is asked for', () => {
    const address = 'g2.arm64.8.1.0';
    expect(shrinkViolation(address, 'I1', 'batched@v6.12', pair)).toBeNull();
    expect(new Shrinker(pair).caseFor({ first: address, id: 'pte:missing:', entry: null })).toBeNull();
  });
});
