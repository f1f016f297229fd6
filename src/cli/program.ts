/** The commander program: what all commands share. Nothing in here ends the process. */
import { Command } from 'commander';
import { VERSION } from '../version.js';
import { register as allow } from './allow.js';
import { register as bench } from './bench.js';
import { register as check } from './check.js';
import { register as conform } from './conform.js';
import type { Context } from './context.js';
import { exitCodeHelp } from './exit_codes.js';
import { register as fixture } from './fixture.js';
import { register as fuzz } from './fuzz.js';
import { exampleHelp } from './help.js';
import { register as kernel } from './kernel.js';
import { register as marks } from './marks.js';
import { register as merge } from './merge.js';
import { register as patch } from './patch.js';
import { register as replay } from './replay.js';
import { register as revisions } from './revisions.js';
import { register as scopes } from './scopes.js';
import { register as selftest } from './selftest.js';
import { register as sweep } from './sweep.js';
import { hasColor, proseWidth } from './terminal.js';

const EXAMPLES = exampleHelp([
  ['ptediff fuzz', 'does the batched path still do what the per-page path did?'],
  ['ptediff fuzz --batched v6.6', 'find the inverted prefault test of 6.6'],
  ['ptediff sweep tiny', 'every case of a small scope; ptediff scopes lists larger ones'],
  ['ptediff replay g2.arm64.64.1.17 --batched v6.6 --trace', 'one case, both engines side by side'],
  ['ptediff fixture g2.arm64.64.1.17 -o fixtures/cases/mine.yaml', 'keep a case as a file'],
  ['ptediff check', 'are all fixtures and allowlist entries still right?'],
  ['ptediff patch 0001-mm-foo.patch --base 6.12', 'what does a patch change, and did all of it run?'],
  ['ptediff selftest --quick', 'does the harness find bugs that are planted?'],
]);

/** Builds the program; `context.exitCode` has the result of the command that ran. */
export function createProgram(context: Context): Command {
  const { io } = context;
  const program = new Command('ptediff');
  program
    .description('Compares per-page with batched page-table updates of the Linux page-fault path.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      // main() prints errors, all in the same form.
      outputError: () => {},
      getOutHelpWidth: () => proseWidth(io.stdout),
      getErrHelpWidth: () => proseWidth(io.stderr),
      getOutHasColors: () => hasColor(io.stdout, io.env),
      getErrHasColors: () => hasColor(io.stderr, io.env),
    })
    .addHelpText('before', EXAMPLES)
    .addHelpText('afterAll', exitCodeHelp());
  const commands = [
    fuzz,
    sweep,
    merge,
    check,
    replay,
    fixture,
    scopes,
    revisions,
    kernel,
    patch,
    conform,
    marks,
    allow,
    selftest,
    bench,
  ];
  for (const register of commands) register(program, context);
  return program;
}
