/** The thread of one assistant: answers requests, one at a time. */
import { parentPort, workerData } from 'node:worker_threads';
import { Jobs, type Request } from './jobs.js';

const port = parentPort;
if (port === null) throw new Error('not a worker thread');
const jobs = new Jobs(workerData as string);
port.on('message', async (request: Request) => {
  port.postMessage(await jobs.answer(request));
});
