/** `ptediff revisions`: the engines that can be compared, and how each differs from the reference. */
import type { Command } from 'commander';
import { PLANTED_BUGS } from '../batched/index.js';
import { REVISIONS } from '../campaign/engines.js';
import type { Revision } from '../mm/revision.js';
import { DEFAULT_ENGINES } from '../report/commands.js';
import { painter, type TextOptions, wrap } from '../report/words.js';
import type { Context } from './context.js';
import { exampleHelp } from './help.js';
import { textStyle } from './terminal.js';

const EXAMPLES = exampleHelp([
  ['ptediff revisions', ''],
  ['ptediff fuzz --legacy v6.5 --batched v6.10', 'compare two of them'],
  ['ptediff fuzz --legacy batched@v6.6 --batched v6.12', 'compare two of one family'],
  ['ptediff revisions --planted', ''],
  ['ptediff fuzz --batched reference+M1+M9', 'the reference with two bugs planted in it'],
]);

export function register(program: Command, context: Context): void {
  program
    .command('revisions')
    .description('Lists the engine revisions with their features and sources.')
    .option('--planted', 'list the bugs that can be planted in a batched revision instead')
    .addHelpText('before', EXAMPLES)
    .action(({ planted = false }: { planted?: boolean }) => {
      const { io } = context;
      const options = textStyle(io);
      io.stdout.write(planted ? renderPlanted(options) : renderRevisions(options));
    });
}

function renderPlanted({ color, width }: TextOptions): string {
  const paint = painter(color);
  const sections = PLANTED_BUGS.map(({ id, title, source, base, shows, needs }) => {
    const only = [...(shows?.architectures ?? []), ...(shows?.races === true ? ['--races'] : [])];
    const features = Object.entries(needs ?? {}).map(([name, value]) => `${name}=${value}`);
    return [
      `${paint('bold', id)} (${base ?? 'reference'}+${id})`,
      ...wrap(title, width, '  '),
      ...wrap(`source: ${source}`, width, '  '),
      ...(only.length === 0 ? [] : wrap(`only with ${only.join(', ')}`, width, '  ')),
      ...(features.length === 0 ? [] : wrap(`needs ${features.join(' ')}`, width, '  ')),
    ];
  });
  return sections.map((lines) => `${lines.join('\n')}\n`).join('\n');
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
