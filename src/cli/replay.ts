/** `ptediff replay`: one case on both engines, side by side. */
import type { Command } from 'commander';
import type { ArchName } from '../mm/arch/architecture.js';
import type { Revision } from '../mm/revision.js';
import { type Context, say } from './context.js';
import { addEngineOptions, architecturesOf, type EngineOptions } from './engines.js';
import { UsageError } from './errors.js';
import { codeOfReplay } from './exit_codes.js';
import { exampleHelp } from './help.js';
import { cacheWith, isKernel, kernelName } from './kernel_cache.js';
import { fixturesFolder } from './package.js';
import { readTarget } from './target.js';
import { textStyle } from './terminal.js';

const EXAMPLES = exampleHelp([
  ['ptediff replay g2.arm64.64.1.17 --batched v6.6', 'the case of an address'],
  ['ptediff replay fixtures/cases/mine.yaml --trace', 'a stored case, with the steps of both engines'],
  ['ptediff replay g2.arm64.64.1.17 --batched kernel:6.12 --trace', 'with the lines of the kernel tree'],
]);

interface ReplayCommandOptions extends EngineOptions {
  readonly trace?: boolean;
}

export function register(program: Command, context: Context): void {
  const command = program
    .command('replay')
    .description('Runs one case on both engines and shows them side by side.')
    .argument('<address|file>', 'address of a drawn case, or YAML file of a stored one')
    .addHelpText('before', EXAMPLES);
  addEngineOptions(command, context)
    .option('--trace', 'show the steps of both engines, the first that differs marked')
    .action(async (text: string, options: ReplayCommandOptions) => {
      await run(text, options, context);
    });
}

async function run(
  text: string,
  { legacy, batched, trace = false }: ReplayCommandOptions,
  context: Context,
): Promise<void> {
  const { io, modules } = context;
  const target = await readTarget(text, context);
  architecturesOf({ legacy, batched }, [target.case.arch], []);
  const { readAllowlist } = await modules.allowlist();
  const allowlist = await readAllowlist(`${fixturesFolder(context)}/allow`);
  for (const { id, experimental } of [legacy, batched]) if (experimental) say(io, `${id} is experimental`);
  const { replay, impossibleFor } = await modules.replay();
  const reason = impossibleFor(target.case, legacy, batched);
  if (reason !== null) throw new UsageError(`${text} cannot be compared: ${reason}`);
  const engines = trace ? await telling({ legacy, batched }, target.case.arch, context) : { legacy, batched };
  const result = replay(target, { ...engines, allowlist, trace });
  const { renderReplay } = await import('../report/replay_text.js');
  io.stdout.write(renderReplay(result, { ...textStyle(io), trace }));
  context.exitCode = codeOfReplay(result);
}

/** For a trace kernels are compiled once more, so that they tell what they do. */
async function telling({ legacy, batched }: EngineOptions, arch: ArchName, context: Context): Promise<EngineOptions> {
  return { legacy: await tellingEngine(legacy, arch, context), batched: await tellingEngine(batched, arch, context) };
}

async function tellingEngine(engine: Revision, arch: ArchName, context: Context): Promise<Revision> {
  if (!isKernel(engine.id)) return engine;
  const { io, modules } = context;
  const { readKernel } = await modules.cache();
  const name = kernelName(engine.id);
  const cache = await cacheWith(name, context);
  const { countingCode, kernelArchOf, tellingRevision } = await modules.trace();
  const archs = [kernelArchOf(arch)].filter((own) => own !== undefined);
  const code = await countingCode(cache, readKernel(cache, name), (what) => say(io, what), archs);
  return tellingRevision(engine, code);
}
