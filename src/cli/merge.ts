/** `ptediff merge`: the parts of a campaign that was spread over machines, joined into its one report. */
import type { Command } from 'commander';
import { type Context, pathOf, say } from './context.js';
import { exampleHelp } from './help.js';
import { kernelUser } from './kernel_cache.js';
import { requireWritable } from './output.js';
import { addOutputOptions, type OutputOptions, printReport, shownShrunk } from './report_output.js';
import { allowlistOf } from './run_campaign.js';

const EXAMPLES = exampleHelp([
  ['ptediff merge part-*.json', 'the report that one machine would have made'],
  ['ptediff merge part-*.json --format json --out report.json', 'a report for programs'],
]);

interface MergeOptions extends OutputOptions {
  readonly allow?: string;
}

export function register(program: Command, context: Context): void {
  const command = program
    .command('merge')
    .description('Joins the parts of a campaign, written by --shard, into its report.')
    .argument('<file...>', 'all parts of the campaign, in any order')
    .addHelpText('before', EXAMPLES)
    .option('--allow <folder>', 'allowlist entries that the parts were judged by (default: fixtures/allow)');
  addOutputOptions(command).action(async (files: string[], options: MergeOptions) => {
    await merge(files, options, context);
  });
}

async function merge(files: readonly string[], options: MergeOptions, context: Context): Promise<void> {
  const { io, modules } = context;
  requireWritable(context, options.out);
  const { readPart, joinParts } = await modules.parts();
  const useKernels = await kernelUser(context);
  const parts = files.map((file) => readPart(pathOf(io, file), useKernels));
  const allowlist = await allowlistOf(options, context);
  const { options: campaign, report } = await joinParts(parts, allowlist, shownShrunk(options));
  const { legacy, batched } = campaign;
  for (const { id, experimental } of [legacy, batched]) if (experimental) say(io, `${id} is experimental`);
  await printReport(report, { ...options, legacy, batched }, allowlist, context);
}
