/** Engine names on the command line: `v6.6`, `batched@v6.6`, `legacy@v6.1`, `reference+M1`. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { requireRevision, UnknownEngine } from '../campaign/engines.js';
import type { EngineFamily, Revision } from '../mm/revision.js';
import { DEFAULT_ENGINES } from '../report/commands.js';

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

/** Adds `--legacy` and `--batched`. */
export function addEngineOptions(command: Command): Command {
  const families: readonly (readonly [EngineFamily, string])[] = [
    ['legacy', 'engine of the per-page side'],
    ['batched', 'engine of the batched side'],
  ];
  for (const [family, meaning] of families) {
    const preset = parseRevision(DEFAULT_ENGINES[family], family);
    command.addOption(
      new Option(`--${family} <revision>`, meaning)
        .default(preset, preset.name)
        .argParser((text: string) => parseRevision(text, family)),
    );
  }
  return command;
}
