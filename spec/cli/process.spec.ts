/** The built program as the shell starts it: each exit code once, streams that fail, signals. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../../src/cli/package.js';
import { ReportSchema } from '../../src/report/model.js';
import { temporaryFolder } from '../folders.js';

const PROGRAM = join(PACKAGE_ROOT, 'dist', 'cli', 'main.js');
const ALLOW = join(PACKAGE_ROOT, 'fixtures', 'allow');
const HAS_FULL = statSync('/dev/full', { throwIfNoEntry: false })?.isCharacterDevice() === true;

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

let folder = '';
beforeEach(() => {
  const made = temporaryFolder();
  folder = made.path;
  return made.remove;
});

type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment of this process says of colours, and of npm, is no business of the program. */
const PLAIN: Environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(?:NO_COLOR|FORCE_COLOR|PTEDIFF_DEBUG|npm_.*)$/.test(name)),
);

function start(argv: readonly string[], program = PROGRAM, more: Environment = {}): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [program, ...argv], { cwd: folder, env: { ...PLAIN, ...more } });
}

/** Calls `action` once when the campaign has said what it runs: from then on it listens to Ctrl-C. */
function whenRunning(child: ChildProcessWithoutNullStreams, action: () => void): void {
  let said = '';
  child.stderr.on('data', (chunk) => {
    const before = said.includes(' against ');
    said += chunk;
    if (!before && said.includes(' against ')) action();
  });
}

const PACKAGED = 'ptediff: using the packaged fixtures\n';

async function ended(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  const texts = { out: '', err: '' };
  child.stdout.on('data', (chunk) => {
    texts.out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    texts.err += chunk;
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, ...texts };
}

const run = (...argv: string[]): Promise<Ended> => ended(start(argv));

describe('the program', () => {
  it('ends with 0 after help', async () => {
    const { code, out, err } = await run('--help');
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^Examples:\n/);
  });

  it('ends with 64 after an unknown option', async () => {
    expect(await run('fuzz', '--fualts', '3')).toEqual({
      code: 64,
      out: '',
      err: "ptediff: unknown option '--fualts' (Did you mean --faults?) (see ptediff --help)\n",
    });
  });

  it('ends with 66 if a file is missing', async () => {
    const { code, err } = await run('replay', 'missing.yaml');
    expect(code).toBe(66);
    expect(err).toBe('ptediff: missing.yaml: cannot be read: no such file or directory (ENOENT)\n');
  });

  it('ends with 69 if the package has lost its fixtures', async () => {
    mkdirSync(join(folder, 'dist'));
    cpSync(join(PACKAGE_ROOT, 'dist'), join(folder, 'dist'), { recursive: true });
    copyFileSync(join(PACKAGE_ROOT, 'package.json'), join(folder, 'package.json'));
    symlinkSync(join(PACKAGE_ROOT, 'node_modules'), join(folder, 'node_modules'));
    const { code, err } = await ended(start(['allow', 'list'], join(folder, 'dist', 'cli', 'main.js')));
    expect(code).toBe(69);
    expect(err).toMatch(/^ptediff: the fixtures of the package are not there[^\n]*\n$/);
  });

  it('ends with 70 after an error of its own, in one line', async () => {
    const broken = `
      import os from 'node:os';
      import { syncBuiltinESMExports } from 'node:module';
      os.availableParallelism = () => { throw new TypeError('no processors'); };
      syncBuiltinESMExports();`;
    const NODE_OPTIONS = `--import=data:text/javascript;base64,${Buffer.from(broken).toString('base64')}`;
    const { code, out, err } = await ended(start(['fuzz', '--faults', '64'], PROGRAM, { NODE_OPTIONS }));
    expect([code, out]).toEqual([70, '']);
    expect(err).toMatch(/\nptediff: internal error: no processors \(set PTEDIFF_DEBUG=1 for the stack\)\n$/);
  });

  it('suggests npx where npm runs it', async () => {
    const argv = ['fuzz', '--faults', '640', '--workers', '0'];
    const { out } = await ended(start(argv, PROGRAM, { npm_command: 'exec' }));
    expect(out).toContain('\nNext\n  npx ptediff allow list\n');
  });

  it('says which fixtures it uses', async () => {
    expect((await run('allow', 'list')).err).toBe(PACKAGED);
    cpSync(join(PACKAGE_ROOT, 'fixtures'), join(folder, 'fixtures'), { recursive: true });
    expect((await run('allow', 'list')).err).toBe('ptediff: using the fixtures of the working directory\n');
  });

  it('ends with 3 if an allowlist entry has expired, and says so in the verdict', async () => {
    cpSync(join(PACKAGE_ROOT, 'fixtures'), join(folder, 'fixtures'), { recursive: true });
    const entry = join(folder, 'fixtures', 'allow', 'young-run-uniform.yaml');
    writeFileSync(entry, `${readFileSync(entry, 'utf8')}expires: 2020-01-01\n`);
    const { code, out } = await run('fuzz', '--faults', '640', '--workers', '0');
    expect(out).toContain('\nExpired allowlist entries (their day has passed)\n  young-run-uniform\n');
    expect(out).toMatch(/\nverdict: explained, [^\n]*, 1 allowlist entry is stale\n$/);
    expect(code).toBe(3);
    const replayed = await run('replay', 'g2.arm64.8.1.32.l');
    expect(replayed.out).toMatch(/\nverdict: [^\n]*, 1 allowlist entry is stale\n$/);
    expect(replayed.code).toBe(3);
  });

  it('ends with 74 if the report cannot be written', async () => {
    const { code, err } = await run('fuzz', '--out', join('no', 'report.txt'));
    expect(code).toBe(74);
    expect(err).toContain(`${join('no', 'report.txt')}: cannot be written: no such file or directory (ENOENT)\n`);
  });

  it.runIf(HAS_FULL)('ends with 74 if standard output is full', async () => {
    const full = openSync('/dev/full', 'w');
    const child = spawn(process.execPath, [PROGRAM, 'revisions'], { stdio: ['ignore', full, 'pipe'] });
    closeSync(full);
    let err = '';
    child.stderr?.on('data', (chunk) => {
      err += chunk;
    });
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(74);
    expect(err).toBe('ptediff: standard output: cannot be written: no space left on device (ENOSPC)\n');
  });

  it('is quiet when its reader goes away', async () => {
    const child = start(['revisions']);
    child.stdout.destroy();
    expect(await ended(child)).toMatchObject({ code: 0, err: '' });
  });

  it('runs through a symbolic link, as npm starts it', async () => {
    const link = join(folder, 'ptediff');
    symlinkSync(PROGRAM, link);
    expect((await ended(start(['--version'], link))).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('does nothing when it is imported', async () => {
    const importer = join(folder, 'importer.mjs');
    writeFileSync(importer, `import { main } from ${JSON.stringify(PROGRAM)};\nconsole.log(typeof main);\n`);
    expect(await ended(start(['--nonsense'], importer))).toEqual({ code: 0, out: 'function\n', err: '' });
  });
});

describe('a campaign', () => {
  it('ends with 0 if every difference is explained, and says the same twice', async () => {
    const argv = ['fuzz', '--faults', '20k', '--format', 'json'];
    const [first, second] = await Promise.all([run(...argv), run(...argv)]);
    expect(first.code, first.err + first.out.slice(-300)).toBe(0);
    const withoutTiming = (text: string): unknown => ({ ...ReportSchema.parse(JSON.parse(text)), timing: null });
    expect(withoutTiming(second.out)).toEqual(withoutTiming(first.out));
    expect(second.out.split('"timing"')[0]).toBe(first.out.split('"timing"')[0]);
  });

  it('ends with 1 if a difference is not, and shows it', async () => {
    const { code, out, err } = await run('fuzz', '--batched', 'v6.6', '--faults', '20k');
    expect(code, err).toBe(1);
    expect(out).toMatch(/^ {3}batched {2}[.oyOYXsmua]+ /m);
    expect(out).toMatch(/^ {3} +\^+/m);
    expect(out).toMatch(/replay {3}ptediff replay g\d+\.[^\n]* --batched v6\.6\n/);
    expect(out).toMatch(/\nverdict: divergent, \d+ class(es)? without explanation[^\n]*\n$/);
  });

  it('ends with 2 if an explanation is still under review', async () => {
    for (const name of readdirSync(ALLOW)) {
      const text = readFileSync(join(ALLOW, name), 'utf8').replace(/^class: intentional$/m, 'class: under-review');
      writeFileSync(join(folder, name), text);
    }
    const { code, out, err } = await run('fuzz', '--faults', '20k', '--allow', '.');
    expect(code, err).toBe(2);
    expect(out).toMatch(/\nverdict: undecided, a difference is still under review\n$/);
  });

  it('ends with 3 if the allowlist is broken', async () => {
    writeFileSync(join(folder, 'broken.yaml'), 'id: broken\ntitel: a difference\n');
    const { code, out, err } = await run('fuzz', '--allow', '.');
    expect([code, out]).toEqual([3, '']);
    expect(err).toMatch(/^ptediff: broken\.yaml:\d+:\d+: [^\n]*\n$/);
  });

  it('ends with 130 and a partial report after Ctrl-C', async () => {
    const child = start(['fuzz', '--for', '60s']);
    whenRunning(child, () => child.kill('SIGINT'));
    const { code, out, err } = await ended(child);
    expect(code, err).toBe(130);
    expect(err).toContain('stopping; press Ctrl-C again to end at once\n');
    expect(out).toMatch(/\nverdict: [^\n]* \(partial: interrupted\)\n$/);
  });

  it.each(['0', '2'])('with %s workers leaves nothing running after Ctrl-C', async (workers) => {
    const child = start(['fuzz', '--for', '60s', '--workers', workers]);
    whenRunning(child, () => child.kill('SIGINT'));
    const { code, err } = await ended(child);
    expect(code, err).toBe(130);
    expect(() => process.kill(child.pid ?? 0, 0)).toThrow('ESRCH');
  });

  it('ends at once at the second Ctrl-C, also while cases are shrunk', async () => {
    // The experimental revision has many classes: its report takes seconds.
    const child = start(['fuzz', '--for', '60s', '--workers', '2', '--batched', 'v6.18']);
    let last = 0;
    const interrupt = (): void => {
      last = performance.now();
      child.kill('SIGINT');
    };
    child.stderr.on('data', (chunk) => {
      // The first line of progress has classes to shrink.
      if (last === 0 && String(chunk).includes(' not explained)')) interrupt();
      if (String(chunk).includes('press Ctrl-C again')) setTimeout(interrupt, 1500);
    });
    const { out } = await ended(child);
    expect(performance.now() - last).toBeLessThan(1500);
    // A shell makes 130 of it.
    expect([child.signalCode, out]).toEqual(['SIGINT', '']);
  });
});

describe('a campaign in parts', () => {
  const argv = ['fuzz', '--batched', 'v6.12', '--faults', '20k'];
  const withoutTiming = (text: string): string => text.split('"timing"')[0];

  it('joins to the report of the whole, with its exit code', async () => {
    const names = ['1', '2', '3'].map((index) => `part-${index}.json`);
    for (const [i, name] of names.entries()) {
      const { code, err } = await run(...argv, '--shard', `${i + 1}/3`, '--out', name, '--workers', `${i}`);
      expect(code, err).toBe(0);
    }
    const merged = await run('merge', ...[...names].reverse(), '--format', 'json');
    const whole = await run(...argv, '--format', 'json');
    expect([merged.code, whole.code]).toEqual([1, 1]);
    expect(withoutTiming(merged.out)).toBe(withoutTiming(whole.out));

    const missing = await run('merge', 'part-3.json', 'part-1.json');
    expect([missing.code, missing.err]).toEqual([66, `${PACKAGED}ptediff: part-3.json: part 2 of 3 is missing\n`]);
    const twice = await run('merge', ...names, 'part-2.json');
    expect(twice).toEqual({
      code: 3,
      out: '',
      err: `${PACKAGED}ptediff: part-2.json: part 2 of 3 again: it is also in part-2.json\n`,
    });
    writeFileSync(
      join(folder, 'part-2.json'),
      readFileSync(join(folder, 'part-2.json'), 'utf8').replace('"count": 1', '"count": 2'),
    );
    const damaged = await run('merge', ...names);
    expect([damaged.code, damaged.err]).toEqual([
      3,
      'ptediff: part-2.json: damaged: its content does not fit its digest\n',
    ]);
  });
});
