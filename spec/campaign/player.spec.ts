/** What a player counts of the faults that it plays. */
import { describe, expect, it } from 'vitest';
import type { Duel } from '../../src/campaign/duel.js';
import { pairSpace } from '../../src/campaign/plan.js';
import { Player } from '../../src/campaign/player.js';
import { Tally } from '../../src/campaign/tally.js';
import { Drawer } from '../../src/cases/draw.js';
import { Steps } from '../../src/cases/steps.js';
import { architecture } from '../../src/mm/arch/index.js';
import { PMD_HUGE } from '../../src/mm/bits.js';
import type { Image } from '../../src/mm/image.js';
import { entriesFor } from '../../src/oracle/decider.js';
import { ALLOWLIST, engine, LEGACY } from '../support.js';

/** Stores of this fault, and PMD mappings, as the state itself shows them. */
function stored({ legacy, batched }: Duel, before: Image): boolean {
  return [legacy, batched].some(({ image }) => {
    const mapped = image.pmdState() === PMD_HUGE && before.pmdState() !== PMD_HUGE;
    return mapped || image.maintenance.some((counts) => (counts & 0xff) !== 0);
  });
}

/** A player that also counts for itself. */
class Counting extends Player {
  expected = 0;

  override afterFault(duel: Duel, before: Image): boolean {
    const equal = super.afterFault(duel, before);
    if (stored(duel, before)) this.expected++;
    return equal;
  }
}

describe.each(['reference', 'v6.6', 'v4'])('the effective faults of %s', (name) => {
  it.each([
    8, 64, 512,
  ])('are those in which an engine stored something, whatever faults before did, at span %i', (span) => {
    const batched = engine(`batched@${name}`);
    const pair = pairSpace(LEGACY, batched, 'arm64', false);
    const entries = entriesFor(ALLOWLIST, LEGACY, batched);
    const player = new Counting(
      { span, legacy: LEGACY, batched, entries, invariantsAll: false },
      new Tally(),
      () => '',
    );
    const drawer = new Drawer(architecture('arm64'), pair, 3, span);
    const steps = new Steps();
    for (let block = 0; block < 60; block++) {
      drawer.drawLayout(block, player.scene, player.base);
      for (let sub = 0; sub < 8; sub++) {
        drawer.drawCase(block, sub, player.scene, player.base, steps);
        player.playCase(steps, sub);
      }
    }
    expect(player.effective).toBe(player.expected);
    expect(player.effective).toBeGreaterThan(player.run / 4);
    expect(player.effective).toBeLessThan(player.run);
  });
});
