/** `ptediff scopes`: what can be swept, with the exact number of cases of each scope. */
import { type Command, Option } from 'commander';
import { grouped, labelled, painter, type TextOptions, wrap } from '../report/words.js';
import type { Context, Modules } from './context.js';
import { exampleHelp } from './help.js';
import { textStyle } from './terminal.js';

const EXAMPLES = exampleHelp([
  ['ptediff scopes', ''],
  ['ptediff scopes --format json', 'with the range of indexes of each architecture'],
]);

type ScopesModule = Awaited<ReturnType<Modules['scopes']>>;
type Scope = ScopesModule['SCOPES'][number];

export function register(program: Command, context: Context): void {
  program
    .command('scopes')
    .description('Lists the scopes that can be swept, with their exact numbers of cases.')
    .addOption(new Option('--format <format>', 'of the list').choices(['text', 'json']).default('text'))
    .addHelpText('before', EXAMPLES)
    .action(async ({ format }: { format: 'text' | 'json' }) => {
      const { io } = context;
      const module = await context.modules.scopes();
      if (format === 'json')
        io.stdout.write(
          `${JSON.stringify(
            module.SCOPES.map((scope) => plainScope(scope, module)),
            null,
            2,
          )}\n`,
        );
      else io.stdout.write(renderScopes(module, textStyle(io)));
    });
}

function plainScope(scope: Scope, { indexOfScope }: ScopesModule): object {
  const { name, title, span, proves, leavesOut, architectures } = scope;
  const index = indexOfScope(scope);
  const indexes = Object.fromEntries(architectures.map((arch) => [arch, index.rangeOf(arch)]));
  return { name, title, span, cases: index.size, indexes, proves, leavesOut };
}

function renderScopes(module: ScopesModule, options: TextOptions): string {
  return module.SCOPES.map((scope) => `${scopeLines(scope, module, options).join('\n')}\n`).join('\n');
}

function scopeLines(scope: Scope, { indexOfScope }: ScopesModule, { color, width }: TextOptions): string[] {
  const { name, title, proves, leavesOut, architectures } = scope;
  const rows: readonly (readonly [string, string])[] = [
    ['cases', `${grouped(indexOfScope(scope).size)} on ${architectures.join(', ')}`],
    ['proves', proves],
    ['not', leavesOut],
  ];
  return [
    painter(color)('bold', name),
    ...wrap(title, width, '  '),
    ...rows.flatMap(([label, text]) => labelled(`  ${label}`, text, width)),
  ];
}
