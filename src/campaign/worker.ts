/** What a worker thread does: it runs one unit after the other of the job that it was started for. */
import { workerData } from 'node:worker_threads';
import { InputError } from '../cases/files.js';
import type { Counts } from './counts.js';
import { type JobMessage, jobOf } from './job_message.js';
import { type Attempt, runnerOf } from './runner.js';
import type { Unit } from './unit.js';

export interface Task {
  readonly unit: Unit;
  readonly attempt: Attempt;
}

/** An InputError as plain data: errors lose their class and properties between threads. */
export interface PlainInputError {
  readonly file: string;
  readonly what: string;
  readonly hint: string | undefined;
}

/** What became of an attempt, unless the thread died. */
export type TaskResult =
  | { readonly counts: Counts }
  | { readonly inputError: PlainInputError }
  | { readonly error: unknown };

const runner = runnerOf(jobOf(workerData as JobMessage));

export default function run({ unit, attempt }: Task): TaskResult {
  try {
    return { counts: runner.run(unit, attempt) };
  } catch (error) {
    if (!(error instanceof InputError)) return { error };
    const { file, message, hint } = error;
    return { inputError: { file, what: message.slice(file.length + 2), hint } };
  }
}
