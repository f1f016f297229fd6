/** `ptediff marks`: the named branches of the engines that a campaign counts, and what a plan needs to reach them. */
import type { Command } from 'commander';
import { MARKS, type Mark, type MarkNeeds, type MarkSide } from '../mm/marks.js';
import { painter, type TextOptions, wrap } from '../report/words.js';
import type { Context } from './context.js';
import { exampleHelp } from './help.js';
import { textStyle } from './terminal.js';

const EXAMPLES = exampleHelp([
  ['ptediff marks', 'what must have been reached before a campaign says that all is well'],
]);

/** A need that no plan has: such a mark is counted and never required. */
const LARGEST_SPAN = 512;

const SIDES: readonly (readonly [MarkSide, string])[] = [
  ['both', 'On both sides'],
  ['legacy', 'On the legacy side'],
  ['batched', 'On the batched side'],
];

export function register(program: Command, context: Context): void {
  program
    .command('marks')
    .description('Lists the marks: named branches of the engines that a campaign must reach.')
    .addHelpText('before', EXAMPLES)
    .action(() => {
      const { io } = context;
      io.stdout.write(renderMarks(textStyle(io)));
    });
}

function renderMarks(options: TextOptions): string {
  const sections = SIDES.map(([side, title]) => {
    const marks = MARKS.filter((mark) => mark.side === side);
    const lines = [
      painter(options.color)('bold', `${title}: ${marks.length}`),
      ...marks.flatMap((mark) => markLines(mark, options)),
    ];
    return `${lines.join('\n')}\n`;
  });
  return sections.join('\n');
}

function markLines({ name, meaning, needs }: Mark, { width }: TextOptions): string[] {
  const needed = needText(needs);
  return [`  ${name}`, ...wrap(meaning + (needed === '' ? '' : ` [${needed}]`), width, '      ')];
}

function needText({ span, arch, races, feature, uffdWp }: MarkNeeds): string {
  if (span !== undefined && span > LARGEST_SPAN) return 'not required';
  const parts: string[] = [];
  if (span !== undefined) parts.push(`span ${span}`);
  if (arch !== undefined) parts.push(arch);
  if (races === true) parts.push('--races');
  if (uffdWp === true) parts.push('uffd-wp on both sides');
  for (const [key, value] of Object.entries(feature ?? {})) parts.push(`${key}=${value}`);
  return parts.length === 0 ? '' : `needs ${parts.join(', ')}`;
}
