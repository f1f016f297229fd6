/** A report as a command prints it: text or JSON, to standard output or whole into a file, and the exit code. */
import { type Command, Option } from 'commander';
import type { Allowlist } from '../oracle/allowlist.js';
import { shownInFull } from '../report/class_text.js';
import type { Replay, Report } from '../report/model.js';
import { renderText, verdictLine } from '../report/text.js';
import { type Context, sayProse } from './context.js';
import type { EngineOptions } from './engines.js';
import { failureOf } from './errors.js';
import { codeOfReport, EXIT, type ExitCode, mostImportant } from './exit_codes.js';
import { writeResult } from './output.js';
import { programName, textStyle } from './terminal.js';
import { parseOutFile } from './values.js';

export interface OutputOptions {
  readonly format: 'text' | 'json';
  readonly out?: string;
}

/** Adds `--format` and `--out`. */
export function addOutputOptions(command: Command): Command {
  return command
    .addOption(new Option('--format <format>', 'of the report').choices(['text', 'json']).default('text'))
    .option('--out <file>', 'write the report to a file', parseOutFile);
}

/** Which classes must be shrunk for the report: a text shows the case of those alone that no entry explains. */
export const shownShrunk = ({ format }: OutputOptions): 'all' | 'unexplained' =>
  format === 'json' ? 'all' : 'unexplained';

/** Prints the report, and leaves the exit code in the context. */
export async function printReport(
  report: Report,
  options: OutputOptions & EngineOptions,
  allowlist: Allowlist,
  context: Context,
): Promise<void> {
  const { text, code } = await rendered(report, options, allowlist, context);
  const written = writeResult(context, options.out, text);
  if (options.out !== undefined) sayProse(context.io, verdictLine(report));
  context.exitCode = mostImportant([codeOfReport(report), code, written]);
}

async function rendered(
  report: Report,
  options: OutputOptions & EngineOptions,
  allowlist: Allowlist,
  context: Context,
): Promise<{ text: string; code: ExitCode }> {
  const { io } = context;
  if (options.format === 'json') {
    const { renderJson } = await import('../report/json.js');
    return { text: renderJson(report), code: EXIT.ok };
  }
  const titles = new Map(allowlist.entries.map(({ id, title }) => [id, title]));
  const { replays, code } = await replaysOf(report, options, allowlist, context);
  return {
    text: renderText(report, { ...textStyle(io, options.out), program: programName(io.env) }, { titles, replays }),
    code,
  };
}

/**
 * Both engines on the shrunk case of each class that the report shows in full. What goes wrong here is reported and
 * does not take the report away.
 */
async function replaysOf(
  report: Report,
  { legacy, batched }: EngineOptions,
  allowlist: Allowlist,
  { io, modules }: Context,
): Promise<{ replays: Map<string, Replay>; code: ExitCode }> {
  const replays = new Map<string, Replay>();
  const classes = shownInFull(report);
  if (classes.length === 0) return { replays, code: EXIT.ok };
  try {
    const [{ replay }, { caseAt }] = await Promise.all([modules.replay(), modules.address()]);
    for (const { id, first, shrunk } of classes) {
      const target = shrunk === null ? { case: caseAt(first), address: first } : { case: shrunk, address: null };
      replays.set(id, replay(target, { legacy, batched, allowlist, trace: false }));
    }
    return { replays, code: EXIT.ok };
  } catch (error) {
    const { text, code } = failureOf(error, io.env.PTEDIFF_DEBUG === '1');
    io.stderr.write(text);
    return { replays, code };
  }
}
