/** `ptediff check`: are the stored fixtures, witnesses, regressions and allowlist entries still right? */
import { relative, sep } from 'node:path';
import type { Command } from 'commander';
import { renderCheck } from '../report/check_text.js';
import { type Context, pathOf } from './context.js';
import { EXIT } from './exit_codes.js';
import { exampleHelp } from './help.js';
import { fixturesFolder } from './package.js';
import { hasColor, proseWidth } from './terminal.js';

const EXAMPLES = exampleHelp([
  ['ptediff check', 'everything below fixtures'],
  ['ptediff check fixtures/cases/mine.yaml fixtures/allow', 'some files and folders'],
]);

export function register(program: Command, context: Context): void {
  program
    .command('check')
    .description('Checks fixtures, witnesses, regressions and allowlist entries.')
    .argument('[path...]', 'files and folders (default: all fixtures)')
    .addHelpText('before', EXAMPLES)
    .action(async (paths: string[]) => {
      await run(paths, context);
    });
}

async function run(paths: readonly string[], context: Context): Promise<void> {
  const { io, modules } = context;
  const { check } = await modules.check();
  const { results, failed } = check(
    paths.map((path) => pathOf(io, path)),
    { root: fixturesFolder(context) },
  );
  const items = results.map((result) => ({ ...result, file: displayed(result.file, io.cwd) }));
  io.stdout.write(renderCheck(items, { color: hasColor(io.stdout, io.env), width: proseWidth(io.stdout) }));
  // A check of nothing, or of what expects nothing, has not shown that anything is right.
  const idle = results.every(({ note }) => note !== undefined);
  context.exitCode = failed > 0 ? EXIT.stale : idle ? EXIT.undecided : EXIT.ok;
}

/** The path from the working directory, unless it leads out of it. */
function displayed(file: string, cwd: string): string {
  const short = relative(cwd, file);
  return short === '' || short.startsWith(`..${sep}`) ? file : short;
}
