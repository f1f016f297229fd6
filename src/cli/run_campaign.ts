/** What `fuzz` and `sweep` have in common: a campaign that is watched while it runs, in full or as one part of many. */
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import type { CampaignOptions } from '../campaign/api.js';
import type { Allowlist } from '../oracle/allowlist.js';
import type { Shard } from '../report/shard.js';
import { plural } from '../report/words.js';
import { type Context, pathOf, say } from './context.js';
import type { EngineOptions } from './engines.js';
import { UsageError } from './errors.js';
import { EXIT, mostImportant } from './exit_codes.js';
import type { Io } from './io.js';
import { writeResult } from './output.js';
import { fixturesFolder, hasAllow } from './package.js';
import { addOutputOptions, type OutputOptions, printReport, shownShrunk } from './report_output.js';
import { parseShard } from './values.js';
import { whileWatched } from './watch.js';
import { addWorkersOption, type WorkersOption } from './workers.js';

export interface RunOptions extends EngineOptions, OutputOptions, WorkersOption {
  readonly allow?: string;
  readonly shard?: Shard;
}

/**
 * Adds `--allow`, `--workers`, `--shard`, `--format` and `--out`.
 * @param wholeOnly names of options that a part cannot have
 */
export function addRunOptions(command: Command, wholeOnly: string[]): Command {
  command.option('--allow <folder>', 'allowlist entries (default: fixtures/allow)');
  addWorkersOption(command).addOption(
    new Option('--shard <i/n>', 'run only part i of n, and write it for ptediff merge')
      .argParser(parseShard)
      .conflicts(wholeOnly),
  );
  return addOutputOptions(command);
}

/** @throws UsageError where a part is asked for as text */
export function requirePartFormat(command: Command, { shard, format }: RunOptions): void {
  if (shard !== undefined && command.getOptionValueSource('format') === 'cli' && format === 'text') {
    throw new UsageError('a part of a campaign is always JSON: leave out --format, or ask for json');
  }
}

/**
 * The allowlist that a campaign is judged by; a folder that was named and has no entry is worth a word.
 *
 * @throws UsageError where all fixtures are named in place of the entries among them
 */
export async function allowlistOf({ allow }: Pick<RunOptions, 'allow'>, context: Context): Promise<Allowlist> {
  const { readAllowlist } = await context.modules.allowlist();
  if (allow === undefined) return readAllowlist(`${fixturesFolder(context)}/allow`);
  const folder = pathOf(context.io, allow);
  if (hasAllow(folder)) throw new UsageError(`--allow expects the folder with the entries: ${join(allow, 'allow')}`);
  const allowlist = await readAllowlist(folder);
  if (allowlist.entries.length === 0) say(context.io, `${allow} has no allowlist entry: every difference counts`);
  return allowlist;
}

/**
 * Runs a campaign and prints its report, or writes the part that was asked for.
 * @param amount what is run, for the first line
 */
export async function runAndPrint(
  plan: CampaignOptions,
  amount: string,
  options: RunOptions,
  context: Context,
): Promise<void> {
  const { runCampaign } = await context.modules.campaign();
  if (options.shard === undefined) {
    const shrinks = shownShrunk(options);
    const report = await watched({ ...plan, shrinks }, amount, runCampaign, context);
    await printReport(report, options, plan.allowlist, context);
  } else {
    await runPart(plan, amount, options.shard, options.out, context);
  }
}

/** A part has no verdict: whatever it has found, it is right as soon as it is written. */
async function runPart(
  plan: CampaignOptions,
  amount: string,
  shard: Shard,
  out: string | undefined,
  context: Context,
): Promise<void> {
  const { runShard, renderPart } = await context.modules.parts();
  const part = await watched(plan, amount, (options) => runShard(options, shard), context);
  const written = writeResult(context, out, renderPart(part));
  const { classes, violations } = part.counts;
  const open = classes.filter(({ entry }) => entry === null).length + violations.length;
  const found = open === 0 ? 'nothing unexplained' : `${plural(open, 'thing')} unexplained`;
  say(context.io, `part ${shard.index} of ${shard.of}: ${found}; ptediff merge has the verdict of all parts`);
  context.exitCode = mostImportant([part.stopped === 'interrupted' ? EXIT.interrupted : EXIT.ok, written]);
}

/** What is run comes first: whatever happens to the process, the run can be repeated. */
export function announce(
  { legacy, batched }: Pick<CampaignOptions, 'legacy' | 'batched'>,
  amount: string,
  io: Io,
): void {
  say(io, `${legacy.id} against ${batched.id}, ${amount}`);
  for (const { id, experimental } of [legacy, batched]) if (experimental) say(io, `${id} is experimental`);
}

/** Runs a campaign with progress and a clean end at the first Ctrl-C. */
async function watched<T>(
  plan: CampaignOptions,
  amount: string,
  run: (options: CampaignOptions) => Promise<T>,
  context: Context,
): Promise<T> {
  const { io } = context;
  return whileWatched(io, ({ onProgress, stopRequested }) => {
    announce(plan, amount, io);
    return run({ ...plan, onProgress, stopRequested });
  });
}
