/** The program as a user starts it: wall time from start to exit, and the most memory that it had. */
import { plural } from '../report/words.js';
import { type Goal, type Row, row, type Section } from './model.js';
import { type Ended, runProgram } from './program.js';
import type { Settings } from './settings.js';
import { starts } from './starts.js';
import { median } from './statistics.js';

const WALL: Goal = { relation: '<', value: 3 };
const MEMORY: Goal = { relation: '<', value: 200 };

const COMMANDS: readonly { args: readonly string[]; wall: Goal | null }[] = [
  { args: ['fuzz', '--batched', 'v6.6'], wall: WALL },
  { args: ['fuzz'], wall: null },
];

export async function wholeProcess(settings: Settings): Promise<Section> {
  const { program, amounts, onProgress } = settings;
  const rows: Row[] = [];
  for (const { args, wall } of COMMANDS) {
    const command = `ptediff ${args.join(' ')}`;
    onProgress?.(`process: ${command}`);
    const runs: Ended[] = [];
    for (let i = 0; i < amounts.processes; i++) runs.push(await runProgram(program, args));
    const seconds = runs.map((run) => run.seconds);
    const megabytes = runs.map((run) => run.megabytes);
    rows.push(row(`${command}: wall time`, 's', seconds, median(seconds), wall));
    rows.push(row(`${command}: peak memory`, 'MB', megabytes, Math.max(...megabytes), MEMORY));
  }
  rows.push(...(await starts(settings)));
  return {
    id: 'process',
    title: 'Whole processes',
    method:
      `Wall time from start to exit and peak resident memory, ${plural(amounts.processes, 'run')} each; the largest ` +
      `peak counts. Then small commands, ${plural(amounts.starts, 'run')} each in turn.`,
    rows,
    unavailable: null,
  };
}
