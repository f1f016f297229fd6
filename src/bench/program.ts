/** Runs the program itself as a process of its own, and tells how long it took and how much memory it had. */
import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';

/** Written to the fourth stream when the program ends: getrusage() of the whole process, in kibibytes. */
const REPORT_MEMORY = `data:text/javascript,${encodeURIComponent(
  "import { writeSync } from 'node:fs';" +
    "process.on('exit', () => writeSync(3, String(process.resourceUsage().maxRSS)));",
)}`;

export interface Ended {
  /** wall time from start to end */
  readonly seconds: number;
  /** the largest resident size, in millions of bytes */
  readonly megabytes: number;
  readonly exitCode: number;
  readonly output: string;
  readonly errors: string;
}

/**
 * Runs a Node program to its end.
 * @param program its file
 * @throws Error if it cannot be started, or is killed
 */
export function runProgram(program: string, args: readonly string[]): Promise<Ended> {
  const begin = performance.now();
  const child = spawn(process.execPath, ['--import', REPORT_MEMORY, program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const [output, errors, memory] = child.stdio.slice(1, 4).map((stream) => collect(stream as Readable));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode, signal) => {
      const seconds = (performance.now() - begin) / 1000;
      const kibibytes = Number(memory.text);
      if (exitCode === null) reject(new Error(`${program} was ended by ${signal}`));
      else {
        const megabytes = (kibibytes * 1024) / 1e6;
        resolve({ seconds, megabytes, exitCode, output: output.text, errors: errors.text });
      }
    });
  });
}

function collect(stream: Readable): { text: string } {
  const collected = { text: '' };
  stream.setEncoding('utf8').on('data', (text: string) => {
    collected.text += text;
  });
  return collected;
}

/**
 * Runs a command that prints a JSON report.
 * @throws Error if the command ends without a report
 */
export async function runForReport(program: string, args: readonly string[]): Promise<TimedReport> {
  const { exitCode, output, errors } = await runProgram(program, [...args, '--format', 'json']);
  if (output === '') throw new Error(`ptediff ${args.join(' ')} ended with ${exitCode}: ${errors.trim()}`);
  return JSON.parse(output) as TimedReport;
}

/** What is read of a report. */
export interface TimedReport {
  readonly timing: { readonly seconds: number; readonly faultsPerSecond: number };
}
