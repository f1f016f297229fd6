/** `ptediff fuzz`: a campaign of random cases, and its verdict. */
import { availableParallelism } from 'node:os';
import { type Command, Option } from 'commander';
import type { CampaignOptions } from '../campaign/api.js';
import type { ArchName } from '../mm/arch/architecture.js';
import { DEFAULT_ARCHITECTURES } from '../mm/arch/index.js';
import type { Shard } from '../report/shard.js';
import { grouped, plural } from '../report/words.js';
import { type Context, pathOf, say } from './context.js';
import { addEngineOptions, type EngineOptions } from './engines.js';
import { UsageError } from './errors.js';
import { EXIT, mostImportant } from './exit_codes.js';
import { exampleHelp } from './help.js';
import { requireWritable, writeResult } from './output.js';
import { fixturesFolder } from './package.js';
import { ProgressLine } from './progress.js';
import { addOutputOptions, type OutputOptions, printReport } from './report_output.js';
import {
  parseArchitectures,
  parseDuration,
  parseFaults,
  parseSeed,
  parseShard,
  parseSpans,
  parseWorkers,
} from './values.js';

/** Fixed, so that a first run is the same everywhere and two runs can be compared. */
const DEFAULT_SEED = 1;

const EXAMPLES = exampleHelp([
  ['ptediff fuzz', 'the default engines, architectures and number of faults'],
  ['ptediff fuzz --batched v6.6 --arch arm64', 'one architecture, the batched path of 6.6'],
  ['ptediff fuzz --for 10m --seed $(git rev-parse HEAD) --races', 'a long run with a seed of its own'],
  ['ptediff fuzz --format json --out report.json', 'a report for programs'],
  ['ptediff fuzz --faults 100M --shard 3/16 --out part-3.json', 'one part of sixteen; ptediff merge joins them'],
]);

interface FuzzOptions extends EngineOptions, OutputOptions {
  readonly arch?: readonly ArchName[];
  readonly span?: readonly number[];
  readonly faults?: number;
  readonly for?: number;
  readonly seed: number;
  readonly races?: boolean;
  readonly invariants: 'sampled' | 'all';
  readonly allow?: string;
  readonly failFast?: boolean;
  readonly workers?: number;
  readonly shard?: Shard;
}

export function register(program: Command, context: Context): void {
  const command = program
    .command('fuzz')
    .description('Runs random cases on both engines and judges every fault.')
    .addHelpText('before', EXAMPLES);
  addEngineOptions(command)
    .option('--arch <name,...>', 'architectures (default: all but arm64-contpte)', parseArchitectures)
    .option('--span <pages,...>', 'page slots of a case, 4 to 512 (default: 8,64,512)', parseSpans)
    .option('--faults <count>', 'faults to run, such as 20000, 20k, 2M (default: some seconds of work)', parseFaults)
    .addOption(
      new Option('--for <time>', 'run for a time instead, such as 500ms, 30s, 2m')
        .argParser(parseDuration)
        .conflicts('faults'),
    )
    .addOption(
      new Option('--seed <number>', '0 to 2^53 - 1, or a git commit id').argParser(parseSeed).default(DEFAULT_SEED),
    )
    .option('--races', 'let other threads act during a fault')
    .addOption(
      new Option('--invariants <which>', 'check them on a sample of the equal faults, or on all')
        .choices(['sampled', 'all'])
        .default('sampled'),
    )
    .option('--allow <folder>', 'allowlist entries (default: fixtures/allow)')
    .option('--fail-fast', 'stop at the first difference that is not explained')
    .option('--workers <count>', 'threads, 0 for none beside the main one (default: one for each core)', parseWorkers)
    .addOption(
      new Option('--shard <i/n>', 'run only part i of n, and write it for ptediff merge')
        .argParser(parseShard)
        .conflicts(['for', 'failFast']),
    );
  addOutputOptions(command).action(async (options: FuzzOptions) => {
    if (options.shard !== undefined && command.getOptionValueSource('format') === 'cli' && options.format === 'text') {
      throw new UsageError('a part of a campaign is always JSON: leave out --format, or ask for json');
    }
    await fuzz(options, context);
  });
}

async function fuzz(options: FuzzOptions, context: Context): Promise<void> {
  const { io, modules } = context;
  requireWritable(context, options.out);
  const { loadAllowlist } = await modules.allowlist();
  const allowlist = loadAllowlist(
    options.allow === undefined ? `${fixturesFolder(context)}/allow` : pathOf(io, options.allow),
  );
  const { runCampaign, defaultWorkers, DEFAULT_FAULTS, DEFAULT_SPANS } = await modules.campaign();
  const faults = options.for === undefined ? (options.faults ?? DEFAULT_FAULTS) : null;
  const seconds = options.for ?? null;
  const share = faults === null ? null : faults / (options.shard?.of ?? 1);
  const plan: CampaignOptions = {
    legacy: options.legacy,
    batched: options.batched,
    architectures: options.arch ?? DEFAULT_ARCHITECTURES,
    spans: options.span ?? DEFAULT_SPANS,
    faults,
    seconds,
    seed: options.seed,
    races: options.races ?? false,
    invariantsAll: options.invariants === 'all',
    allowlist,
    failFast: options.failFast ?? false,
    workers: options.workers ?? defaultWorkers({ faults: share, seconds }, availableParallelism()),
  };
  if (options.shard === undefined) {
    const report = await watched(plan, runCampaign, context);
    await printReport(report, options, allowlist, context);
  } else {
    await fuzzShard(plan, options.shard, options.out, context);
  }
}

/** A part has no verdict: whatever it has found, it is right as soon as it is written. */
async function fuzzShard(
  plan: CampaignOptions,
  shard: Shard,
  out: string | undefined,
  context: Context,
): Promise<void> {
  const { runShard, renderPart } = await context.modules.parts();
  const part = await watched(plan, (options) => runShard(options, shard), context);
  const written = writeResult(context, out, renderPart(part));
  const { classes, violations } = part.counts;
  const open = classes.filter(({ entry }) => entry === null).length + violations.length;
  const found = open === 0 ? 'nothing unexplained' : `${plural(open, 'thing')} unexplained`;
  say(context.io, `part ${shard.index} of ${shard.of}: ${found}; ptediff merge has the verdict of all parts`);
  context.exitCode = mostImportant([part.stopped === 'interrupted' ? EXIT.interrupted : EXIT.ok, written]);
}

/** The seed comes first: whatever happens to the process, the run can be repeated. */
function announce({ legacy, batched, seed, faults, seconds }: CampaignOptions, { io }: Context): void {
  const amount = faults === null ? `${seconds} s` : `${grouped(faults)} faults`;
  say(io, `${legacy.id} against ${batched.id}, seed ${seed}, ${amount}`);
  for (const { id, experimental } of [legacy, batched]) if (experimental) say(io, `${id} is experimental`);
}

/** Runs a campaign with progress and a clean end at the first Ctrl-C. */
async function watched<T>(
  plan: CampaignOptions,
  run: (options: CampaignOptions) => Promise<T>,
  context: Context,
): Promise<T> {
  const { io } = context;
  const progress = new ProgressLine(io);
  let stop = false;
  const forget = io.onInterrupt(() => {
    stop = true;
    progress.clear();
    say(io, 'stopping; press Ctrl-C again to end at once');
  });
  try {
    announce(plan, context);
    return await run({ ...plan, onProgress: (news) => progress.show(news), stopRequested: () => stop });
  } finally {
    forget();
    progress.clear();
  }
}
