/** Where the result of a command goes: to stdout, or whole into a file. */
import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { OutputError, writeWhole } from '../cases/files.js';
import { type Context, pathOf, say } from './context.js';
import { EXIT, type ExitCode } from './exit_codes.js';

/**
 * Looks before a long run whether its result could be written. What only shows when writing is left to writeResult().
 *
 * @throws OutputError
 */
export function requireWritable({ io }: Context, file: string | undefined): void {
  if (file === undefined) return;
  const path = pathOf(io, file);
  try {
    const old = statSync(path, { throwIfNoEntry: false });
    if (old?.isDirectory()) throw new Error('is a folder');
    accessSync(old === undefined ? dirname(path) : path, constants.W_OK);
  } catch (error) {
    throw new OutputError(file, error);
  }
}

/**
 * Writes the result of a run. If the file cannot be written, the result goes to stdout instead: it may have taken
 * hours.
 */
export function writeResult({ io }: Context, file: string | undefined, text: string): ExitCode {
  if (file === undefined) {
    io.stdout.write(text);
    return EXIT.ok;
  }
  try {
    writeWhole(pathOf(io, file), text);
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof OutputError)) throw error;
    say(io, `${error.message}; the result follows on standard output`);
    io.stdout.write(text);
    return EXIT.cannotWrite;
  }
}
