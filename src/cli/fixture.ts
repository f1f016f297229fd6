/** `ptediff fixture`: a drawn case becomes a commented YAML file that no later version of the generator can change. */
import type { Command } from 'commander';
import { writeWhole } from '../cases/files.js';
import { VERSION } from '../version.js';
import { type Context, pathOf, say } from './context.js';
import { exampleHelp } from './help.js';
import { requireWritable } from './output.js';
import { readAddress } from './target.js';

const EXAMPLES = exampleHelp([
  ['ptediff fixture g1.arm64.64.1.17 -o fixtures/cases/mine.yaml', ''],
  ['ptediff fixture g1.arm64.64.1.17', 'to standard output'],
]);

export function register(program: Command, context: Context): void {
  program
    .command('fixture')
    .description('Writes the case of an address as a commented YAML fixture.')
    .argument('<address>', 'address of a drawn case')
    .option('-o, --out <file>', 'write to a file instead of standard output')
    .addHelpText('before', EXAMPLES)
    .action(async (address: string, options: { out?: string }) => {
      await fixture(address, options.out, context);
    });
}

async function fixture(address: string, out: string | undefined, context: Context): Promise<void> {
  requireWritable(context, out);
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
  say(context.io, `wrote ${out}; next: ptediff check ${out}`);
}
