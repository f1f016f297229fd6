/** `ptediff replay`: one case on both engines, side by side. */
import type { Command } from 'commander';
import { renderReplay } from '../report/replay_text.js';
import { type Context, say } from './context.js';
import { addEngineOptions, architecturesOf, type EngineOptions } from './engines.js';
import { UsageError } from './errors.js';
import { codeOfVerdict } from './exit_codes.js';
import { exampleHelp } from './help.js';
import { fixturesFolder } from './package.js';
import { readTarget } from './target.js';
import { hasColor, proseWidth } from './terminal.js';

const EXAMPLES = exampleHelp([
  ['ptediff replay g1.arm64.64.1.17 --batched v6.6', 'the case of an address'],
  ['ptediff replay fixtures/cases/mine.yaml --trace', 'a stored case, with the steps of both engines'],
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
  const { loadAllowlist } = await modules.allowlist();
  const allowlist = loadAllowlist(`${fixturesFolder(context)}/allow`);
  for (const { id, experimental } of [legacy, batched]) if (experimental) say(io, `${id} is experimental`);
  const { replay, impossibleFor } = await modules.replay();
  const reason = impossibleFor(target.case, legacy, batched);
  if (reason !== null) throw new UsageError(`${text} cannot be compared: ${reason}`);
  const result = replay(target, { legacy, batched, allowlist, trace });
  io.stdout.write(renderReplay(result, { color: hasColor(io.stdout, io.env), width: proseWidth(io.stdout), trace }));
  context.exitCode = codeOfVerdict(result.verdict);
}
