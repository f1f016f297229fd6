/** A sweep plays every case that is asked for, counts cases, and says the same however it is divided. */
import { describe, expect, it } from 'vitest';
import type { BatchedEngine } from '../../src/batched/index.js';
import type { CampaignOptions } from '../../src/campaign/api.js';
import { newBeacon } from '../../src/campaign/beacon.js';
import { runCampaign } from '../../src/campaign/campaign.js';
import { replay } from '../../src/campaign/replay.js';
import { type Job, runnerOf } from '../../src/campaign/runner.js';
import { plannedCases, planSweep, type Selection, sweepOptions, sweepReport } from '../../src/campaign/sweep.js';
import { caseUnits } from '../../src/campaign/unit.js';
import { caseAt } from '../../src/cases/address.js';
import { indexOfScope, SCOPES, scopeNamed } from '../../src/cases/scopes.js';
import type { Scope } from '../../src/cases/sweep/scope.js';
import type { EngineClass } from '../../src/mm/revision.js';
import { renderJson } from '../../src/report/json.js';
import { type Report, ReportSchema } from '../../src/report/model.js';
import { ALLOWLIST, engine, LEGACY, REFERENCE, withEngine } from '../support.js';

const scope = (name: string): Scope => scopeNamed(name) as Scope;
const Reference = REFERENCE.engine as EngineClass<BatchedEngine>;
const TINY = scope('tiny');

function options(name: string, selection: Selection = {}, parts: Partial<CampaignOptions> = {}): CampaignOptions {
  const plan = sweepOptions(planSweep(scope(name), selection));
  return { legacy: LEGACY, batched: REFERENCE, allowlist: ALLOWLIST, ...plan, ...parts };
}

const withoutTiming = ({ timing: _, ...report }: Report): object => report;

describe('the plan of a sweep', () => {
  it('is all of the scope, one range for each architecture, unless less is asked for', () => {
    for (const each of SCOPES) {
      const plan = planSweep(each);
      expect(plannedCases(plan)).toBe(indexOfScope(each).size);
      expect(plan.ranges.map(({ arch }) => arch)).toEqual(each.architectures);
    }
  });

  it('takes what the indexes and the architectures have in common', () => {
    const { from, to } = indexOfScope(TINY).rangeOf('arm64-noaf');
    const plan = planSweep(TINY, { indexes: { from: from - 5, to: to + 7 }, architectures: ['riscv64', 'arm64'] });
    expect(plan.ranges).toEqual([
      { arch: 'arm64', from: from - 5, to: from },
      { arch: 'riscv64', from: to, to: to + 7 },
    ]);
    expect(planSweep(TINY, { indexes: { from: 0, to: 5 }, architectures: ['mips64'] }).ranges).toEqual([]);
  });

  it('is divided into units that cover it once, in order, none of two architectures', () => {
    for (const each of SCOPES) {
      const plan = planSweep(each, { indexes: { from: 1000, to: indexOfScope(each).size - 77 } });
      let at = 1000;
      for (const { first, cases } of caseUnits(plan)) {
        expect(first).toBe(at);
        at += cases;
        const arch = each.architectures.find((name) => indexOfScope(each).rangeOf(name).to > first) as 'arm64';
        expect(at <= indexOfScope(each).rangeOf(arch).to).toBe(true);
      }
      expect(at).toBe(indexOfScope(each).size - 77);
    }
  });
});

describe('the sweep of tiny', () => {
  it('plays each case once and finds only known differences', async () => {
    const report = await runCampaign(options('tiny'));
    expect(ReportSchema.parse(report)).toEqual(report);
    expect(report.sweep).toEqual({
      scope: 'tiny',
      size: 77_664,
      indexes: [{ from: 0, to: 77_664 }],
      planned: 77_664,
      run: 77_664,
      rest: null,
    });
    expect([report.verdict, report.seed, report.invariants, report.stopped]).toEqual([
      'explained',
      null,
      'all',
      'complete',
    ]);
    expect(report.classes.length).toBeGreaterThan(10);
    // A scope is no sample of everything.
    expect([report.coldMarks, report.staleEntries]).toEqual([[], []]);
  });

  it('says the same, apart from the timing, when it runs again', async () => {
    const [once, again] = [await runCampaign(options('tiny')), await runCampaign(options('tiny'))];
    expect(renderJson({ ...again, timing: once.timing })).toBe(renderJson(once));
  });

  it('counts the cases that show a class, exactly', async () => {
    const selection = { indexes: { from: 18_400, to: 19_400 } };
    const { classes, allowlist } = await runCampaign(options('tiny', selection));
    const shown = new Map<string, number>();
    let split = 0;
    for (let index = 18_400; index < 19_400; index++) {
      const { faults } = replay(
        { case: caseAt(`sweep:tiny:${index}`), address: null },
        { legacy: LEGACY, batched: REFERENCE, allowlist: ALLOWLIST, trace: false },
      );
      const differences = faults.flatMap((fault) => fault.differences);
      const ids = new Set(differences.map(({ classId, entry }) => `${classId} ${entry}`));
      for (const id of ids) shown.set(id, 1 + (shown.get(id) ?? 0));
      if (differences.some(({ entry }) => entry === 'young-run-split')) split++;
    }
    expect(shown.size).toBeGreaterThan(1);
    const counted = classes.map(({ id, entry, count }) => [`${id} ${entry}`, count]);
    expect(Object.fromEntries(counted)).toEqual(Object.fromEntries(shown));
    expect(allowlist['young-run-split']).toBe(split);
    for (const { count, share } of classes) expect(share).toBe(count / 1000);
  });
});

describe('a part of a sweep', () => {
  it('is judged for itself', async () => {
    const report = await runCampaign(options('4-pages-young', { indexes: { from: 70_000_000, to: 70_020_000 } }));
    expect(report.sweep).toMatchObject({
      planned: 20_000,
      run: 20_000,
      indexes: [{ from: 70_000_000, to: 70_020_000 }],
    });
    expect([report.verdict, report.architectures, report.spans]).toEqual(['explained', ['arm64'], [4]]);
  });

  it('adds up: two halves count what the whole counts', async () => {
    const range = (from: number, to: number): Selection => ({ indexes: { from, to } });
    const [whole, first, second] = await Promise.all(
      [range(12_000, 14_000), range(12_000, 12_999), range(12_999, 14_000)].map((selection) =>
        runCampaign(options('tiny', selection)),
      ),
    );
    expect(first.faults.run + second.faults.run).toBe(whole.faults.run);
    const count = (report: Report, id: string): number => report.classes.find((found) => found.id === id)?.count ?? 0;
    for (const { id, count: all } of whole.classes) expect(count(first, id) + count(second, id)).toBe(all);
  });

  it('in which no fault is effective decides nothing', async () => {
    const isEffective = async (from: number): Promise<string> =>
      (await runCampaign(options('4-pages-young', { indexes: { from, to: from + 1 } }))).verdict;
    const { size } = indexOfScope(scope('4-pages-young'));
    expect(await isEffective(size - 1)).toBe('undecided');
  });

  it('that is interrupted says where to go on, and the rest finds the rest', async () => {
    let looks = 0;
    const stopRequested = (): boolean => ++looks > 1;
    const stopped = await runCampaign(options('tiny', {}, { stopRequested }));
    expect(stopped.stopped).toBe('interrupted');
    const { run, rest } = stopped.sweep as NonNullable<Report['sweep']>;
    expect(run).toBeGreaterThan(0);
    expect(rest).toEqual({ from: run, to: 77_664 });
    const further = await runCampaign(options('tiny', { indexes: rest as { from: number; to: number } }));
    const whole = await runCampaign(options('tiny'));
    expect(stopped.faults.run + further.faults.run).toBe(whole.faults.run);
  });

  it('knows what is left of several ranges', () => {
    const plan = planSweep(TINY, { architectures: ['x86-64', 'arm64-noaf'] });
    const { from, to } = indexOfScope(TINY).rangeOf('arm64-noaf');
    const half = to - from;
    expect(sweepReport(plan, half - 3, true).rest).toEqual({ from: half - 3, to });
    expect(sweepReport(plan, half, true).rest).toEqual({ from, to });
    expect(sweepReport(plan, half + 3, true).rest).toEqual({ from: from + 3, to });
    expect(sweepReport(plan, 2 * half, true).rest).toBeNull();
    expect(sweepReport(plan, 5, false).rest).toBeNull();
    expect(sweepReport(plan, 5, true).indexes).toEqual([
      { from: 0, to: half },
      { from, to },
    ]);
  });
});

/** For each concern a bug or change that lies in it, an engine that has it, where in the scope, and how it shows. */
const INSIDE: readonly (readonly [name: string, what: string, batched: string, pattern: RegExp])[] = [
  ['tiny', 'the inverted prefault test', 'batched@v6.6', /^young:1>0:faultPage/],
  ['tiny', 'entries beyond the end of the file', 'batched@v6.6', /^pte:none>present:.*beyondEof/],
  ['4-pages-young', 'the inverted prefault test', 'batched@v6.6', /^young:1>0:faultPage/],
  ['4-pages-young', 'the skipped folio', 'batched@v6.6-rc1', /^pte:present>none:.*firstPopulated/],
  ['4-pages-young', 'the skipped index', 'batched@v4', /^pte:present>none:/],
  ['4-pages-young', 'the lost NOPAGE', 'batched@v6.6-rc1', /^ret:NOPAGE>/],
  ['4-pages-readahead', 'the stale mmap_miss', 'batched@v4', /^mmap_miss:more/],
  ['4-pages-readahead', 'misses of a skipped folio', 'batched@v6.6-rc1', /^mmap_miss:more/],
  ['4-pages-rmap', 'lost references of a skipped folio', 'batched@v6.6-rc1', /^refcount:less/],
  ['4-pages-uffd', 'the lost NOPAGE', 'batched@v6.6-rc1', /^ret:NOPAGE>/],
  ['4-pages-finish', 'the endless fault of whole folios', 'batched@v6.12', /^accessOutcome:done>no progress/],
  ['4-pages-finish', 'the inverted prefault test', 'batched@v6.6', /^young:1>0:faultPage/],
  ['4-pages-finish', 'the fault-around that is refused without a page table', 'batched@v6.12.117', /^pmd:table>none/],
  ['6-pages-young', 'the inverted prefault test', 'batched@v6.6', /^young:1>0:faultPage/],
  ['6-pages-young', 'old entries of the run with the fault', 'batched@v4', /^young:1>0:/],
  ['8-pages-young', 'the inverted prefault test', 'batched@v6.6', /^young:1>0:faultPage/],
];

/** Small ranges all over each architecture. */
function spread(name: string): CampaignOptions['sweep'] {
  const { ranges, ...plan } = planSweep(scope(name));
  const pieces = ranges.flatMap(({ arch, from, to }) =>
    Array.from({ length: 300 }, (_, i) => {
      const first = from + Math.floor((i * (to - from)) / 300);
      return { arch, from: first, to: Math.min(to, first + 120) };
    }),
  );
  return { ...plan, ranges: pieces };
}

describe.each(INSIDE)('the scope %s', (name, what, batched, pattern) => {
  it(`has ${what} inside (${batched})`, async () => {
    const plan = options(name, {}, { batched: engine(batched), sweep: spread(name) });
    const { verdict, classes } = await runCampaign(plan);
    const open = classes.filter(({ entry }) => entry === null).map(({ id }) => id);
    expect(open).toEqual(expect.arrayContaining([expect.stringMatching(pattern)]));
    expect(verdict).toBe('divergent');
  });
});

it('a class found by a sweep is shown by the case of its address, and by the shrunk one', async () => {
  const batched = engine('batched@v6.6');
  const selection = { indexes: { from: 16_000, to: 18_000 } };
  const { classes } = await runCampaign(options('tiny', selection, { batched }));
  const found = classes.find(({ id }) => id.startsWith('young:1>0')) as Report['classes'][number];
  for (const target of [
    { case: caseAt(found.first), address: found.first },
    { case: found.shrunk ?? caseAt(found.first), address: null },
  ]) {
    const { faults } = replay(target, { legacy: LEGACY, batched, allowlist: ALLOWLIST, trace: false });
    expect(faults.flatMap(({ differences }) => differences.map(({ classId }) => classId))).toContain(found.id);
  }
  expect(found.first).toMatch(/^sweep:tiny:\d+$/);
  expect(withoutTiming({ ...(await runCampaign(options('tiny', selection, { batched }))) })).toMatchObject({ classes });
});

describe('an engine that dies in a sweep', () => {
  class Shallow extends Reference {
    override set_pte_range(folio: number, page: number, nr: number, addr: number): void {
      if (nr > 3) throw new Error('out of my depth');
      super.set_pte_range(folio, page, nr, addr);
    }
  }
  const selection = { indexes: { from: 5000, to: 7000 } };

  it('leaves the sweep undecided, with the cases in which it died, and the others played', async () => {
    const batched = withEngine(REFERENCE, 'batched@shallow', Shallow);
    const report = await runCampaign(options('tiny', selection, { batched }));
    expect([report.verdict, report.sweep?.run]).toEqual(['undecided', 2000]);
    expect(report.deaths).toBe(4);
    const [died] = report.died;
    expect(died).toMatchObject({ engine: 'batched@shallow', message: 'Error: out of my depth' });
    expect(caseAt(died.address).folios).toEqual([{ at: 0, order: 2 }]);
  });

  it('with its thread is not given the case again, which counts as played', () => {
    const job: Job = { ...options('tiny'), entries: [], cells: [], scope: 'tiny' };
    const unit = { kind: 'cases', first: 5000, cases: 1000 } as const;
    const whole = runnerOf(job).run(unit);
    const lost = [5003, 5200].map((index) => ({ index, engine: 'batched@reference', message: 'gone' }));
    const rest = runnerOf(job).run(unit, { beacon: newBeacon(), lost, givesUp: false });
    expect(rest.died).toEqual(
      lost.map(({ index, ...death }) => ({ ...death, address: `sweep:tiny:${index}`, position: index })),
    );
    expect([rest.cases, rest.deaths]).toEqual([whole.cases, 2]);
    expect(rest.run['x86-64']).toBeLessThan(whole.run['x86-64']);
    const cut = runnerOf(job).run(unit, { beacon: newBeacon(), lost, givesUp: true });
    expect([cut.cases, cut.deaths]).toEqual([201, 2]);
  });

  it('is told from a scope that is not there', () => {
    const job: Job = { ...options('tiny'), entries: [], cells: [], scope: 'small' };
    expect(() => runnerOf(job).run({ kind: 'cases', first: 0, cases: 1 })).toThrow('no scope small');
  });
});
