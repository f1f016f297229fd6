/** Programs that are started to get at a tree: git and apt. Arguments are a list, no shell ever sees them. */
import { execFile } from 'node:child_process';
import { excerpt } from '../../cases/escape.js';
import { UnavailableError } from '../unavailable.js';

const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

export type Environment = Readonly<Record<string, string | undefined>>;

export interface RunResult {
  /** 0 when all went well */
  readonly exitCode: number;
  readonly stdout: string;
  /** the line that tells best what the program complained about, safe to show */
  readonly complaint: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env: Environment;
  /** what to say when there is no such program */
  readonly missing: string;
  /** ends it before its time */
  readonly ended?: AbortSignal;
}

/**
 * Runs a program to its end.
 *
 * @throws UnavailableError if there is none
 */
export async function run(program: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  const { missing, env, cwd, ended } = options;
  return new Promise((resolve, reject) => {
    const settings = {
      maxBuffer: MAX_OUTPUT_BYTES,
      env: { ...env },
      ...(cwd && { cwd }),
      ...(ended && { signal: ended }),
    };
    execFile(program, args, settings, (error, stdout, stderr) => {
      if (error === null) return resolve({ exitCode: 0, stdout, complaint: '' });
      if (error.code === 'ENOENT') return reject(new UnavailableError(missing));
      const exitCode = typeof error.code === 'number' ? error.code : 1;
      resolve({ exitCode, stdout, complaint: bestLine(stderr) || excerpt(error.message) });
    });
  });
}

/** Programs say much; git and apt mark the line that counts, others end with it. */
function bestLine(text: string): string {
  const lines = text.trim().split('\n');
  return excerpt(lines.find((line) => /^(fatal|error|E): /.test(line)) ?? lines.at(-1) ?? '', 200);
}
