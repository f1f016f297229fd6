/** Whatever a revision shows without an entry is the work of a bug that is known of it, and docs/findings.md says so. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { caseAt } from '../../src/cases/address.js';
import { readFixture } from '../../src/cases/fixture.js';
import { ARCH_NAMES } from '../../src/cases/names.js';
import { engine, FIXTURES, layout } from '../support.js';
import { BUGS, type BuggyRevision, culpritsOf, hiddenIn, unexplainedBy } from './revision_causes.js';
import { tallied } from './tallied.js';

const FINDINGS = readFileSync(new URL('../../docs/findings.md', import.meta.url), 'utf8');
const REVISIONS = Object.keys(BUGS) as BuggyRevision[];

/** Numbers in the row of the revision in the table of docs/findings.md. */
function listedBugs(revision: string): string[] {
  const row = FINDINGS.split('\n').find((line) => line.startsWith(`| \`${revision}\` |`)) ?? '';
  return [...row.matchAll(/\bR\d+\b/g)].map(([number]) => number);
}

describe('docs/findings.md', () => {
  it.each(REVISIONS)('names the bugs of %s', (revision) => {
    expect(listedBugs(revision)).toEqual(Object.keys(BUGS[revision]).filter((number) => /\d$/.test(number)));
  });
});

/** Contiguous entries came with 6.9: what they do with older setters is no question of a kernel, and has no entries. */
const BEFORE_CONTPTE: readonly string[] = ['v4-35', 'v4', 'v4-fixed', 'v6.6-rc1'];
const settings = REVISIONS.flatMap((revision) =>
  ARCH_NAMES.filter((arch) => arch !== 'arm64-contpte' || !BEFORE_CONTPTE.includes(revision)).map((arch) => ({
    revision,
    arch,
  })),
);

describe.each(settings)('$revision on $arch', ({ revision, arch }) => {
  const counts = tallied({ batched: engine(`batched@${revision}`), architectures: [arch], faults: 40_000 });
  const open = counts.classes.filter(({ entry }) => entry === null);

  it('shows its bugs', () => {
    expect(open.length).toBeGreaterThan(10);
  });

  it('shows no class that stays when they are repaired', () => {
    const left = open.flatMap(({ id, first }) => unexplainedBy(caseAt(first), revision).map((other) => [id, other]));
    expect(left).toEqual([]);
  });

  it('shows no class that is not the work of one of them', () => {
    expect(open.filter(({ id, first }) => culpritsOf(caseAt(first), id, revision).length === 0)).toEqual([]);
  });
});

describe('an intended difference can be hidden by a bug', () => {
  it('of a counter: the tail beyond i_size makes up for the pages that are unmapped', () => {
    const folios = [
      { at: 6, order: 1, hwpoison: [6] },
      { at: 14, order: 1 },
    ];
    const plain = layout({
      arch: 'x86-64',
      vma: { fileIndex: 6 },
      file: { size: 15 * 4096 },
      folios,
      steps: [{ read: 0 }],
    });
    const names = ['MM_FILEPAGES', 'NR_FILE_MAPPED', 'memcg.NR_FILE_MAPPED'];
    expect(hiddenIn(plain, 'v6.10')).toEqual(Object.fromEntries(names.map((name) => [name, ['R13']])));
  });

  it('of mmap_miss: the tail beyond i_size makes up for the page that does not count', () => {
    const folios = [
      { at: 0, order: 0, flags: ['workingset' as const] },
      { at: 2, order: 1 },
    ];
    const plain = layout({ file: { size: 3 * 4096, mmapMiss: 20 }, folios, steps: [{ read: 0 }] });
    expect(hiddenIn(plain, 'v6.10')).toEqual({ mmap_miss: ['R13'] });
  });

  it('of PG_arch_1: a folio that is never mapped is never made coherent', () => {
    const plain = layout({
      vma: { flags: ['shared', 'exec'] },
      file: { kind: 'anon-shmem' },
      folios: [{ at: 0, order: 4 }],
      faultAroundPages: 1,
      row: '.........y',
    });
    expect(hiddenIn(plain, 'v6.12')).toEqual({ dcacheClean: ['R09'] });
  });
});

describe('6.18', () => {
  it.each(['x86-64', 'arm64', 'arm64-contpte'] as const)('is promised nothing that it does not show: %s', (arch) => {
    const { classes } = tallied({ batched: engine('batched@v6.18'), architectures: [arch], faults: 100_000 });
    expect(classes.filter(({ kind }) => kind === 'missing')).toEqual([]);
    expect(classes.filter(({ entry }) => entry === 'hwpoison-unmap-scope-whole-folios').length).toBeGreaterThan(5);
  });
});

describe('a block that looks young to the kernel', () => {
  const { case: plain } = readFixture(`${FIXTURES}regressions/r34-block-looks-young.yaml`);
  const own = 'accessOutcome:done>no progress:path=access-flag';

  it('is told apart from the fault that never ends in finish_fault()', () => {
    expect(culpritsOf(plain, own, 'v6.12')).toEqual(['R34']);
  });

  it('shows in 6.10 where no entry was made young by its inverted test', () => {
    // Folded by the last entry alone, which the fault of the processor leaves old beside its young neighbours.
    const row = `${'y'.repeat(15)}.`;
    const steps = [{ read: 15 }, { age: { from: 0, pages: 16 } }, { read: 1 }, { read: 0, by: 'device' as const }];
    const folded = layout({ arch: 'arm64-contpte', row, faultAroundPages: 1, steps });
    expect(culpritsOf(folded, own, 'v6.10')).toEqual(['R34']);
  });
});
