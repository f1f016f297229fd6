/** `ptediff conform`: the kernels in the cache against the models that have their features. */
import type { Command } from 'commander';
import type { Row } from '../campaign/conform/run.js';
import type { ModelMatch } from '../campaign/kernels.js';
import { InputError } from '../cases/files.js';
import type { Scope } from '../cases/sweep/scope.js';
import type { StoredKernel } from '../kernel/stored.js';
import type { Revision } from '../mm/revision.js';
import { grouped } from '../report/words.js';
import { renderConform, type Tested } from './conform_text.js';
import { type Context, say } from './context.js';
import { UsageError } from './errors.js';
import { EXIT, mostImportant } from './exit_codes.js';
import { exampleHelp } from './help.js';
import { cacheOf, kernelName } from './kernel_cache.js';
import { modelLine } from './kernel_text.js';
import { requireScope } from './require_scope.js';
import { hasColor, programName, proseWidth } from './terminal.js';
import { parseFaults } from './values.js';

/** Enough for some seconds for each kernel. */
const DEFAULT_FAULTS = 400_000;

const EXAMPLES = exampleHelp([
  ['ptediff conform', 'every kernel in the cache against its model, on random cases'],
  ['ptediff conform --kernel 6.12 --faults 5M', 'one kernel, a long run'],
  ['ptediff conform --scope tiny', 'every case of a scope; ptediff scopes lists them'],
]);

interface ConformCommandOptions {
  readonly kernel?: string;
  readonly faults?: number;
  readonly scope?: string;
}

export function register(program: Command, context: Context): void {
  program
    .command('conform')
    .description('Compares kernels with their models, in every word of the state after every fault.')
    .option('--kernel <name>', 'only this kernel (default: every kernel in the cache)')
    .option(
      '--faults <count>',
      `random faults for each kernel, such as 20k, 2M (default: ${grouped(DEFAULT_FAULTS)})`,
      parseFaults,
    )
    .option('--scope <scope>', 'play every case of a scope instead of random ones')
    .addHelpText('before', EXAMPLES)
    .action(async (options: ConformCommandOptions) => {
      await run(options, context);
    });
}

async function run(options: ConformCommandOptions, context: Context): Promise<void> {
  const { io, modules } = context;
  if (options.faults !== undefined && options.scope !== undefined)
    throw new UsageError('--faults is for random cases, --scope for all cases of a scope: give one of them');
  const what =
    options.scope === undefined ? (options.faults ?? DEFAULT_FAULTS) : await requireScope(options.scope, context);
  const kernels = await kernelsOf(options.kernel, context);
  const { useKernel, modelFor } = await modules.kernels();
  let stop = false;
  const forget = io.onInterrupt(() => {
    stop = true;
    say(io, 'stopping');
  });
  const tested: Tested[] = [];
  try {
    for (const stored of kernels) {
      if (stop) break;
      tested.push(await testOne(stored, useKernel(stored), modelFor(stored.about), what, () => stop, context));
    }
  } finally {
    forget();
  }
  io.stdout.write(
    renderConform(tested, {
      color: hasColor(io.stdout, io.env),
      width: proseWidth(io.stdout),
      program: programName(io.env),
    }),
  );
  context.exitCode = mostImportant([...tested.map(codeOf), stop ? EXIT.interrupted : EXIT.ok]);
}

async function testOne(
  stored: StoredKernel,
  kernel: Revision,
  match: ModelMatch,
  what: number | Scope,
  stopped: () => boolean,
  { io, modules }: Context,
): Promise<Tested> {
  const { version } = stored;
  const { model } = match;
  if (match.differences.length > 0) {
    say(io, `${kernel.id}: ${modelLine(match)}`);
    return { kernel, version, model: null, rows: [] };
  }
  const { conform } = await modules.conform();
  const amount = typeof what === 'number' ? `${grouped(what)} faults` : `scope ${what.name}`;
  say(io, `${kernel.id} against ${model.id}, ${amount}`);
  const rows: Row[] = [];
  const breath = async (): Promise<boolean> => {
    await new Promise((resolve) => setImmediate(resolve));
    return !stopped();
  };
  for await (const row of conform({ model, kernel, what, breath })) {
    rows.push(row);
    say(io, `${kernel.id} on ${row.arch}: ${grouped(row.faults)} faults`);
    if (stopped()) break;
  }
  return { kernel, version, model, rows };
}

/** A kernel without a model, or without a fault, has not been shown to be like anything. */
function codeOf({ model, rows }: Tested): (typeof EXIT)[keyof typeof EXIT] {
  if (rows.some(({ disagreements, died }) => disagreements.size > 0 || died.count > 0)) return EXIT.divergent;
  return model === null || rows.every(({ faults }) => faults === 0) ? EXIT.undecided : EXIT.ok;
}

async function kernelsOf(name: string | undefined, context: Context): Promise<StoredKernel[]> {
  const { readKernel } = await context.modules.cache();
  const cache = await cacheOf(context);
  const names = name === undefined ? cache.names().map((named) => named.name) : [kernelName(name)];
  if (names.length > 0) return names.map((own) => readKernel(cache, own));
  throw new InputError(cache.folder, 'no kernel in the cache', {
    exitCode: 66,
    hint: 'ptediff kernel add debian:6.12 adds one.',
  });
}
