/** The quick self-test, whole; and that a harness with one eye shut fails it. */
import { beforeAll, describe, expect, it } from 'vitest';
import { PLANTED_BUGS } from '../../../src/batched/index.js';
import { REVISIONS } from '../../../src/campaign/engines.js';
import { canaries } from '../../../src/campaign/selftest/canaries.js';
import { hunt, type Sign } from '../../../src/campaign/selftest/hunt.js';
import { KNOWN_BUGS } from '../../../src/campaign/selftest/known_bugs.js';
import { combinablePairs, pairId, readWitnesses } from '../../../src/campaign/selftest/pairs.js';
import { runSelftest } from '../../../src/campaign/selftest/selftest.js';
import { plantedTarget, type Target, targets } from '../../../src/campaign/selftest/targets.js';
import { huntTarget, type PairResult, planTasks, runTask, type Setting } from '../../../src/campaign/selftest/tasks.js';
import { FIELDS } from '../../../src/mm/fields.js';
import { EMPTY_ALLOWLIST } from '../../../src/oracle/allowlist.js';
import { INVARIANTS } from '../../../src/oracle/invariants.js';
import { renderSelftestJson } from '../../../src/report/json.js';
import { type SelftestReport, SelftestSchema } from '../../../src/report/selftest_model.js';
import { ALLOWLIST, FIXTURES, LEGACY, REFERENCE } from '../../support.js';

const target = (id: string): Target => {
  const found = targets().find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(`no target ${id}`);
  return found;
};
const setting: Setting = { allowlist: ALLOWLIST, witnesses: new Map(), seed: 1, quick: true };

describe('the quick self-test', () => {
  let report: SelftestReport;
  const progress: [number, number][] = [];
  beforeAll(async () => {
    const onProgress = (done: number, planned: number): void => void progress.push([done, planned]);
    report = await runSelftest({ root: FIXTURES, seed: 1, quick: true, workers: 0, onProgress });
  }, 240_000);

  it('kills every canary, mutant, known bug and revision that has one', () => {
    expect(report.targets.filter(({ passed }) => !passed)).toEqual([]);
    expect(report).toMatchObject({ passed: true, stopped: 'complete', seed: 1, quick: true });
    expect(report.targets.map(({ id }) => id)).toEqual(targets().map(({ id }) => id));
  });

  it('finds nothing in the default pair', () => {
    const controls = report.targets.filter(({ kind }) => kind === 'control');
    expect(controls.map(({ sign }) => sign)).toEqual([null, null]);
    expect(controls.every(({ faults }) => faults >= 20_000)).toBe(true);
  });

  it('tells every pair of bugs apart, but for those of which one covers the other', () => {
    expect(report.pairs.failed).toEqual([]);
    expect(report.pairs.checked).toBeGreaterThan(600);
    expect(report.pairs.covered.map(({ id, covered }) => `${id}: ${covered}`)).toMatchSnapshot();
  });

  it('is valid as JSON, with the timing last', () => {
    const text = renderSelftestJson(report);
    expect(SelftestSchema.parse(JSON.parse(text))).toEqual(report);
    expect(Object.keys(JSON.parse(text) as object).at(-1)).toBe('timing');
  });

  it('tells how far it is', () => {
    const planned = planTasks().length;
    expect(progress[0]).toEqual([1, planned]);
    expect(progress.at(-1)).toEqual([planned, planned]);
  });

  it('ends early when it is told to, with what it has', async () => {
    const partial = await runSelftest({
      root: FIXTURES,
      seed: 1,
      quick: true,
      workers: 0,
      stopRequested: () => true,
    });
    expect(partial).toMatchObject({ stopped: 'interrupted', passed: false });
    expect(new Set(partial.targets.map(({ kind }) => kind))).toEqual(new Set(['canary']));
  });
});

describe('the targets', () => {
  it('have a canary for each compared field, and for invariants that exist', () => {
    const ids = canaries(LEGACY).map(({ id }) => id);
    const compared = FIELDS.filter(({ compare }) => compare !== 'conform').map(({ name }) => `field ${name}`);
    expect(ids).toEqual(expect.arrayContaining(compared));
    const named = canaries(LEGACY).flatMap(({ title }) => /against (\w+)$/.exec(title)?.slice(1) ?? []);
    expect(named.length).toBeGreaterThan(10);
    expect(INVARIANTS.map(({ id }) => id)).toEqual(expect.arrayContaining(named));
  });

  it('have every planted bug and every revision with a known bug', () => {
    const ids = targets().map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(PLANTED_BUGS.map(({ id }) => id)));
    expect(ids).toEqual(expect.arrayContaining(KNOWN_BUGS.flatMap(({ revisions }) => revisions)));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('have the campaign that they need', () => {
    expect(target('R34').architectures).toEqual(['arm64-contpte']);
    expect(target('R14').spans).toEqual([512]);
    expect(target('M18')).toMatchObject({ races: true, base: REFERENCE });
    expect(target('R12').base?.id).toBe('batched@v6.18');
    expect(target('M1')).toMatchObject({ architectures: ['arm64'], base: null });
    expect(target('legacy@v6.5')).toMatchObject({ batched: REFERENCE });
  });
});

describe('the known bugs', () => {
  it('are 40 and what was found here, each somewhere or with a reason', () => {
    const ids = KNOWN_BUGS.map(({ id }) => id);
    expect(ids).toEqual([...Array.from({ length: 40 }, (_, i) => `R${String(i + 1).padStart(2, '0')}`), 'F1', 'F2']);
    for (const { id, revisions, planted, why } of KNOWN_BUGS) {
      expect(revisions.length + planted.length > 0 || (why ?? '').length > 5, id).toBe(true);
    }
  });

  it('name revisions and planted bugs that exist, and all known ones of these', () => {
    const planted = PLANTED_BUGS.map(({ id }) => id);
    const named = KNOWN_BUGS.flatMap((bug) => bug.planted);
    expect(planted).toEqual(expect.arrayContaining(named));
    expect(named).toEqual(expect.arrayContaining(planted.filter((id) => id.startsWith('R'))));
    expect(REVISIONS.map(({ id }) => id)).toEqual(
      expect.arrayContaining(KNOWN_BUGS.flatMap(({ revisions }) => revisions)),
    );
  });
});

describe('a blind harness', () => {
  it('that finds nothing lets a bug live', () => {
    const blind = { ...plantedTarget(PLANTED_BUGS[0]), batched: REFERENCE, faults: 2000 };
    const { sign } = huntTarget({ ...blind, isFoundBy: () => true, base: REFERENCE }, setting);
    expect(sign).toBeNull();
  });

  it('that sees too much is not silent on the default pair', () => {
    const { sign } = huntTarget(target('reference'), { ...setting, allowlist: EMPTY_ALLOWLIST });
    expect(sign).toMatchObject({ kind: 'class' });
  });

  it('finds a canary only by what the canary changed', () => {
    const canary = target('field lruAdds');
    const wrong: Sign[] = [];
    hunt({ ...canary, allowlist: ALLOWLIST, seed: 1, faults: 2000 }, (sign) => {
      if (!canary.isFoundBy(sign)) wrong.push(sign);
      return false;
    });
    expect(wrong).toEqual([]);
  });
});

describe('tasks', () => {
  it('are together all targets and all pairs, once', () => {
    const tasks = planTasks();
    const ids = tasks.flatMap((task) => (task.kind === 'targets' ? task.ids : []));
    expect([...ids].sort()).toEqual(
      targets()
        .map(({ id }) => id)
        .sort(),
    );
    const ranges = tasks.flatMap((task) => (task.kind === 'pairs' ? [[task.from, task.to]] : []));
    expect(ranges.slice(1).every(([from], i) => from === ranges[i][1])).toBe(true);
  });

  it('look further in a campaign where a witness shows nothing of a bug, unless it must be quick', () => {
    const witnesses = readWitnesses(FIXTURES);
    const from = combinablePairs().findIndex((pair) => pairId(pair) === 'M2+M11');
    const result = (quick: boolean): readonly PairResult[] =>
      runTask({ kind: 'pairs', from, to: from + 1 }, { ...setting, witnesses, quick }).pairs;
    expect(result(true)).toMatchObject([{ id: 'M2+M11', covered: 'M2' }]);
    expect(result(false)).toMatchObject([{ id: 'M2+M11', covered: null }]);
  });
});
