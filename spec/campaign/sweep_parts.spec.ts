/** A sweep says the same for any number of worker threads and of parts; the threads run the built package. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { CampaignOptions } from '../../src/campaign/api.js';
import { runCampaign } from '../../src/campaign/campaign.js';
import { joinParts, type OpenPart, runShard } from '../../src/campaign/parts.js';
import { type ReadPart, readPart } from '../../src/campaign/read_part.js';
import { planSweep, sweepOptions } from '../../src/campaign/sweep.js';
import { caseUnits, shardOf } from '../../src/campaign/unit.js';
import { SCOPES, scopeNamed } from '../../src/cases/scopes.js';
import type { Scope } from '../../src/cases/sweep/scope.js';
import { renderJson, renderPart } from '../../src/report/json.js';
import type { Report } from '../../src/report/model.js';
import { temporaryFolder } from '../folders.js';
import { ALLOWLIST, engine, LEGACY } from '../support.js';

vi.mock('../../src/campaign/worker_file.js', () => ({
  WORKER_FILE: new URL('../../dist/campaign/worker.js', import.meta.url),
}));

/** Two architectures of tiny, on a revision with several bugs. */
const OPTIONS: CampaignOptions = {
  legacy: LEGACY,
  batched: engine('batched@v6.6'),
  allowlist: ALLOWLIST,
  ...sweepOptions(planSweep(scopeNamed('tiny') as Scope, { architectures: ['arm64', 'mips64'] })),
};

let folder: string;
beforeAll(() => {
  const made = temporaryFolder();
  folder = made.path;
  return made.remove;
});

const stable = (report: Report): string => renderJson(report).split('"timing"')[0];

let number = 0;
function throughFile(part: OpenPart): ReadPart {
  const file = join(folder, `part-${number++}.json`);
  writeFileSync(file, renderPart(part));
  return readPart(file);
}

describe('a sweep', () => {
  let whole: Report;
  beforeAll(async () => {
    whole = await runCampaign(OPTIONS);
    expect(whole.classes.length).toBeGreaterThan(20);
  });

  it('has the same report for 1, 2 and 7 workers and for none', async () => {
    for (const workers of [1, 2, 7]) {
      expect(stable(await runCampaign({ ...OPTIONS, workers })), `${workers} workers`).toBe(stable(whole));
    }
  });

  it.each([1, 2, 7])('has the same report for %i parts, in any order', async (of) => {
    const shards = await Promise.all(Array.from({ length: of }, (_, i) => runShard(OPTIONS, { index: i + 1, of })));
    const read = shards.map(throughFile);
    const cases = read.map(({ part }) => part.counts.cases);
    expect(cases.reduce((sum, count) => sum + count, 0)).toBe(2 * 12_944);
    expect(stable((await joinParts([...read].reverse(), ALLOWLIST)).report)).toBe(stable(whole));
  });

  it('that was interrupted in parts does not say where to go on: its cases are all over the plan', async () => {
    const [one, other] = await Promise.all([1, 2].map((index) => runShard(OPTIONS, { index, of: 2 })));
    const read = [throughFile({ ...one, stopped: 'interrupted' }), throughFile(other)];
    const { report } = await joinParts(read, ALLOWLIST);
    expect([report.stopped, report.sweep?.rest]).toEqual(['interrupted', null]);
  });
});

it.each([1, 2, 7])('the units of %i shards are disjoint, and their union is the plan', (of) => {
  for (const scope of SCOPES) {
    const units = [...caseUnits(planSweep(scope))];
    const shards = Array.from({ length: of }, (_, i) => [...shardOf(units, { index: i + 1, of })]);
    expect(shards.flat().sort((a, b) => a.first - b.first)).toEqual(units);
  }
});

describe('the part of a sweep', () => {
  let good: OpenPart;
  beforeAll(async () => {
    good = await runShard(OPTIONS, { index: 1, of: 2 });
  });
  type SweepPlan = Extract<OpenPart['plan'], { kind: 'sweep' }>;
  const changed = (changes: Partial<SweepPlan>): OpenPart => ({
    ...good,
    plan: { ...(good.plan as SweepPlan), ...changes },
  });
  const range = (arch: string, from: number, to: number): Partial<SweepPlan> => ({ ranges: [{ arch, from, to }] });

  it.each([
    ['another scope', () => changed({ scope: 'small' }), 'no such scope: small'],
    ['a scope of another size', () => changed({ size: 5 }), 'expected 77664 cases of the scope tiny, found 5'],
    ['a range of another architecture', () => changed(range('arm64', 0, 10)), 'no such range of arm64: 0 to 10'],
    ['a range of no architecture', () => changed(range('vax', 0, 10)), 'no such range of vax: 0 to 10'],
    ['an empty range', () => changed(range('x86-64', 9, 9)), 'no such range of x86-64: 9 to 9'],
    ['no range', () => changed({ ranges: [] }), 'plan'],
    [
      'ranges that overlap',
      () => changed({ ranges: [9, 8].map((from) => ({ arch: 'x86-64', from, to: 12 })) }),
      'no such range of x86-64: 8 to 12',
    ],
  ])('is refused with %s', (_what, part, message) => {
    expect(() => throughFile(part())).toThrow(message);
    expect(() => throughFile(part())).toThrow(expect.objectContaining({ name: 'InputError', exitCode: 3 }));
  });

  it('does not join one of other indexes', async () => {
    const others = { ...OPTIONS, ...sweepOptions(planSweep(scopeNamed('tiny') as Scope)) };
    const parts = [good, await runShard({ ...others }, { index: 2, of: 2 })].map(throughFile);
    await expect(joinParts(parts, ALLOWLIST)).rejects.toThrow('another plan than');
  });
});
