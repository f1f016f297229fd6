#!/usr/bin/env node
/** The command line: one function for specs and other programs, and the program that the shell starts. */
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { OutputError } from '../cases/files.js';
import { type Context, MODULES, type Modules } from './context.js';
import { failureOf } from './errors.js';
import { EXIT, type ExitCode, mostImportant } from './exit_codes.js';
import { type Io, processIo } from './io.js';
import { createProgram } from './program.js';

/**
 * Runs one command and returns its exit code; never ends the process.
 *
 * @param argv arguments after the program's name
 * @param modules what does the work, for specs of the command line alone
 */
export async function main(argv: readonly string[], io: Io, modules: Modules = MODULES): Promise<ExitCode> {
  const context: Context = { io, modules, exitCode: EXIT.ok };
  try {
    await createProgram(context).parseAsync([...argv], { from: 'user' });
    return context.exitCode;
  } catch (error) {
    return report(error, io);
  }
}

function report(error: unknown, io: Io): ExitCode {
  const { code, text } = failureOf(error, io.env.PTEDIFF_DEBUG === '1');
  io.stderr.write(text);
  return code;
}

async function runProcess(): Promise<void> {
  const io = processIo();
  const fail = (error: unknown): void => process.exit(report(error, io));
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  const code = await main(process.argv.slice(2), io);
  const error = await io.flush();
  const written = error === undefined ? EXIT.ok : report(new OutputError('standard output', error), io);
  // All is written and nothing runs any more: the memory of engines need not be taken down piece by piece.
  process.exit(mostImportantOrOwn(code, written));
}

/** Codes that end a command before it has a result stand for themselves. */
function mostImportantOrOwn(code: ExitCode, written: ExitCode): ExitCode {
  return written === EXIT.ok ? code : mostImportant([code, written]);
}

/** npm starts the program through a symbolic link. */
function isEntryPoint(): boolean {
  const started = process.argv[1];
  if (started === undefined) return false;
  try {
    return realpathSync(started) === realpathSync(fileURLToPath(import.meta.url));
  } catch {
    return false;
  }
}

if (isEntryPoint()) await runProcess();
