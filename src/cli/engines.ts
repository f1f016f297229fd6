/** Engine names on the command line: `v6.6`, `batched@v6.6`, `legacy@v6.1`. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { BATCHED_REVISIONS } from '../batched/revisions.js';
import { didYouMean } from '../cases/suggest.js';
import { LEGACY_REVISIONS } from '../legacy/index.js';
import type { EngineFamily, Revision } from '../mm/revision.js';
import { DEFAULT_ENGINES } from '../report/commands.js';

export const REVISIONS: readonly Revision[] = [...LEGACY_REVISIONS, ...BATCHED_REVISIONS];

/**
 * The revision that a name means. A name without family is looked for in the option's own family first, so that either
 * option can name any engine.
 */
export function findRevision(text: string, family: EngineFamily): Revision | undefined {
  const inFamily = REVISIONS.find((revision) => revision.family === family && revision.name === text);
  return inFamily ?? REVISIONS.find((revision) => revision.id === text || revision.name === text);
}

function parseRevision(text: string, family: EngineFamily): Revision {
  const revision = findRevision(text, family);
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
