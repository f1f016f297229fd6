/** `ptediff fuzz`: a campaign of random cases, and its verdict. */
import { type Command, Option } from 'commander';
import type { CampaignOptions } from '../campaign/api.js';
import type { ArchName } from '../mm/arch/architecture.js';
import { DEFAULT_ARCHITECTURES } from '../mm/arch/index.js';
import type { Allowlist } from '../oracle/allowlist.js';
import { FULL_CLASSES, unexplained } from '../report/class_text.js';
import type { Replay, Report } from '../report/model.js';
import { renderText, verdictLine } from '../report/text.js';
import { grouped } from '../report/words.js';
import { type Context, pathOf, say } from './context.js';
import { addEngineOptions, type EngineOptions } from './engines.js';
import { failureOf } from './errors.js';
import { codeOfReport, EXIT, type ExitCode, mostImportant } from './exit_codes.js';
import { exampleHelp } from './help.js';
import { requireWritable, writeResult } from './output.js';
import { fixturesFolder } from './package.js';
import { ProgressLine } from './progress.js';
import { hasColor, MAIL_COLUMNS, proseWidth } from './terminal.js';
import { parseArchitectures, parseDuration, parseFaults, parseSeed, parseSpans } from './values.js';

/** Fixed, so that a first run is the same everywhere and two runs can be compared. */
const DEFAULT_SEED = 1;

const EXAMPLES = exampleHelp([
  ['ptediff fuzz', 'the default engines, architectures and number of faults'],
  ['ptediff fuzz --batched v6.6 --arch arm64', 'one architecture, the batched path of 6.6'],
  ['ptediff fuzz --for 10m --seed $(git rev-parse HEAD) --races', 'a long run with a seed of its own'],
  ['ptediff fuzz --format json --out report.json', 'a report for programs'],
]);

interface FuzzOptions extends EngineOptions {
  readonly arch?: readonly ArchName[];
  readonly span?: readonly number[];
  readonly faults?: number;
  readonly for?: number;
  readonly seed: number;
  readonly races?: boolean;
  readonly invariants: 'sampled' | 'all';
  readonly allow?: string;
  readonly format: 'text' | 'json';
  readonly out?: string;
  readonly failFast?: boolean;
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
    .addOption(new Option('--format <format>', 'of the report').choices(['text', 'json']).default('text'))
    .option('--out <file>', 'write the report to a file')
    .option('--fail-fast', 'stop at the first difference that is not explained')
    .action(async (options: FuzzOptions) => {
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
  const { runCampaign, DEFAULT_FAULTS, DEFAULT_SPANS } = await modules.campaign();
  const isTimed = options.for !== undefined;
  const plan = {
    legacy: options.legacy,
    batched: options.batched,
    architectures: options.arch ?? DEFAULT_ARCHITECTURES,
    spans: options.span ?? DEFAULT_SPANS,
    faults: isTimed ? null : (options.faults ?? DEFAULT_FAULTS),
    seconds: options.for ?? null,
    seed: options.seed,
    races: options.races ?? false,
    invariantsAll: options.invariants === 'all',
    allowlist,
    failFast: options.failFast ?? false,
  };
  const report = await runWatched(plan, runCampaign, context);
  const { text, code } = await rendered(report, options, allowlist, context);
  const written = writeResult(context, options.out, text);
  if (options.out !== undefined) say(io, verdictLine(report));
  context.exitCode = mostImportant([codeOfReport(report), code, written]);
}

/** The seed comes first: whatever happens to the process, the run can be repeated. */
function announce({ legacy, batched, seed, faults, seconds }: CampaignOptions, { io }: Context): void {
  const amount = faults === null ? `${seconds} s` : `${grouped(faults)} faults`;
  say(io, `${legacy.id} against ${batched.id}, seed ${seed}, ${amount}`);
  for (const { id, experimental } of [legacy, batched]) if (experimental) say(io, `${id} is experimental`);
}

/** Runs the campaign with progress and a clean end at the first Ctrl-C. */
async function runWatched(
  plan: CampaignOptions,
  runCampaign: (options: CampaignOptions) => Promise<Report>,
  context: Context,
): Promise<Report> {
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
    return await runCampaign({ ...plan, onProgress: (news) => progress.show(news), stopRequested: () => stop });
  } finally {
    forget();
    progress.clear();
  }
}

async function rendered(
  report: Report,
  options: FuzzOptions,
  allowlist: Allowlist,
  context: Context,
): Promise<{ text: string; code: ExitCode }> {
  const { io } = context;
  if (options.format === 'json') {
    const { renderJson } = await import('../report/json.js');
    return { text: renderJson(report), code: EXIT.ok };
  }
  const titles = new Map(allowlist.entries.map(({ id, title }) => [id, title]));
  const { replays, code } = await replaysOf(report, options, allowlist, context);
  const toFile = options.out !== undefined;
  const width = toFile ? MAIL_COLUMNS : proseWidth(io.stdout);
  return {
    text: renderText(report, { color: !toFile && hasColor(io.stdout, io.env), width }, { titles, replays }),
    code,
  };
}

/**
 * Both engines on the shrunk case of each class that the report shows in full. What goes wrong here is reported and
 * does not take the report away.
 */
async function replaysOf(
  report: Report,
  { legacy, batched }: EngineOptions,
  allowlist: Allowlist,
  { io, modules }: Context,
): Promise<{ replays: Map<string, Replay>; code: ExitCode }> {
  const replays = new Map<string, Replay>();
  const classes = unexplained(report).slice(0, FULL_CLASSES);
  if (classes.length === 0) return { replays, code: EXIT.ok };
  try {
    const [{ replay }, { caseAt }] = await Promise.all([modules.replay(), modules.address()]);
    for (const { id, first, shrunk } of classes) {
      const target = shrunk === null ? { case: caseAt(first), address: first } : { case: shrunk, address: null };
      replays.set(id, replay(target, { legacy, batched, allowlist, trace: false }));
    }
    return { replays, code: EXIT.ok };
  } catch (error) {
    const { text, code } = failureOf(error, io.env.PTEDIFF_DEBUG === '1');
    io.stderr.write(text);
    return { replays, code };
  }
}
