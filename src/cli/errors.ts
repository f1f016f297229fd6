/** From whatever was thrown to a line for the user and an exit code. */
import { CommanderError } from 'commander';
import { escapeControl } from '../cases/escape.js';
import { InputError, OutputError } from '../cases/files.js';
import { UnavailableError } from '../kernel/unavailable.js';
import { EXIT, type ExitCode } from './exit_codes.js';

export { UnavailableError };

/** The command line asks for something that does not exist or makes no sense. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface Failure {
  readonly code: ExitCode;
  /** text for stderr, with its newline; empty if all has been said */
  readonly text: string;
}

/** @param debug adds the stack of an error that should not have happened */
export function failureOf(error: unknown, debug: boolean): Failure {
  if (error instanceof CommanderError) return commanderFailure(error);
  if (error instanceof UsageError) return { code: EXIT.usage, text: line(error.message, 'see ptediff --help') };
  if (error instanceof InputError) return { code: error.exitCode, text: inputText(error) };
  if (error instanceof OutputError) return { code: error.exitCode, text: line(error.message) };
  if (error instanceof UnavailableError) return { code: error.exitCode, text: line(error.message) };
  return internalFailure(error, debug);
}

/** One line for each thing that is wrong with the file; what to do stands behind the last. */
function inputText({ message, further, hint }: InputError): string {
  const texts = [message, ...further];
  return texts.map((text, i) => line(text, i === texts.length - 1 ? hint : undefined)).join('');
}

function commanderFailure(error: CommanderError): Failure {
  // Help and version have been printed. Help that nobody asked for answers a command line without a command.
  if (error.exitCode === 0) return { code: EXIT.ok, text: '' };
  if (error.code === 'commander.help') return { code: EXIT.usage, text: '' };
  const message = error.message.replace(/^error: /, '').replace(/\n+/g, ' ');
  return { code: EXIT.usage, text: line(message, 'see ptediff --help') };
}

function internalFailure(error: unknown, debug: boolean): Failure {
  const message = error instanceof Error ? error.message : String(error);
  const text = line(`internal error: ${message}`, debug ? undefined : 'set PTEDIFF_DEBUG=1 for the stack');
  const stack = debug && error instanceof Error && error.stack !== undefined ? `${error.stack}\n` : '';
  return { code: EXIT.internal, text: text + escapeControl(stack, { keepNewlines: true }) };
}

function line(message: string, hint?: string): string {
  return `ptediff: ${escapeControl(message)}${hint === undefined ? '' : ` (${escapeControl(hint)})`}\n`;
}
