/** `ptediff patch`: a series of patches against the tree that it lies on, patch by patch. */
import { type Command, Option } from 'commander';
import { grouped } from '../report/words.js';
import type { Context } from './context.js';
import { failureOf, UsageError } from './errors.js';
import { EXIT } from './exit_codes.js';
import { exampleHelp } from './help.js';
import { requireWritable } from './output.js';
import type { PatchOptions } from './patch_options.js';
import { comparePatches } from './patch_run.js';
import { openSeries } from './patch_series.js';
import { addOutputOptions } from './report_output.js';
import { parseArchitectures, parseFaults, parseSpans, seedOption } from './values.js';
import { addWorkersOption } from './workers.js';

/** Enough for some seconds for each comparison. */
const DEFAULT_FAULTS = 400_000;

const EXAMPLES = exampleHelp([
  ['ptediff patch 0001-mm-foo.patch --base 6.12', 'one patch on a kernel that ptediff kernel add has added'],
  ['ptediff patch series.mbox --base ../linux --rev v6.12', 'a series of mails on a revision of a repository'],
  ['ptediff patch --tree ../linux v6.12..mine', 'the commits of a branch, each as a patch'],
  ['git format-patch --stdout -3 | ptediff patch - --base 6.12', 'patches from standard input'],
]);

export function register(program: Command, context: Context): void {
  const command = program
    .command('patch')
    .description('Says what each patch of a series changes, and whether every changed line was run.')
    .argument('<series...>', 'mbox, mails or diffs, - for standard input; with --tree the commits, as BASE..HEAD')
    .option('--base <kernel|path>', 'what the series lies on: a kernel of the cache, or a tree as for kernel add')
    .option('--rev <revision>', 'read this revision of the repository at --base')
    .option('--tree <path>', 'take the series from a branch of this repository')
    .option('--shim <file>', 'C header with names that the tree needs more')
    .option('--arch <name,...>', 'architectures (default: all that the tree is compiled for)', parseArchitectures)
    .option('--span <pages,...>', 'page slots of a case, 4 to 512 (default: 8,64,512)', parseSpans)
    .addOption(
      new Option('--faults <count>', 'faults of each comparison, such as 20k, 2M')
        .argParser(parseFaults)
        .default(DEFAULT_FAULTS, grouped(DEFAULT_FAULTS)),
    )
    .addOption(seedOption())
    .option('--bisect-exit', 'for git bisect run: 125 for whatever is neither 0 nor 1')
    .addHelpText('before', EXAMPLES);
  addOutputOptions(addWorkersOption(command)).action(async (series: readonly string[], options: PatchOptions) => {
    await run(series, options, context);
    const { exitCode } = context;
    const isAnswer = exitCode === EXIT.ok || exitCode === EXIT.divergent || exitCode === EXIT.interrupted;
    if (options.bisectExit === true && !isAnswer) context.exitCode = EXIT.skip;
  });
}

async function run(series: readonly string[], options: PatchOptions, context: Context): Promise<void> {
  try {
    requireConsistent(series, options);
    requireWritable(context, options.out);
    const opened = await openSeries(series, options, context);
    try {
      await comparePatches(opened, options, context);
    } finally {
      await opened.base.tree.close();
    }
  } catch (error) {
    if (options.bisectExit !== true) throw error;
    const { text, code } = failureOf(error, context.io.env.PTEDIFF_DEBUG === '1');
    context.io.stderr.write(text);
    context.exitCode = code;
  }
}

/** @throws UsageError */
function requireConsistent(series: readonly string[], { base, tree, rev }: PatchOptions): void {
  if (base !== undefined && tree !== undefined) {
    throw new UsageError('--base is for patches in files, --tree for the commits of a branch: give one of them');
  }
  if (base === undefined && tree === undefined) throw new UsageError('say with --base what the series lies on');
  if (rev !== undefined && base === undefined) throw new UsageError('--rev is for --base');
  if (tree !== undefined && series.length !== 1)
    throw new UsageError('with --tree: expected one range, as v6.12..mine');
  if (series.filter((name) => name === '-').length > 1) throw new UsageError('standard input can be given once');
}
