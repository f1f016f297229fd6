/** `ptediff selftest`: is the harness blind? Planted bugs must be found, and nothing where none is. */
import { availableParallelism } from 'node:os';
import { type Command, Option } from 'commander';
import type { SelftestReport } from '../report/selftest_model.js';
import { renderSelftest, selftestLine } from '../report/selftest_text.js';
import { type Context, say } from './context.js';
import { EXIT, mostImportant } from './exit_codes.js';
import { exampleHelp } from './help.js';
import { requireWritable, writeResult } from './output.js';
import { fixturesFolder } from './package.js';
import { canRewrite, textStyle } from './terminal.js';
import { parseOutFile, parseWorkers, seedOption } from './values.js';

const EXAMPLES = exampleHelp([
  ['ptediff selftest --quick', 'does the harness still find what it must find?'],
  ['ptediff selftest --seed $(git rev-parse HEAD)', 'other cases than last time'],
  ['ptediff selftest --format json --out selftest.json', 'a report for programs'],
]);

interface SelftestCommandOptions {
  readonly quick?: boolean;
  readonly seed: number;
  readonly workers?: number;
  readonly format: 'text' | 'json';
  readonly out?: string;
}

export function register(program: Command, context: Context): void {
  program
    .command('selftest')
    .description('Plants bugs in the engines and sees that each of them is found.')
    .addHelpText('before', EXAMPLES)
    .option('--quick', 'smaller campaigns')
    .addOption(seedOption())
    .option(
      '--workers <count>',
      'threads, 0 for none beside the main one (default: one for each core, 0 with --quick)',
      parseWorkers,
    )
    .addOption(new Option('--format <format>', 'of the report').choices(['text', 'json']).default('text'))
    .option('--out <file>', 'write the report to a file', parseOutFile)
    .action(async (options: SelftestCommandOptions) => {
      await selftest(options, context);
    });
}

async function selftest(options: SelftestCommandOptions, context: Context): Promise<void> {
  const { io } = context;
  requireWritable(context, options.out);
  const report = await runWatched(options, context);
  const text = await rendered(report, options, context);
  const written = writeResult(context, options.out, text);
  if (options.out !== undefined) say(io, selftestLine(report));
  const { passed, stopped } = report;
  context.exitCode = mostImportant([
    passed ? EXIT.ok : EXIT.divergent,
    stopped === 'interrupted' ? EXIT.interrupted : EXIT.ok,
    written,
  ]);
}

/** Runs the self-test with progress and a clean end at the first Ctrl-C. */
async function runWatched(options: SelftestCommandOptions, context: Context): Promise<SelftestReport> {
  const { io, modules } = context;
  const { quick = false, seed } = options;
  const { runSelftest } = await modules.selftest();
  let stop = false;
  const forget = io.onInterrupt(() => {
    stop = true;
    say(io, 'stopping; press Ctrl-C again to end at once');
  });
  const rewrites = canRewrite(io.stderr, io.env);
  try {
    return await runSelftest({
      root: fixturesFolder(context),
      seed,
      quick,
      workers: options.workers ?? (quick ? 0 : availableParallelism()),
      onProgress: (done, planned) => {
        if (rewrites) io.stderr.write(`\r\u001b[Kself-test ${done}/${planned}`);
      },
      stopRequested: () => stop,
    });
  } finally {
    forget();
    if (rewrites) io.stderr.write('\r\u001b[K');
  }
}

async function rendered(
  report: SelftestReport,
  { format, out }: SelftestCommandOptions,
  { io }: Context,
): Promise<string> {
  if (format === 'json') {
    const { renderSelftestJson } = await import('../report/json.js');
    return renderSelftestJson(report);
  }
  return renderSelftest(report, textStyle(io, out));
}
