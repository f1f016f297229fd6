/** `--workers` of whatever runs campaigns: how many threads where nothing is asked for. */
import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import type { CampaignOptions } from '../campaign/api.js';
import type { Context } from './context.js';
import { parseWorkers } from './values.js';

/** Cases of a scope that take about as long as a drawn fault: spans are small, and many cases take no fault. */
const CASES_PER_FAULT = 4;

export interface WorkersOption {
  readonly workers?: number;
}

export const addWorkersOption = (command: Command): Command =>
  command.option(
    '--workers <count>',
    'threads, 0 for none beside the main one (default: one for each core)',
    parseWorkers,
  );

/** The threads that were asked for, or as many as a campaign of this size has any use for. */
export async function workersFor(
  { workers }: WorkersOption,
  size: Pick<CampaignOptions, 'faults' | 'seconds'>,
  { modules }: Context,
): Promise<number> {
  const { defaultWorkers } = await modules.campaign();
  return workers ?? defaultWorkers(size, availableParallelism());
}

/** The size of a campaign that plays so many cases of a scope. */
export const sizeOfCases = (cases: number): Pick<CampaignOptions, 'faults' | 'seconds'> => ({
  faults: cases / CASES_PER_FAULT,
  seconds: null,
});
