/** `ptediff conform`: the kernels in the cache against the models that have their features. */
import type { Command } from 'commander';
import { InputError } from '../cases/files.js';
import type { Scope } from '../cases/sweep/scope.js';
import type { IndexRange } from '../cases/sweep/scope_index.js';
import type { StoredKernel } from '../kernel/stored.js';
import { conformCommand } from '../report/commands.js';
import { grouped } from '../report/words.js';
import { renderConform, type Tested } from './conform_text.js';
import { type Context, say } from './context.js';
import { UsageError } from './errors.js';
import { EXIT, mostImportant } from './exit_codes.js';
import { exampleHelp } from './help.js';
import { cacheOf, kernelName } from './kernel_cache.js';
import { modelLine } from './kernel_text.js';
import { requireScope } from './require_scope.js';
import { programName, textStyle } from './terminal.js';
import { parseFaults, parseIndexRange, seedOption } from './values.js';
import { type Watch, whileWatched } from './watch.js';
import { addWorkersOption, sizeOfCases, type WorkersOption, workersFor } from './workers.js';

/** Enough for some seconds for each kernel. */
const DEFAULT_FAULTS = 400_000;

const EXAMPLES = exampleHelp([
  ['ptediff conform', 'every kernel in the cache against its model, on random cases'],
  ['ptediff conform --kernel 6.12 --faults 5M --seed 7', 'one kernel, a long run with a seed of its own'],
  ['ptediff conform --scope tiny', 'every case of a scope; ptediff scopes lists them'],
  ['ptediff conform --scope 4-pages-young --index 1000000..2000000', 'a part, such as what is left after Ctrl-C'],
]);

interface ConformCommandOptions extends WorkersOption {
  readonly kernel?: string;
  readonly faults?: number;
  readonly seed: number;
  readonly scope?: string;
  readonly index?: IndexRange;
}

export function register(program: Command, context: Context): void {
  const command = program
    .command('conform')
    .description('Compares kernels with their models, in every word of the state after every fault.')
    .option('--kernel <name>', 'only this kernel (default: every kernel in the cache)')
    .option(
      '--faults <count>',
      `random faults for each kernel, such as 20k, 2M (default: ${grouped(DEFAULT_FAULTS)})`,
      parseFaults,
    )
    .addOption(seedOption().conflicts('scope'))
    .option('--scope <scope>', 'play every case of a scope instead of random ones')
    .option('--index <a..b>', 'only the cases of the scope from index A to B - 1', parseIndexRange)
    .addHelpText('before', EXAMPLES);
  addWorkersOption(command).action(async (options: ConformCommandOptions) => {
    await run(options, context);
  });
}

/** What each kernel is compared on: random faults, or some cases of a scope. */
interface Work extends WorkersOption {
  readonly faults: number;
  readonly seed: number;
  readonly scope: Scope | null;
  readonly indexes: IndexRange | undefined;
}

async function run(options: ConformCommandOptions, context: Context): Promise<void> {
  const { io } = context;
  const work = await workOf(options, context);
  const kernels = await kernelsOf(options.kernel, context);
  const [tested, interrupted] = await whileWatched(io, async (watch) => {
    const done: Tested[] = [];
    for (const stored of kernels) {
      if (watch.stopRequested()) break;
      done.push(await testOne(stored, work, watch, context));
    }
    return [done, watch.stopRequested()] as const;
  });
  const program = programName(io.env);
  const goOn = goOnWith(kernels, tested, work, program);
  const style = { ...textStyle(io), program };
  io.stdout.write(renderConform(tested, goOn, style));
  context.exitCode = mostImportant([...tested.map(codeOf), interrupted ? EXIT.interrupted : EXIT.ok]);
}

/** @throws UsageError */
async function workOf(options: ConformCommandOptions, context: Context): Promise<Work> {
  const { faults, seed, scope, index, workers } = options;
  if (faults !== undefined && scope !== undefined)
    throw new UsageError('--faults is for random cases, --scope for all cases of a scope: give one of them');
  if (index !== undefined && scope === undefined) throw new UsageError('--index is for --scope');
  return {
    faults: faults ?? DEFAULT_FAULTS,
    seed,
    scope: scope === undefined ? null : await requireScope(scope, context, index && { index }),
    indexes: index,
    ...(workers !== undefined && { workers }),
  };
}

/** The commands that go on with what was interrupted of a scope, and with what was not begun. */
function goOnWith(
  kernels: readonly StoredKernel[],
  tested: readonly Tested[],
  { scope, indexes: asked }: Work,
  program: string,
): string[] {
  if (scope === null) return [];
  const left = kernels.slice(tested.length).map(({ name }) => ({ name, indexes: asked ?? null }));
  const begun = tested.flatMap(({ kernel, rest }) =>
    rest === null ? [] : [{ name: kernelName(kernel.id), indexes: rest }],
  );
  return [...begun, ...left].map(({ name, indexes }) => conformCommand(name, scope.name, indexes, program));
}

async function testOne(stored: StoredKernel, work: Work, watch: Watch, context: Context): Promise<Tested> {
  const { io, modules } = context;
  const { useKernel, modelFor } = await modules.kernels();
  const kernel = useKernel(stored);
  const match = modelFor(stored.about);
  const { version } = stored;
  if (match.differences.length > 0) {
    say(io, `${kernel.id}: ${modelLine(match)}`);
    return { kernel, version, model: null, rows: [], stopped: 'complete', rest: null };
  }
  const { model } = match;
  const { conform, casesOf } = await modules.conform();
  const { faults, seed, scope, indexes } = work;
  const plan = { model, kernel, what: scope ?? faults, indexes, seed };
  const cases = casesOf(plan);
  if (cases === 0) throw new UsageError(`${kernel.id} has no architecture of these cases of ${scope?.name}`);
  const amount = cases === null ? `${grouped(faults)} faults` : `scope ${scope?.name}, ${grouped(cases)} cases`;
  say(io, `${kernel.id} against ${model.id}, ${amount}`);
  const size = cases === null ? { faults, seconds: null } : sizeOfCases(cases);
  const { onProgress, stopRequested } = watch;
  const workers = await workersFor(work, size, context);
  const conformity = await conform({ ...plan, workers, onProgress, stopRequested });
  watch.clear();
  for (const row of conformity.rows) say(io, `${kernel.id} on ${row.arch}: ${grouped(row.faults)} faults`);
  return { kernel, version, model, ...conformity };
}

/** A kernel without a model, or without a fault, has not been shown to be like anything. */
function codeOf({ model, rows }: Tested): (typeof EXIT)[keyof typeof EXIT] {
  if (rows.some(({ disagreements, died }) => disagreements.length > 0 || died !== null)) return EXIT.divergent;
  return model === null || rows.every(({ faults }) => faults === 0) ? EXIT.undecided : EXIT.ok;
}

async function kernelsOf(name: string | undefined, context: Context): Promise<StoredKernel[]> {
  const { readKernel } = await context.modules.cache();
  const cache = await cacheOf(context);
  const names = name === undefined ? cache.list() : [kernelName(name)];
  if (names.length > 0) return names.map((own) => readKernel(cache, own));
  throw new InputError(cache.folder, 'no kernel in the cache', {
    exitCode: 66,
    hint: 'ptediff kernel add debian:6.12 adds one.',
  });
}
