/** `ptediff check`: are the stored fixtures, witnesses, regressions and allowlist entries still right? */
import { relative, sep } from 'node:path';
import type { Command } from 'commander';
import { plainRevision, type Revision } from '../mm/revision.js';
import { renderCheck } from '../report/check_text.js';
import { type Context, pathOf, say } from './context.js';
import { addEnginesAsked, type EnginesAsked } from './engines.js';
import { EXIT } from './exit_codes.js';
import { exampleHelp } from './help.js';
import { fixturesFolder } from './package.js';
import { textStyle } from './terminal.js';

const EXAMPLES = exampleHelp([
  ['ptediff check', 'everything below fixtures'],
  ['ptediff check fixtures/cases/mine.yaml fixtures/allow', 'some files and folders'],
  ['ptediff check --legacy kernel:6.1 --batched kernel:6.12', 'what is expected of their models is asked of them too'],
]);

export function register(program: Command, context: Context): void {
  const command = program
    .command('check')
    .description('Checks fixtures, witnesses, regressions and allowlist entries.')
    .argument('[path...]', 'files and folders (default: all fixtures)')
    .addHelpText('before', EXAMPLES);
  addEnginesAsked(command, context, 'plays the cases on this engine as well: an engine').action(
    async (paths: string[], engines: EnginesAsked) => {
      await run(paths, engines, context);
    },
  );
}

async function run(paths: readonly string[], engines: EnginesAsked, context: Context): Promise<void> {
  const { io, modules } = context;
  const { check } = await modules.check();
  const known = await modelled(engines, context);
  const { results, failed } = check(
    paths.map((path) => pathOf(io, path)),
    { root: fixturesFolder(context), engines: known },
  );
  const items = results.map((result) => ({ ...result, file: displayed(result.file, io.cwd) }));
  io.stdout.write(renderCheck(items, textStyle(io)));
  const asked: readonly Revision[] = Object.values(engines);
  const unplayed = asked.filter(({ id }) => !results.some(({ kind }) => kind === id));
  for (const engine of unplayed) {
    const isKnown = Object.values(known).includes(engine);
    const why = isKnown
      ? `nothing here is expected of ${plainRevision(engine).id} on what it runs on`
      : 'no model has its features';
    say(io, `${engine.id} played nothing: ${why}`);
  }
  // A check of nothing, or of what expects nothing, has not shown that anything is right, nor has an engine that played
  // nothing.
  const isOpen = results.every(({ note }) => note !== undefined) || unplayed.length > 0;
  context.exitCode = failed > 0 ? EXIT.stale : isOpen ? EXIT.undecided : EXIT.ok;
}

/** The engines with a model that has all their features: what is expected of it is expected of them. */
async function modelled(engines: EnginesAsked, { modules }: Context): Promise<EnginesAsked> {
  const asked = Object.entries(engines);
  if (asked.length === 0) return {};
  const { exactModel } = await modules.kernels();
  return Object.fromEntries(asked.filter(([, engine]) => exactModel(engine) !== null));
}

/** The path from the working directory, unless it leads out of it. */
function displayed(file: string, cwd: string): string {
  const short = relative(cwd, file);
  return short === '' || short.startsWith(`..${sep}`) ? file : short;
}
