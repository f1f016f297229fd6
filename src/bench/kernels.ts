/** How fast two compiled kernels are against each other, beside their models. */
import { DEFAULT_SPANS } from '../campaign/campaign.js';
import { type PlainKernel, runsOn } from '../campaign/kernels.js';
import type { ArchName } from '../mm/arch/architecture.js';
import { DEFAULT_ARCHITECTURES } from '../mm/arch/index.js';
import type { ContenderSpec } from './contenders.js';
import { type Goal, ratioRow, row, type Section } from './model.js';
import { race } from './race.js';
import type { Settings } from './settings.js';
import { median } from './statistics.js';

const KERNELS: Goal = { relation: '>=', value: 0.4e6 };

/** Two kernels that can be compared: one that sets entries page by page, one that sets ranges. */
export interface KernelPair {
  readonly legacy: PlainKernel;
  readonly batched: PlainKernel;
}

/** The architectures that both are compiled for and that a campaign has. */
export const sharedArchitectures = ({ legacy, batched }: KernelPair): ArchName[] =>
  DEFAULT_ARCHITECTURES.filter((name) => [legacy, batched].every(({ compiled }) => runsOn(compiled, name)));

/** The pair, and their models, on the architectures of both. */
export function kernelContenders(pair: KernelPair): readonly [models: ContenderSpec, own: ContenderSpec] {
  const { legacy, batched } = pair;
  const architectures = sharedArchitectures(pair);
  const common = { kind: 'random', architectures, spans: DEFAULT_SPANS, seed: 1, invariantsAll: false } as const;
  return [
    { ...common, legacy: legacy.model, batched: batched.model },
    {
      ...common,
      legacy: `kernel:${legacy.name}`,
      batched: `kernel:${batched.name}`,
      kernels: [legacy, batched],
    },
  ];
}

export async function kernelRate(settings: Settings): Promise<Section> {
  const { kernels = null, amounts } = settings;
  const section = {
    id: 'kernels',
    title: 'Compiled kernels',
    method:
      `Faults per second of one core at spans ${DEFAULT_SPANS.join(', ')}, as in the random search: two kernels of ` +
      `the cache against each other, and their models. ${amounts.rounds} slices in turn.`,
  };
  if (kernels === null) {
    const unavailable = 'needs a kernel with do_set_pte() and one with set_pte_range(); ptediff kernel add adds them';
    return { ...section, rows: [], unavailable };
  }
  const { legacy, batched } = kernels;
  const { rates } = await race(kernelContenders(kernels), settings);
  const [models, own] = rates;
  const rows = [
    row(`${legacy.model} against ${batched.model}`, 'faults/s', models, median(models)),
    row(`kernel:${legacy.name} against kernel:${batched.name}`, 'faults/s', own, median(own), KERNELS),
    ratioRow('kernels / models', own, models),
  ];
  return { ...section, rows, unavailable: null };
}
