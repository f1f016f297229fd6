/** Value rules: each explains its difference completely, with the values that both engines really have. */
import { describe, expect, it } from 'vitest';
import { SingleRun } from '../../src/campaign/single.js';
import type { Case } from '../../src/cases/case.js';
import { FIELDS } from '../../src/mm/fields.js';
import { RULE_NAMES } from '../../src/oracle/expected.js';
import { ALLOWLIST, engine, LEGACY, layout, REFERENCE } from '../support.js';

/** Ids of the explaining entries, and what nothing explains. */
/** Ids of entries that explain something, what nothing explains, and names of the fields that differ. */
function judged(plain: Case, batched = REFERENCE): { entries: string[]; open: string[]; shown: string[] } {
  const { findings, broken } = new SingleRun(plain, { legacy: LEGACY, batched, allowlist: ALLOWLIST }).run();
  const entries = new Set(findings.flatMap(({ entry }) => (entry === null ? [] : [entry.id])));
  const open = findings
    .filter(({ entry }) => entry === null)
    .map(({ field, missing }) => `${FIELDS[field].name} ${missing}`);
  const shown = [...new Set(findings.map(({ field }) => FIELDS[field].name))].sort();
  return { entries: [...entries].sort(), shown, open: [...open, ...broken.map(({ invariant }) => invariant)] };
}

const huge = { span: 512, pmd: 'none' as const };
const shared = ['shared' as const, 'write' as const];
const whole = { vma: { flags: shared }, file: { kind: 'anon-shmem' as const } };
const poisoned = (at: number, more = {}) => ({ folios: [{ at: 0, order: 4, hwpoison: [at], ...more }] });
const workingset = [{ at: 0, order: 4, flags: ['workingset' as const] }];

describe('the difference of', () => {
  it.each<[string, string, Parameters<typeof layout>[0]]>([
    ['finish-large-anon-shmem', 'a write that maps the folio whole', { ...whole, steps: [{ write: 5 }] }],
    ['finish-large-anon-shmem', 'a read after fault-around found nothing', { ...whole, faultAroundPages: 1 }],
    [
      'finish-large-anon-shmem',
      'a locked folio that fault-around skips',
      {
        ...whole,
        folios: [
          { at: 0, order: 3, flags: ['locked'] },
          { at: 8, order: 3 },
        ],
      },
    ],
    ['isize-pmd-gate', 'a folio across i_size', { ...huge, file: { size: 4096 * 500, mmapMiss: 100 } }],
    ['isize-pmd-gate', 'the same beyond i_size', { ...huge, file: { size: 4096 * 500 }, steps: [{ read: 505 }] }],
    [
      'isize-pmd-gate',
      'the same without fault-around',
      { ...huge, faultAroundPages: 1, file: { size: 4096 * 500, mmapMiss: 4 } },
    ],
    [
      'isize-pmd-gate',
      'a shared write',
      { ...huge, vma: { flags: shared }, file: { size: 4096 * 500 }, steps: [{ write: 5 }] },
    ],
    ['isize-pmd-gate', 'a locked mapping', { ...huge, vma: { flags: ['locked'] }, file: { size: 4096 * 500 } }],
    ['isize-pmd-gate', 'a device', { ...huge, file: { size: 4096 * 500 }, steps: [{ read: 5, by: 'device' }] }],
    ['isize-pmd-gate', 'an executable mapping', { ...huge, vma: { flags: ['exec'] }, file: { size: 4096 * 500 } }],
    ['pmd-thp-disabled', 'huge pages disabled', { ...huge, vma: { flags: ['thp-disabled'] } }],
    [
      'pmd-thp-disabled',
      'the same for shmem, whole folio',
      { ...huge, faultAroundPages: 1, vma: { flags: ['shared', 'thp-disabled'] }, file: { kind: 'anon-shmem' } },
    ],
    [
      'pmd-thp-disabled',
      'the same mapped by PMD elsewhere',
      { ...huge, vma: { flags: ['thp-disabled'] }, folios: [{ at: 0, order: 9, pmdMaps: 1 }] },
    ],
    ['mlock-pmd-file', 'a locked PMD mapping', { ...huge, vma: { flags: ['locked'] } }],
    ['pmdmapped-memcg', 'any PMD mapping', huge],
    [
      'hwpoison-unmap-scope',
      'a poisoned head page',
      { ...poisoned(0, { maps: { '0': 1, '3': 2 } }), steps: [{ read: 0 }] },
    ],
    ['hwpoison-unmap-scope', 'a poisoned tail page', poisoned(5, { maps: { '5': 1 } })],
    ['hwpoison-unmap-scope', 'a dirty folio', poisoned(5, { maps: { '4': 1 }, flags: ['dirty'] })],
    ['hwpoison-unmap-scope', 'our own entries', { ...poisoned(5), row: 'yyyy' }],
    ['mmapmiss-workingset', 'a workingset folio', { folios: workingset, file: { mmapMiss: 100 } }],
    [
      'mmapmiss-workingset',
      'the same before ->fault',
      {
        folios: [
          { at: 0, order: 2, flags: ['workingset'] },
          { at: 4, order: 2, flags: ['readahead'] },
        ],
        file: { mmapMiss: 100 },
      },
    ],
    [
      'mmapmiss-workingset',
      'the same before a page is read in',
      { folios: [{ at: 0, order: 2, flags: ['workingset'] }], file: { mmapMiss: 100 } },
    ],
  ])('%s explains %s, and nothing stays open', (id, _what, parts) => {
    const { entries, open } = judged(layout(parts));
    expect(open).toEqual([]);
    expect(entries).toContain(id);
  });

  // The fault itself comes to nothing: what the inverted test makes of its run stays out of it.
  it.each([
    ['a young entry', 'y', ['cont']],
    ['a young and dirty one', 'Y', ['cont', 'dirty']],
    ['an old one beside it', 'oy', ['cont', 'young']],
  ])('blocks that fold with %s are explained for 6.10', (_what, populated, fields) => {
    const before = `${'.'.repeat(16)}${populated}`;
    const around = { span: 32, faultAroundPages: 32, folios: [{ at: 16, order: 4 }], row: before };
    const plain = layout({ ...around, arch: 'arm64-contpte', failures: ['fault-retry'], steps: [{ read: 3 }] });
    const { entries, open, shown } = judged(plain, engine('batched@v6.10'));
    expect([open, entries]).toEqual([[], ['young-contpte-fold-inverted']]);
    expect(shown).toEqual(fields);
  });

  it('every rule is used by an entry', () => {
    const used = new Set(ALLOWLIST.entries.flatMap(({ claims }) => claims.map(({ rule }) => rule)));
    expect(RULE_NAMES.filter((_, place) => !used.has(place))).toEqual([]);
  });

  it('entries for the reference explain nothing of a revision that they do not name', () => {
    const { open } = judged(layout({ ...whole, steps: [{ write: 5 }] }), engine('batched@v6.18'));
    expect(open).not.toEqual([]);
  });
});
