/** Engine names on the command line: `v6.6`, `batched@v6.6`, `legacy@v6.1`. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { REVISIONS, revisionNamed } from '../campaign/engines.js';
import { didYouMean } from '../cases/suggest.js';
import type { EngineFamily, Revision } from '../mm/revision.js';
import { DEFAULT_ENGINES } from '../report/commands.js';

function parseRevision(text: string, family: EngineFamily): Revision {
  const revision = revisionNamed(text, family);
  if (revision !== undefined) return revision;
  const own = REVISIONS.filter((candidate) => candidate.family === family);
  const names = [...own, ...REVISIONS].map(({ name }) => name);
  const near = didYouMean(text, text.includes('@') ? REVISIONS.map(({ id }) => id) : names);
  throw new InvalidArgumentError(
    near === undefined ? 'No such revision: see ptediff revisions.' : `No such revision, did you mean ${near}?`,
  );
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
