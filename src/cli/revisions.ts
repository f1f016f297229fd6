/** `ptediff revisions`: the engines that can be compared, and how each differs from the reference. */
import type { Command } from 'commander';
import { REVISIONS } from '../campaign/engines.js';
import type { Revision } from '../mm/revision.js';
import { DEFAULT_ENGINES } from '../report/commands.js';
import { painter, type TextOptions, wrap } from '../report/words.js';
import type { Context } from './context.js';
import { exampleHelp } from './help.js';
import { hasColor, proseWidth } from './terminal.js';

const EXAMPLES = exampleHelp([
  ['ptediff revisions', ''],
  ['ptediff fuzz --legacy v6.5 --batched v6.10', 'compare two of them'],
  ['ptediff fuzz --legacy batched@v6.6 --batched v6.12', 'compare two of one family'],
]);

export function register(program: Command, context: Context): void {
  program
    .command('revisions')
    .description('Lists the engine revisions with their features and sources.')
    .addHelpText('before', EXAMPLES)
    .action(() => {
      const { stdout, env } = context.io;
      stdout.write(renderRevisions({ color: hasColor(stdout, env), width: proseWidth(stdout) }));
    });
}

function renderRevisions(options: TextOptions): string {
  const sections = REVISIONS.map((revision) => `${revisionLines(revision, options).join('\n')}\n`);
  return sections.join('\n');
}

function revisionLines(revision: Revision, { color, width }: TextOptions): string[] {
  const { id, title, source, experimental } = revision;
  const defaults: readonly string[] = Object.values(DEFAULT_ENGINES);
  const notes = [...(defaults.includes(id) ? ['default'] : []), ...(experimental ? ['experimental'] : [])];
  const note = notes.length === 0 ? '' : ` (${notes.join(', ')})`;
  return [
    painter(color)('bold', id) + note,
    ...wrap(title, width, '  '),
    ...wrap(`source: ${source}`, width, '  '),
    ...wrap(`features: ${features(revision)}`, width, '  '),
  ];
}

/** All features of the reference and of the legacy engines; of the others those that differ from the reference. */
function features({ id, family, features }: Revision): string {
  const reference = REVISIONS.find((revision) => revision.id === DEFAULT_ENGINES.batched);
  const plain = family === 'legacy' || id === reference?.id ? {} : (reference?.features ?? {});
  const own = Object.entries(features).filter(([name, value]) => plain[name] !== value);
  return own.map(([name, value]) => `${name}=${value}`).join(' ') || 'those of the reference';
}
