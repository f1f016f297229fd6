/** Models against kernels: models stand in for kernels here, so that it is known what there is to find. */
import { describe, expect, it } from 'vitest';
import { archsOfConform, casesOf, conform, DRAWS, type Row } from '../../../src/campaign/conform/run.js';
import { differenceIn, smallest } from '../../../src/campaign/conform/smallest.js';
import { requireRevision } from '../../../src/campaign/engines.js';
import { caseAt, formatAddress } from '../../../src/cases/address.js';
import {
  type Case,
  FAILURE_NAMES,
  FILE_KINDS,
  FOLIO_FLAG_NAMES,
  MKWRITE_NAMES,
  PMD_NAMES,
  RACE_NAMES,
  VMA_FLAG_NAMES,
} from '../../../src/cases/case.js';
import { scopeNamed } from '../../../src/cases/scopes.js';
import type { Scope } from '../../../src/cases/sweep/scope.js';
import { LegacyEngine } from '../../../src/legacy/index.js';
import type { ArchName } from '../../../src/mm/arch/architecture.js';
import type { Revision } from '../../../src/mm/revision.js';
import { engine, LEGACY, withEngine } from '../../support.js';

const rowsOf = async (options: Parameters<typeof conform>[0]): Promise<readonly Row[]> => (await conform(options)).rows;

const here = (kernel: Revision, architectures: readonly ArchName[]): Revision => ({ ...kernel, architectures });

describe('random cases', () => {
  it('show nothing where the kernel is its model, on every architecture that it has', async () => {
    const model = engine('batched@v6.12.117');
    const rows = await rowsOf({ model, kernel: here(model, ['x86-64', 'arm64']), what: 4000 });
    expect(rows.map(({ arch }) => arch)).toEqual(['x86-64', 'arm64']);
    for (const { faults, disagreements } of rows) {
      expect(faults).toBeGreaterThanOrEqual(2000);
      expect(disagreements).toEqual([]);
    }
  });

  it('show what differs, also in what is not compared between engines, with the address of the first case', async () => {
    const [row] = await rowsOf({ model: LEGACY, kernel: here(engine('legacy@v6.5'), ['x86-64']), what: 4000 });
    const all = row?.disagreements ?? [];
    expect(all.map(({ columns }) => columns)).toContain('nrPagesMapped');
    for (const { first, count, values } of all) {
      expect(caseAt(first).arch).toBe('x86-64');
      expect(count).toBeGreaterThan(0);
      expect(values).toMatch(/^[\w.]+ \d+ [0-9a-f]+\/[0-9a-f]+/);
    }
  });

  it('have their kinds of disagreement in the order of the first case that shows each', async () => {
    const [row] = await rowsOf({ model: LEGACY, kernel: here(engine('legacy@v6.5'), ['x86-64']), what: 4000 });
    const all = row?.disagreements ?? [];
    expect(all.length).toBeGreaterThan(2);
    expect(all.map(({ position }) => position)).toEqual(all.map(({ position }) => position).sort((a, b) => a - b));
    expect(row?.smallest?.difference.columns).toBe(all[0]?.columns);
  });

  it('count the cases in which the kernel stopped', async () => {
    class Stops extends LegacyEngine {
      override do_fault(): number {
        throw new Error('assertion at mm/one.c:7');
      }
    }
    const kernel = here(withEngine(LEGACY, 'kernel:stops', Stops), ['x86-64']);
    const [row] = await rowsOf({ model: LEGACY, kernel, what: 1000 });
    expect(row?.died).toMatchObject({ columns: '', values: 'Error: assertion at mm/one.c:7', replays: true });
    expect(row?.died?.count).toBeGreaterThan(100);
    expect(row?.faults).toBeGreaterThanOrEqual(row?.died?.count ?? Number.NaN);
  });

  it('end when they are asked to, with what has run', async () => {
    let looks = 0;
    const stopRequested = (): boolean => looks++ > 0;
    const kernel = here(LEGACY, ['x86-64', 'arm64']);
    const { rows, stopped, rest } = await conform({ model: LEGACY, kernel, what: 500_000_000, stopRequested });
    expect([stopped, rest]).toEqual(['interrupted', null]);
    expect(rows[0]?.faults).toBeGreaterThan(0);
    expect(rows[1]?.faults).toBe(0);
  });
});

describe('a scope', () => {
  const tiny = scopeNamed('tiny');
  if (tiny === undefined) throw new Error('no scope tiny');

  it('is played on the architectures that it and the kernel have', () => {
    const kernel = here(LEGACY, [...tiny.architectures.slice(0, 1), 'arm64-contpte']);
    expect(archsOfConform({ kernel, what: tiny })).toEqual(tiny.architectures.slice(0, 1));
  });

  it('is played case by case', async () => {
    const kernel = here(engine('legacy@v6.5'), tiny.architectures.slice(0, 1));
    const [row] = await rowsOf({ model: LEGACY, kernel, what: tiny });
    expect(row?.faults).toBeGreaterThan(1000);
    expect(row?.disagreements.length).toBeGreaterThan(0);
    for (const { first } of row?.disagreements ?? []) expect(first).toMatch(/^sweep:tiny:\d+$/);
  });

  it('can be played in parts, whose counts make up the whole', async () => {
    const options = { model: LEGACY, kernel: here(engine('legacy@v6.5'), ['x86-64', 'arm64']), what: tiny };
    const whole = await rowsOf(options);
    const all = casesOf(options) ?? 0;
    expect(all).toBeGreaterThan(10_000);
    const bounds = [0, 11, 20_000, all];
    const parts = await Promise.all(
      bounds.slice(1).map((to, i) => conform({ ...options, indexes: { from: bounds[i] ?? 0, to } })),
    );
    for (const { arch, faults, disagreements } of whole) {
      const own = parts.flatMap(({ rows }) => rows.filter((row) => row.arch === arch));
      expect(own.reduce((sum, row) => sum + row.faults, 0)).toBe(faults);
      for (const { columns, count, first } of disagreements) {
        const same = own.flatMap((row) => row.disagreements.filter((one) => one.columns === columns));
        expect(same.reduce((sum, one) => sum + one.count, 0)).toBe(count);
        expect(same[0]?.first).toBe(first);
      }
    }
  });

  it('that is interrupted says which cases are left, and goes on with them', async () => {
    let looks = 0;
    const scope = scopeNamed('4-pages-young');
    if (scope === undefined) throw new Error('no scope 4-pages-young');
    const options = { model: LEGACY, kernel: here(LEGACY, ['x86-64']), what: scope };
    const { stopped, rest } = await conform({ ...options, stopRequested: () => looks++ > 0 });
    expect(stopped).toBe('interrupted');
    expect(rest?.from).toBeGreaterThan(0);
    const all = casesOf(options) ?? 0;
    expect(casesOf({ ...options, indexes: rest ?? undefined })).toBe(all - (rest?.from ?? 0));
  });
});

describe('the smallest case', () => {
  const model = engine('batched@v6.12.117');
  const planted = (bug: string): Revision => here(requireRevision(`v6.12.117+${bug}`, 'batched'), ['arm64']);

  it('shows the first disagreement, with both sides and every word that differs', async () => {
    const [row] = await rowsOf({ model, kernel: planted('M2'), what: 3000 });
    const { case: plain, difference } = row?.smallest ?? { case: null, difference: null };
    expect(plain).toMatchObject({ arch: 'arm64', span: 4, folios: [{ order: 1 }] });
    expect(difference).toMatchObject({ columns: 'pte', death: null });
    expect(difference?.fault).toMatchObject({ legacyRow: 'yy..', batchedRow: 'oo..', batchedReturn: 'NOPAGE' });
    expect(difference?.words.map(({ column, slot }) => [column, slot])).toEqual([
      ['pte', 0],
      ['pte', 1],
    ]);
  });

  it('is found in a scope too', async () => {
    const [row] = await rowsOf({ model, kernel: planted('M9'), what: tinyScope() });
    expect(row?.smallest?.difference.columns).toContain('refcount');
  });

  it('differs in the same columns as the first one', async () => {
    const [row] = await rowsOf({ model: LEGACY, kernel: here(engine('legacy@v6.5'), ['x86-64']), what: 2000 });
    for (const { first, columns } of row?.disagreements ?? []) {
      const found = smallest(first, columns, LEGACY, engine('legacy@v6.5'));
      expect(found?.difference.columns).toBe(columns);
      if (found !== null) expect(differenceIn(found.case, LEGACY, engine('legacy@v6.5'))).toEqual(found.difference);
    }
  });

  it('is one in which the kernel stops, where it does', async () => {
    class Stops extends LegacyEngine {
      override do_fault(): number {
        if (this.vmf.address > 1) throw new Error('assertion at mm/one.c:7');
        return super.do_fault();
      }
    }
    const kernel = here(withEngine(LEGACY, 'kernel:stops', Stops), ['x86-64']);
    const [row] = await rowsOf({ model: LEGACY, kernel, what: 2000 });
    expect(row?.smallest?.difference).toMatchObject({
      columns: '',
      death: 'Error: assertion at mm/one.c:7',
      words: [],
    });
    expect(row?.smallest?.case.steps).toEqual([{ read: 2 }]);
  });

  it('is none where nothing disagrees, or where the address does not show it', async () => {
    const [row] = await rowsOf({ model, kernel: here(model, ['arm64']), what: 800 });
    expect(row?.smallest).toBeNull();
    expect(smallest('g2.arm64.4.1.80.wl', 'pte', model, model)).toBeNull();
  });
});

describe('random faults', () => {
  it('have every dial of the case space, races too', () => {
    const seen = new Set<string>();
    for (const { span, races } of DRAWS) {
      for (const arch of ['x86-64', 'arm64'] as const) {
        const pair = { uffdWp: arch === 'x86-64', vmaLock: true, races };
        for (let index = 0; index < 2400; index += 8) {
          const plain = caseAt(formatAddress({ arch, span, seed: 1, index, pair }));
          for (const name of dialsOf(plain)) seen.add(name);
        }
      }
    }
    const wanted = [
      ...VMA_FLAG_NAMES,
      ...FILE_KINDS,
      ...MKWRITE_NAMES,
      ...FAILURE_NAMES,
      ...RACE_NAMES,
      ...FOLIO_FLAG_NAMES,
      ...PMD_NAMES,
      ...['per-VMA lock', 'no map_pages', 'read', 'write', 'zap', 'age', 'device', 'hwpoison', 'maps', 'pmdMaps'],
    ];
    expect(wanted.filter((name) => !seen.has(name))).toEqual([]);
    expect(DRAWS.filter(({ races }) => races)).toHaveLength(DRAWS.length / 2);
  });
});

/** Names of the dials that the case has turned. */
function dialsOf({ vma, file, failures, race, folios, pmd, steps }: Case): string[] {
  return [
    ...[...vma.flags, file.kind, file.pageMkwrite, ...failures, race.kind, pmd],
    ...folios.flatMap((folio) => [...(folio.flags ?? []), ...Object.keys(folio)]),
    ...steps.flatMap((step) => [...Object.keys(step), ...Object.values(step).map(String)]),
    ...(vma.vmaLock ? ['per-VMA lock'] : []),
    ...(vma.mapPages ? [] : ['no map_pages']),
  ];
}

function tinyScope(): Scope {
  const tiny = scopeNamed('tiny');
  if (tiny === undefined) throw new Error('no scope tiny');
  return tiny;
}
