/** `ptediff selftest`: what it asks for, what it prints, how it ends. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { SelftestOptions } from '../../src/campaign/selftest/selftest.js';
import { main } from '../../src/cli/main.js';
import { SelftestSchema } from '../../src/report/selftest_model.js';
import { temporaryFolder } from '../folders.js';
import { aTarget } from '../report/samples.js';
import { fakeIo, fakeModules, nothingAsked, run } from './fakes.js';

let folder = '';
beforeEach(() => {
  const made = temporaryFolder();
  folder = made.path;
  return made.remove;
});

const survivor = { passed: false, targets: [aTarget({ passed: false, sign: null })] };

describe('selftest', () => {
  it('asks for every core, or for none if it must be quick', async () => {
    const asked = async (...options: string[]) => (await run(['selftest', ...options])).asked.selftests[0];
    expect(await asked()).toMatchObject({ seed: 1, quick: false, workers: availableParallelism() });
    expect(await asked('--quick')).toMatchObject({ quick: true, workers: 0 });
    expect(await asked('--quick', '--workers', '3', '--seed', '7')).toMatchObject({ workers: 3, seed: 7 });
  });

  it('ends with 0 if everything is killed, with 1 if something survives', async () => {
    const good = await run(['selftest']);
    expect([good.code, good.err]).toEqual([0, '']);
    expect(good.out).toMatch(/\nself-test: all 1 killed\n$/);
    const bad = await run(['selftest'], { selftest: survivor });
    expect(bad.code).toBe(1);
    expect(bad.out).toMatch(/\nself-test: 1 of 1 survived\n$/);
  });

  it('writes JSON', async () => {
    const { out } = await run(['selftest', '--format', 'json'], { selftest: survivor });
    expect(SelftestSchema.parse(JSON.parse(out)).passed).toBe(false);
  });

  it('writes to a file, and says how it ended', async () => {
    const file = join(folder, 'report.txt');
    const { code, out, err } = await run(['selftest', '--out', file], { selftest: survivor });
    expect([code, out, err]).toEqual([1, '', 'ptediff: self-test: 1 of 1 survived\n']);
    expect(readFileSync(file, 'utf8')).toContain('survived: M1\n');
  });

  it('ends with 74 before it begins if the file cannot be written', async () => {
    const { code, asked } = await run(['selftest', '--out', join(folder, 'no', 'report.txt')]);
    expect([code, asked.selftests]).toEqual([74, []]);
  });

  it.each(['-1', '1.5', 'many'])('refuses --workers=%s', async (workers) => {
    const { code, asked } = await run(['selftest', `--workers=${workers}`]);
    expect([code, asked.selftests]).toEqual([64, []]);
  });

  it('ends with a partial report and 130 after Ctrl-C', async () => {
    const io = fakeIo();
    const asked = nothingAsked();
    const selftest = async ({ stopRequested }: SelftestOptions) => {
      io.interrupt();
      return { passed: false, stopped: stopRequested?.() === true ? ('interrupted' as const) : ('complete' as const) };
    };
    const code = await main(['selftest'], io, fakeModules({ selftest }, asked));
    expect([code, io.err()]).toEqual([130, 'ptediff: stopping; press Ctrl-C again to end at once\n']);
    expect(io.out()).toContain('before it was interrupted\n');
  });

  it('shows progress on a terminal, and takes it away', async () => {
    const { err } = await run(['selftest'], {}, { isTTY: true, env: { TERM: 'xterm' } });
    expect(err).toBe('\r\u001b[Kself-test 1/2\r\u001b[K');
  });
});

describe('an engine with planted bugs', () => {
  it('is named like any other', async () => {
    const { asked } = await run(['replay', 'g2.x', '--batched', 'reference+M9+M1']);
    expect(asked.replays).toMatchObject([{ options: { batched: { id: 'batched@reference+M1+M9' } } }]);
  });

  it.each([
    ['reference+M25', 'No planted bug is called "M25", did you mean batched@reference+M2?'],
    ['reference+what', 'No planted bug is called "what": see ptediff revisions --planted.'],
    ['reference+M1+M2', 'M1 and M2 both replace prefault(): see ptediff revisions --planted.'],
  ])('is refused as %s: %s', async (name, message) => {
    const { code, err } = await run(['fuzz', '--batched', name]);
    expect(code).toBe(64);
    expect(err).toContain(message);
  });

  it('is listed by revisions --planted', async () => {
    const { code, out } = await run(['revisions', '--planted']);
    expect(code).toBe(0);
    expect(out).toContain('M18 (reference+M18)\n');
    expect(out).toContain('only with --races\n');
    expect(out).toContain('needs faultAroundScope=whole-folio\n');
    expect(out).not.toContain('batched@v6.6 ');
  });
});
