/** What a person reads of a series; the command line's own spec has whole reports. */
import { expect, it } from 'vitest';
import type { PatchEntry, PatchReport } from '../../src/report/patch_model.js';
import { patchVerdict, renderPatches } from '../../src/report/patch_text.js';
import { aClass, aReplay } from './samples.js';

const OPTIONS = { color: false, width: 72 } as const;

function aPatch(changes: Partial<PatchEntry> = {}): PatchEntry {
  return {
    ...{ number: 1, title: '[PATCH v2 1/2] mm: do a thing', file: 'x.mbox', quoted: false, engine: 'kernel:a+1' },
    ...{ compared: true, sameCode: false, faults: { run: 20, effective: 10 } },
    ...{ introduces: [], removes: [], changes: [], breaks: [], mends: [], explained: [], underReview: [] },
    ...{ died: [], deaths: 0, reached: 3, defined: 0, cold: [], unseen: [], notes: [] },
    ...changes,
  };
}

function aSeries(patches: readonly PatchEntry[], changes: Partial<PatchReport> = {}): PatchReport {
  return {
    ...{ schemaVersion: 1, version: '1.2.3', generatorVersion: 2, races: true, faults: 20, seed: 7 },
    base: { engine: 'kernel:a', source: 'Linux 9.8.7 of ../linux' },
    ...{ architectures: ['arm64'], spans: [8], patches: [...patches], left: [] },
    ...{ expiredEntries: [], stopped: 'complete' },
    ...{ verdict: 'agree', timing: { seconds: 1 } },
    ...changes,
  };
}

const text = (report: PatchReport): string => renderPatches(report, OPTIONS, () => aReplay());
const engines = { legacy: 'kernel:a', batched: 'kernel:a+1' };
const aBroken = { engines, invariant: 'I3', sentence: 'Nothing is lost.', first: 'g2.arm64.8.7.1', shrunk: null };

it('a series that changes nothing is short', () => {
  expect(text(aSeries([aPatch()]))).toBe(
    [
      ...['kernel:a and 1 patch on it (ptediff 1.2.3)', 'base     Linux 9.8.7 of ../linux', 'on       arm64'],
      ...['spans    8 pages', 'seed     7 (generator version 2)', 'faults   20 in each comparison, with races', ''],
      ...['Patch: mm: do a thing', '  no difference in 10 effective faults', '  3 changed lines ran, 0 did not', ''],
      ...['verdict: agree, no difference, and every changed line ran', ''],
    ].join('\n'),
  );
});

it('a difference between two trees of the series names its sides by the patch', () => {
  const found = { engines: { legacy: 'kernel:a+1', batched: 'kernel:a+2' }, class: aClass() };
  const out = text(aSeries([aPatch(), aPatch({ number: 2, changes: [found] })], { verdict: 'divergent' }));
  expect(out).toContain('Changes further 1 class of difference\n');
  expect(out).toMatch(/\n {3}without .*\n {3}with {5}/);
  expect(out).toContain('verdict: divergent, patch 2 changes what a fault does\n');
});

it('invariants that are broken and mended are told with a case', () => {
  const patches = [aPatch({ breaks: [aBroken] }), aPatch({ number: 2, mends: [aBroken] })];
  const out = text(aSeries(patches, { verdict: 'divergent' }));
  expect(out).toContain('Breaks 1 invariant\n  I3: Nothing is lost.\n    ptediff replay g2.arm64.8.7.1 ');
  expect(out).toContain('Removes 1 violated invariant\n  violated invariant I3  of patch 1\n');
});

it('what is left of the whole series is told with the patches that it came with', () => {
  const found = { engines, class: aClass() };
  const patches = [aPatch({ introduces: [found] }), aPatch({ number: 2 }), aPatch({ number: 3, breaks: [aBroken] })];
  const left = [aClass().id, 'I3'];
  expect(text(aSeries(patches, { left }))).toContain(
    'The whole series\n  differs from kernel:a by what patches 1 and 3 introduce\n',
  );
});

it('engines that died, notes, entries and control characters are told', () => {
  const died = [{ engine: 'kernel:a+1', address: 'g2.arm64.8.7.1', message: 'assertion at mm/memory.c:7' }];
  const notes = ['read from a mail that quotes it'];
  const out = text(
    aSeries([aPatch({ title: 'a\u001b[31m', died, deaths: 3, notes, explained: ['young-run-uniform'] })]),
  );
  expect(out).toContain('Patch: a\\x1b[31m\n');
  expect(out).toContain('  explained by the allowlist: young-run-uniform\n  read from a mail that quotes it\n');
  expect(out).toContain(
    'Died in 3 cases\n  kernel:a+1 at g2.arm64.8.7.1: assertion at mm/memory.c:7\n  and in 2 more cases\n',
  );
});

it('entries whose day has passed are named, and counted in the verdict', () => {
  const out = text(aSeries([aPatch()], { expiredEntries: ['a', 'b'] }));
  expect(out).toContain('Expired allowlist entries (their day has passed)\n  a\n  b\n');
  expect(out).toMatch(/every changed line ran, 2 allowlist\s+entries are stale\n$/);
});

it('lines that follow each other share a place, and long ones are cut', () => {
  const cold = (line: number, own: string, removal = false) => ({
    ...{ file: 'mm/a.c', line, function: 'f', removal, text: own },
  });
  const lines = [cold(7, `one(${'x'.repeat(80)});`), cold(8, 'two\t();'), cold(12, 'three();', true)];
  const out = text(aSeries([aPatch({ cold: lines })], { verdict: 'undecided' }));
  expect(out).toContain(`  mm/a.c:7-8 in f()\n    + one(${'x'.repeat(59)}...\n    + two ();\n`);
  expect(out).toContain('  mm/a.c:12 in f(), removed in front of it\n    - three();\n');
});

it.each([
  ['agree', [aPatch({ sameCode: true })], 'agree, no code that is run is changed'],
  ['explained', [aPatch({ explained: ['x'] })], 'explained, known differences only, and every changed line ran'],
  ['undecided', [aPatch({ deaths: 1 })], 'undecided, an engine died'],
  ['undecided', [aPatch({ compared: false })], 'undecided, not everything was compared'],
] as const)('the verdict %s has its reason', (verdict, patches, expected) => {
  expect(patchVerdict(aSeries(patches, { verdict }))).toBe(`verdict: ${expected}`);
});
