/** Models against kernels: models stand in for kernels here, so that it is known what there is to find. */
import { describe, expect, it } from 'vitest';
import { Conformity } from '../../../src/campaign/conform/conform.js';
import { archsOfConform, conform, type Row } from '../../../src/campaign/conform/run.js';
import { caseAt } from '../../../src/cases/address.js';
import { scopeNamed } from '../../../src/cases/scopes.js';
import { LegacyEngine } from '../../../src/legacy/index.js';
import type { ArchName } from '../../../src/mm/arch/architecture.js';
import type { Revision } from '../../../src/mm/revision.js';
import { engine, LEGACY, withEngine } from '../../support.js';

const rowsOf = async (options: Parameters<typeof conform>[0]): Promise<Row[]> => {
  const rows: Row[] = [];
  for await (const row of conform(options)) rows.push(row);
  return rows;
};

const here = (kernel: Revision, architectures: readonly ArchName[]): Revision => ({ ...kernel, architectures });

describe('random cases', () => {
  it('show nothing where the kernel is its model, on every architecture that it has', async () => {
    const model = engine('batched@v6.12.117');
    const rows = await rowsOf({ model, kernel: here(model, ['x86-64', 'arm64']), what: 4000 });
    expect(rows.map(({ arch }) => arch)).toEqual(['x86-64', 'arm64']);
    for (const { faults, disagreements } of rows) {
      expect(faults).toBeGreaterThanOrEqual(2000);
      expect(disagreements.size).toBe(0);
    }
  });

  it('show what differs, also in what is not compared between engines, with the address of the first case', async () => {
    const conformity = new Conformity(LEGACY, engine('legacy@v6.5'));
    await conformity.draw('x86-64', 16, false, 1, 2000);
    const all = [...conformity.outcome.disagreements.values()];
    expect(all.map(({ columns }) => columns)).toContain('nrPagesMapped');
    for (const { address, count, values } of all) {
      expect(caseAt(address).arch).toBe('x86-64');
      expect(count).toBeGreaterThan(0);
      expect(values).toMatch(/^[\w.]+ \d+ [0-9a-f]+\/[0-9a-f]+/);
    }
  });

  it('count the cases in which the kernel stopped', async () => {
    class Stops extends LegacyEngine {
      override do_fault(): number {
        throw new Error('assertion at mm/one.c:7');
      }
    }
    let breaths = 0;
    const stopping = new Conformity(LEGACY, withEngine(LEGACY, 'kernel:stops', Stops), async () => ++breaths < 2);
    await stopping.draw('x86-64', 4, false, 1, 1000);
    expect(stopping.outcome.died).toMatchObject({ message: 'Error: assertion at mm/one.c:7' });
    expect(stopping.outcome.died.count).toBeGreaterThan(100);
    expect(stopping.outcome.faults).toBeGreaterThanOrEqual(stopping.outcome.died.count);
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
    const rows = await rowsOf({ model: LEGACY, kernel, what: tiny });
    expect(rows[0]?.cases).toBeGreaterThan(1000);
    for (const { address } of rows[0]?.disagreements.values() ?? []) expect(address).toMatch(/^sweep:tiny:\d+$/);
  });
});
