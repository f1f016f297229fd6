/** The program as a user starts it: wall time from start to exit, and the most memory that it had. */
import { spawn } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { type Goal, type Row, row, type Section } from './model.js';
import type { Settings } from './settings.js';
import { median } from './statistics.js';

const WALL: Goal = { relation: '<', value: 3 };
const MEMORY: Goal = { relation: '<', value: 200 };

/** Written to the fourth stream when the program ends: getrusage() of the whole process, in kibibytes. */
const REPORT_MEMORY = `data:text/javascript,${encodeURIComponent(
  "import { writeSync } from 'node:fs';" +
    "process.on('exit', () => writeSync(3, String(process.resourceUsage().maxRSS)));",
)}`;

const COMMANDS: readonly { args: readonly string[]; wall: Goal | null }[] = [
  { args: ['fuzz', '--batched', 'v6.6'], wall: WALL },
  { args: ['fuzz'], wall: null },
];

export interface ProcessRun {
  readonly seconds: number;
  readonly megabytes: number;
  readonly exitCode: number | null;
}

/** Runs a Node program to its end, its output dropped. @throws Error if it cannot be started or was killed */
export function measureProcess(program: string, args: readonly string[]): Promise<ProcessRun> {
  const begin = performance.now();
  const child = spawn(process.execPath, ['--import', REPORT_MEMORY, program, ...args], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  let kibibytes = '';
  child.stdio[3]?.on('data', (data: Buffer) => {
    kibibytes += data.toString();
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode, signal) => {
      const seconds = (performance.now() - begin) / 1000;
      if (signal !== null || kibibytes === '') {
        reject(new Error(`${pathToFileURL(program)} ended with ${signal ?? exitCode} and without a figure`));
      } else {
        resolve({ seconds, megabytes: (Number(kibibytes) * 1024) / 1e6, exitCode });
      }
    });
  });
}

export async function wholeProcess({ program, amounts, onProgress }: Settings): Promise<Section> {
  const rows: Row[] = [];
  for (const { args, wall } of COMMANDS) {
    const command = `ptediff ${args.join(' ')}`;
    onProgress?.(`process: ${command}`);
    const runs: ProcessRun[] = [];
    for (let i = 0; i < amounts.processes; i++) runs.push(await measureProcess(program, args));
    const seconds = runs.map((run) => run.seconds);
    const megabytes = runs.map((run) => run.megabytes);
    rows.push(row(`${command}: wall time`, 's', seconds, median(seconds), wall));
    rows.push(row(`${command}: peak memory`, 'MB', megabytes, Math.max(...megabytes), MEMORY));
  }
  return {
    id: 'process',
    title: 'Whole processes',
    method: `Wall time from start to exit and peak resident memory, ${amounts.processes} times; the largest peak counts.`,
    rows,
    unavailable: null,
  };
}
