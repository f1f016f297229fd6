/** What a thread of the self-test does: one task after the other. */
import { workerData } from 'node:worker_threads';
import { loadAllowlist } from '../../oracle/allow_file.js';
import { readWitnesses } from './pairs.js';
import { runTask, type Setting, type Task, type TaskResult } from './tasks.js';

/** What a thread is started with. */
export interface WorkerMessage {
  readonly seed: number;
  readonly quick: boolean;
  /** fixtures folder */
  readonly root: string;
}

const { seed, quick, root } = workerData as WorkerMessage;
const setting: Setting = { allowlist: loadAllowlist(`${root}/allow`), witnesses: readWitnesses(root), seed, quick };

export default function run(task: Task): TaskResult {
  return runTask(task, setting);
}
