/** Two kernels against each other, on the architectures whose code is not the same; which statements ran is counted. */
import type { CodeMap } from '../../kernel/changes/code_map.js';
import type { KernelArch } from '../../kernel/config.js';
import { countedCode, type Hits } from '../../kernel/cover/hits.js';
import { kernelArchOf } from '../../kernel/engine/engine.js';
import { loadKernel } from '../../kernel/engine/load.js';
import type { Wasm } from '../../kernel/stored.js';
import type { ArchName } from '../../mm/arch/architecture.js';
import type { Revision } from '../../mm/revision.js';
import type { Allowlist } from '../../oracle/allowlist.js';
import type { Report } from '../../report/model.js';
import type { CampaignOptions } from '../api.js';
import { countCampaign } from '../campaign.js';
import { makeReport } from '../report.js';

/** What a kernel is compared on unless told otherwise, as far as it is compiled for it. */
export const PATCH_ARCHITECTURES: readonly ArchName[] = ['x86-64', 'arm64', 'arm64-noaf', 'arm64-contpte', 'riscv64'];

/** A tree of the series, or the base. */
export interface SeriesKernel {
  readonly revision: Revision;
  readonly maps: readonly CodeMap[];
  readonly wasm: Wasm;
  readonly knowsVmaLock: boolean;
}

export interface CompareOptions
  extends Pick<CampaignOptions, 'spans' | 'seed' | 'races' | 'workers' | 'onProgress' | 'stopRequested'> {
  readonly architectures: readonly ArchName[];
  readonly faults: number;
  readonly allowlist: Allowlist;
  /** told before each comparison */
  readonly onPair?: (legacy: Revision, batched: Revision) => void;
}

export interface Compared {
  readonly report: Report;
  /** of the second kernel, if its code has counters */
  readonly hits: Hits;
}

/** The architectures on which the kernels have code that is not the same. */
export function architecturesThatDiffer(
  one: Pick<SeriesKernel, 'maps'>,
  other: Pick<SeriesKernel, 'maps'>,
  architectures: readonly ArchName[],
): ArchName[] {
  const codeOf = ({ maps }: Pick<SeriesKernel, 'maps'>, arch: KernelArch | undefined): string | undefined =>
    maps.find((map) => map.arch === arch)?.code;
  return architectures.filter((name) => {
    const arch = kernelArchOf(name);
    return codeOf(one, arch) !== codeOf(other, arch);
  });
}

/** The campaign's options without those of the command line. */
export function campaignOf(
  legacy: Revision,
  batched: Revision,
  architectures: readonly ArchName[],
  options: CompareOptions,
): CampaignOptions {
  const { spans, faults, seed, races, workers = 0, allowlist, onProgress, stopRequested } = options;
  return {
    ...{ legacy, batched, architectures, spans, faults, seconds: null, seed, races, allowlist },
    ...{ invariantsAll: false, failFast: false, workers },
    ...(onProgress && { onProgress }),
    ...(stopRequested && { stopRequested }),
  };
}

/** @returns undefined where the code is the same on all architectures: there is nothing to run */
export async function compareKernels(
  before: SeriesKernel,
  after: SeriesKernel,
  options: CompareOptions,
): Promise<Compared | undefined> {
  const architectures = architecturesThatDiffer(before, after, options.architectures);
  if (architectures.length === 0) return undefined;
  options.onPair?.(before.revision, after.revision);
  const plain = campaignOf(before.revision, after.revision, architectures, options);
  const counted = countedCode(loadKernel(after, after.revision.id), after.maps);
  const { counts, ...ending } = await countCampaign({ ...plain, counted });
  return { report: await makeReport(plain, counts, ending), hits: counts.hits ?? new Map() };
}
