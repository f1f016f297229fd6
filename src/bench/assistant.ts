/** Somebody who does requests elsewhere: a thread of its own. */
import { Worker } from 'node:worker_threads';
import type { Answer, Request } from './jobs.js';

export interface Assistant {
  /** One request at a time. @throws Error if the work fails or its thread dies */
  ask<R extends Request>(request: R): Promise<Answer<R>>;
  close(): Promise<void>;
}

/** Starts an assistant that judges with the allowlist of a folder. */
export type StartAssistant = (allow: string) => Assistant;

/** An assistant in a thread of its own. */
export const startThread: StartAssistant = (allow) => {
  const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: allow });
  const ask = <R extends Request>(request: R): Promise<Answer<R>> =>
    new Promise((resolve, reject) => {
      const answered = (answer: Answer<R>): void => settle(() => resolve(answer));
      const failed = (error: Error): void => settle(() => reject(error));
      const ended = (code: number): void => failed(new Error(`a thread of the benchmark ended with code ${code}`));
      const settle = (act: () => void): void => {
        worker.off('message', answered).off('error', failed).off('exit', ended);
        act();
      };
      worker.on('message', answered).on('error', failed).on('exit', ended);
      worker.postMessage(request);
    });
  return {
    ask,
    close: async () => {
      await worker.terminate();
    },
  };
};

/** Starts so many assistants, lets them work, and ends them whatever happens. */
export async function withAssistants<T>(
  start: StartAssistant,
  allow: string,
  count: number,
  work: (assistants: readonly Assistant[]) => Promise<T>,
): Promise<T> {
  const assistants = Array.from({ length: count }, () => start(allow));
  try {
    return await work(assistants);
  } finally {
    await Promise.all(assistants.map((assistant) => assistant.close()));
  }
}
