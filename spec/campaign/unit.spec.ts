/** The units of a plan cover it exactly, and so do the shards, for any number of them. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PlannedCell, planCells } from '../../src/campaign/plan.js';
import { type BlockUnit, blockUnits, shardOf, WHOLE } from '../../src/campaign/unit.js';
import { CASES_PER_BLOCK } from '../../src/cases/draw.js';
import { DEFAULT_ARCHITECTURES } from '../../src/mm/arch/index.js';
import { campaign } from '../support.js';

const plans = fc
  .record({
    architectures: fc.shuffledSubarray([...DEFAULT_ARCHITECTURES], { minLength: 1 }),
    spans: fc.uniqueArray(fc.constantFrom(4, 8, 64, 200, 512), { minLength: 1 }),
    faults: fc.integer({ min: 1, max: 3_000_000 }),
  })
  .map(({ faults, ...parts }) => planCells(campaign(parts), faults));

/** Ranges of blocks of a cell, joined where one follows the other. */
function coverage(units: readonly BlockUnit[], cell: number): [from: number, to: number][] {
  const ranges: [number, number][] = [];
  for (const { first, blocks } of units.filter((unit) => unit.cell === cell).sort((a, b) => a.first - b.first)) {
    const last = ranges.at(-1);
    if (last?.[1] === first) last[1] = first + blocks;
    else ranges.push([first, first + blocks]);
  }
  return ranges;
}

const whole = (cells: readonly PlannedCell[]): [number, number][][] => cells.map(({ blocks }) => [[0, blocks]]);

describe('the units of a plan', () => {
  it('cover every block of every cell once', () => {
    fc.assert(
      fc.property(plans, (cells) => {
        const units = [...blockUnits(cells)];
        expect(cells.map((_, cell) => coverage(units, cell))).toEqual(whole(cells));
      }),
    );
  });

  it('stand one behind the other', () => {
    fc.assert(
      fc.property(plans, (cells) => {
        let next = 0;
        for (const { position, blocks } of blockUnits(cells)) {
          expect(position).toBe(next);
          next += blocks * CASES_PER_BLOCK;
        }
      }),
    );
  });

  it('go on in the next round where the one before has stopped', () => {
    const cells = planCells(campaign({ spans: [8, 64] }), 100_000);
    const rounds = [0, 1, 2].flatMap((round) => [...blockUnits(cells, round)]);
    expect(cells.map((_, cell) => coverage(rounds, cell))).toEqual(cells.map(({ blocks }) => [[0, 3 * blocks]]));
    const positions = rounds.map(({ position }) => position);
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
  });

  it('are small enough to spread: none has more than a few thousand faults at a large span', () => {
    const cells = planCells(campaign({ spans: [4, 8, 64, 512] }), 10_000_000);
    const largest = (span: number): number =>
      Math.max(...[...blockUnits(cells)].filter(({ cell }) => cells[cell].span === span).map(({ blocks }) => blocks));
    expect([4, 8, 64, 512].map(largest)).toEqual([2048, 2048, 1024, 128]);
  });
});

describe('shards', () => {
  it.each([1, 2, 7])('%i of them are disjoint, and their union is the plan', (of) => {
    fc.assert(
      fc.property(plans, (cells) => {
        const shards = Array.from({ length: of }, (_, i) => [...shardOf(blockUnits(cells), { index: i + 1, of })]);
        const units = shards.flat();
        expect(new Set(units.map(({ position }) => position)).size).toBe(units.length);
        expect(cells.map((_, cell) => coverage(units, cell))).toEqual(whole(cells));
        const sizes = shards.map(({ length }) => length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 50 },
    );
  });

  it('may be empty where there are more of them than units', () => {
    const cells = planCells(campaign({ spans: [8] }), 16);
    expect([...shardOf(blockUnits(cells), { index: 3, of: 5 })]).toEqual([]);
  });

  it('of a whole are the whole', () => {
    const cells = planCells(campaign(), 100_000);
    expect([...shardOf(blockUnits(cells), WHOLE)]).toEqual([...blockUnits(cells)]);
  });
});
