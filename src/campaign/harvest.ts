/** From what was counted while a unit ran to its plain counts; the counters start again. */
import { FIELDS } from '../mm/fields.js';
import type { ClassCount, Counts } from './counts.js';
import type { Player } from './player.js';
import type { ClassTally, Tally } from './tally.js';

/**
 * Takes what the player and its tally have counted since the last time.
 * @param arch architecture of the cases
 */
export function harvest(player: Player, tally: Tally, arch: string): Counts {
  const { legacy, batched } = player.duel;
  const counts: Counts = {
    cases: player.cases,
    run: { [arch]: player.run },
    effective: player.effective,
    marks: { legacy: Array.from(legacy.image.marks), batched: Array.from(batched.image.marks) },
    classes: tally.classes.map(plainClass),
    entryHits: Object.fromEntries(tally.entryHits),
    violations: [...tally.violations.values()].map(({ last: _, ...violation }) => violation),
    died: [...player.died],
    deaths: player.died.length,
  };
  player.cases = 0;
  player.run = 0;
  player.effective = 0;
  player.died.length = 0;
  legacy.image.marks.fill(0);
  batched.image.marks.fill(0);
  tally.clear();
  return counts;
}

function plainClass({ id, facts, finding, first, position, count }: ClassTally): ClassCount {
  const { field, missing, legacy, batched, entry } = finding;
  return {
    id,
    kind: missing ? 'missing' : 'difference',
    field: FIELDS[field].name,
    legacy,
    batched,
    facts,
    entry: entry?.id ?? null,
    count,
    first,
    position,
  };
}
