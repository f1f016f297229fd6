/** What a stream can show: colours and how many columns of prose. */
import type { Io, Output } from './io.js';

/** Prose in mail is wrapped at 75 columns; a smaller terminal gets less, down to where tables stop making sense. */
export const MAIL_COLUMNS = 75;
/** What is said of patches goes into replies to them: wrapped like a commit message, with room for marks of quoting. */
export const REPLY_COLUMNS = 72;
const MIN_COLUMNS = 40;

/** FORCE_COLOR wins over NO_COLOR, as in Node itself; both count only if they are not empty. */
export function hasColor(output: Output, env: Io['env']): boolean {
  const force = env.FORCE_COLOR;
  if (force !== undefined && force !== '') return force !== '0' && force !== 'false';
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
  return output.isTTY && env.TERM !== 'dumb';
}

/** Columns for prose. */
export function proseWidth({ isTTY, columns }: Output): number {
  if (!isTTY || columns === undefined || columns === 0) return MAIL_COLUMNS;
  return Math.max(MIN_COLUMNS, Math.min(MAIL_COLUMNS, columns));
}

/** How text on standard output looks. @param out the file that it goes to instead: plain, and as wide as a mail */
export function textStyle({ stdout, env }: Io, out?: string): { readonly color: boolean; readonly width: number } {
  if (out !== undefined) return { color: false, width: MAIL_COLUMNS };
  return { color: hasColor(stdout, env), width: proseWidth(stdout) };
}

/**
 * How the reader of a command line starts the program: npm and npx run a package that the shell need not know, and say
 * so in the environment.
 */
export function programName(env: Io['env']): string {
  const byNpm = env.npm_command !== undefined || env.npm_lifecycle_event !== undefined;
  return byNpm ? 'npx ptediff' : 'ptediff';
}

/** Can a line on this terminal be written over? */
export function canRewrite(output: Output, env: Io['env']): boolean {
  return output.isTTY && env.TERM !== 'dumb';
}
