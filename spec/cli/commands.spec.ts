/** The commands beside `fuzz`: what they ask of the modules behind them, what they print, how they end. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { REVISIONS } from '../../src/campaign/engines.js';
import { fixturesFolder, PACKAGE_ROOT } from '../../src/cli/package.js';
import { MARKS } from '../../src/mm/marks.js';
import { temporaryFolder } from '../folders.js';
import { FakeAddressError, fakeIo, fakeModules, nothingAsked, run } from './fakes.js';

let folder = '';
beforeEach(() => {
  const made = temporaryFolder();
  folder = made.path;
  return made.remove;
});

describe('replay', () => {
  it.each([
    ['agree', 0],
    ['explained', 0],
    ['divergent', 1],
    ['undecided', 2],
  ] as const)('ends with the verdict: %s is %d', async (verdict, code) => {
    expect((await run(['replay', 'g2.x'], { replay: { verdict } })).code).toBe(code);
  });

  it.each([
    ['explained', 3],
    ['undecided', 3],
    ['divergent', 1],
  ] as const)('says that an entry has expired, with its code: %s is %d', async (verdict, code) => {
    const ended = await run(['replay', 'g2.x'], { replay: { verdict, expiredEntries: ['last-year'] } });
    expect(ended.out).toContain('\nExpired allowlist entries (their day has passed)\n  last-year\n');
    expect(ended.out).toMatch(/\nverdict: [^\n]*, 1 allowlist entry is stale\n$/);
    expect(ended.code).toBe(code);
  });

  it('takes an address', async () => {
    const { out, asked } = await run(['replay', 'g2.arm64.16.1.17', '--batched', 'v6.18', '--trace']);
    expect(asked.addresses).toEqual(['g2.arm64.16.1.17']);
    expect(asked.replays).toMatchObject([
      { target: { address: 'g2.arm64.16.1.17' }, options: { batched: { id: 'batched@v6.18' }, trace: true } },
    ]);
    expect(out).toContain('\nSteps\n');
  });

  it('takes a file', async () => {
    const { asked, out } = await run(['replay', 'a.yaml']);
    expect(asked.fixtures).toEqual(['a.yaml']);
    expect(asked.replays).toMatchObject([{ target: { address: null } }]);
    expect(out).not.toContain('\nSteps\n');
  });

  it('refuses a case that the engines cannot have', async () => {
    const { code, out, err, asked } = await run(['replay', 'g2.x'], { impossible: 'legacy@v6.1 has no such thing' });
    expect([code, out, asked.replays]).toEqual([64, '', []]);
    expect(err).toBe('ptediff: g2.x cannot be compared: legacy@v6.1 has no such thing (see ptediff --help)\n');
  });

  it('warns of an experimental engine', async () => {
    expect((await run(['replay', 'g2.x', '--batched', 'v6.18'])).err).toBe('ptediff: batched@v6.18 is experimental\n');
  });

  it.each(['replay', 'fixture'])('refuses an address that cannot be drawn, as does fixture (%s)', async (command) => {
    const badAddress = new FakeAddressError('address of generator version 9');
    const { code, err, out } = await run([command, 'g9.x'], { badAddress });
    expect([code, out]).toEqual([64, '']);
    expect(err).toBe('ptediff: address of generator version 9 (see ptediff --help)\n');
  });

  it('does not mistake another error for a bad address', async () => {
    expect((await run(['replay', 'g2.x'], { badAddress: new Error('bug') })).code).toBe(70);
  });
});

describe('fixture', () => {
  it('prints a commented file', async () => {
    const { code, out } = await run(['fixture', 'g2.x']);
    expect(code).toBe(0);
    expect(out).toMatch(/^# Drawn by ptediff \d+\.\d+\.\d+ at address g2\.x\.\ntitle: case g2\.x\n$/);
  });

  it('writes it where it is told, and says what to do next', async () => {
    const file = join(folder, 'mine.yaml');
    const { code, out, err } = await run(['fixture', 'g2.x', '-o', file]);
    const next = `say in it what you expect, then ptediff check ${file}`;
    expect([code, out, err]).toEqual([0, '', `ptediff: wrote ${file}; next: ${next}\n`]);
    expect(readFileSync(file, 'utf8')).toContain('title: case g2.x\n');
  });

  it('replaces no file, unless it is told to', async () => {
    const file = join(folder, 'mine.yaml');
    writeFileSync(file, 'my expectations\n');
    const { code, err } = await run(['fixture', 'g2.x', '-o', file]);
    expect([code, err]).toEqual([74, `ptediff: ${file}: cannot be written: it exists; --force replaces it\n`]);
    expect(readFileSync(file, 'utf8')).toBe('my expectations\n');
    expect((await run(['fixture', 'g2.x', '-o', file, '--force'])).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toContain('title: case g2.x\n');
  });

  it('names the command as npm would run it', async () => {
    const file = join(folder, 'mine.yaml');
    const { err } = await run(['fixture', 'g2.x', '-o', file], {}, { env: { npm_lifecycle_event: 'npx' } });
    expect(err).toContain(`then npx ptediff check ${file}\n`);
  });

  it('ends with 74 if it cannot', async () => {
    const { code, err } = await run(['fixture', 'g2.x', '-o', join(folder, 'no', 'mine.yaml')]);
    expect(code).toBe(74);
    expect(err).toContain('cannot be written');
  });
});

describe('check', () => {
  const result = { file: join(process.cwd(), 'fixtures', 'a.yaml'), name: 'a', ok: true, kind: 'fixture', message: '' };

  it('ends with 0 if all is right', async () => {
    const { code, out, asked } = await run(['check'], { results: [result] });
    expect([code, out]).toEqual([0, 'fixture     1 of 1 passed\ncheck: all 1 passed\n']);
    expect(asked.checks).toEqual([{ paths: [], root: join(PACKAGE_ROOT, 'fixtures') }]);
  });

  it('ends with 3 if something is not, and names it from the working directory', async () => {
    const wrong = { ...result, ok: false, message: 'expected o, found y' };
    const { code, out } = await run(['check', 'a.yaml'], { results: [wrong, { ...wrong, file: '/elsewhere/b.yaml' }] });
    expect(code).toBe(3);
    expect(out).toContain(`FAIL ${join('fixtures', 'a.yaml')}: fixture a\n  expected o, found y\n`);
    expect(out).toContain('FAIL /elsewhere/b.yaml: fixture a\n');
  });

  it('of fixtures that expect nothing is undecided, and says why', async () => {
    const note = 'expects nothing of any engine';
    const { code, out } = await run(['check'], { results: [{ ...result, note }] });
    expect(code).toBe(2);
    expect(out).toMatch(/^note: fixtures\/a\.yaml: fixture expects nothing of any engine\n\n/);
    expect((await run(['check'], { results: [{ ...result, note }, result] })).code).toBe(0);
  });

  it('of nothing is undecided', async () => {
    expect(await run(['check'])).toMatchObject({ code: 2, out: 'check: nothing to check\n' });
  });

  it('looks for its paths in the working directory', async () => {
    expect((await run(['check', 'a.yaml'], {}, { cwd: folder })).asked.checks[0]?.paths).toEqual([
      join(folder, 'a.yaml'),
    ]);
  });
});

describe('revisions', () => {
  it('lists all of them with title, source and features', async () => {
    const { code, out } = await run(['revisions']);
    expect(code).toBe(0);
    const words = out.replace(/\s+/g, ' ');
    for (const { id, title, source } of REVISIONS) {
      expect(out).toMatch(new RegExp(`^${id.replaceAll('.', '\\.')}( \\(|$)`, 'm'));
      expect(words).toContain(`${title} source: ${source} features: `);
    }
    expect(out).toContain('legacy@v6.1 (default)\n');
    expect(out).toContain('batched@v6.18 (experimental)\n');
  });

  it('lists features where they differ from the reference', async () => {
    const { out } = await run(['revisions']);
    const ofRevision = (id: string): string => out.split('\n\n').find((part) => part.startsWith(id)) ?? '';
    expect(ofRevision('batched@v6.6\n')).toContain('prefaultRule=fault-in-run');
    expect(ofRevision('batched@v6.6\n')).not.toContain('setterUnit=');
    expect(ofRevision('batched@reference')).toContain('setterUnit=run');
    expect(ofRevision('legacy@v6.1')).toContain('setterUnit=page');
  });
});

describe('marks', () => {
  it('lists all of them by side, with what they need', async () => {
    const { code, out } = await run(['marks']);
    expect(code).toBe(0);
    for (const { name } of MARKS) expect(out).toContain(`  ${name}\n`);
    expect(out).toContain('[needs --races]');
    expect(out).toContain('[needs span 512]');
    expect(out).toContain('[not required]');
    expect(out.replace(/\s+/g, ' ')).toContain('[needs span 16, arm64-contpte]');
    expect(out).toContain('[needs uffd-wp on both sides]');
    expect(out.replace(/\s+/g, ' ')).toContain('[needs setterUnit=run]');
  });
});

describe('allow list', () => {
  const entry = {
    id: 'young-prefault',
    title: 'Prefaulted entries are old',
    class: 'intentional',
    engines: { legacy: ['v6.1', 'v6.5'], batched: ['*'] },
    differences: [{ field: 'young' }, { field: ['young', 'mapcount'] }],
    why: 'Because\n  of that.\n',
    reference: '4cd7ba16a0af ("mm: fix old/young bit handling")',
    witness: 'cases/young.yaml',
    expires: '2030-01-01',
  };

  it('shows each entry with its reasons', async () => {
    const { code, out } = await run(['allow', 'list'], { entries: [entry] as never });
    expect(code).toBe(0);
    expect(out).toBe(
      [
        'young-prefault (intentional)',
        '            Prefaulted entries are old',
        '  engines   v6.1, v6.5 against *',
        '  fields    young, mapcount',
        '  why       Because of that.',
        '  source    4cd7ba16a0af ("mm: fix old/young bit handling")',
        '  witness   cases/young.yaml',
        '  expires   2030-01-01',
        '',
        '1 entry',
        '',
      ].join('\n'),
    );
  });

  it('never lets a file control the terminal', async () => {
    const { expires: _, ...lasting } = entry;
    const hostile = { ...lasting, title: '\u001b[2J\u202e', why: '\u0007' };
    const { out } = await run(['allow', 'list'], { entries: [hostile] as never });
    expect(out).not.toMatch(/(?!\n)\p{Cc}|\p{Bidi_Control}/u);
    expect(out).not.toContain('expires');
  });
});

describe('the fixtures', () => {
  const context = (cwd: string) => {
    const asked = nothingAsked();
    const io = fakeIo({ cwd });
    return { io, modules: fakeModules({}, asked), exitCode: 0 as const };
  };

  it('of the package are named, and need no word in its own folder', () => {
    const here = context(PACKAGE_ROOT);
    expect(fixturesFolder(here)).toBe(join(PACKAGE_ROOT, 'fixtures'));
    expect(here.io.err()).toBe('');
    const elsewhere = context(folder);
    expect(fixturesFolder(elsewhere)).toBe(join(PACKAGE_ROOT, 'fixtures'));
    expect(elsewhere.io.err()).toBe('ptediff: using the packaged fixtures\n');
  });

  it('of the working directory count even if the package has lost its own', () => {
    mkdirSync(join(folder, 'fixtures', 'allow'), { recursive: true });
    expect(fixturesFolder(context(folder), join(folder, 'no'))).toBe(join(folder, 'fixtures'));
  });

  it('that are nowhere end with 69', async () => {
    expect(() => fixturesFolder(context(folder), folder)).toThrow('has no folder allow');
  });
});
