/** `ptediff kernel coverage`: what the campaigns of `ptediff fuzz` reach in a kernel's own text. */
import { type Command, Option } from 'commander';
import type { ArchName } from '../mm/arch/architecture.js';
import { ARCHITECTURES } from '../mm/arch/index.js';
import { grouped, painter } from '../report/words.js';
import { type Context, say } from './context.js';
import { coverageJson, type Measured, renderCoverage } from './coverage_text.js';
import { architecturesOf } from './engines.js';
import { EXIT, mostImportant } from './exit_codes.js';
import { exampleHelp } from './help.js';
import { cacheOf, kernelName } from './kernel_cache.js';
import { requireWritable, writeResult } from './output.js';
import { addOutputOptions, type OutputOptions } from './report_output.js';
import { textStyle } from './terminal.js';
import { parseArchitectures, parseFaults } from './values.js';
import { whileWatched } from './watch.js';
import { addWorkersOption, type WorkersOption, workersFor } from './workers.js';

/** Enough for what only large spans of a single architecture reach. */
const DEFAULT_FAULTS = 1_000_000;

const EXAMPLES = exampleHelp([
  ['ptediff kernel coverage 6.12', 'each function, and what is not reached with the reason'],
  ['ptediff kernel coverage 6.1 --arch arm64 --no-races', 'on one architecture, without races'],
  ['ptediff kernel coverage 6.12 --format json --out c.json', 'the same for programs'],
]);

interface CoverageCommandOptions extends OutputOptions, WorkersOption {
  readonly faults: number;
  readonly arch?: readonly ArchName[];
  readonly races: boolean;
}

export function registerCoverage(kernel: Command, context: Context): void {
  const command = kernel
    .command('coverage')
    .description('Counts which lines and branches of a kernel the campaigns of ptediff fuzz reach.')
    .argument('<name>', 'as ptediff kernel list has it')
    .addOption(
      new Option('--faults <count>', 'to run, such as 20k, 2M')
        .argParser(parseFaults)
        .default(DEFAULT_FAULTS, grouped(DEFAULT_FAULTS)),
    )
    .option(
      '--arch <name,...>',
      'on these architectures (default: all that the kernel was compiled for)',
      parseArchitectures,
    )
    .option('--no-races', 'without the dials of races (default: half of the faults have them)')
    .addHelpText('before', EXAMPLES);
  addOutputOptions(addWorkersOption(command)).action(async (name: string, options: CoverageCommandOptions) => {
    await run(name, options, context);
  });
}

async function run(name: string, options: CoverageCommandOptions, context: Context): Promise<void> {
  const { io, modules } = context;
  requireWritable(context, options.out);
  const { readKernel } = await modules.cache();
  const { useKernel } = await modules.kernels();
  const cache = await cacheOf(context);
  const stored = readKernel(cache, kernelName(name));
  const kernel = useKernel(stored);
  const all = kernel.architectures ?? [...ARCHITECTURES.keys()];
  const architectures = architecturesOf({ legacy: kernel, batched: kernel }, options.arch, all);
  const { countingCode, coverKernel, figuresOf, foldedIn, kernelArchOf } = await modules.coverage();
  const archs = architectures.map(kernelArchOf).filter((arch) => arch !== undefined);
  const code = await countingCode(cache, stored, (step) => say(io, step), archs);
  const { faults, races } = options;
  const workers = await workersFor(options, { faults: faults / (races ? 2 : 1), seconds: null }, context);
  const [reached, interrupted] = await whileWatched(io, async (watch) => {
    say(io, `${kernel.id} against itself, ${grouped(faults)} faults`);
    const done = await coverKernel({ kernel, code, architectures, faults, races, workers, watch });
    return [done, watch.stopRequested()] as const;
  });
  const sources = code.sources.filter(({ arch }) => archs.includes(arch));
  const figures = figuresOf(sources, reached.hits, foldedIn(code.wasm));
  const measured: Measured = { kernel: stored, architectures, races, ...reached, ...figures };
  const written = writeResult(context, options.out, textOf(measured, options, context));
  context.exitCode = mostImportant([interrupted ? EXIT.interrupted : EXIT.ok, written]);
}

function textOf(measured: Measured, { format, out }: OutputOptions, { io }: Context): string {
  if (format === 'json') return coverageJson(measured);
  const { color, width } = textStyle(io, out);
  return renderCoverage(measured, { paint: painter(color), width });
}
