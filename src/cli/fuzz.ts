/** `ptediff fuzz`: a campaign of random cases, and its verdict. */
import { type Command, Option } from 'commander';
import type { CampaignOptions } from '../campaign/api.js';
import type { ArchName } from '../mm/arch/architecture.js';
import { DEFAULT_ARCHITECTURES } from '../mm/arch/index.js';
import { grouped } from '../report/words.js';
import type { Context } from './context.js';
import { addEngineOptions, architecturesOf } from './engines.js';
import { exampleHelp } from './help.js';
import { requireWritable } from './output.js';
import { addRunOptions, allowlistOf, type RunOptions, requirePartFormat, runAndPrint } from './run_campaign.js';
import { parseArchitectures, parseDuration, parseFaults, parseSpans, seedOption } from './values.js';
import { workersFor } from './workers.js';

const EXAMPLES = exampleHelp([
  ['ptediff fuzz', 'the default engines, architectures and number of faults'],
  ['ptediff fuzz --batched v6.6 --arch arm64', 'one architecture, the batched path of 6.6'],
  ['ptediff fuzz --for 10m --seed $(git rev-parse HEAD)', 'a long run with a seed of its own'],
  ['ptediff fuzz --format json --out report.json', 'a report for programs'],
  ['ptediff fuzz --faults 100M --shard 3/16 --out part-3.json', 'one part of sixteen; ptediff merge joins them'],
]);

interface FuzzOptions extends RunOptions {
  readonly arch?: readonly ArchName[];
  readonly span?: readonly number[];
  readonly faults?: number;
  readonly for?: number;
  readonly seed: number;
  readonly races?: boolean;
  readonly invariants: 'sampled' | 'all';
  readonly failFast?: boolean;
}

export function register(program: Command, context: Context): void {
  const command = program
    .command('fuzz')
    .description('Runs random cases on both engines and judges every fault.')
    .addHelpText('before', EXAMPLES);
  addEngineOptions(command, context)
    .option('--arch <name,...>', 'architectures (default: all but arm64-contpte)', parseArchitectures)
    .option('--span <pages,...>', 'page slots of a case, 4 to 512 (default: 8,64,512)', parseSpans)
    .option('--faults <count>', 'faults to run, such as 20000, 20k, 2M (default: some seconds of work)', parseFaults)
    .addOption(
      new Option('--for <time>', 'run for a time instead, such as 500ms, 30s, 2m')
        .argParser(parseDuration)
        .conflicts('faults'),
    )
    .addOption(seedOption())
    .option('--races', 'let other threads act during a fault (what differs then has no allowlist entries)')
    .addOption(
      new Option('--invariants <which>', 'check them on a sample of the equal faults, or on all')
        .choices(['sampled', 'all'])
        .default('sampled'),
    )
    .option('--fail-fast', 'stop at the first difference that is not explained');
  addRunOptions(command, ['for', 'failFast']).action(async (options: FuzzOptions) => {
    requirePartFormat(command, options);
    await fuzz(options, context);
  });
}

async function fuzz(options: FuzzOptions, context: Context): Promise<void> {
  requireWritable(context, options.out);
  const allowlist = await allowlistOf(options, context);
  const { DEFAULT_FAULTS, DEFAULT_SPANS } = await context.modules.campaign();
  const faults = options.for === undefined ? (options.faults ?? DEFAULT_FAULTS) : null;
  const seconds = options.for ?? null;
  const share = faults === null ? null : faults / (options.shard?.of ?? 1);
  const plan: CampaignOptions = {
    legacy: options.legacy,
    batched: options.batched,
    architectures: architecturesOf(options, options.arch, DEFAULT_ARCHITECTURES),
    spans: options.span ?? DEFAULT_SPANS,
    faults,
    seconds,
    seed: options.seed,
    races: options.races ?? false,
    invariantsAll: options.invariants === 'all',
    allowlist,
    failFast: options.failFast ?? false,
    workers: await workersFor(options, { faults: share, seconds }, context),
  };
  const amount = faults === null ? `${seconds} s` : `${grouped(faults)} faults`;
  await runAndPrint(plan, `seed ${options.seed}, ${amount}`, options, context);
}
