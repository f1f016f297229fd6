/** Programs that are measured as whole processes. */
import { describe, expect, it } from 'vitest';
import { runForReport, runProgram } from '../../src/bench/program.js';
import { programOf } from './made_up.js';

describe('a program', () => {
  it('is measured: its time, its memory, and what it said', async () => {
    const program = programOf(
      'console.log(process.argv.slice(2).join()); console.error("e"); setTimeout(() => process.exit(3), 200);',
    );
    const { seconds, megabytes, exitCode, output, errors } = await runProgram(program, ['a', 'b']);
    expect([exitCode, output, errors]).toEqual([3, 'a,b\n', 'e\n']);
    expect(seconds).toBeGreaterThan(0.2);
    expect(megabytes).toBeGreaterThan(10);
  });

  it('that holds more memory is seen to', async () => {
    const small = await runProgram(programOf(''), []);
    const large = await runProgram(programOf('Buffer.alloc(150e6, 1);'), []);
    expect(large.megabytes - small.megabytes).toBeGreaterThan(100);
    expect(large.megabytes - small.megabytes).toBeLessThan(200);
  });

  it('that is killed is an error', async () => {
    await expect(runProgram(programOf('process.kill(process.pid, "SIGKILL");'), [])).rejects.toThrow('SIGKILL');
  });
});

describe('a report', () => {
  it('is asked for as JSON', async () => {
    const program = programOf('console.log(JSON.stringify({ timing: process.argv.slice(2) }));');
    expect(await runForReport(program, ['fuzz'])).toEqual({ timing: ['fuzz', '--format', 'json'] });
  });

  it('that does not come is an error', async () => {
    const failing = programOf('console.error("broken"); process.exit(70)');
    await expect(runForReport(failing, ['fuzz'])).rejects.toThrow('ptediff fuzz ended with 70: broken');
  });
});
