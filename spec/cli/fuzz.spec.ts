/** `ptediff fuzz`: from the command line to a campaign, and from its report to output and exit code. */
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { main } from '../../src/cli/main.js';
import { PACKAGE_ROOT } from '../../src/cli/package.js';
import { DEFAULT_ARCHITECTURES } from '../../src/mm/arch/index.js';
import { ReportSchema } from '../../src/report/model.js';
import { PartSchema } from '../../src/report/part_model.js';
import { temporaryFolder } from '../folders.js';
import { aClass, aClassCount, aPart, aReport } from '../report/samples.js';
import { type Asked, FakeAddressError, fakeIo, fakeModules, nothingAsked, run } from './fakes.js';

let folder = '';
beforeEach(() => {
  const made = temporaryFolder();
  folder = made.path;
  return made.remove;
});

describe('the campaign', () => {
  it('has defaults for everything', async () => {
    const { code, asked, err } = await run(['fuzz']);
    expect(code).toBe(0);
    expect(asked.campaign).toMatchObject({
      legacy: { id: 'legacy@v6.1' },
      batched: { id: 'batched@reference' },
      architectures: DEFAULT_ARCHITECTURES,
      spans: [8, 64, 512],
      faults: 1000,
      seconds: null,
      seed: 1,
      races: false,
      invariantsAll: false,
      failFast: false,
    });
    expect(asked.allowlists).toEqual([join(PACKAGE_ROOT, 'fixtures', 'allow')]);
    expect(err).toBe('ptediff: legacy@v6.1 against batched@reference, seed 1, 1,000 faults\n');
  });

  it('takes every option', async () => {
    const argv =
      'fuzz --legacy batched@v6.6 --batched v6.18 --arch riscv64,arm64 --span 8,16 --faults 2k --seed 7 --races';
    const { asked, err } = await run([...argv.split(' '), '--invariants', 'all', '--allow', folder, '--fail-fast']);
    expect(asked.campaign).toMatchObject({
      legacy: { id: 'batched@v6.6' },
      batched: { id: 'batched@v6.18' },
      architectures: ['riscv64', 'arm64'],
      spans: [8, 16],
      faults: 2000,
      seed: 7,
      races: true,
      invariantsAll: true,
      failFast: true,
      allowlist: { dir: folder },
    });
    expect(err).toContain('ptediff: batched@v6.18 is experimental\n');
  });

  it('tells who names a folder without entries', async () => {
    const { err } = await run(['fuzz', '--allow', folder]);
    expect(err).toContain(`ptediff: ${folder} has no allowlist entry: every difference counts\n`);
    expect((await run(['fuzz'])).err).not.toContain('no allowlist entry');
  });

  it('is not judged by fixtures that are no entries', async () => {
    mkdirSync(join(folder, 'allow'));
    const { code, err, asked } = await run(['fuzz', '--allow', folder]);
    expect([code, asked.allowlists]).toEqual([64, []]);
    expect(err).toBe(
      `ptediff: --allow expects the folder with the entries: ${join(folder, 'allow')} (see ptediff --help)\n`,
    );
  });

  it('runs in as many workers as its size is worth, or as many as one wants', async () => {
    const { asked } = await run(['fuzz']);
    expect(asked).toMatchObject({ size: { faults: 1000, seconds: null }, campaign: { workers: 5 } });
    for (const count of [0, 3]) {
      expect((await run(['fuzz', '--workers', `${count}`])).asked.campaign?.workers).toBe(count);
    }
  });

  it('may be limited by time', async () => {
    const { asked, err } = await run(['fuzz', '--for', '1500ms']);
    expect(asked.campaign).toMatchObject({ faults: null, seconds: 1.5 });
    expect(err).toContain('seed 1, 1.5 s\n');
  });

  it('uses the fixtures of the working directory and says so', async () => {
    mkdirSync(join(folder, 'fixtures', 'allow'), { recursive: true });
    const { asked, err } = await run(['fuzz'], {}, { cwd: folder });
    expect(asked.allowlists).toEqual([join(folder, 'fixtures', 'allow')]);
    expect(err).toContain('ptediff: using the fixtures of the working directory\n');
  });

  it('shows its progress', async () => {
    const report = async (options: Asked['campaign']) => {
      options?.onProgress?.({
        casesRun: 1,
        casesPlanned: null,
        faultsRun: 1,
        faultsPlanned: 2,
        effective: 1,
        marksHit: 0,
        marksRequired: 0,
        classes: 0,
        unexplained: 0,
        seconds: 6,
      });
      return {};
    };
    expect((await run(['fuzz'], { report })).err).toContain('ptediff: 1/2 faults');
  });

  it('ends at the first Ctrl-C with what it has', async () => {
    const io = fakeIo();
    const asked = nothingAsked();
    const report = async (options: Asked['campaign']) => {
      expect(options?.stopRequested?.()).toBe(false);
      io.interrupt();
      expect(options?.stopRequested?.()).toBe(true);
      return { stopped: 'interrupted' as const, verdict: 'divergent' as const };
    };
    expect(await main(['fuzz'], io, fakeModules({ report }, asked))).toBe(130);
    expect(io.err()).toContain('press Ctrl-C again to end at once');
    expect(io.out()).toMatch(/\(partial: interrupted\)\n$/);
  });
});

describe('a shard', () => {
  it('is run and written as a part, and has no verdict', async () => {
    const { code, out, err, asked } = await run(['fuzz', '--shard', '2/3', '--faults', '3k']);
    expect(code).toBe(0);
    expect(asked).toMatchObject({ shard: { index: 2, of: 3 }, campaign: { faults: 3000 }, size: { faults: 1000 } });
    expect(PartSchema.parse(JSON.parse(out))).toMatchObject({ kind: 'part', shard: { index: 2, of: 3 } });
    expect(err).toMatch(/\nptediff: part 2 of 3: nothing unexplained; ptediff merge has the verdict of all parts\n$/);
  });

  it('ends with 0 whatever it has found, and says what that is', async () => {
    const open = aClassCount();
    const part = { counts: { ...aPart().counts, classes: [open, { ...open, entry: 'known' }] } };
    const { code, err } = await run(['fuzz', '--shard', '1/2'], { part });
    expect(code).toBe(0);
    expect(err).toContain('part 1 of 2: 1 thing unexplained');
  });

  it('goes whole into a file', async () => {
    const file = join(folder, 'part.json');
    const { code, out } = await run(['fuzz', '--shard', '1/2', '--format', 'json', '--out', file]);
    expect([code, out]).toEqual([0, '']);
    expect(PartSchema.parse(JSON.parse(readFileSync(file, 'utf8')))).toMatchObject({ kind: 'part' });
  });

  it('that was interrupted ends with 130, and is written all the same', async () => {
    const { code, out } = await run(['fuzz', '--shard', '1/2'], { part: { stopped: 'interrupted' } });
    expect(code).toBe(130);
    expect(JSON.parse(out)).toMatchObject({ stopped: 'interrupted' });
  });

  it.each([
    [['--format', 'text'], 'a part of a campaign is always JSON: leave out --format, or ask for json'],
    [['--for', '3s'], "option '--shard <i/n>' cannot be used with option '--for <time>'"],
    [['--fail-fast'], "option '--shard <i/n>' cannot be used with option '--fail-fast'"],
  ])('cannot be had with %j', async (argv, message) => {
    const { code, err, asked } = await run(['fuzz', '--shard', '1/2', ...argv]);
    expect([code, asked.campaign]).toEqual([64, undefined]);
    expect(err).toBe(`ptediff: ${message} (see ptediff --help)\n`);
  });
});

describe('the report', () => {
  const found = aClass();

  it('shows both engines on the shrunk case of each class that nothing explains', async () => {
    const unshrunk = aClass({ id: 'unshrunk', shrunk: null, first: 'g2.arm64.16.1.18' });
    const classes = [found, aClass({ id: 'known', entry: 'an-entry' }), unshrunk];
    const { code, out, asked } = await run(['fuzz', '--batched', 'v6.6'], {
      report: { verdict: 'divergent', classes },
    });
    expect(code).toBe(1);
    expect(asked.replays.map(({ target }) => target.address)).toEqual([null, unshrunk.first]);
    expect(asked.replays[0]?.options).toMatchObject({ batched: { id: 'batched@v6.6' }, trace: false });
    expect(asked.addresses).toEqual([unshrunk.first]);
    expect(out).toContain('legacy   oooooyoooooooooo   NOPAGE');
  });

  it('shows both engines for each group of classes, however many its other members are', async () => {
    const together = Array.from({ length: 9 }, (_, i) => aClass({ id: `together-${i}` }));
    const classes = [...together, aClass({ id: 'alone', shrunk: null, first: 'g2.arm64.16.1.18' })];
    const { out, asked } = await run(['fuzz'], { report: { verdict: 'divergent', classes } });
    expect(asked.replays).toHaveLength(2);
    expect(out.match(/^ {3}before /gm)).toHaveLength(2);
  });

  it('names allowlist entries by their title', async () => {
    const entries = [{ id: 'an-entry', title: 'Old by intention' }];
    const answers = { report: { allowlist: { 'an-entry': 3 } }, entries: entries as never };
    expect((await run(['fuzz'], answers)).out).toContain('    Old by intention\n');
  });

  it.each([
    ['explained', 0],
    ['divergent', 1],
    ['undecided', 2],
  ] as const)('that is %s ends with %d', async (verdict, code) => {
    expect((await run(['fuzz'], { report: { verdict } })).code).toBe(code);
  });

  it('with stale entries ends with 3', async () => {
    expect((await run(['fuzz'], { report: { staleEntries: ['old'] } })).code).toBe(3);
  });

  it('as JSON is the only thing on stdout', async () => {
    const { out, asked } = await run(['fuzz', '--format', 'json'], {
      report: { verdict: 'divergent', classes: [found] },
    });
    expect(ReportSchema.parse(JSON.parse(out))).toEqual(aReport({ verdict: 'divergent', classes: [found] }));
    expect(asked.replays).toEqual([]);
  });

  it('is coloured on a terminal and not in a file', async () => {
    const terminal = { isTTY: true, env: { FORCE_COLOR: '1' } };
    const file = join(folder, 'report.txt');
    expect((await run(['fuzz'], {}, terminal)).out).toContain('\u001b[32mverdict: agree');
    const { out, err } = await run(['fuzz', '--out', file], {}, terminal);
    expect(out).toBe('');
    expect(err).toMatch(/ptediff: verdict: agree, [^\n]*\n$/);
    expect(readFileSync(file, 'utf8')).toMatch(/\nverdict: agree, [^\n]*\n$/);
  });
});

describe('a file that cannot be written', () => {
  it.each([
    ['in a folder that is not there', () => join(folder, 'no', 'report.json'), 'no such file or directory (ENOENT)'],
    ['that is a folder', () => folder, 'is a folder'],
  ])('%s is found out before the campaign', async (_, file, reason) => {
    const { code, err, out, asked } = await run(['fuzz', '--out', file()]);
    expect([code, out, asked.campaign]).toEqual([74, '', undefined]);
    expect(err).toBe(`ptediff: ${file()}: cannot be written: ${reason}\n`);
  });

  it.runIf(hasFullDevice())('only at the end does not lose the report', async () => {
    const { code, err, out } = await run(['fuzz', '--out', '/dev/full'], { report: { verdict: 'divergent' } });
    expect(code).toBe(74);
    expect(err).toContain('/dev/full: cannot be written: no space left on device (ENOSPC); the result follows');
    expect(out).toMatch(/\nverdict: divergent, see above\n$/);
  });
});

it('a replay that fails does not take the report away', async () => {
  const classes = [aClass({ shrunk: null })];
  const badAddress = new FakeAddressError('other version');
  const { code, out, err } = await run(['fuzz'], { report: { classes, verdict: 'divergent' }, badAddress });
  expect(code).toBe(70);
  expect(err).toContain('ptediff: internal error: other version');
  expect(out).toMatch(/\nverdict: divergent, 1 class without explanation\n$/);
});

function hasFullDevice(): boolean {
  return statSync('/dev/full', { throwIfNoEntry: false })?.isCharacterDevice() === true;
}
