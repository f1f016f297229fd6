/** A campaign runs what was planned, stops when asked, says why, and is never green without having looked. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { BatchedEngine } from '../../src/batched/index.js';
import type { Progress } from '../../src/campaign/api.js';
import { DEFAULT_SPANS, runCampaign } from '../../src/campaign/campaign.js';
import { LegacyEngine } from '../../src/legacy/index.js';
import type { EngineClass } from '../../src/mm/revision.js';
import { type AllowEntry, type Allowlist, EMPTY_ALLOWLIST } from '../../src/oracle/allowlist.js';
import { type Report, ReportSchema } from '../../src/report/model.js';
import { ALLOWLIST, campaign, EXPIRING, engine, LEGACY, REFERENCE, withEngine } from '../support.js';

const Reference = REFERENCE.engine as EngineClass<BatchedEngine>;

/** The report without what differs from run to run. */
const stable = ({ timing: _timing, ...rest }: Report): string => JSON.stringify(rest);

describe('a report', () => {
  it('is the same byte for byte for the same options, apart from timing', async () => {
    const options = campaign({ batched: engine('batched@v6.6'), allowlist: ALLOWLIST, races: true });
    const [first, second] = [await runCampaign(options), await runCampaign(options)];
    expect(stable(second)).toBe(stable(first));
  });

  it('is another one for another seed', async () => {
    const [first, second] = [await runCampaign(campaign()), await runCampaign(campaign({ seed: 2 }))];
    expect(second.classes.map(({ first: at }) => at)).not.toEqual(first.classes.map(({ first: at }) => at));
  });

  it('has the published shape', async () => {
    const report = await runCampaign(campaign({ batched: engine('batched@v6.12'), races: true, invariantsAll: true }));
    expect(ReportSchema.parse(report)).toEqual(report);
    expect(report).toMatchObject({ races: true, invariants: 'all', architectures: ['arm64'], spans: [8, 64] });
  });

  it('counts faults in blocks, each with a bit more than its 16', async () => {
    const { faults } = await runCampaign(campaign({ faults: 1600, spans: [64] }));
    expect(faults.planned).toBe(1600);
    expect(faults.run).toBeGreaterThanOrEqual(1600);
    expect(faults.run).toBeLessThan(1.3 * 1600);
    expect(faults.effective).toBeGreaterThan(faults.run / 3);
  });

  it('puts what nothing explains first, and entries before counters', async () => {
    const { classes } = await runCampaign(
      campaign({ batched: engine('batched@v6.12'), allowlist: ALLOWLIST, faults: 8000 }),
    );
    const open = classes.filter(({ entry }) => entry === null).length;
    expect(open).toBeGreaterThan(0);
    expect(classes.slice(0, open).every(({ entry }) => entry === null)).toBe(true);
  });

  it('counts the marks of each engine apart', async () => {
    const { marks } = await runCampaign(campaign());
    expect(marks['legacy.finish-one']).toBeGreaterThan(0);
    expect(marks['batched.finish-one']).toBeGreaterThan(0);
    expect(marks['run-split']).toBeGreaterThan(0);
    expect(marks).not.toHaveProperty('legacy.run-split');
  });
});

describe('a campaign ends', () => {
  it('when its faults are run', async () => {
    expect(await runCampaign(campaign())).toMatchObject({ stopped: 'complete', verdict: 'divergent' });
  });

  it('when its time is up, with rounds over further blocks until then', async () => {
    const report = await runCampaign(campaign({ faults: null, seconds: 0.3, spans: [8], allowlist: ALLOWLIST }));
    expect(report.stopped).toBe('time');
    expect(report.faults.planned).toBeNull();
    expect(report.timing.seconds).toBeLessThan(20);
  });

  it('at the first divergence with fail-fast', async () => {
    const options = campaign({ batched: engine('batched@v6.6'), allowlist: ALLOWLIST, faults: 400_000 });
    const report = await runCampaign({ ...options, failFast: true });
    expect(report).toMatchObject({ stopped: 'fail-fast', verdict: 'divergent', coldMarks: [] });
    expect(report.faults.run).toBeLessThan(100_000);
  });

  it('when it is asked to, with a partial report', async () => {
    const heard: Progress[] = [];
    const report = await runCampaign(
      campaign({
        faults: 4_000_000,
        allowlist: ALLOWLIST,
        onProgress: (progress) => heard.push(progress),
        stopRequested: () => heard.length > 1,
      }),
    );
    expect(report.stopped).toBe('interrupted');
    expect(report.faults.run).toBeGreaterThan(0);
    expect(heard.at(-1)).toMatchObject({ faultsPlanned: 4_000_000, unexplained: 0 });
    expect(heard.at(-1)?.marksHit).toBeLessThanOrEqual(heard.at(-1)?.marksRequired ?? 0);
  });
});

describe('an engine that throws', () => {
  class Throws extends Reference {
    override set_pte_range(folio: number, page: number, nr: number, addr: number): void {
      if (nr > 3) throw new Error('out of my depth');
      super.set_pte_range(folio, page, nr, addr);
    }
  }

  it('has died: the campaign goes on, and its verdict is undecided', async () => {
    const batched = withEngine(REFERENCE, 'batched@throws', Throws);
    const report = await runCampaign(campaign({ batched, allowlist: ALLOWLIST }));
    expect(report.died[0]).toMatchObject({
      message: 'Error: out of my depth',
      address: expect.stringMatching(/^g2\.arm64/),
    });
    expect(report).toMatchObject({ verdict: 'undecided', stopped: 'complete' });
  });
});

describe('an undecided verdict', () => {
  const underReview = (list: Allowlist): Allowlist => {
    const entries = list.entries.map((entry): AllowEntry => {
      const claims: AllowEntry['claims'][number][] = [];
      const copy: AllowEntry = { ...entry, class: 'under-review', claims };
      for (const claim of entry.claims) claims.push({ ...claim, entry: copy });
      return copy;
    });
    return { dir: list.dir, entries };
  };

  it('is that of an entry under review', async () => {
    const report = await runCampaign(campaign({ allowlist: underReview(ALLOWLIST) }));
    expect(report.verdict).toBe('undecided');
    expect(report.classes.every(({ underReview: open }) => open)).toBe(true);
  });

  it('is that of a campaign in which no engine installed anything', async () => {
    class Refuses extends LegacyEngine {
      override do_fault(): number {
        return 2;
      }
    }
    const idle = withEngine(LEGACY, 'legacy@idle', Refuses);
    const report = await runCampaign(campaign({ legacy: idle, batched: idle, faults: 640 }));
    expect(report.faults.effective).toBe(0);
    expect(report).toMatchObject({ verdict: 'undecided', classes: [], violations: [], died: [] });
  });
});

describe('an entry whose day has passed', () => {
  const allowlist = EXPIRING;

  it.each([
    ['2026-02-01', []],
    ['2026-02-02', ['mine']],
  ])('is said on %s: %j', async (today, expected) => {
    const report = await runCampaign(campaign({ allowlist, today, faults: 640 }));
    expect(report.expiredEntries).toEqual(expected);
    expect(report.staleEntries).toEqual([]);
  });
});

describe('a large campaign', () => {
  /** Says that it has a branch which it never passes. */
  const claims = { ...REFERENCE, features: { ...REFERENCE.features, folioPrecheck: 'first-entry' } };
  const [some] = ALLOWLIST.entries;
  const engines = { legacy: ['reference'], batched: ['reference'] };
  const never = { ...some, id: 'never', engines, claims: [], architectures: undefined } as unknown as AllowEntry;
  const elsewhere: AllowEntry = { ...never, id: 'elsewhere', architectures: ['riscv64'] };
  const racing: AllowEntry = { ...never, id: 'racing', races: true };
  let report: Report;
  beforeAll(async () => {
    // An engine against its copy: nothing is found, and nothing needs shrinking.
    const pair = { legacy: claims, batched: { ...claims }, spans: DEFAULT_SPANS, faults: 205_000 };
    report = await runCampaign(campaign({ ...pair, allowlist: { dir: '', entries: [never, elsewhere, racing] } }));
  });

  it('is undecided where a required mark stayed cold', () => {
    expect(report.coldMarks).toContain('precheck-skip');
    expect(report).toMatchObject({ verdict: 'undecided', classes: [] });
  });

  it('calls entries stale that it could have hit and did not', () => {
    expect(report.staleEntries).toEqual(['never']);
    expect(report.allowlist).toEqual({ never: 0, elsewhere: 0, racing: 0 });
  });

  it('tells them from those that it could not have hit', () => {
    expect(report.notHit).toEqual([
      { entry: 'elsewhere', why: 'architecture' },
      { entry: 'racing', why: 'races' },
    ]);
  });

  it('calls no entry about PMD mappings stale that few of its faults could have hit', async () => {
    const [plain] = ALLOWLIST.entries.filter(({ id }) => id === 'mlock-pmd-file');
    const allowlist = { dir: '', entries: [{ ...plain, engines }] };
    const pair = { legacy: claims, batched: { ...claims }, allowlist };
    const all = await runCampaign(campaign({ ...pair, spans: DEFAULT_SPANS, faults: 205_000 }));
    expect([all.staleEntries, all.notHit]).toEqual([[], [{ entry: 'mlock-pmd-file', why: 'faults' }]]);
    const huge = await runCampaign(campaign({ ...pair, spans: [512], faults: 205_000 }));
    expect(huge.staleEntries).toEqual(['mlock-pmd-file']);
  });

  it('asks no mark of a small one', async () => {
    const small = await runCampaign(campaign({ batched: claims, allowlist: EMPTY_ALLOWLIST, faults: 2000 }));
    expect(small.coldMarks).toEqual([]);
  });
});
