/** The self-test: plants bugs, and sees that each of them is found, and that nothing is found where none is. */
import { GENERATOR_VERSION } from '../../cases/space.js';
import { loadAllowlist } from '../../oracle/allow_file.js';
import type { SelftestReport, SelftestTarget } from '../../report/selftest_model.js';
import { VERSION } from '../../version.js';
import { readWitnesses } from './pairs.js';
import { type Target, targets } from './targets.js';
import {
  type PairResult,
  planTasks,
  runTask,
  type Setting,
  type TargetResult,
  type Task,
  type TaskResult,
} from './tasks.js';
import { inThreads } from './threads.js';

export interface SelftestOptions {
  /** fixtures folder, with the allowlist and the witnesses of the planted bugs */
  readonly root: string;
  readonly seed: number;
  /** smaller campaigns, and no campaigns for pairs */
  readonly quick: boolean;
  /** threads; 0 for none beside the one that asks */
  readonly workers: number;
  readonly onProgress?: (done: number, planned: number) => void;
  /** asked now and then; true ends the self-test with a partial report */
  readonly stopRequested?: () => boolean;
}

/** Classes that two bugs planted together must give. */
const LEAST_CLASSES = 2;

/**
 * Runs the self-test.
 * @returns the report; apart from `timing` it does not depend on the number of workers
 * @throws InputError for a broken allowlist or fixture
 */
export async function runSelftest(options: SelftestOptions): Promise<SelftestReport> {
  const { root, seed, quick, workers, onProgress, stopRequested } = options;
  const started = performance.now();
  // What is wrong with the input is said here, and not by every thread.
  const setting = { allowlist: loadAllowlist(`${root}/allow`), witnesses: readWitnesses(root), seed, quick };
  const tasks = planTasks();
  const results: TaskResult[] = [];
  const done = (result: TaskResult): void => {
    results.push(result);
    onProgress?.(results.length, tasks.length);
  };
  const stopped =
    workers > 0
      ? await inThreads(tasks, { workers, message: { root, seed, quick }, stopRequested }, done)
      : await inThisThread(tasks, setting, done, stopRequested);
  return reportOf(results, options, stopped, (performance.now() - started) / 1000);
}

/** One task after the other; signals are let in between two of them. */
async function inThisThread(
  tasks: readonly Task[],
  setting: Setting,
  done: (result: TaskResult) => void,
  stopRequested?: () => boolean,
): Promise<SelftestReport['stopped']> {
  for (const task of tasks) {
    done(runTask(task, setting));
    await new Promise((resolve) => setImmediate(resolve));
    if (stopRequested?.() === true) return 'interrupted';
  }
  return 'complete';
}

/** What was found, in the order of the targets, whatever order it came in. */
function reportOf(
  results: readonly TaskResult[],
  { seed, quick }: SelftestOptions,
  stopped: SelftestReport['stopped'],
  seconds: number,
): SelftestReport {
  const byId = new Map(results.flatMap((result) => result.targets).map((result) => [result.id, result]));
  const found = targets().flatMap((target) => {
    const result = byId.get(target.id);
    return result === undefined ? [] : [{ target, result }];
  });
  const reported = found.map(({ target, result }) => reportTarget(target, result));
  const pairs = results.flatMap((result) => result.pairs);
  const failed = sorted(pairs.filter(({ classes }) => classes < LEAST_CLASSES));
  return {
    schemaVersion: 1,
    version: VERSION,
    generatorVersion: GENERATOR_VERSION,
    seed,
    quick,
    targets: reported,
    pairs: { checked: pairs.length, failed, covered: sorted(pairs.filter(({ covered }) => covered !== null)) },
    stopped,
    passed: stopped === 'complete' && failed.length === 0 && reported.every(({ passed }) => passed),
    timing: { seconds, targets: Object.fromEntries(found.map(({ target, result }) => [target.id, result.seconds])) },
  };
}

const order = new Intl.Collator('en', { numeric: true });
const sorted = (pairs: readonly PairResult[]): PairResult[] => [...pairs].sort((a, b) => order.compare(a.id, b.id));

function reportTarget(target: Target, { sign, faults }: TargetResult): SelftestTarget {
  const { id, kind, title, legacy, batched, architectures, spans, races } = target;
  return {
    id,
    kind,
    title,
    legacy: legacy.id,
    batched: batched.id,
    architectures: [...architectures],
    spans: [...spans],
    races,
    passed: (sign !== null) === (kind !== 'control'),
    sign,
    faults,
  };
}
