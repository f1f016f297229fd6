/** The self-test in threads, as the built program runs it: the same report for any number of them. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type SelftestReport, SelftestSchema } from '../../../src/report/selftest_model.js';

const PROGRAM = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));

async function reportWith(workers: number): Promise<Omit<SelftestReport, 'timing'>> {
  const args = ['selftest', '--quick', '--seed', '3', '--workers', String(workers), '--format', 'json'];
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, ...args], { maxBuffer: 1 << 24 });
  const { timing, ...report } = SelftestSchema.parse(JSON.parse(stdout));
  expect(timing.seconds).toBeGreaterThan(0);
  return report;
}

describe('the self-test in threads', () => {
  it('gives the same report as in one, with another seed than usual', async () => {
    const one = await reportWith(0);
    expect(one).toMatchObject({ passed: true, seed: 3, stopped: 'complete' });
    expect(await reportWith(3)).toEqual(one);
  }, 240_000);
});
