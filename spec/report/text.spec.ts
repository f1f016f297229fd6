/** The report of a campaign as a person reads it. */
import { describe, expect, it } from 'vitest';
import type { Report, ReportClass } from '../../src/report/model.js';
import { type ReportExtras, renderText, verdictLine } from '../../src/report/text.js';
import { aCase, aClass, aDifference, aFault, aReplay, aReport, aViolation, PLAIN } from './samples.js';

const engines = { legacy: 'legacy@v6.1', batched: 'batched@v6.6' };

const aDeath = { engine: 'legacy@v6.5', address: 'g2.arm64.16.1.3', message: 'stack overflow' };

const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1) ?? '';

describe('a campaign without differences', () => {
  it('says what was run, and the verdict', () => {
    expect(renderText(aReport(), PLAIN)).toMatchInlineSnapshot(`
      "legacy@v6.1 against batched@reference (ptediff 0.1.0)
      on       x86-64, arm64
      spans    8, 64 pages
      seed     1 (generator version 2)
      faults   20,000 run (20,000 planned), 12,345 effective (61.7 %)
      rate     512,000 faults/s, 0.04 s

      verdict: agree, no difference in 12,345 effective faults
      "
    `);
  });
});

describe('a campaign whose differences are explained', () => {
  const report = aReport({
    verdict: 'explained',
    races: true,
    invariants: 'all',
    classes: [
      aClass({ entry: 'young-prefault' }),
      aClass({ id: 'b', entry: 'young-prefault' }),
      aClass({ id: 'c', entry: 'stats', underReview: true }),
    ],
    allowlist: { 'young-prefault': 4000, stats: 1, never: 0 },
  });
  const titles = new Map([
    ['young-prefault', 'Prefaulted entries are old on arm64 with hardware access flag since 6.12'],
  ]);

  it('groups them by the entry that explains them', () => {
    expect(renderText(report, PLAIN, { titles })).toMatchInlineSnapshot(`
      "legacy@v6.1 against batched@reference (ptediff 0.1.0)
      on       x86-64, arm64
      spans    8, 64 pages
      seed     1 (generator version 2)
      faults   20,000 run (20,000 planned), 12,345 effective (61.7 %)
      rate     512,000 faults/s, 0.04 s
      options  with races, invariants on every fault

      Explained by the allowlist
        to see one  ptediff replay ADDRESS
        stats: 1 fault, <0.1 %, under review
            c     g2.arm64.16.1.17
        young-prefault: 4,000 faults, 32.4 %
          Prefaulted entries are old on arm64 with hardware access flag since
          6.12
            young.page.0-1.prefault  g2.arm64.16.1.17
            b                        g2.arm64.16.1.17

      Next
        ptediff allow list

      verdict: explained, 3 classes of known differences, no other
      "
    `);
  });
});

it('entries under review come first, then those of most faults', () => {
  const classes = ['a', 'b', 'c', 'd'].map((entry) => aClass({ entry, underReview: entry === 'd' }));
  const text = renderText(aReport({ verdict: 'undecided', classes, allowlist: { a: 5, b: 5, c: 7, d: 1 } }), PLAIN);
  expect(text.match(/^ {2}\w: .*/gm)?.map((line) => line.trim()[0])).toEqual(['d', 'c', 'a', 'b']);
});

it('the classes of an entry that are listed are those of the page table, the most frequent first', () => {
  const listed = [
    ['counter', 'refcount', 90],
    ['rare', 'young', 1],
    ['frequent', 'pte', 5],
  ] as const;
  const classes = listed.map(([id, field, count]) => aClass({ id, field, count, entry: 'an-entry' }));
  const text = renderText(aReport({ verdict: 'explained', classes, allowlist: { 'an-entry': 95 } }), PLAIN);
  expect(text).toMatch(/\n {6}frequent .*\n {6}rare .*\n {6}and 1 more class /);
});

it('entries that were not hit are told with the reason why that says nothing', () => {
  const notHit = [
    { entry: 'b', why: 'faults' },
    { entry: 'c', why: 'architecture' },
    { entry: 'd', why: 'faults' },
  ] as const;
  expect(renderText(aReport({ notHit: [...notHit] }), PLAIN)).toContain(
    [
      'Allowlist entries that this campaign cannot judge (not hit)',
      '  on other architectures only: c',
      '  too few faults that could show it: b, d',
      '',
    ].join('\n'),
  );
});

it('an entry with many classes lists some of them', () => {
  const classes = Array.from({ length: 10 }, (_, i) => aClass({ id: `class-${i}`, entry: 'an-entry' }));
  const text = renderText(aReport({ verdict: 'explained', classes, allowlist: { 'an-entry': 10 } }), PLAIN);
  expect(text).toContain('      class-1  g2.arm64.16.1.17\n      and 8 more classes (with --format json)\n');
});

describe('a campaign with a difference that nothing explains', () => {
  const found = aClass();
  const differences = [0, 1, 2, 3, 4].map((at) =>
    aDifference({
      at,
      explanation: 'batched: the test for prefaulted runs is inverted, so only the faulting run is old',
    }),
  );
  const replays = new Map([[found.id, aReplay({ faults: [aFault({ differences: [] }), aFault({ differences })] })]]);
  const report = aReport({ verdict: 'divergent', engines, classes: [found] });

  it('shows the smallest case, both engines, and how to replay it', () => {
    expect(renderText(report, PLAIN, { replays })).toMatchInlineSnapshot(`
      "legacy@v6.1 against batched@v6.6 (ptediff 0.1.0)
      on       x86-64, arm64
      spans    8, 64 pages
      seed     1 (generator version 2)
      faults   20,000 run (20,000 planned), 12,345 effective (61.7 %)
      rate     512,000 faults/s, 0.04 s

      Not explained: 1 class

      1. young.page.0-1.prefault
         young of a page (pte_young(): the accessed bit as the handler left it):
         legacy 0, batched 1
         seen     5,123 faults, 41.5 % of the effective ones
         where    in-window, not-fault
         first    g2.arm64.16.1.17, shrunk to the case below

         machine  arm64, 16 slots, fault-around of 16 pages
         mapping  slots 0 to 15, shared
         file     regular, i_size 16 pages, mmap_miss 20
         cache    [==============]
         access   read slot 5

         before   ................
         legacy   oooooyoooooooooo   NOPAGE
         batched  yyyyyoyyyyyyyyyy   NOPAGE
                  ^^^^^^^^^^^^^^^^

         field  at         legacy  batched  explained by
         young  slots 0-4  0       1        -

         batched: the test for prefaulted runs is inverted, so only the faulting
         run is old

         replay   ptediff replay g2.arm64.16.1.17 --batched v6.6

      Next
        ptediff replay g2.arm64.16.1.17 --batched v6.6 --trace

      verdict: divergent, 1 class without explanation
      "
    `);
  });

  it('does without a replay and without a shrunk case', () => {
    const text = renderText(aReport({ verdict: 'divergent', classes: [aClass({ shrunk: null, facts: [] })] }), PLAIN);
    expect(text).toContain('1. young.page.0-1.prefault');
    expect(text).not.toContain('machine');
    expect(text).not.toContain('where');
  });

  it('takes case and fault from the replay where it must', () => {
    const other = aClass({ id: 'other', shrunk: null });
    const extras = { replays: new Map([['other', aReplay()]]) };
    const text = renderText(aReport({ verdict: 'divergent', classes: [other] }), PLAIN, extras);
    expect(text).toContain('machine  arm64, 16 slots');
    expect(text).toContain('^^^^^^^^^^^^^^^^');
  });

  it('shows no fault of a replay without differences', () => {
    const quiet = new Map([[found.id, aReplay({ faults: [aFault({ differences: [] })] })]]);
    expect(renderText(report, PLAIN, { replays: quiet })).not.toContain('before');
  });

  it('says that a promised difference did not show', () => {
    const missing = aClass({ kind: 'missing', site: 'mm', field: 'no-such-field', entry: 'promise' });
    const text = renderText(aReport({ verdict: 'divergent', classes: [missing] }), PLAIN);
    expect(text).toContain('no-such-field of the mm: an allowlisted difference did not show,');
    expect(lastLine(text)).toBe('verdict: divergent, 1 class without explanation');
  });

  it('begins with entries of the page table, and with the most frequent', () => {
    const named = (id: string, field: string, count: number, first: number): ReportClass =>
      aClass({ id, field, count, shrunk: null, first: `g2.arm64.16.1.${first}` });
    const classes = [
      named('rare', 'pte', 2, 1),
      named('frequent', 'young', 70, 2),
      named('with-rare', 'young', 9, 1),
      named('counted', 'MM_FILEPAGES', 900, 3),
      named('also-frequent', 'young', 70, 4),
      named('counted-with-frequent', 'refcount', 800, 2),
    ];
    const text = renderText(aReport({ verdict: 'divergent', engines, classes }), PLAIN);
    expect(text.match(/^\d\. .*|with it .*/gm)).toEqual([
      '1. frequent',
      'with it  counted-with-frequent',
      '2. also-frequent',
      '3. with-rare',
      'with it  rare',
      '4. counted',
    ]);
    expect(text).toContain('Next\n  ptediff replay g2.arm64.16.1.2 --batched v6.6 --trace\n');
  });

  it('has what is explained behind what is not', () => {
    const known = aClass({ entry: 'known' });
    const text = renderText(aReport({ verdict: 'divergent', classes: [found, known], died: [aDeath] }), PLAIN);
    expect(text.match(/^(Not explained|Engines that died|Explained|Next)/gm)).toEqual([
      ...['Not explained', 'Engines that died', 'Explained', 'Next'],
    ]);
  });

  it('lists what does not fit', () => {
    const classes = Array.from({ length: 10 }, (_, i) =>
      aClass({ id: `class-${i}`, shrunk: null, first: `g2.arm64.16.1.${i}` }),
    );
    const text = renderText(aReport({ verdict: 'divergent', classes }), PLAIN);
    expect(text).toContain('8. class-7\n');
    expect(text).not.toContain('9. ');
    expect(text).toContain(
      'And 2 more classes (in full with --format json):\n  class-8  5,123 faults  41.5 %  g2.arm64.16.1.8\n',
    );
  });

  it('lists classes with long names in the width of a mail', () => {
    const long = ['short', 'mmap_miss:less:around,missesDiffer,oneFolio,and-some-more-facts', 'also-short'];
    const classes = [...Array.from({ length: 8 }, (_, i) => `class-${i}`), ...long].map((id, i) =>
      aClass({ id, shrunk: null, first: `g2.arm64-contpte.16.1.${i}` }),
    );
    const text = renderText(aReport({ verdict: 'divergent', classes }), PLAIN);
    expect(text).toContain(
      [
        '  short       5,123 faults  41.5 %  g2.arm64-contpte.16.1.8',
        '  mmap_miss:less:around,missesDiffer,oneFolio,and-some-more-facts',
        '              5,123 faults  41.5 %  g2.arm64-contpte.16.1.9',
        '  also-short  5,123 faults  41.5 %  g2.arm64-contpte.16.1.10',
      ].join('\n'),
    );
  });

  it('tells classes together that one smallest case shows', () => {
    const [one, other] = [aCase(), aCase({ steps: [{ read: 6 }] })];
    const classes = ['pte', 'mapcount', 'refcount', 'ret'].map((id, i) =>
      aClass({ id, shrunk: i % 2 === 0 ? one : other }),
    );
    const text = renderText(aReport({ verdict: 'divergent', classes }), PLAIN);
    expect(text.match(/^\d\. .*|with it .*/gm)).toEqual(['1. pte', 'with it  refcount', '2. mapcount', 'with it  ret']);
  });

  it('tells classes together that first showed in the same fault, where there is no smallest case', () => {
    const classes = ['pte', 'mapcount', 'refcount'].map((id) => aClass({ id, shrunk: null }));
    const text = renderText(aReport({ verdict: 'divergent', classes }), PLAIN);
    expect(text).toContain('1. pte\n');
    expect(text).toContain('with it  mapcount, refcount\n');
    expect(text).not.toContain('2. ');
  });
});

describe('what else a person must know', () => {
  it('is listed: violated invariants, dead engines, cold marks, stale and expired entries', () => {
    const report = aReport({
      verdict: 'divergent',
      engines: { legacy: 'batched@v6.12', batched: 'legacy@v6.5' },
      violations: [aViolation({ shrunk: aCase() })],
      died: [aDeath],
      coldMarks: ['batched.run-split'],
      staleEntries: ['old-entry'],
      expiredEntries: ['last-year'],
    });
    expect(renderText(report, PLAIN)).toMatchInlineSnapshot(`
      "batched@v6.12 against legacy@v6.5 (ptediff 0.1.0)
      on       x86-64, arm64
      spans    8, 64 pages
      seed     1 (generator version 2)
      faults   20,000 run (20,000 planned), 12,345 effective (61.7 %)
      rate     512,000 faults/s, 0.04 s

      Violated invariants: 1
        I5 on batched@v6.6: an entry maps the page of its index
            3 faults, first at g2.arm64.16.1.99
            ptediff replay g2.arm64.16.1.99 --legacy batched@v6.12 \\
            --batched legacy@v6.5
            machine  arm64, 16 slots, fault-around of 16 pages
            mapping  slots 0 to 15, shared
            file     regular, i_size 16 pages, mmap_miss 20
            cache    [==============]
            access   read slot 5

      Engines that died
        legacy@v6.5 at g2.arm64.16.1.3: stack overflow

      Required marks that stayed cold
        batched.run-split

      Stale allowlist entries (the campaign could show them and did not)
        old-entry

      Expired allowlist entries (their day has passed)
        last-year

      Next
        ptediff replay g2.arm64.16.1.99 --legacy batched@v6.12 \\
        --batched legacy@v6.5 --trace

      verdict: divergent, 1 violated invariant, 2 allowlist entries are stale
      "
    `);
  });
});

describe('the next command', () => {
  const next = (changes: Partial<Report>): string =>
    /^Next\n {2}(.*)$/m.exec(renderText(aReport(changes), PLAIN))?.[1] ?? '';

  it.each([
    ['nothing for agreement', {}, ''],
    [
      'the allowlist for explained differences',
      { verdict: 'explained', classes: [aClass({ entry: 'an-entry' })] },
      'ptediff allow list',
    ],
    ['nothing where nothing has run', { verdict: 'undecided', stopped: 'interrupted' }, ''],
    [
      'a replay for a violation',
      { verdict: 'divergent', violations: [aViolation()] },
      'ptediff replay g2.arm64.16.1.99 --trace',
    ],
    [
      'a replay for an engine that died',
      { verdict: 'undecided', died: [{ engine: 'x', address: 'g2.a', message: '' }] },
      'PTEDIFF_DEBUG=1 ptediff replay g2.a',
    ],
    ['a check for stale entries', { verdict: 'explained', staleEntries: ['a'] }, 'ptediff check'],
    ['a check for expired entries', { verdict: 'explained', expiredEntries: ['a'] }, 'ptediff check'],
    ['more faults for cold marks', { verdict: 'undecided', coldMarks: ['a'] }, 'ptediff fuzz --faults 200000 --seed 1'],
  ] as const)('is %s', (_, changes, command) => {
    expect(next(changes as unknown as Partial<Report>)).toBe(command);
  });
});

describe('the verdict', () => {
  it.each([
    [{ verdict: 'undecided', died: [{ engine: 'x', address: 'y', message: 'z' }] }, 'an engine died'],
    [{ verdict: 'undecided', faults: { planned: null, run: 0, effective: 0 } }, 'no fault was effective'],
    [{ verdict: 'undecided', coldMarks: ['a', 'b'] }, '2 required marks stayed cold'],
    [
      { verdict: 'undecided', classes: [aClass({ entry: 'a', underReview: true })] },
      'a difference is still under review',
    ],
    [{ verdict: 'undecided' }, 'see above'],
    [{ verdict: 'undecided', stopped: 'time' }, 'the campaign ended early'],
    [{ verdict: 'divergent' }, 'see above'],
    [{ verdict: 'divergent', violations: [aViolation()] }, '1 violated invariant'],
    [{ verdict: 'explained', classes: [aClass({ entry: 'a' })] }, '1 class of known differences, no other'],
    [{ verdict: 'agree', stopped: 'interrupted' }, 'no difference in 12,345 effective faults (partial: interrupted)'],
    [
      { verdict: 'agree', staleEntries: ['a', 'b'] },
      'no difference in 12,345 effective faults, 2 allowlist entries are stale',
    ],
    [
      { verdict: 'explained', classes: [aClass({ entry: 'a' })], staleEntries: ['a'], expiredEntries: ['a'] },
      '1 class of known differences, no other, 1 allowlist entry is stale',
    ],
    [
      { verdict: 'divergent', classes: [aClass()], stopped: 'fail-fast' },
      '1 class without explanation (stopped at the first)',
    ],
  ] as const)('of %j gives its reason', (changes, reason) => {
    const report = aReport(changes as unknown as Partial<Report>);
    expect(verdictLine(report)).toBe(`verdict: ${report.verdict}, ${reason}`);
    expect(lastLine(renderText(report, PLAIN))).toBe(verdictLine(report));
  });

  it('has no faults to speak of where none was planned', () => {
    const text = renderText(aReport({ faults: { planned: null, run: 0, effective: 0 }, allowlist: { a: 1 } }), PLAIN);
    expect(text).toContain('faults   0 run, 0 effective (0.0 %)');
    expect(text).toContain('  a: 1 fault, 0.0 %\n');
  });
});

describe('the text', () => {
  const hostile = '\u001b]0;owned\u0007\r\n\u202eevil';
  const report = aReport({
    verdict: 'divergent',
    classes: [
      aClass({ id: hostile, field: hostile, facts: [hostile], legacy: hostile, first: hostile }),
      aClass({ entry: hostile }),
    ],
    violations: [aViolation({ sentence: hostile, first: hostile, engine: hostile })],
    died: [{ engine: hostile, address: hostile, message: hostile }],
    coldMarks: [hostile],
    staleEntries: [hostile],
    expiredEntries: [hostile],
    allowlist: { [hostile]: 1 },
  });
  const extras: ReportExtras = { titles: new Map([[hostile, hostile]]) };

  it('never lets a file control the terminal', () => {
    const text = renderText(report, PLAIN, extras);
    expect(text).not.toMatch(/(?!\n)\p{Cc}|\p{Bidi_Control}/u);
    expect(text).toContain('\\x1b]0;owned\\x07\\x0d\\x0a\\u{202e}evil');
  });

  it('is ASCII and has no colour unless asked', () => {
    const plain = aReport({ verdict: 'divergent', classes: [aClass()], violations: [aViolation()] });
    expect(renderText(plain, PLAIN)).toMatch(/^[\n\x20-\x7e]*$/);
    expect(renderText(plain, { ...PLAIN, color: true })).toContain('\u001b[31mverdict: divergent');
  });

  it.each([40, 60, 75])('keeps prose within %d columns', (width) => {
    const long = aReport({
      verdict: 'divergent',
      architectures: ['x86-64', 'arm64', 'arm64-noaf', 'riscv64', 'mips64', 'loongarch64'],
      classes: [aClass({ facts: Array.from({ length: 9 }, (_, i) => `fact-number-${i}`) })],
    });
    const prose = renderText(long, { color: false, width })
      .split('\n')
      .filter((line) => !/ptediff|verdict:|faults {3}/.test(line));
    expect(Math.max(...prose.map((line) => line.length))).toBeLessThanOrEqual(width);
  });
});
