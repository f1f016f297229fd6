/** What the command line needs of the benchmarks. */
export { startThread } from './assistant.js';
export { runBench, SECTIONS } from './run.js';
export { FULL, QUICK } from './settings.js';
export { renderBench } from './text.js';
