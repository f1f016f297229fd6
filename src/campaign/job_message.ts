/** A job as plain data that crosses threads: engines by id, allowlist entries with their conditions as text. */
import { entryOf } from '../oracle/entry_again.js';
import { type PlainEntry, plainEntry } from '../oracle/plain_entry.js';
import { engineWithId } from './engines.js';
import { type PlainKernel, plainKernel, usePlainKernel } from './kernels.js';
import type { Job } from './runner.js';

export interface JobMessage extends Omit<Job, 'legacy' | 'batched' | 'entries'> {
  readonly legacy: string;
  readonly batched: string;
  readonly entries: readonly PlainEntry[];
  /** the kernels among the engines */
  readonly kernels: readonly PlainKernel[];
}

/**
 * The job for another thread.
 * @throws Error if one of its engines has no id that another thread knows
 */
export function messageOf({ legacy, batched, entries, ...rest }: Job): JobMessage {
  for (const revision of [legacy, batched]) {
    if (engineWithId(revision.id) !== revision) {
      throw new Error(`${revision.id} is an engine of this thread alone: run the campaign without workers`);
    }
  }
  const kernels = [legacy, batched].map(({ id }) => plainKernel(id)).filter((kernel) => kernel !== undefined);
  return { ...rest, legacy: legacy.id, batched: batched.id, entries: entries.map(plainEntry), kernels };
}

/** The job of a message of the same version. */
export function jobOf({ legacy, batched, entries, kernels, ...rest }: JobMessage): Job {
  for (const kernel of kernels) usePlainKernel(kernel);
  const engine = (id: string): Job['legacy'] => {
    const revision = engineWithId(id);
    if (revision === undefined) throw new Error(`no engine ${id}`);
    return revision;
  };
  return { ...rest, legacy: engine(legacy), batched: engine(batched), entries: entries.map(entryOf) };
}
