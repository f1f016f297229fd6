/** `ptediff sweep`: every case of a scope, and the verdict on all of them. */
import type { Command } from 'commander';
import type { IndexRange } from '../cases/sweep/scope_index.js';
import type { ArchName } from '../mm/arch/architecture.js';
import { grouped } from '../report/words.js';
import type { Context } from './context.js';
import { addEngineOptions, architecturesOf } from './engines.js';
import { UsageError } from './errors.js';
import { exampleHelp } from './help.js';
import { requireWritable } from './output.js';
import { requireScope } from './require_scope.js';
import { addRunOptions, allowlistOf, type RunOptions, requirePartFormat, runAndPrint } from './run_campaign.js';
import { parseArchitectures, parseIndexRange } from './values.js';
import { sizeOfCases, workersFor } from './workers.js';

const EXAMPLES = exampleHelp([
  ['ptediff sweep tiny', 'the quick one'],
  ['ptediff sweep 4-pages-young --arch arm64', 'the cases of one architecture'],
  ['ptediff sweep 4-pages-young --index 1000000..2000000', 'a part of them, such as what is left after Ctrl-C'],
  ['ptediff sweep 8-pages-young --shard 3/16 --out part-3.json', 'one part of sixteen; ptediff merge joins them'],
]);

interface SweepOptions extends RunOptions {
  readonly arch?: readonly ArchName[];
  readonly index?: IndexRange;
}

export function register(program: Command, context: Context): void {
  const command = program
    .command('sweep')
    .description('Plays every case of a scope on both engines and judges every fault.')
    .argument('<scope>', 'a scope that ptediff scopes lists')
    .addHelpText('before', EXAMPLES);
  addEngineOptions(command, context)
    .option('--index <a..b>', 'only the cases from index A to B - 1', parseIndexRange)
    .option('--arch <name,...>', 'only the cases of these architectures', parseArchitectures);
  addRunOptions(command, []).action(async (name: string, options: SweepOptions) => {
    requirePartFormat(command, options);
    await sweep(name, options, context);
  });
}

async function sweep(name: string, options: SweepOptions, context: Context): Promise<void> {
  const scope = await requireScope(name, context, options);
  requireWritable(context, options.out);
  const allowlist = await allowlistOf(options, context);
  const { planSweep, sweepOptions, plannedCases } = await context.modules.sweep();
  const plan = planSweep(scope, {
    indexes: options.index,
    architectures: architecturesOf(options, options.arch, scope.architectures),
  });
  const cases = plannedCases(plan);
  if (cases === 0) throw new UsageError(`no case of ${name} has both such an index and such an architecture`);
  const workers = await workersFor(options, sizeOfCases(cases / (options.shard?.of ?? 1)), context);
  const { legacy, batched } = options;
  const campaign = { legacy, batched, allowlist, workers, ...sweepOptions(plan) };
  await runAndPrint(campaign, `${name}, ${grouped(cases)} cases`, options, context);
}
