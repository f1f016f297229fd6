/** `ptediff kernel`: kernel trees that can be engines; they are compiled once and kept in the user's cache. */
import type { Command } from 'commander';
import { readWhole } from '../cases/files.js';
import { plural, wrap } from '../report/words.js';
import { type Context, pathOf, say } from './context.js';
import { UsageError } from './errors.js';
import { EXIT } from './exit_codes.js';
import { exampleHelp } from './help.js';
import { cacheOf, kernelName, patchedCache } from './kernel_cache.js';
import { registerCoverage } from './kernel_coverage.js';
import { aboutLines, configLines, listedLines, modelLine } from './kernel_text.js';
import { openTreeOf } from './open_tree.js';
import { proseWidth } from './terminal.js';

const EXAMPLES = exampleHelp([
  ['ptediff kernel add debian:6.12', "Debian's package, through apt, as kernel:6.12"],
  ['ptediff kernel add ../linux --name mine', 'the files of a tree as they are, as kernel:mine'],
  ['ptediff kernel add ../linux --rev v6.6', 'a revision; the files are not looked at'],
  ['ptediff kernel list', ''],
  ['ptediff kernel coverage 6.12', 'which of its lines and branches are reached'],
  ['ptediff fuzz --legacy kernel:6.1 --batched kernel:6.12', 'what they are for'],
]);

const ADD_EXAMPLES = exampleHelp([
  ['ptediff kernel add debian:6.1', "Debian's package, through apt, as kernel:6.1"],
  ['ptediff kernel add ../linux --name mine', 'the files of a tree as they are, as kernel:mine'],
  ['ptediff kernel add ../linux --rev v6.6 -v', 'a revision, and everything that was taken from it'],
  ['ptediff kernel add linux-source-6.12.tar.xz', 'an archive; a .deb of linux-source will do as well'],
]);

interface AddOptions {
  readonly name?: string;
  readonly rev?: string;
  readonly shim?: string;
  readonly config?: string;
  readonly cc?: string;
  readonly verbose?: boolean;
}

export function register(program: Command, context: Context): void {
  const kernel = program
    .command('kernel')
    .description('Compiles the fault path of a kernel tree, so that it can be an engine.')
    .addHelpText('before', EXAMPLES);
  kernel
    .command('add')
    .description('Extracts and compiles what an engine needs, and keeps it in the cache.')
    .argument('<tree>', 'folder, repository, tar archive, .deb of linux-source, or debian:VERSION')
    .option('--name <name>', 'engines call it kernel:NAME (default: the version, as 6.12)')
    .option('--rev <revision>', 'read this revision of the repository instead of the files')
    .option('--shim <file>', 'C header with names that the tree needs more')
    .option('--config <file>', '.config of the kernel: its architecture, and the few options that matter')
    .option('--cc <clang>', 'compile with this clang, which needs the target wasm32 and wasm-ld')
    .option('-v, --verbose', 'list every function, #ifdef branch and rewritten token')
    .addHelpText('before', ADD_EXAMPLES)
    .action(async (tree: string, options: AddOptions) => {
      await add(tree, options, context);
    });
  kernel
    .command('list')
    .description('Lists the kernels in the cache, with the model that each is compared with.')
    .addHelpText('before', exampleHelp([['ptediff kernel list', '']]))
    .action(async () => {
      await list(context);
    });
  kernel
    .command('remove')
    .description('Removes a kernel from the cache.')
    .argument('<name>', 'as ptediff kernel list has it')
    .addHelpText('before', exampleHelp([['ptediff kernel remove 6.1', '']]))
    .action(async (name: string) => {
      await remove(name, context);
    });
  registerCoverage(kernel, context);
}

async function add(what: string, options: AddOptions, context: Context): Promise<void> {
  const { name, rev, verbose = false } = options;
  const { io, modules } = context;
  const { addKernel } = await modules.addKernel();
  const how = await howToMake(options, context);
  const { modelFor } = await modules.kernels();
  const cache = await cacheOf(context);
  // A name that cannot be one is refused before anything is fetched.
  if (name !== undefined) cache.named(name);
  cache.requireWritable();
  const tree = await openTreeOf(what, rev, context);
  try {
    const added = await addKernel(tree, { cache, name, ...how, onStep: (step) => say(io, step) });
    const { about } = added;
    if (added.replaced !== undefined) say(io, `kernel:${added.name} was ${added.replaced} before`);
    const known = added.wasKnown ? ' (the same text was compiled before)' : '';
    const width = proseWidth(io.stdout);
    const lines = [
      ...wrap(`kernel:${added.name} is Linux ${added.version} of ${added.origin}${known}`, width),
      ...(how.config === undefined ? [] : configLines(options.config ?? '', how.config)),
      ...aboutLines(about, verbose),
      ...wrap(modelLine(modelFor(about)), width),
    ];
    io.stdout.write(`${lines.join('\n')}\n`);
  } finally {
    await tree.close();
  }
}

/** What the options say of compiling; refused before anything is fetched. */
async function howToMake({ shim, config, cc }: AddOptions, { io, modules }: Context) {
  const { readConfig, systemCompiler } = await modules.addKernel();
  const path = (file: string): string => pathOf(io, file);
  return {
    header: shim === undefined ? undefined : readWhole(path(shim)),
    config: config === undefined ? undefined : readConfig(config, path(config)),
    compiler: cc === undefined ? undefined : await systemCompiler(cc.includes('/') ? path(cc) : cc),
  };
}

async function list(context: Context): Promise<void> {
  const { io, modules } = context;
  const { readKernel } = await modules.cache();
  const { modelFor } = await modules.kernels();
  const cache = await cacheOf(context);
  const texts = cache.list().map((name) => {
    const kernel = readKernel(cache, name);
    return `${listedLines(kernel, modelFor(kernel.about), proseWidth(io.stdout)).join('\n')}\n`;
  });
  if (texts.length === 0) say(io, `no kernel in ${cache.folder}; ptediff kernel add adds one`);
  else io.stdout.write(texts.join('\n'));
}

async function remove(name: string, context: Context): Promise<void> {
  const cache = await cacheOf(context);
  const plain = kernelName(name);
  if (!cache.remove(plain)) {
    const known = cache.list();
    const there = known.length === 0 ? 'there is none' : `there are ${known.join(', ')}`;
    throw new UsageError(`no kernel is called ${plain}: ${there}`);
  }
  const patched = await patchedCache(context);
  for (const own of patched.list()) if (own.replace(/\+\d+$/, '') === plain) patched.remove(own);
  say(context.io, `removed kernel:${plain}; ${plural(cache.list().length, 'kernel')} left`);
  context.exitCode = EXIT.ok;
}
