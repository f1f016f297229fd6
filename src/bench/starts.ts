/** How long small commands take: mostly the start of the program; with kernels of the cache where there are some. */
import { GENERATOR_VERSION } from '../cases/space.js';
import type { ArchName } from '../mm/arch/architecture.js';
import { type KernelPair, sharedArchitectures } from './kernels.js';
import { type Goal, type Row, ratioRow, row } from './model.js';
import { runProgram } from './program.js';
import type { Settings } from './settings.js';
import { median } from './statistics.js';

const START: Goal = { relation: '<', value: 0.3 };
const REPLAY: Goal = { relation: '<', value: 0.5 };
/** From here on an exit code says that the command could not be used: see the command line's exit codes. */
const UNUSABLE = 64;

interface Command {
  readonly name: string;
  readonly args: readonly string[];
  readonly goal: Goal | null;
}

/** A campaign of one fault runs a block of cases on each architecture and span. */
const ONE_FAULT = ['--faults', '1'];
/** The least that a campaign can be: it is mostly start. */
const oneBlock = (arch: ArchName): string[] => [...ONE_FAULT, '--span', '4', '--arch', arch, '--workers', '0'];

function withKernels({ legacy, batched }: KernelPair, arch: ArchName): Command[] {
  const engines = ['--legacy', `kernel:${legacy.name}`, '--batched', `kernel:${batched.name}`];
  return [
    { name: 'ptediff kernel list', args: ['kernel', 'list'], goal: START },
    { name: 'ptediff fuzz, one block on two kernels', args: ['fuzz', ...engines, ...oneBlock(arch)], goal: START },
    { name: 'ptediff fuzz --faults 1 on two kernels', args: ['fuzz', ...engines, ...ONE_FAULT], goal: null },
    {
      name: 'ptediff replay on two kernels',
      args: ['replay', `g${GENERATOR_VERSION}.${arch}.64.1.17`, ...engines],
      goal: REPLAY,
    },
  ];
}

function commandsOf(kernels: KernelPair | null): Command[] {
  const always: Command[] = [
    { name: 'ptediff --help', args: ['--help'], goal: null },
    { name: 'ptediff fuzz --faults 1', args: ['fuzz', ...ONE_FAULT], goal: null },
  ];
  const [arch] = kernels === null ? [] : sharedArchitectures(kernels);
  return kernels === null || arch === undefined ? always : [...always, ...withKernels(kernels, arch)];
}

/**
 * Wall times of the commands, and how often longer than that of Node without a program, in turn.
 * @throws Error for a command that does not do its work
 */
export async function starts({ program, amounts, kernels = null, onProgress }: Settings): Promise<Row[]> {
  const commands = commandsOf(kernels);
  const alone: number[] = [];
  const times: number[][] = commands.map(() => []);
  for (let round = 0; round < amounts.starts; round++) {
    if (round === 0) onProgress?.('process: small commands');
    alone.push((await runProgram('-e', ['0'])).seconds);
    for (const [i, { name, args }] of commands.entries()) {
      const { seconds, exitCode, errors } = await runProgram(program, args);
      if (exitCode >= UNUSABLE) throw new Error(`${name} ended with ${exitCode}: ${errors.trim()}`);
      times[i].push(seconds);
    }
  }
  return [
    row('node alone: wall time', 's', alone, median(alone)),
    ...commands.flatMap(({ name, goal }, i) => [
      row(`${name}: wall time`, 's', times[i], median(times[i]), goal),
      ratioRow(`${name} / node alone`, times[i], alone),
    ]),
  ];
}
