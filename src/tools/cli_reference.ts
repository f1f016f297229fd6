/** Reference page of the command line, from the help that the program prints. */
import { Readable } from 'node:stream';
import type { Command } from 'commander';
import { type Context, MODULES } from '../cli/context.js';
import { EXIT, EXIT_MEANINGS, exitCodeHelp, PRECEDENCE } from '../cli/exit_codes.js';
import type { Output } from '../cli/io.js';
import { createProgram } from '../cli/program.js';
import { code, codeBlock, page, plain, table } from './markdown.js';

interface Help {
  /** as typed, such as `ptediff allow list` */
  readonly name: string;
  readonly text: string;
}

/** The help of the program and of every command, as a pipe would get it. */
function helps(): Help[] {
  let written = '';
  const stdout: Output = {
    write: (text: string) => {
      written += text;
    },
    isTTY: false,
  };
  const context: Context = {
    io: { stdout, stderr: stdout, stdin: Readable.from([]), env: {}, cwd: '/', onInterrupt: () => () => {} },
    modules: MODULES,
    exitCode: EXIT.ok,
  };
  const collect = (command: Command, prefix: string): Help[] => {
    const name = `${prefix}${command.name()}`;
    written = '';
    command.outputHelp();
    const own = { name, text: written.replace(exitCodeHelp(), '').trim() };
    return [own, ...command.commands.flatMap((below) => collect(below, `${name} `))];
  };
  return collect(createProgram(context), '');
}

export function cliPage(): string {
  return page(
    'Command line',
    ['src/cli'],
    [
      'From a clone, `npx ptediff` or `node dist/cli/main.js` starts the program after `npm run build`. ' +
        'Results go to standard output, progress and messages to standard error. `NO_COLOR` and ' +
        '`FORCE_COLOR` are respected. The fixtures of the working directory are used if it has a folder ' +
        '`fixtures/allow`, otherwise those of the package. The first Ctrl-C ends a campaign with a partial ' +
        'report, the second ends the program at once. `PTEDIFF_DEBUG=1` adds the stack to an internal error.',
      'A campaign runs in worker threads, one for each core unless `--workers` says otherwise, and small ones in ' +
        'the main thread. The report does not depend on it. An engine that ends its worker (no case for 30 s, more ' +
        'than 512 MiB of memory, `process.exit()`) has died in that case, and the campaign goes on without it; in ' +
        'the main thread only errors that it throws are caught. `--shard` divides a campaign over machines: see ' +
        '[how to spread a campaign](../how-to/spread-a-campaign.md). A shard ends with 0 when its part is written, ' +
        'whatever it has found: the verdict, cold marks and stale entries are those of `ptediff merge`.',
      ...helps().flatMap(({ name, text }) => [`## ${code(name)}`, codeBlock(text)]),
      '## Exit codes',
      table(
        ['code', 'meaning'],
        EXIT_MEANINGS.map(([number, meaning]) => [String(number), plain(meaning)]),
      ),
      `If several apply, the first of ${PRECEDENCE.join(', ')} is used.`,
    ],
  );
}
