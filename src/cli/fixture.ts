/** `ptediff fixture`: a drawn case becomes a commented YAML file that no later version of the generator can change. */
import type { Command } from 'commander';
import type { Case } from '../cases/case.js';
import { writeWhole } from '../cases/files.js';
import type { EngineExpectation } from '../cases/fixture.js';
import { VERSION } from '../version.js';
import { type Context, pathOf, say } from './context.js';
import { addEnginesAsked, type EnginesAsked, requireArch } from './engines.js';
import { UsageError } from './errors.js';
import { exampleHelp } from './help.js';
import { isKernel } from './kernel_cache.js';
import { requireWritable } from './output.js';
import { readAddress } from './target.js';

const EXAMPLES = exampleHelp([
  ['ptediff fixture g1.arm64.64.1.17 -o fixtures/cases/mine.yaml', ''],
  ['ptediff fixture g1.arm64.64.1.17', 'to standard output'],
  ['ptediff fixture g1.arm64.64.1.17 --batched kernel:6.12', 'with what this kernel does, expected of its model'],
]);

interface FixtureOptions extends EnginesAsked {
  readonly out?: string;
}

export function register(program: Command, context: Context): void {
  const command = program
    .command('fixture')
    .description('Writes the case of an address as a commented YAML fixture.')
    .argument('<address>', 'address of a drawn case')
    .option('-o, --out <file>', 'write to a file instead of standard output')
    .addHelpText('before', EXAMPLES);
  addEnginesAsked(command, context, 'writes down what this engine does: an engine').action(
    async (address: string, options: FixtureOptions) => {
      await fixture(address, options, context);
    },
  );
}

async function fixture(address: string, options: FixtureOptions, context: Context): Promise<void> {
  const { out } = options;
  requireWritable(context, out);
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
  say(context.io, `wrote ${out}; next: ptediff check ${out}`);
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
