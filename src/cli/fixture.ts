/** `ptediff fixture`: a drawn case becomes a commented YAML file that no later version of the generator can change. */
import { statSync } from 'node:fs';
import type { Command } from 'commander';
import { isOpenFile, OutputError, writeWhole } from '../cases/files.js';
import { command } from '../report/commands.js';
import { VERSION } from '../version.js';
import { type Context, pathOf, say } from './context.js';
import { exampleHelp } from './help.js';
import { requireWritable } from './output.js';
import { readAddress } from './target.js';
import { programName } from './terminal.js';
import { parseOutFile } from './values.js';

const EXAMPLES = exampleHelp([
  ['ptediff fixture g1.arm64.64.1.17 -o fixtures/cases/mine.yaml', ''],
  ['ptediff fixture g1.arm64.64.1.17', 'to standard output'],
]);

interface FixtureOptions {
  readonly out?: string;
  readonly force?: boolean;
}

export function register(program: Command, context: Context): void {
  program
    .command('fixture')
    .description('Writes the case of an address as a commented YAML fixture.')
    .argument('<address>', 'address of a drawn case')
    .option('-o, --out <file>', 'write to a new file instead of standard output', parseOutFile)
    .option('--force', 'replace the file if it exists')
    .addHelpText('before', EXAMPLES)
    .action(async (address: string, options: FixtureOptions) => {
      await fixture(address, options, context);
    });
}

async function fixture(address: string, { out, force = false }: FixtureOptions, context: Context): Promise<void> {
  requireWritable(context, out);
  if (out !== undefined && !force) requireNew(context, out);
  const plain = await readAddress(address, context);
  const { fixtureText } = await context.modules.fixture();
  const text = fixtureText(plain, {
    title: `case ${address}`,
    comment: [`Drawn by ptediff ${VERSION} at address ${address}.`],
  });
  if (out === undefined) {
    context.io.stdout.write(text);
    return;
  }
  writeWhole(pathOf(context.io, out), text);
  const next = command(`check ${out}`, programName(context.io.env));
  say(context.io, `wrote ${out}; next: say in it what you expect, then ${next}`);
}

/**
 * Expectations are written into a fixture by hand: nobody wants to lose them to a second call. Pipes and devices have
 * nothing to lose.
 * @throws OutputError
 */
function requireNew({ io }: Context, out: string): void {
  const path = pathOf(io, out);
  const isFile = statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  if (isFile && !isOpenFile(path)) throw new OutputError(out, new Error('it exists; --force replaces it'));
}
