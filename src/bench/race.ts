/** Measures contenders side by side: their slices alternate, so that what disturbs the machine disturbs all of them. */
import { compileFor } from '../campaign/inlining.js';
import { type Assistant, withAssistants } from './assistant.js';
import type { ContenderSpec } from './contenders.js';
import type { Settings } from './settings.js';

export interface Result {
  /** of each contender: its rates, one for each round, per second of one core */
  readonly rates: readonly (readonly number[])[];
  /** of every slice: the share of a core that its contender had */
  readonly shares: readonly number[];
}

export async function race(specs: readonly ContenderSpec[], settings: Settings): Promise<Result> {
  compileFor('long');
  return withAssistants(settings.start, settings.allow, specs.length, async (assistants) => {
    await warmUp(specs, assistants, settings);
    const rates: number[][] = specs.map(() => []);
    const shares: number[] = [];
    for (let round = 0; round < settings.amounts.rounds; round++) {
      for (const i of turns(specs.length, round)) {
        const { done, milliseconds, clock } = await assistants[i].ask({
          kind: 'slice',
          milliseconds: settings.amounts.sliceMilliseconds,
        });
        rates[i].push((1000 * done) / milliseconds);
        shares.push(Math.min(1, milliseconds / clock));
      }
    }
    return { rates, shares };
  }).finally(() => compileFor('short'));
}

/** Slices of warming up after which a contender is taken for as fast as it will be, and how much faster counts. */
const PATIENCE = 2;
const FASTER = 1.03;
const MOST_SLICES = 8;

/**
 * Brings every contender to its full speed, one after the other. Its compiler works beside it, longer where the machine
 * is busy: a contender is warm when two slices in a row have not been faster than all before.
 */
export async function warmUp(
  specs: readonly ContenderSpec[],
  assistants: readonly Assistant[],
  { amounts }: Settings,
): Promise<void> {
  for (const [i, contender] of specs.entries()) {
    await assistants[i].ask({ kind: 'prepare', contender });
    let best = 0;
    let since = 0;
    for (let slice = 0; slice < MOST_SLICES && since < PATIENCE; slice++) {
      const { done, milliseconds } = await assistants[i].ask({
        kind: 'slice',
        milliseconds: amounts.warmUpMilliseconds,
      });
      const rate = done / milliseconds;
      since = rate > FASTER * best ? 0 : since + 1;
      best = Math.max(best, rate);
    }
  }
}

/** The order of a round: each contender begins one now and then, so that none always follows the same other. */
export const turns = (count: number, round: number): number[] =>
  Array.from({ length: count }, (_, i) => (i + round) % count);
