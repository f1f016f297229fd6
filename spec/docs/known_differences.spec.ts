/**
 * Every difference that is known between the per-page and the batched path has a fixture, or a reason why it has none
 * in the page about the model's limits.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { listYaml } from '../../src/cases/files.js';
import { readFixture } from '../../src/cases/fixture.js';
import { ALLOWLIST, FIXTURES } from '../support.js';

const LIMITS = fileURLToPath(new URL('../../docs/explanation/model-and-limits.md', import.meta.url));

/** Ids of the known differences, by what they are about. */
const KNOWN = {
  young:
    'young-v4-run-start young-v4a-equal young-inverted-faultaround young-inverted-finish young-run-uniform ' +
    'young-run-split young-window-clip young-order0-equal young-finish-large young-contpte-fold young-sw-arch young-pmd',
  'other bits of entries':
    'dirty-write-whole-folio uffd-wrprotect-form uffd-orig-valid uffd-marker-in-range uffd-armed-per-page ' +
    'protnone-pfn-advance oa-48bit-carry cont-bit cont-protnone',
  'what is mapped':
    'nopage-run-start precheck-skips-folio v4-cursor-skip hwpoison-splits-run hwpoison-unmap-scope ' +
    'isize-tail-in-large-folio isize-shrink-race isize-pmd-gate can-map-large-first-only finish-large-anon-shmem ' +
    'finish-large-livelock faultaround-whole-folio pmd-head-page pmd-thp-disabled pmd-unstable-ret ' +
    'mkwrite-tail-recheck vmlocked-recheck mc-copy percpu-vma-lock-retry',
  mmap_miss:
    'mmapmiss-v4-stale mmapmiss-precheck mmapmiss-late-read mmapmiss-workingset mmapmiss-hwpoison mmapmiss-locked ' +
    'mmapmiss-pmd mmapmiss-u16 mmapmiss-whole-folio',
  'counters, references and caches':
    'rss-batch rss-order rss-type-first rss-task-cache nrfilemapped-v4-typo stat-batch nrpagesmapped-batch ' +
    'mapcount-pmd-layout large-mapcount pmdmapped-memcg mlock-pmd-file mlock-pte-large mlock-batch-ref ref-after ' +
    'ref-per-folio-v4 ref-from-caller icache-count icache-per-folio mmucache-count mmutlb-range powerpc-filter-once ' +
    'parisc-first-only ppc-hash-first-only lazy-mmu-nesting anon-new-droppable',
};
const ids = Object.values(KNOWN).flatMap((text) => text.split(' '));

const shown = new Set(
  ['cases', 'regressions'].flatMap((folder) => listYaml(`${FIXTURES}${folder}`)).map((file) => readFixture(file).row),
);
const [, table = ''] =
  /^## Known differences without a fixture$([\s\S]*?)^## /m.exec(readFileSync(LIMITS, 'utf8')) ?? [];
const reasons = new Map(
  table.split('\n').flatMap((line) => {
    const [, names = '', reason = ''] = line.split('|').map((cell) => cell.trim());
    return [...names.matchAll(/`([^`]+)`/g)].map((match) => [match[1], reason] as const);
  }),
);

describe('an allowlist entry', () => {
  it.each(ALLOWLIST.entries.map(({ id, reference }) => ({ id, reference })))('names a commit with its subject: $id', ({
    reference,
  }) => {
    const ids = reference.match(/\b[0-9a-f]{12}\b/g) ?? [];
    const named = reference.match(/\b[0-9a-f]{12} \("[^"]+"\)/g) ?? [];
    expect(named.length).toBeGreaterThan(0);
    expect(named).toHaveLength(ids.length);
  });
});

describe('a known difference', () => {
  it('has one id', () => {
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(ids)('has a fixture, or a reason why there is none: %s', (id) => {
    expect([shown.has(id), reasons.has(id)].filter(Boolean), 'one of the two').toHaveLength(1);
    if (!shown.has(id)) expect(reasons.get(id)).toMatch(/\w+ \w+ \w+/);
  });

  it('is all that fixtures, entries and reasons speak of', () => {
    const rows = [...shown].filter((row) => row !== undefined);
    expect([...rows, ...reasons.keys()].filter((id) => !ids.includes(id))).toEqual([]);
    const entries = ALLOWLIST.entries.map(({ id }) => id);
    expect(entries.filter((id) => !ids.some((known) => id.startsWith(known)))).toEqual([]);
  });
});
