/** What all commands share: help, usage errors, and what becomes of errors. */
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DEFAULT_SPANS } from '../../src/campaign/campaign.js';
import { InputError, OutputError } from '../../src/cases/files.js';
import { UnavailableError, UsageError } from '../../src/cli/errors.js';
import { ARCHITECTURES, DEFAULT_ARCHITECTURES } from '../../src/mm/arch/index.js';
import { temporaryFolder } from '../folders.js';
import { run } from './fakes.js';

const COMMANDS = [
  ['fuzz'],
  ['merge'],
  ['check'],
  ['replay'],
  ['patch'],
  ['fixture'],
  ['revisions'],
  ['marks'],
  ['allow'],
  ['allow', 'list'],
  ['bench'],
];

describe('--help', () => {
  it.each([
    [[]],
    ...COMMANDS.map((command) => [command]),
  ])('of ptediff %j leads with examples and lists the exit codes', async (command) => {
    const { code, out, err } = await run([...command, '--help']);
    expect(code).toBe(0);
    expect(err).toBe('');
    expect(out).toMatch(/^Examples:\n {2}ptediff /);
    expect(out).toContain(`Usage: ptediff ${command.join(' ')}`.trimEnd());
    for (const number of [0, 1, 2, 3, 64, 66, 69, 70, 74, 130]) expect(out).toMatch(new RegExp(`^ {2}${number} `, 'm'));
    expect(out).toContain('the first of 130, 70, 74, 1, 3, 2, 0 is used');
  });

  it('lists every command and fits into 80 columns', async () => {
    const { out } = await run(['--help']);
    for (const [command] of COMMANDS) expect(out).toMatch(new RegExp(`^ {2}${command} `, 'm'));
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('names the defaults that the campaign has', async () => {
    const { out } = await run(['fuzz', '--help']);
    expect(out.replace(/\s+/g, ' ')).toContain(`(default: ${DEFAULT_SPANS.join(',')})`);
    const others = [...ARCHITECTURES.keys()].filter((name) => !DEFAULT_ARCHITECTURES.includes(name));
    expect(out.replace(/\s+/g, ' ')).toContain(`(default: all but ${others.join()})`);
    expect(out).toContain('(default: v6.1)');
    expect(out).toContain('(default: reference)');
  });

  it('can be asked for with help', async () => {
    expect((await run(['help', 'fuzz'])).out).toBe((await run(['fuzz', '--help'])).out);
  });

  it('is what a call without a command gets, as an error', async () => {
    for (const argv of [[], ['allow']]) {
      const { code, out, err } = await run(argv);
      expect([code, out]).toEqual([64, '']);
      expect(err).toContain('Usage: ptediff');
    }
  });

  it('--version prints the version alone', async () => {
    const { code, out } = await run(['--version']);
    expect(code).toBe(0);
    expect(out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('wrong usage', () => {
  it.each([
    [['fzz'], "unknown command 'fzz' (Did you mean fuzz?)"],
    [['allow', 'lst'], "unknown command 'lst' (Did you mean list?)"],
    [['fuzz', '--fualts', '3'], "unknown option '--fualts' (Did you mean --faults?)"],
    [['fuzz', '--nonsense'], "unknown option '--nonsense'"],
    [['fuzz', 'extra'], "too many arguments for 'fuzz'. Expected 0 arguments but got 1."],
    [['replay'], "missing required argument 'address|file'"],
    [['fixture'], "missing required argument 'address'"],
    [['fuzz', '--seed'], "option '--seed <number>' argument missing"],
    [['fuzz', '--seed', '-1'], '0 to 9007199254740991'],
    [['fuzz', '--seed', '9007199254740992'], '0 to 9007199254740991'],
    [['fuzz', '--seed', '1e3'], '0 to 9007199254740991'],
    [['fuzz', '--seed', '0123456789'], '0 to 9007199254740991'],
    [['fuzz', '--faults', '0'], 'Expected a positive integer'],
    [['fuzz', '--faults', '1.5k'], 'Expected a positive integer'],
    [['fuzz', '--faults', '20K'], 'Expected a positive integer'],
    [['fuzz', '--faults', '9007199254740992'], 'Expected a positive integer'],
    [['fuzz', '--for', '30'], 'Expected a time such as 500ms, 30s or 2m'],
    [['fuzz', '--for', '0s'], 'Expected a time such as 500ms, 30s or 2m'],
    [['fuzz', '--for', '1s', '--faults', '3'], "option '--for <time>' cannot be used with option '--faults <count>'"],
    [['fuzz', '--workers', '-1'], 'Expected a number of threads from 0 to 256'],
    [['fuzz', '--workers', '257'], 'Expected a number of threads from 0 to 256'],
    [['fuzz', '--workers', '02'], 'Expected a number of threads from 0 to 256'],
    [['fuzz', '--shard', '0/2'], 'Expected I/N such as 3/16'],
    [['fuzz', '--shard', '3/2'], 'Expected I/N such as 3/16'],
    [['fuzz', '--shard', '1'], 'Expected I/N such as 3/16'],
    [['fuzz', '--shard', '1/10001'], 'Expected I/N such as 3/16'],
    [['merge'], "missing required argument 'file'"],
    [['fuzz', '--span', '3'], 'Expected spans from 4 to 512 pages'],
    [['fuzz', '--span', '8,,9'], 'Expected spans from 4 to 512 pages'],
    [['fuzz', '--span', '513'], 'Expected spans from 4 to 512 pages'],
    [['fuzz', '--span', '8,8'], 'Expected each value once, found 8 again'],
    [['fuzz', '--arch', 'arm46'], 'Did you mean arm64?'],
    [['fuzz', '--arch', 'vax'], 'Expected some of x86-64, arm64,'],
    [['fuzz', '--legacy', 'v6.7'], 'No such revision, did you mean v6.1?'],
    [['fuzz', '--batched', 'batched@v6.6.6'], 'No such revision, did you mean batched@v6.6?'],
    [['replay', 'g2.x', '--batched', 'nonsense'], 'No such revision: see ptediff revisions'],
    [['fuzz', '--format', 'xml'], 'Allowed choices are text, json'],
    [['fuzz', '--invariants', 'some'], 'Allowed choices are sampled, all'],
  ])('%j ends with 64 and one line', async (argv, message) => {
    const { code, out, err } = await run(argv);
    expect(code).toBe(64);
    expect(out).toBe('');
    expect(err).toContain(message);
    expect(err).toMatch(/^ptediff: [^\n]+ \(see ptediff --help\)\n$/);
  });

  it('is reported without letting the argument control the terminal', async () => {
    const { err } = await run(['fuzz', '--\u001b[2J\n']);
    expect(err).toContain('\\x1b[2J');
    expect(err).not.toMatch(/(?!\n)\p{Cc}/u);
  });
});

describe('errors', () => {
  it.each([
    ['of usage', new UsageError('no such thing'), 64, 'ptediff: no such thing (see ptediff --help)\n'],
    [
      'of content',
      new InputError('a.yaml', 'wrong', { line: 2, hint: 'Mend it.' }),
      3,
      'ptediff: a.yaml:2: wrong (Mend it.)\n',
    ],
    [
      'of content, one for each place,',
      new InputError('a.yaml', 'wrong', { line: 2, hint: 'Mend it.', further: ['a.yaml:3: \n'] }),
      3,
      'ptediff: a.yaml:2: wrong\nptediff: a.yaml:3: \\x0a (Mend it.)\n',
    ],
    ['of missing input', new InputError('a.yaml', 'gone', { exitCode: 66 }), 66, 'ptediff: a.yaml: gone\n'],
    ['of output', new OutputError('out', new Error('full')), 74, 'ptediff: out: cannot be written: full\n'],
    ['of the installation', new UnavailableError('no compiler'), 69, 'ptediff: no compiler\n'],
    [
      'nobody thought of',
      new Error('a\nb'),
      70,
      'ptediff: internal error: a\\x0ab (set PTEDIFF_DEBUG=1 for the stack)\n',
    ],
    ['that are no errors', 'oops', 70, 'ptediff: internal error: oops (set PTEDIFF_DEBUG=1 for the stack)\n'],
  ])('%s are one line on stderr', async (_, error, code, text) => {
    const outcome = await run(['allow', 'list'], { error });
    expect(outcome).toMatchObject({ code, out: '', err: text });
  });

  it('that should not happen show their stack if asked', async () => {
    const env = { PTEDIFF_DEBUG: '1' };
    const { code, err } = await run(['allow', 'list'], { error: new Error('oops') }, { env });
    expect(code).toBe(70);
    expect(err).toMatch(/^ptediff: internal error: oops\nError: oops\n {4}at /);
    expect((await run(['allow', 'list'], { error: 'oops' }, { env })).err).toBe('ptediff: internal error: oops\n');
  });
});

it('a command works from any folder', async () => {
  const { path: cwd, remove } = temporaryFolder();
  onTestFinished(remove);
  const { code, asked } = await run(['replay', 'mine.yaml'], { replay: { verdict: 'agree' } }, { cwd });
  expect(code).toBe(0);
  expect(asked.fixtures).toEqual([join(cwd, 'mine.yaml')]);
});
