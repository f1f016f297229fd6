/** `ptediff allow list`: the differences that are known and intended. */
import type { Command } from 'commander';
import { escapeControl } from '../cases/escape.js';
import type { Allowlist } from '../oracle/allowlist.js';
import { labelled, painter, plural, type TextOptions } from '../report/words.js';
import type { Context } from './context.js';
import { exampleHelp } from './help.js';
import { fixturesFolder } from './package.js';
import { textStyle } from './terminal.js';

const EXAMPLES = exampleHelp([['ptediff allow list', 'which differences are explained, by what, and why']]);

export function register(program: Command, context: Context): void {
  const allow = program
    .command('allow')
    .description('The allowlist: differences that are known and intended.')
    .addHelpText('before', EXAMPLES);
  allow
    .command('list')
    .description('Lists the entries with their reasons and sources.')
    .addHelpText('before', EXAMPLES)
    .action(async () => {
      const { readAllowlist } = await context.modules.allowlist();
      const { io } = context;
      const allowlist = await readAllowlist(`${fixturesFolder(context)}/allow`);
      io.stdout.write(renderAllowlist(allowlist, textStyle(io)));
    });
}

function renderAllowlist({ entries }: Allowlist, options: TextOptions): string {
  const sections = entries.map((entry) => `${entryLines(entry, options).join('\n')}\n`);
  return `${[...sections, `${plural(entries.length, 'entry', 'entries')}\n`].join('\n')}`;
}

function entryLines(entry: Allowlist['entries'][number], { color, width }: TextOptions): string[] {
  const { id, title, engines, differences, why, reference, witness, expires } = entry;
  const fields = [...new Set(differences.flatMap(({ field }) => field))];
  const rows: readonly (readonly [string, string])[] = [
    ['', title],
    ['engines', `${engines.legacy.join(', ')} against ${engines.batched.join(', ')}`],
    ['fields', fields.join(', ')],
    ['why', why.trim().replace(/\s+/g, ' ')],
    ['source', reference],
    ['witness', witness],
    ['expires', expires ?? ''],
  ];
  return [
    `${painter(color)('bold', escapeControl(id))} (${entry.class})`,
    ...rows
      .filter(([, text]) => text !== '')
      .flatMap(([label, text]) => labelled(`  ${label}`, escapeControl(text), width, 12)),
  ];
}
