/** Engine names on the command line: `v6.6`, `batched@v6.6`, `legacy@v6.1`, `reference+M1`, `kernel:6.12`. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { requireRevision, UnknownEngine } from '../campaign/engines.js';
import type { ArchName } from '../mm/arch/architecture.js';
import type { EngineFamily, Revision } from '../mm/revision.js';
import { DEFAULT_ENGINES } from '../report/commands.js';
import type { Context } from './context.js';
import { UsageError } from './errors.js';
import { isKernel, kernelName, storedKernel } from './kernel_cache.js';

function parseRevision(text: string, family: EngineFamily): Revision {
  try {
    return requireRevision(text, family);
  } catch (error) {
    if (error instanceof UnknownEngine) throw new InvalidArgumentError(sentence(error));
    throw error;
  }
}

function sentence({ message, near, isPlanted }: UnknownEngine): string {
  const problem = message.charAt(0).toUpperCase() + message.slice(1);
  if (near !== undefined) return `${problem}, did you mean ${near}?`;
  return `${problem}: see ptediff revisions${isPlanted ? ' --planted' : ''}.`;
}

export interface EngineOptions {
  readonly legacy: Revision;
  readonly batched: Revision;
}

/** @throws UsageError if the engine does not run on the architecture */
export function requireArch({ id, architectures }: Revision, arch: ArchName): void {
  if (architectures?.includes(arch) !== false) return;
  throw new UsageError(`${id} is not compiled for ${arch}: expected some of ${architectures.join(', ')}`);
}

/**
 * The architectures that both engines run on: those that are asked for, or what is left of all.
 * @throws UsageError for one that is asked for and an engine does not have
 */
export function architecturesOf(
  { legacy, batched }: EngineOptions,
  asked: readonly ArchName[] | undefined,
  all: readonly ArchName[],
): readonly ArchName[] {
  const without = (arch: ArchName): Revision | undefined =>
    [legacy, batched].find(({ architectures }) => architectures?.includes(arch) === false);
  for (const arch of asked ?? []) for (const engine of [legacy, batched]) requireArch(engine, arch);
  return asked ?? all.filter((arch) => without(arch) === undefined);
}

const FAMILIES: readonly EngineFamily[] = ['legacy', 'batched'];

/** Adds `--legacy` and `--batched`, with the default pair. */
export function addEngineOptions(command: Command, context: Context): Command {
  const meanings = { legacy: 'engine of the per-page side', batched: 'engine of the batched side' };
  for (const family of FAMILIES) {
    const preset = parseRevision(DEFAULT_ENGINES[family], family);
    command.addOption(engineOption(family, meanings[family]).default(preset, preset.name));
  }
  return withKernels(command, context);
}

/** The engines that were asked for, none of which has to be. */
export type EnginesAsked = Partial<EngineOptions>;

/** The same two options without a default, for commands that do without engines. */
export function addEnginesAsked(command: Command, context: Context, what: string): Command {
  for (const family of FAMILIES) command.addOption(engineOption(family, `${what} of the ${family} family`));
  return withKernels(command, context);
}

function engineOption(family: EngineFamily, meaning: string): Option {
  return new Option(`--${family} <revision>`, meaning).argParser((text: string) =>
    isKernel(text) ? text : parseRevision(text, family),
  );
}

/** Kernels come from files, and are looked for when it is known that they are needed. */
function withKernels(command: Command, context: Context): Command {
  return command.hook('preAction', async () => {
    for (const family of FAMILIES) {
      const value: unknown = command.getOptionValue(family);
      if (typeof value === 'string') command.setOptionValue(family, await kernelNamed(value, context));
    }
  });
}

async function kernelNamed(text: string, context: Context): Promise<Revision> {
  const { useKernel } = await context.modules.kernels();
  return useKernel(await storedKernel(kernelName(text), context));
}
