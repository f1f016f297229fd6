/** Every section, measured with made-up assistants and a made-up program. */
import { describe, expect, it } from 'vitest';
import { BATCHED_REVISIONS } from '../../src/batched/index.js';
import { withAssistants } from '../../src/bench/assistant.js';
import { rowsOf } from '../../src/bench/find_time.js';
import { type KernelPair, kernelContenders } from '../../src/bench/kernels.js';
import type { BenchReport, Row, Section } from '../../src/bench/model.js';
import { turns } from '../../src/bench/race.js';
import { runBench, SECTIONS } from '../../src/bench/run.js';
import { FULL, QUICK, type Settings } from '../../src/bench/settings.js';
import { twoWorkers } from '../../src/bench/two_workers.js';
import { ARCH_NAMES } from '../../src/cases/case.js';
import type { KernelArch } from '../../src/kernel/config.js';
import { programOf, startMadeUp } from './made_up.js';

const TINY = {
  rounds: 2,
  sliceMilliseconds: 1,
  warmUpMilliseconds: 1,
  seeds: 1,
  processes: 2,
  starts: 2,
  watchedFaults: 100,
  costRounds: 1,
  costRepeats: 1,
  workerFaults: 1000,
  workerRepeats: 2,
};

/** Answers as the real program would: twice the rate with two workers. */
const PROGRAM = programOf(`
  const { argv } = process;
  const workers = Number(argv[argv.indexOf('--workers') + 1]);
  console.log(JSON.stringify({ timing: { seconds: 0.5, faultsPerSecond: 1000 * workers } }));
`);

const settings = (parts: Partial<Settings> = {}): Settings => ({
  amounts: TINY,
  allow: '',
  program: PROGRAM,
  start: startMadeUp,
  ...parts,
});

async function section(id: string, parts: Partial<Settings> = {}): Promise<Section> {
  const { sections } = await runBench([id], settings(parts));
  expect(sections.map((measured) => measured.id)).toEqual([id]);
  return sections[0];
}

/** Two kernels that were never compiled, of which arm64 has both. */
function kernelsOf(): KernelPair {
  const kernel = (name: string, model: string, archs: readonly KernelArch[]) => {
    const modules = new Map(archs.map((arch) => [arch, {} as WebAssembly.Module]));
    return { name, source: '', compiled: { modules, knowsVmaLock: false }, content: name, model, features: {} };
  };
  return {
    legacy: kernel('6.1', 'legacy@v6.1', ['x86-64', 'arm64']),
    batched: kernel('6.12', 'batched@v6.12.117', ['arm64', 'riscv64']),
  };
}

describe('a run', () => {
  it('measures what it is asked for, in its own order, and tells what it is at', async () => {
    const told: string[] = [];
    const report = await runBench(['workers', 'sweep'], settings({ onProgress: (what) => told.push(what) }));
    expect(report.sections.map(({ id }) => id)).toEqual(['sweep', 'workers']);
    expect(told).toEqual(['sweep', 'workers']);
    expect(report).toMatchObject({ quick: false, node: process.version, cores: expect.any(Number) });
    expect(Object.keys(report satisfies BenchReport)).toEqual([
      'version',
      'node',
      'processor',
      'cores',
      'load',
      'quick',
      'seconds',
      'sections',
    ]);
  });

  it('ends between two sections when it is told to', async () => {
    let asked = 0;
    const report = await runBench(['sweep', 'workers'], settings({ stopRequested: () => ++asked > 1 }));
    expect(report.sections.map(({ id }) => id)).toEqual(['sweep']);
  });

  it('knows its sections, and that a quick run is one', async () => {
    expect(SECTIONS).toEqual(['random', 'sweep', 'kernels', 'workers', 'collections', 'cost', 'find', 'process']);
    expect((await runBench([], settings({ amounts: QUICK }))).quick).toBe(true);
    for (const [name, amount] of Object.entries(QUICK)) {
      expect(amount, name).toBeLessThan(FULL[name as keyof typeof FULL]);
    }
  });
});

describe('the sections', () => {
  it('random: every architecture, mixes, and beside them plain objects and sketch', async () => {
    const { rows } = await section('random');
    for (const arch of ARCH_NAMES) expect(rows.map(({ name }) => name)).toContain(`${arch}, span 64`);
    const mix = 'default architectures, span 64';
    const found = (name: string): unknown => {
      const { figure, goal, met } = rows.find((row) => row.name === name) as Row;
      return [figure, goal?.value ?? null, met];
    };
    expect(found(mix)).toEqual([1e6, 1e6, true]);
    expect(found(`${mix}, all invariants`)).toEqual([1e6, 4e5, true]);
    expect(found('arm64-contpte, span 64')).toEqual([1e6, null, null]);
    expect(found('default campaign, spans 8, 64, 512')).toEqual([8e6, null, null]);
    expect(found(`${mix} / plain objects, span 64`)).toEqual([100, 50, true]);
    expect(found(`${mix} / sketch, span 64`)).toEqual([0.5, null, null]);
    expect(found('share of a core that contenders had')).toEqual([0.5, null, null]);
    expect(rows[0].measurements).toBe(TINY.rounds);
  });

  it('sweep: every scope of four pages, one of them beside its goal', async () => {
    const { rows } = await section('sweep');
    expect(rows.map(({ name, unit, figure, met }) => [name, unit, figure, met])).toEqual([
      ['4-pages-young', 'cases/s', 3e6, true],
      ...['4-pages-readahead', '4-pages-rmap', '4-pages-uffd', '4-pages-finish'].map((name) => [
        ...[name, 'cases/s', 3e6, null],
      ]),
    ]);
  });

  it('kernels: two of the cache beside their models, on what both are compiled for', async () => {
    const { legacy, batched } = kernelsOf();
    const [models, own] = kernelContenders({ legacy, batched });
    expect(models).toMatchObject({ legacy: 'legacy@v6.1', batched: 'batched@v6.12.117' });
    expect(own).toMatchObject({ legacy: 'kernel:6.1', batched: 'kernel:6.12', kernels: [legacy, batched] });
    for (const spec of [models, own]) expect(spec).toMatchObject({ architectures: ['arm64', 'arm64-noaf'] });
    const { rows } = await section('kernels', { kernels: { legacy, batched } });
    expect(rows.map(({ name, goal }) => [name, goal?.value ?? null])).toEqual([
      ['legacy@v6.1 against batched@v6.12.117', null],
      ['kernel:6.1 against kernel:6.12', 4e5],
      ['kernels / models', null],
    ]);
  });

  it('kernels: not available without a pair', async () => {
    const { rows, unavailable } = await section('kernels');
    expect(rows).toEqual([]);
    expect(unavailable).toContain('ptediff kernel add adds them');
  });

  it('workers: two against one, in turn', async () => {
    const { rows } = await section('workers');
    expect(rows.map(({ name, figure, met }) => [name, figure, met])).toEqual([
      // By the clock, of which the made-up assistants need two milliseconds for one of work.
      ['1 warm search', 4e6, null],
      ['2 warm searches at once', 8e6, null],
      ['2 searches / 1 search', 2, null],
      ['1 worker', 1000, null],
      ['2 workers', 2000, null],
      ['2 workers / 1 worker', 2, true],
    ]);
  });

  it('workers: not available on one core', async () => {
    const { rows, unavailable } = await twoWorkers(settings(), 1);
    expect([rows, unavailable]).toEqual([[], 'this machine has one core']);
  });

  it('collections: their number and their share of the time', async () => {
    const { rows } = await section('collections');
    expect(rows.filter(({ goal }) => goal?.value === 0).map(({ figure, met }) => [figure, met])).toEqual(
      Array.from({ length: 3 }, () => [3, false]),
    );
    expect(rows.find(({ name }) => name === 'x86-64, span 64: share of the time')?.figure).toBeCloseTo(0.02);
  });

  it('cost: by faults and by span', async () => {
    const { rows } = await section('cost');
    expect(rows.map(({ name, figure, met }) => [name, figure, met])).toEqual([
      ['1 x the faults', 1000, null],
      ['2 x the faults', 1000, null],
      ['4 x the faults', 1000, null],
      ['4 x against 1 x, per fault', 1, true],
      ['span 8', 125, null],
      ['span 64', 1000, null],
      ['span 512', 8000, null],
      ['span 64 against 8, per fault', 8, true],
      ['span 512 against 64, per fault', 8, true],
    ]);
  });

  it('find: every revision but the reference, over seeds from 1, with the time to shrink', async () => {
    const { rows } = await section('find', { amounts: { ...TINY, seeds: 3 } });
    expect(rows.filter(({ name }) => name.startsWith('batched@v6.6:'))).toMatchObject([
      { name: 'batched@v6.6: found after', figure: 2, lowest: 1, highest: 3, met: true },
      { name: 'batched@v6.6: faults until then', figure: 20, met: null },
      { name: 'batched@v6.6: shrunk in', figure: 150, met: false },
    ]);
    expect(rows).toHaveLength(3 * (BATCHED_REVISIONS.length - 1));
    expect(rows.filter(({ name }) => name.includes('reference'))).toEqual([]);
  });

  it('find: a search that found nothing is no short one', () => {
    const finds = [
      { faults: null, milliseconds: 5, shrinking: null },
      { faults: 7, milliseconds: 1, shrinking: null },
      { faults: null, milliseconds: 5, shrinking: null },
    ];
    const [time, faults, ...others] = rowsOf('v1', finds);
    expect([time.figure, time.met, faults.figure]).toEqual([Number.POSITIVE_INFINITY, false, Number.POSITIVE_INFINITY]);
    expect(others).toEqual([]);
  });

  it('process: wall time and peak memory, each beside its goal', async () => {
    const { rows } = await section('process');
    expect(rows.map(({ name, goal }) => [name, goal?.value ?? null])).toEqual([
      ['ptediff fuzz --batched v6.6: wall time', 3],
      ['ptediff fuzz --batched v6.6: peak memory', 200],
      ['ptediff fuzz: wall time', null],
      ['ptediff fuzz: peak memory', 200],
      ['node alone: wall time', null],
      ['ptediff --help: wall time', null],
      ['ptediff --help / node alone', null],
      ['ptediff fuzz --faults 1: wall time', null],
      ['ptediff fuzz --faults 1 / node alone', null],
    ]);
  });

  it('process: small commands with two kernels of the cache, in turn with Node alone', async () => {
    const { rows } = await section('process', { kernels: kernelsOf() });
    const small = rows.slice(rows.findIndex(({ name }) => name.startsWith('node')));
    expect(small.filter(({ goal }) => goal !== null).map(({ name, goal }) => [name, goal?.value])).toEqual([
      ['ptediff kernel list: wall time', 0.3],
      ['ptediff fuzz, one block on two kernels: wall time', 0.3],
      ['ptediff replay on two kernels: wall time', 0.5],
    ]);
    expect(small.map(({ measurements }) => measurements)).toEqual(small.map(() => TINY.starts));
    expect(small.filter(({ unit }) => unit === 'ratio').map(({ name }) => name)).toEqual([
      'ptediff --help / node alone',
      'ptediff fuzz --faults 1 / node alone',
      'ptediff kernel list / node alone',
      'ptediff fuzz, one block on two kernels / node alone',
      'ptediff fuzz --faults 1 on two kernels / node alone',
      'ptediff replay on two kernels / node alone',
    ]);
  });

  it('process: a command that does not do its work is no figure', async () => {
    const program = programOf('if (process.argv[2] === "replay") { console.error("no"); process.exit(66); }');
    await expect(section('process', { program, kernels: kernelsOf() })).rejects.toThrow(
      'ptediff replay on two kernels ended with 66: no',
    );
  });
});

describe('a race', () => {
  it('gives every contender a turn in each round, and each the first now and then', () => {
    expect([0, 1, 2, 3].map((round) => turns(3, round))).toEqual([
      [0, 1, 2],
      [1, 2, 0],
      [2, 0, 1],
      [0, 1, 2],
    ]);
  });

  it('ends its assistants even if the work fails', async () => {
    const closed: number[] = [];
    let started = 0;
    const start = (): ReturnType<typeof startMadeUp> => {
      const number = started++;
      return { ...startMadeUp(''), close: async () => void closed.push(number) };
    };
    const failing = withAssistants(start, '', 2, async () => {
      throw new Error('broken');
    });
    await expect(failing).rejects.toThrow('broken');
    expect(closed).toEqual([0, 1]);
  });
});
