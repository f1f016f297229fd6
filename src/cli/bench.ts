/** `ptediff bench`: how fast this version is on this machine, beside the goals of the project. */
import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { KernelPair } from '../bench/kernels.js';
import { InputError } from '../cases/files.js';
import { didYouMean } from '../cases/suggest.js';
import { type Context, say } from './context.js';
import { EXIT } from './exit_codes.js';
import { exampleHelp } from './help.js';
import { cacheOf } from './kernel_cache.js';
import { requireWritable, writeResult } from './output.js';
import { fixturesFolder, PACKAGE_ROOT } from './package.js';
import { textStyle } from './terminal.js';
import { parseOutFile } from './values.js';

/** What can be measured; known here so that help and mistakes need no benchmark. */
const SECTIONS = ['random', 'sweep', 'kernels', 'workers', 'collections', 'cost', 'find', 'process'];

/** Of them, what is measured with kernels of the cache. */
const WITH_KERNELS = ['kernels', 'process'];

const EXAMPLES = exampleHelp([
  ['ptediff bench', 'everything, in about four minutes'],
  ['ptediff bench random --quick', 'the rate of the random search, roughly'],
  ['ptediff bench --format json --out bench.json', 'all figures for programs'],
]);

interface BenchOptions {
  readonly quick?: boolean;
  readonly allow?: string;
  readonly format: 'text' | 'json';
  readonly out?: string;
}

export function register(program: Command, context: Context): void {
  program
    .command('bench')
    .description('Measures speed and memory beside the goals of the project. The exit code says nothing about them.')
    .argument('[section...]', `what to measure: ${SECTIONS.join(', ')} (default: all)`, parseSection)
    .addHelpText('before', EXAMPLES)
    .option('--quick', 'fewer and shorter measurements, all in less than 20 seconds')
    .addOption(new Option('--format <format>', 'of the report').choices(['text', 'json']).default('text'))
    .option('--out <file>', 'write the report to a file', parseOutFile)
    .action(async (sections: readonly string[], options: BenchOptions) => {
      await bench(sections, options, context);
    });
}

function parseSection(text: string, before: readonly string[] = []): string[] {
  if (before.includes(text)) throw new InvalidArgumentError('Expected each section once.');
  if (SECTIONS.includes(text)) return [...before, text];
  const near = didYouMean(text, SECTIONS);
  throw new InvalidArgumentError(
    near === undefined ? `Expected some of ${SECTIONS.join(', ')}.` : `Did you mean ${near}?`,
  );
}

/** The first two kernels of the cache, by name, that are of different families; null where there are none. */
async function kernelPair(context: Context): Promise<KernelPair | null> {
  const { readKernel } = await context.modules.cache();
  const { useKernel, plainKernel } = await context.modules.kernels();
  const cache = await cacheOf(context);
  const stored = cache.names().flatMap(({ name }) => {
    try {
      return [readKernel(cache, name)];
    } catch (error) {
      // One that cannot be read is no reason to measure nothing.
      if (error instanceof InputError) return [];
      throw error;
    }
  });
  const first = (setter: (typeof stored)[number]['about']['setter']) => {
    const found = stored.find(({ about }) => about.setter === setter);
    return found && plainKernel(useKernel(found).id);
  };
  const [legacy, batched] = [first('do_set_pte'), first('set_pte_range')];
  return legacy && batched ? { legacy, batched } : null;
}

async function bench(sections: readonly string[], options: BenchOptions, context: Context): Promise<void> {
  const { io, modules } = context;
  requireWritable(context, options.out);
  const { runBench, renderBench, FULL, QUICK, startThread } = await modules.bench();
  let stop = false;
  const forget = io.onInterrupt(() => {
    stop = true;
    say(io, 'stopping after this section; press Ctrl-C again to end at once');
  });
  const report = await runBench(sections.length === 0 ? SECTIONS : sections, {
    amounts: options.quick === true ? QUICK : FULL,
    allow: `${fixturesFolder(context)}/allow`,
    program: join(PACKAGE_ROOT, 'dist/cli/main.js'),
    start: startThread,
    kernels:
      sections.length === 0 || sections.some((id) => WITH_KERNELS.includes(id)) ? await kernelPair(context) : null,
    onProgress: (what) => say(io, `measuring ${what}`),
    stopRequested: () => stop,
  }).finally(forget);
  const { format, out } = options;
  const text = format === 'json' ? `${JSON.stringify(report, null, 2)}\n` : renderBench(report, textStyle(io, out));
  const written = writeResult(context, options.out, text);
  context.exitCode = stop ? EXIT.interrupted : written;
}
