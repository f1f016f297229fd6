/**
 * Runs the tasks of a self-test in threads. Every planted bug is another class of engine, and code that has seen many
 * classes is slower: that is kept out of the main thread. Threads are used again all the same, because most bugs are
 * found in less time than it takes to start one.
 */
import { Piscina } from 'piscina';
import { WORKER_ARGS } from '../pool.js';
import type { Task, TaskResult } from './tasks.js';
import type { WorkerMessage } from './worker.js';

export interface Threads {
  /** number of threads, from 1 on */
  readonly workers: number;
  readonly message: WorkerMessage;
  /** asked while tasks run; true ends them */
  readonly stopRequested?: (() => boolean) | undefined;
}

/** Milliseconds between two looks at the keyboard. */
const BREATH = 100;

/**
 * Runs all tasks, or those that end before a request to stop.
 * @param done is told of each result, in any order
 * @throws whatever a task throws; nothing that the self-test plants ends a thread
 */
export async function inThreads(
  tasks: readonly Task[],
  { workers, message, stopRequested }: Threads,
  done: (result: TaskResult) => void,
): Promise<'complete' | 'interrupted'> {
  const pool = new Piscina<Task, TaskResult>({
    filename: new URL('./worker.js', import.meta.url).href,
    execArgv: [...WORKER_ARGS],
    minThreads: workers,
    maxThreads: workers,
    workerData: message,
  });
  const controller = new AbortController();
  const timer = setInterval(() => {
    if (stopRequested?.() === true) controller.abort();
  }, BREATH);
  const { signal } = controller;
  const runs = tasks.map((task) => pool.run(task, { signal: AbortSignal.any([signal]) }).then(done));
  try {
    await Promise.all(runs);
    return 'complete';
  } catch (error) {
    if (signal.aborted) return 'interrupted';
    throw error;
  } finally {
    clearInterval(timer);
    await Promise.allSettled([pool.destroy(), ...runs]);
  }
}
