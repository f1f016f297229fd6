/** `ptediff sweep` and `ptediff scopes`: from the command line to a plan, and every way in which there is none. */
import { describe, expect, it } from 'vitest';
import { indexOfScope, SCOPES } from '../../src/cases/scopes.js';
import { renderText } from '../../src/report/text.js';
import { aClass, aReport } from '../report/samples.js';
import { type Asked, run } from './fakes.js';

const rangesOf = ({ campaign }: Asked): unknown => campaign?.sweep?.ranges;

describe('sweep', () => {
  it('sweeps a whole scope with the default engines', async () => {
    const { code, asked, err } = await run(['sweep', 'tiny']);
    expect(code).toBe(0);
    expect(asked.campaign).toMatchObject({
      legacy: { id: 'legacy@v6.1' },
      batched: { id: 'batched@reference' },
      sweep: { scope: { name: 'tiny' } },
      spans: [4],
      invariantsAll: true,
      workers: 5,
    });
    expect(err).toBe('ptediff: legacy@v6.1 against batched@reference, tiny, 77,664 cases\n');
  });

  it('takes as many threads as a campaign of about as much work', async () => {
    expect((await run(['sweep', 'tiny'])).asked.size).toMatchObject({ faults: 77_664 / 4 });
    expect((await run(['sweep', 'tiny', '--shard', '2/2'])).asked.size).toMatchObject({ faults: 77_664 / 8 });
  });

  it('takes every option', async () => {
    const argv = 'sweep tiny --legacy v6.5 --batched v6.18 --arch arm64,mips64 --index 12000..60000 --workers 3';
    const { asked, err } = await run([...argv.split(' '), '--allow', 'mine']);
    expect(asked.campaign).toMatchObject({
      legacy: { id: 'legacy@v6.5' },
      batched: { id: 'batched@v6.18' },
      architectures: ['arm64', 'mips64'],
      workers: 3,
    });
    expect(asked.allowlists).toEqual(['mine']);
    expect(rangesOf(asked)).toEqual([
      { arch: 'arm64', from: 12_944, to: 25_888 },
      { arch: 'mips64', from: 51_776, to: 60_000 },
    ]);
    expect(err).toContain('ptediff: legacy@v6.5 against batched@v6.18, tiny, 21,168 cases\n');
    expect(err).toContain('ptediff: batched@v6.18 is experimental\n');
  });

  it.each([
    [['sweep'], "missing required argument 'scope'"],
    [['sweep', 'tny'], 'no scope "tny", did you mean tiny?'],
    [['sweep', 'everything'], 'no scope "everything": expected one of tiny, 4-pages-young'],
    [['sweep', 'tiny', '--index', '5'], 'Expected A..B such as 0..1000'],
    [['sweep', 'tiny', '--index', '5..5'], 'with A smaller than B'],
    [['sweep', 'tiny', '--index', '9..5'], 'with A smaller than B'],
    [['sweep', 'tiny', '--index', '-1..5'], 'Expected A..B'],
    [['sweep', 'tiny', '--index', '0..99999999999999999'], 'Expected A..B'],
    [['sweep', 'tiny', '--index', '0..77665'], '--index 0..77665 reaches past the end of tiny, which is 77664'],
    [['sweep', 'tiny', '--arch', 'arm46'], 'Did you mean arm64?'],
    [['sweep', '4-pages-uffd', '--arch', 'arm64'], '4-pages-uffd has no cases of arm64: expected some of x86-64'],
    [['sweep', 'tiny', '--arch', 'arm64', '--index', '0..9'], 'no case of tiny has both such an index and such an'],
    [['sweep', 'tiny', '--shard', '1/2', '--format', 'text'], 'a part of a campaign is always JSON'],
    [['sweep', 'tiny', '--shard', '3/2'], 'Expected I/N'],
    [['sweep', 'tiny', '--seed', '3'], "unknown option '--seed'"],
  ])('%j is wrong usage', async (argv, message) => {
    const { code, out, err, asked } = await run(argv);
    expect([code, out, asked.campaign]).toEqual([64, '', undefined]);
    expect(err).toContain(message);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
  });

  it.each([
    ['agree', 0],
    ['explained', 0],
    ['divergent', 1],
    ['undecided', 2],
  ] as const)('ends with the verdict: %s is %d', async (verdict, code) => {
    expect((await run(['sweep', 'tiny'], { report: { verdict } })).code).toBe(code);
  });

  it('ends with 130 when it is interrupted', async () => {
    expect((await run(['sweep', 'tiny'], { report: { stopped: 'interrupted' } })).code).toBe(130);
  });

  it('shows how many cases are done', async () => {
    const report = async (options: Asked['campaign']) => {
      options?.onProgress?.({
        casesRun: 25,
        casesPlanned: 100,
        faultsRun: 10,
        faultsPlanned: null,
        effective: 1,
        marksHit: 0,
        marksRequired: 0,
        classes: 2,
        unexplained: 0,
        seconds: 30,
      });
      return {};
    };
    const { err } = await run(['sweep', 'tiny'], { report });
    expect(err).toContain('ptediff: 25/100 cases, 1/s, 1 min 30 s left, 2 classes\n');
  });
});

describe('the report of a sweep', () => {
  const sweep = {
    scope: '4-pages-young',
    size: 1000,
    indexes: [{ from: 0, to: 1000 }],
    planned: 1000,
    run: 1000,
    rest: null,
  };
  const text = (changes: Partial<Parameters<typeof aReport>[0]>): string =>
    renderText(aReport({ sweep, seed: null, ...changes }), { color: false, width: 75 });

  it('names the scope instead of seed and spans, and counts cases', () => {
    const all = text({
      classes: [
        aClass({ count: 250, share: 0.25, entry: 'known' }),
        aClass({ id: 'other', count: 10, share: 0.01, entry: null }),
      ],
      allowlist: { known: 250 },
      verdict: 'divergent',
      timing: { seconds: 2, faultsPerSecond: 1 },
    });
    expect(all).toContain('\nscope    4-pages-young: 1,000 of 1,000 cases, 500 cases/s\n');
    expect(all).toContain('known: 250 cases, 25.0 %');
    expect(all).toContain('seen     10 cases, 1.0 % of those played');
    expect(all).not.toMatch(/^(seed|spans) /m);
  });

  it('names the indexes where they are not all', () => {
    const part = { ...sweep, indexes: [{ from: 5, to: 105 }], planned: 100, run: 100 };
    expect(text({ sweep: part })).toContain('100 of 1,000 cases (indexes 5..105), ');
  });

  it('that was interrupted says how to go on', () => {
    const rest = { from: 300, to: 1000 };
    const engines = { legacy: 'legacy@v6.1', batched: 'batched@v6.6' };
    const stopped = { stopped: 'interrupted', engines } as const;
    expect(text({ ...stopped, sweep: { ...sweep, run: 300, rest } })).toContain(
      '\nNext\n  ptediff sweep 4-pages-young --batched v6.6 --index 300..1000\n',
    );
    const indexes = [
      { from: 0, to: 400 },
      { from: 900, to: 1000 },
    ];
    expect(text({ ...stopped, architectures: ['a', 'b'], sweep: { ...sweep, indexes, run: 300, rest } })).toContain(
      '--index 300..1000 --arch a,b\n',
    );
  });
});

describe('scopes', () => {
  it('lists every scope with its exact number of cases, and what a sweep proves and leaves out', async () => {
    const { code, out } = await run(['scopes']);
    expect(code).toBe(0);
    for (const scope of SCOPES) {
      const cases = indexOfScope(scope).size.toLocaleString('en');
      expect(out).toContain(`${scope.name}\n`);
      expect(out).toContain(`  cases  ${cases} on ${scope.architectures[0]}`);
    }
    expect(out.split('  proves ').length - 1).toBe(SCOPES.length);
    expect(out.split('  not    ').length - 1).toBe(SCOPES.length);
  });

  it('does so for programs, with the indexes of each architecture', async () => {
    const { out } = await run(['scopes', '--format', 'json']);
    const scopes = JSON.parse(out) as { name: string; cases: number; indexes: Record<string, { to: number }> }[];
    expect(scopes.map(({ name }) => name)).toEqual(SCOPES.map(({ name }) => name));
    for (const { cases, indexes } of scopes) expect(Object.values(indexes).at(-1)?.to).toBe(cases);
  });
});
