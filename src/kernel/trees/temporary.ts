/** A folder for what is needed for a while only: it is gone when that is over, also where the user ends the program. */
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * @param prefix of the folder's name
 * @param work may start programs; `ended` is aborted when the program is to end, so that they end as well
 */
export async function inTemporaryFolder<T>(
  prefix: string,
  work: (folder: string, ended: AbortSignal) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), prefix));
  const controller = new AbortController();
  const remove = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  const end = (signal: NodeJS.Signals): void => {
    stop();
    controller.abort();
    remove();
    // Without our handler the signal does what it would have done.
    process.kill(process.pid, signal);
  };
  const stop = (): void => {
    for (const signal of SIGNALS) process.off(signal, end);
  };
  for (const signal of SIGNALS) process.on(signal, end);
  try {
    return await work(folder, controller.signal);
  } finally {
    stop();
    remove();
  }
}
