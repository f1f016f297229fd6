/** `ptediff fixture`: a drawn case becomes a commented YAML file that no later version of the generator can change. */
import { statSync } from 'node:fs';
import type { Command } from 'commander';
import type { Case } from '../cases/case.js';
import { isOpenFile, OutputError, writeWhole } from '../cases/files.js';
import type { EngineExpectation } from '../cases/fixture.js';
import { command as commandLine } from '../report/commands.js';
import { VERSION } from '../version.js';
import { type Context, pathOf, say } from './context.js';
import { addEnginesAsked, type EnginesAsked, requireArch } from './engines.js';
import { UsageError } from './errors.js';
import { exampleHelp } from './help.js';
import { isKernel } from './kernel_cache.js';
import { requireWritable } from './output.js';
import { readAddress } from './target.js';
import { programName } from './terminal.js';
import { parseOutFile } from './values.js';

const EXAMPLES = exampleHelp([
  ['ptediff fixture g2.arm64.64.1.17 -o fixtures/cases/mine.yaml', ''],
  ['ptediff fixture g2.arm64.64.1.17', 'to standard output'],
  ['ptediff fixture g2.arm64.64.1.17 --batched kernel:6.12', 'with what this kernel does, expected of its model'],
]);

interface FixtureOptions extends EnginesAsked {
  readonly out?: string;
  readonly force?: boolean;
}

export function register(program: Command, context: Context): void {
  const command = program
    .command('fixture')
    .description('Writes the case of an address as a commented YAML fixture.')
    .argument('<address>', 'address of a drawn case')
    .option('-o, --out <file>', 'write to a new file instead of standard output', parseOutFile)
    .option('--force', 'replace the file if it exists')
    .addHelpText('before', EXAMPLES);
  addEnginesAsked(command, context, 'writes down what this engine does: an engine').action(
    async (address: string, options: FixtureOptions) => {
      await fixture(address, options, context);
    },
  );
}

async function fixture(address: string, options: FixtureOptions, context: Context): Promise<void> {
  const { out, force = false } = options;
  requireWritable(context, out);
  if (out !== undefined && !force) requireNew(context, out);
  const plain = await readAddress(address, context);
  const { expect, comment } = await expected(plain, options, context);
  const { fixtureText } = await context.modules.fixture();
  const text = fixtureText(plain, {
    title: `case ${address}`,
    comment: [`Drawn by ptediff ${VERSION} at address ${address}.`, ...comment],
    ...(Object.keys(expect).length > 0 && { expect }),
  });
  if (out === undefined) {
    context.io.stdout.write(text);
    return;
  }
  writeWhole(pathOf(context.io, out), text);
  const next = commandLine(`check ${out}`, programName(context.io.env));
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

interface Expected {
  readonly expect: Readonly<Record<string, EngineExpectation>>;
  /** lines of the file's comment that say who did it */
  readonly comment: readonly string[];
}

/**
 * What the engines do, by the name of the model that it is expected of.
 * @throws UsageError for an engine that does not run on the architecture, or that has no model
 */
async function expected(plain: Case, { legacy, batched }: EnginesAsked, { modules }: Context): Promise<Expected> {
  const expect: Record<string, EngineExpectation> = {};
  const comment: string[] = [];
  for (const engine of [legacy, batched]) {
    if (engine === undefined) continue;
    requireArch(engine, plain.arch);
    const { exactModel } = await modules.kernels();
    const model = isKernel(engine.id) ? exactModel(engine) : engine;
    if (model === null)
      throw new UsageError(`no model has the features of ${engine.id}: nothing can be expected of it`);
    const { expectationFrom } = await modules.describe();
    expect[model.id] = expectationFrom(plain, engine);
    if (model !== engine) comment.push(`What is expected of ${model.id} is what ${engine.id} does (${engine.source}).`);
  }
  return { expect, comment };
}
