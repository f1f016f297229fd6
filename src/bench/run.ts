/** Runs the sections of a benchmark one after the other. */
import { cpus, loadavg } from 'node:os';
import { VERSION } from '../version.js';
import { collections, cost } from './cost.js';
import { findTime } from './find_time.js';
import { kernelRate } from './kernels.js';
import type { BenchReport, Section } from './model.js';
import { randomSearch } from './random_search.js';
import { QUICK, type Settings } from './settings.js';
import { sweepRate } from './sweep_rate.js';
import { twoWorkers } from './two_workers.js';
import { wholeProcess } from './whole_process.js';

type Measure = (settings: Settings) => Promise<Section>;

const MEASURES: Readonly<Record<string, Measure>> = {
  random: randomSearch,
  sweep: sweepRate,
  kernels: kernelRate,
  workers: twoWorkers,
  collections,
  cost,
  find: findTime,
  process: wholeProcess,
};

/** What can be measured, in the order of a whole run. */
export const SECTIONS: readonly string[] = Object.keys(MEASURES);

/**
 * Measures the sections with these names.
 * @param sections of SECTIONS, each once
 */
export async function runBench(sections: readonly string[], settings: Settings): Promise<BenchReport> {
  const begin = performance.now();
  const [loadBefore] = loadavg();
  const measured: Section[] = [];
  for (const [id, measure] of Object.entries(MEASURES)) {
    if (!sections.includes(id)) continue;
    if (settings.stopRequested?.() === true) break;
    settings.onProgress?.(id);
    measured.push(await measure(settings));
  }
  const processors = cpus();
  return {
    version: VERSION,
    node: process.version,
    processor: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    load: [loadBefore, loadavg()[0]],
    quick: settings.amounts === QUICK,
    seconds: (performance.now() - begin) / 1000,
    sections: measured,
  };
}
