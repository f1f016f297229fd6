/** `ptediff merge`: from parts to one report, and from what is wrong with them to one line and an exit code. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { InputError } from '../../src/cases/files.js';
import { PACKAGE_ROOT } from '../../src/cli/package.js';
import { ReportSchema } from '../../src/report/model.js';
import { temporaryFolder } from '../folders.js';
import { aClass } from '../report/samples.js';
import { run } from './fakes.js';

let folder = '';
beforeEach(() => {
  const made = temporaryFolder();
  folder = made.path;
  return made.remove;
});

describe('merging', () => {
  it('reads every file, and judges with the packaged allowlist', async () => {
    const { code, out, asked } = await run(['merge', 'b.json', 'a.json']);
    expect(code).toBe(0);
    expect(asked.parts).toEqual(['b.json', 'a.json', `with ${join(PACKAGE_ROOT, 'fixtures', 'allow')}`]);
    expect(out).toMatch(/\nverdict: agree, [^\n]*\n$/);
  });

  it('judges with another allowlist if one is named', async () => {
    expect((await run(['merge', 'a.json', '--allow', folder])).asked.parts).toContain(`with ${folder}`);
  });

  it('finds files where the user is', async () => {
    const { asked } = await run(['merge', 'a.json', '--allow', 'mine'], {}, { cwd: folder });
    expect(asked.parts).toEqual([join(folder, 'a.json'), `with ${join(folder, 'mine')}`]);
  });

  it('shows both engines on the shrunk case of what nothing explains', async () => {
    const report = { verdict: 'divergent' as const, classes: [aClass()] };
    const { code, asked } = await run(['merge', 'a.json'], { report, batched: 'batched@v6.18' });
    expect(code).toBe(1);
    expect(asked.replays[0]?.options).toMatchObject({
      legacy: { id: 'legacy@v6.1' },
      batched: { id: 'batched@v6.18' },
    });
  });

  it('says that an engine is experimental', async () => {
    expect((await run(['merge', 'a.json'], { batched: 'batched@v6.18' })).err).toBe(
      'ptediff: batched@v6.18 is experimental\n',
    );
  });

  it('writes JSON into a file', async () => {
    const file = join(folder, 'report.json');
    const { out, err } = await run(['merge', 'a.json', '--format', 'json', '--out', file]);
    expect([out, err]).toEqual(['', expect.stringMatching(/^ptediff: verdict: agree, [^\n]*\n$/)]);
    expect(ReportSchema.parse(JSON.parse(readFileSync(file, 'utf8')))).toMatchObject({ verdict: 'agree' });
  });

  it.each([
    ['explained', {}, 0],
    ['divergent', {}, 1],
    ['undecided', {}, 2],
    ['explained', { staleEntries: ['old'] }, 3],
    ['explained', { stopped: 'interrupted' as const }, 130],
  ] as const)('to a report that is %s with %j ends with %d', async (verdict, changes, code) => {
    const { staleEntries = [], ...rest } = changes as { staleEntries?: readonly string[] };
    const report = { verdict, ...rest, staleEntries: [...staleEntries] };
    expect((await run(['merge', 'a.json'], { report })).code).toBe(code);
  });
});

describe('what cannot be merged', () => {
  it.each([
    [3, new InputError('a.json', 'damaged')],
    [66, new InputError('a.json', 'part 2 of 2 is missing', { exitCode: 66 })],
  ])('ends with %d and one line', async (code, unjoinable) => {
    const { out, err, code: found } = await run(['merge', 'a.json'], { unjoinable });
    expect([found, out, err]).toEqual([code, '', `ptediff: ${unjoinable.message}\n`]);
  });

  it('is found out before anything else if it cannot be read', async () => {
    const { code, asked } = await run(['merge', 'a.json'], { error: new InputError('a.json', 'no', { exitCode: 66 }) });
    expect([code, asked.allowlists]).toEqual([66, []]);
  });

  it('is not even looked at if the report cannot be written', async () => {
    const { code, asked } = await run(['merge', 'a.json', '--out', join(folder, 'no', 'report.txt')]);
    expect([code, asked.parts]).toEqual([74, []]);
  });
});
