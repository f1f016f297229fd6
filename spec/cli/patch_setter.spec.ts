/**
 * Series that replace the setter of 6.1, do_set_pte(), by set_pte_range(). They are made when the spec runs, by changing
 * a few tokens of kernel:6.1 in the user's cache; with PTEDIFF_KERNELS=debian it is fetched where it is not there.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { Cache } from '../../src/kernel/cache/cache.js';
import { readKernel } from '../../src/kernel/stored.js';
import { bodyOf, mailOf, mboxOf } from '../kernel/series/mails.js';
import { CachedKernel, type Edit, MINUTES } from './cached_kernel.js';

const kernel = new CachedKernel('6.1');
const { isRun } = kernel;

const OLD = 'void do_set_pte(struct vm_fault *vmf, struct page *page,';
const NEW = 'void set_pte_range(struct vm_fault *vmf, struct folio *folio,\n\t\tstruct page *page, unsigned int nr,';
const call = (address: string): [from: string, to: string] => [
  `do_set_pte(vmf, page, ${address})`,
  `set_pte_range(vmf, page_folio(page), page, 1, ${address})`,
];

/** The setter gets the name and the parameters of the batched one, and does what it did. */
const RENAMED: readonly Edit[] = [
  ['include/linux/mm.h', OLD, NEW],
  ['mm/memory.c', OLD, NEW],
  ['mm/memory.c', ...call('vmf->address')],
  ['mm/filemap.c', ...call('addr')],
];
/** It can store a run; it is called for single pages all the same. */
const STORE = '\tset_pte_at(vma->vm_mm, addr, vmf';
const STORES_RUNS: Edit = ['mm/memory.c', STORE, `\twhile (nr--)\n\t${STORE}`];
/** The faulting page is made old like the pages around it. */
const ALL_OLD: Edit = ['mm/memory.c', 'if (prefault && arch_wants', 'if (arch_wants'];

const OPTIONS = ['--arch', 'arm64', '--faults', '16k'];

/** Names of the functions that an engine of the last series was made from. */
function functionsOf(name: string): string[] {
  const { about } = readKernel(new Cache(`${kernel.cache.folder}/patched`), name);
  return about.archs.flatMap(({ functions }) => functions.map((found) => found.name));
}

async function seriesOf(...patches: readonly (readonly Edit[])[]): Promise<string> {
  const mails = patches.map(async (edits, i) => {
    const subject = `[PATCH ${i + 1}/${patches.length}] mm: step ${i + 1}`;
    return mailOf({ subject, body: bodyOf(await kernel.patchOf(edits, patches.slice(0, i).flat())) });
  });
  return mboxOf(...(await Promise.all(mails)));
}

describe.skipIf(isRun)('without kernel:6.1 in the cache and without PTEDIFF_KERNELS=debian', () => {
  it('no setter is replaced', () => {
    expect(isRun).toBe(false);
  });
});

describe.skipIf(!isRun)('a series that replaces the setter of kernel:6.1', () => {
  beforeAll(() => kernel.fetch(), 10 * MINUTES);

  it(
    'by one of another name agrees: the new name is extracted, and every changed line runs',
    async () => {
      const { code, verdict, races, patches } = await kernel.reportOf(await kernel.patchOf(RENAMED), ...OPTIONS);
      expect([code, verdict]).toEqual([0, 'agree']);
      expect(functionsOf('6.1+1')).toContain('set_pte_range');
      expect(functionsOf('6.1+1')).not.toContain('do_set_pte');
      // It still stores one page at a time: no allowlist entry applies, and other threads act.
      expect(races).toBe(true);
      expect(patches).toMatchObject([{ sameCode: false, explained: [], breaks: [], cold: [], unseen: [], notes: [] }]);
      expect(patches[0]?.reached).toBeGreaterThanOrEqual(2);
    },
    10 * MINUTES,
  );

  it(
    'and makes the faulting page old in the patch behind it shows that in the second patch alone',
    async () => {
      const { code, patches, left } = await kernel.reportOf(await seriesOf(RENAMED, [ALL_OLD]), ...OPTIONS);
      const [first, second] = patches;
      expect(code).toBe(1);
      expect(first).toMatchObject({ introduces: [], breaks: [], cold: [] });
      const ids = second?.introduces.map((found) => found.class.id) ?? [];
      expect(ids).toContain('young:1>0:faultPage');
      expect(new Set(second?.introduces.map((found) => found.class.field))).toEqual(
        new Set(['young', 'accessEffect', 'accessFaults']),
      );
      expect(second?.breaks.map(({ invariant }) => invariant)).toEqual(['I8']);
      expect(left).toEqual(expect.arrayContaining(ids));
      // The trace has the lines of the patched tree.
      const { first: address } = second?.introduces.find((found) => found.class.id === ids[0])?.class ?? {};
      const engines = ['--legacy', 'kernel:6.1', '--batched', 'kernel:6.1+2'];
      const trace = await kernel.printed('replay', address ?? '', ...engines, '--trace');
      expect(trace).toMatch(/set_pte_range.* mm\/memory\.c:\d+/);
    },
    10 * MINUTES,
  );

  it(
    'by one that can store runs agrees where it is called for single pages; that no model is like it is said',
    async () => {
      const diff = await kernel.patchOf([...RENAMED, STORES_RUNS]);
      const { code, verdict, races, patches } = await kernel.reportOf(diff, ...OPTIONS);
      expect([code, verdict, races]).toEqual([0, 'agree', false]);
      expect(patches).toMatchObject([{ introduces: [], breaks: [], cold: [], unseen: [] }]);
      expect(patches[0]?.notes).toEqual([expect.stringMatching(/^no model has the features of this tree: .*v4-35/)]);
    },
    10 * MINUTES,
  );

  it(
    'and changes the accessed bit in the same patch shows that, whatever is intended of a batched setter',
    async () => {
      const diff = await kernel.patchOf([...RENAMED, STORES_RUNS, ALL_OLD]);
      const { code, patches } = await kernel.reportOf(diff, ...OPTIONS);
      expect(code).toBe(1);
      expect(patches[0]?.introduces.map((found) => found.class.id)).toContain('young:1>0:faultPage');
      expect(patches[0]?.introduces.map((found) => found.class.kind)).not.toContain('missing');
    },
    10 * MINUTES,
  );
});
