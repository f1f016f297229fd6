/** Where the worker's program lies: beside this file, which is in the built package wherever that is installed. */
export const WORKER_FILE = new URL('./worker.js', import.meta.url);
