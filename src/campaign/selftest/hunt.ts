/**
 * Looks for the first sign that a pair of engines differs in a way that nothing explains: a campaign of small rounds
 * over all cells of a plan, which ends as soon as it has seen enough.
 */
import { CASES_PER_BLOCK } from '../../cases/draw.js';
import type { ArchName } from '../../mm/arch/architecture.js';
import type { Revision } from '../../mm/revision.js';
import type { Allowlist } from '../../oracle/allowlist.js';
import { entriesFor } from '../../oracle/decider.js';
import { Cell } from '../cell.js';
import { planCells } from '../plan.js';
import type { Player } from '../player.js';
import { Judgement } from '../referee.js';
import type { Tally } from '../tally.js';

/** Something that a user would be told: a class without explanation, a violated invariant, a dead engine. */
export interface Sign {
  readonly kind: 'class' | 'missing' | 'invariant' | 'died';
  /** id of the class or the invariant; the message of an engine that died */
  readonly id: string;
  /** address of the case */
  readonly first: string;
}

export interface HuntPlan {
  readonly legacy: Revision;
  readonly batched: Revision;
  readonly architectures: readonly ArchName[];
  readonly spans: readonly number[];
  readonly races: boolean;
  readonly allowlist: Allowlist;
  readonly seed: number;
  /** faults after which the hunt is given up */
  readonly faults: number;
}

/** Faults of a round: small, so that what one architecture alone can show is found soon. */
const ROUND_FAULTS = 2000;

/**
 * Hunts until `enough` is true of a sign, or until the plan is through.
 * @param enough is told of each sign once, in the order in which they are met
 * @returns faults run, a round of all cells being the unit in which they are planned
 */
export function hunt(plan: HuntPlan, enough: (sign: Sign) => boolean): number {
  const { legacy, batched, seed } = plan;
  const planned = planCells(plan, ROUND_FAULTS);
  const entries = entriesFor(plan.allowlist, legacy, batched);
  const { tally, newPlayer } = new Judgement({ legacy, batched, entries, invariantsAll: false });
  const cells = planned.map(({ arch, span, pair }) => new Cell({ arch, span, pair, seed }, tally, newPlayer));
  const news = new News(tally, cells);
  const run = (): number => cells.reduce((sum, { player }) => sum + player.run, 0);
  let position = 0;
  for (let round = 0; run() < plan.faults; round++) {
    for (const [i, { blocks }] of planned.entries()) {
      for (let block = round * blocks; block < (round + 1) * blocks; block++) {
        cells[i].runBlock(block, position);
        position += CASES_PER_BLOCK;
        for (const sign of news.take()) if (enough(sign)) return run();
      }
    }
  }
  return run();
}

/** What a tally and its players have learnt since they were asked last. */
class News {
  private classes = 0;
  private violations = 0;
  private deaths = 0;

  constructor(
    private readonly tally: Tally,
    private readonly cells: readonly Cell<Player>[],
  ) {}

  take(): Sign[] {
    const classes = this.tally.classes.slice(this.classes);
    const violations = [...this.tally.violations.values()].slice(this.violations);
    const died = this.cells.flatMap(({ player }) => player.died).slice(this.deaths);
    this.classes += classes.length;
    this.violations += violations.length;
    this.deaths += died.length;
    return [
      ...classes
        .filter(({ finding }) => finding.entry === null)
        .map(({ id, finding, first }): Sign => ({ kind: finding.missing ? 'missing' : 'class', id, first })),
      ...violations.map(({ invariant, first }): Sign => ({ kind: 'invariant', id: invariant, first })),
      ...died.map(({ message, address }): Sign => ({ kind: 'died', id: message, first: address })),
    ];
  }
}
