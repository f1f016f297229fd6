/**
 * The units of a plan: parts that are small enough to spread evenly and can run anywhere, in any order. A plan is the
 * same list of units whoever runs it, so that every N-th of them is a shard.
 *
 * Another kind of unit is another member of the union `Unit`, with its own function that lists the units of a plan and
 * its own branch in runner.ts; it must say at which position of the plan its first case stands.
 */
import { CASES_PER_BLOCK } from '../cases/draw.js';
import type { Shard } from '../report/shard.js';
import type { SweepPlan } from './api.js';
import type { PlannedCell } from './plan.js';

/** Consecutive blocks of one cell. */
export interface BlockUnit {
  readonly kind: 'blocks';
  /** place in the plan of its first case, counted in cases */
  readonly position: number;
  /** index of the cell in the plan */
  readonly cell: number;
  /** number of the first block */
  readonly first: number;
  readonly blocks: number;
}

/** Consecutive cases of the job's scope, all of one architecture. */
export interface CaseUnit {
  readonly kind: 'cases';
  /** index of the first case, which is its place in the plan as well */
  readonly first: number;
  readonly cases: number;
}

export type Unit = BlockUnit | CaseUnit;

/** Blocks of a unit at a span of 64 pages; larger spans take longer, and get fewer. */
const UNIT_BLOCKS = 1024;

/** Blocks of a unit: some tens of milliseconds of work at every span. */
function unitBlocks(span: number): number {
  return Math.max(16, Math.min(2 * UNIT_BLOCKS, Math.floor((UNIT_BLOCKS * 64) / span)));
}

/** Cases of a unit: some tens of milliseconds of work, also where every fault is checked in full. */
const UNIT_CASES = 1 << 16;
const UNIT_CASES_IN_FULL = 1 << 13;

/** The units of a sweep, in plan order. */
export function* caseUnits({ scope, ranges }: SweepPlan): Generator<CaseUnit> {
  const size = scope.invariantsAll === true ? UNIT_CASES_IN_FULL : UNIT_CASES;
  for (const { from, to } of ranges) {
    for (let first = from; first < to; first += size) {
      yield { kind: 'cases', first, cases: Math.min(size, to - first) };
    }
  }
}

/**
 * The units of one round over the cells, in plan order. Each round goes on where the one before has stopped.
 * @param round 0 for a campaign that has one round
 */
export function* blockUnits(cells: readonly PlannedCell[], round = 0): Generator<BlockUnit> {
  let before = round * cells.reduce((sum, { blocks }) => sum + blocks, 0);
  for (const [cell, { span, blocks }] of cells.entries()) {
    const size = unitBlocks(span);
    for (let done = 0; done < blocks; done += size) {
      const position = (before + done) * CASES_PER_BLOCK;
      yield { kind: 'blocks', position, cell, first: round * blocks + done, blocks: Math.min(size, blocks - done) };
    }
    before += blocks;
  }
}

/** All of it. */
export const WHOLE: Shard = { index: 1, of: 1 };

/** The units of a shard: every `of`-th one, so that all shards get something of everything. */
export function* shardOf<U extends Unit>(units: Iterable<U>, { index, of }: Shard): Generator<U> {
  let turn = 0;
  for (const unit of units) {
    if (turn === index - 1) yield unit;
    turn = (turn + 1) % of;
  }
}
