/**
 * The parts of a self-test as plain data, and what running one gives: the same wherever it runs. Targets are named by
 * their ids, so that they cross to a worker thread.
 */
import type { PlantedBug } from '../../batched/index.js';
import type { Allowlist } from '../../oracle/allowlist.js';
import { requireRevision } from '../engines.js';
import { hunt, type Sign } from './hunt.js';
import { baseOf, combinablePairs, type Pair, PairCheck, pairId, type Witnesses } from './pairs.js';
import { plantedTarget, type Target, targets } from './targets.js';

export type Task =
  | { readonly kind: 'targets'; readonly ids: readonly string[] }
  | { readonly kind: 'pairs'; readonly from: number; readonly to: number };

/** What became of one target. */
export interface TargetResult {
  readonly id: string;
  /** what it was found by; null if it was not */
  readonly sign: Sign | null;
  readonly faults: number;
  readonly seconds: number;
}

export interface PairResult {
  readonly id: string;
  /** classes and invariants that the witnesses show with both bugs */
  readonly classes: number;
  /** the bug that shows nothing beyond the other one, in its witness and in a campaign if there was one */
  readonly covered: string | null;
}

export interface TaskResult {
  readonly targets: readonly TargetResult[];
  readonly pairs: readonly PairResult[];
}

export interface Setting {
  readonly allowlist: Allowlist;
  readonly witnesses: Witnesses;
  readonly seed: number;
  readonly quick: boolean;
}

/**
 * Faults of a control, and of a target whose base must be told apart on the same cases. Other targets are given up
 * after TARGET_FAULTS, some twenty times what the rarest one needs: only a survivor takes that long.
 */
const BUDGETS = {
  quick: { control: 20_000, compared: 20_000 },
  full: { control: 400_000, compared: 100_000 },
} as const;
const TARGET_FAULTS = 4_000_000;
/** Faults of a campaign for a pair in whose witness one bug covers the other. */
const PAIR_FAULTS = 40_000;

/** Few, so that the work is shared evenly: a covered pair takes a second. */
const PAIRS_OF_TASK = 18;

/** The tasks of a self-test; small ones that are over in a moment come together, the others each on its own. */
export function planTasks(): Task[] {
  const all = targets();
  const together = all.filter(({ kind }) => kind === 'canary').map(({ id }) => id);
  const alone = all.filter(({ kind }) => kind !== 'canary').map(({ id }) => id);
  const pairs = combinablePairs().length;
  const tasks: Task[] = [
    { kind: 'targets', ids: together },
    ...alone.map((id): Task => ({ kind: 'targets', ids: [id] })),
  ];
  for (let from = 0; from < pairs; from += PAIRS_OF_TASK) {
    tasks.push({ kind: 'pairs', from, to: Math.min(from + PAIRS_OF_TASK, pairs) });
  }
  return tasks;
}

/** Runs one task to its end. */
export function runTask(task: Task, setting: Setting): TaskResult {
  if (task.kind === 'pairs') {
    const check = new PairCheck(setting.allowlist, setting.witnesses);
    const pairs = combinablePairs().slice(task.from, task.to);
    return { targets: [], pairs: pairs.map((pair) => pairResult(pair, check, setting)) };
  }
  const all = targets();
  const chosen = task.ids.flatMap((id) => all.find((target) => target.id === id) ?? []);
  return { targets: chosen.map((target) => huntTarget(target, setting)), pairs: [] };
}

const keyOf = ({ kind, id }: Sign): string => `${kind} ${id}`;

/** Looks for a target; what its base shows on the same cases does not count. */
export function huntTarget(target: Target, setting: Setting): TargetResult {
  const { allowlist, seed, quick } = setting;
  const { base, kind } = target;
  const budgets = BUDGETS[quick ? 'quick' : 'full'];
  const faults = kind === 'control' ? budgets.control : base === null ? TARGET_FAULTS : budgets.compared;
  const known = new Set<string>();
  if (base !== null) {
    hunt({ ...target, batched: base, allowlist, seed, faults }, (sign) => {
      known.add(keyOf(sign));
      return false;
    });
  }
  let found: Sign | null = null;
  const started = performance.now();
  const run = hunt({ ...target, allowlist, seed, faults }, (sign) => {
    if (known.has(keyOf(sign)) || !target.isFoundBy(sign)) return false;
    found = sign;
    return true;
  });
  return { id: target.id, sign: found, faults: run, seconds: (performance.now() - started) / 1000 };
}

function pairResult(pair: Pair, check: PairCheck, setting: Setting): PairResult {
  const covered = check.covered(pair);
  // A witness is one case; a campaign may find another in which the bug shows.
  const stays = covered !== null && (setting.quick || staysCovered(covered, pair, setting));
  return { id: pairId(pair), classes: check.classes(pair), covered: stays ? covered.id : null };
}

/** Does a campaign with both bugs show nothing either that the other bug alone does not show on the same cases? */
function staysCovered(covered: PlantedBug, pair: Pair, { allowlist, seed }: Setting): boolean {
  const other = pair.find((bug) => bug !== covered) as PlantedBug;
  const alone = requireRevision(`${baseOf(...pair).name}+${other.id}`, 'batched');
  const plan = { ...plantedTarget(...pair), architectures: plantedTarget(covered).architectures, allowlist, seed };
  const known = new Set<string>();
  hunt({ ...plan, batched: alone, faults: PAIR_FAULTS }, (sign) => {
    known.add(keyOf(sign));
    return false;
  });
  let shown = false;
  hunt({ ...plan, faults: PAIR_FAULTS }, (sign) => {
    shown = !known.has(keyOf(sign));
    return shown;
  });
  return !shown;
}
