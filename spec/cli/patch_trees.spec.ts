/**
 * Patches of real kernels, made when the spec runs by changing a few tokens: what they change must be found. Kernels are
 * those of the user's cache; with PTEDIFF_KERNELS=debian, Debian's 6.12 is fetched through apt where it is not there.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { CachedKernel, type Edit, MINUTES } from './cached_kernel.js';

const kernel = new CachedKernel('6.12');
const { isRun } = kernel;
const patchOf = (edit: Edit): Promise<string> => kernel.patchOf([edit]);

describe.skipIf(isRun)('without kernel:6.12 in the cache and without PTEDIFF_KERNELS=debian', () => {
  it('no patch is compared', () => {
    expect(isRun).toBe(false);
  });
});

const MEMORY = 'mm/memory.c';
const FILEMAP = 'mm/filemap.c';
const RMAP = 'mm/rmap.c';

describe.skipIf(!isRun)('a patch of kernel:6.12', () => {
  beforeAll(() => kernel.fetch(), 10 * MINUTES);

  it(
    'that turns the prefault test round shows the classes of that bug within the first cases of the search',
    async () => {
      const diff = await patchOf([MEMORY, '= !in_range(', '= in_range(']);
      const { code, patches } = await kernel.reportOf(diff, '--arch', 'arm64', '--faults', '8k');
      const [patch] = patches;
      const ids = patch?.introduces.map((found) => found.class.id) ?? [];
      expect(code).toBe(1);
      expect(ids).toEqual(
        expect.arrayContaining([
          'young:1>0:faultPage',
          'young:1>0:faultPage,run=fault',
          'young:0>1:run=other',
          'young:0>1:faultStartsRun,run=other',
        ]),
      );
      const fields = new Set(patch?.introduces.map((found) => found.class.field));
      expect([...fields].sort()).toEqual(['accessEffect', 'accessFaults', 'young']);
      expect(patch).toMatchObject({ reached: 1, cold: [], unseen: [] });
      // A second of search plays some hundred thousand cases.
      const first = patch?.introduces.find((found) => found.class.id === 'young:1>0:faultPage')?.class.first ?? '';
      expect(Number(first.split('.')[4])).toBeLessThan(100);
    },
    5 * MINUTES,
  );

  it(
    'that only says something in other words agrees',
    async () => {
      const diff = await patchOf([MEMORY, 'if (prefault && arch_wants', 'if (!!prefault && arch_wants']);
      const { code, patches, verdict } = await kernel.reportOf(diff, '--faults', '20k');
      expect([code, verdict]).toEqual([0, 'agree']);
      expect(patches[0]).toMatchObject({ sameCode: false, reached: 1, cold: [], unseen: [] });
    },
    5 * MINUTES,
  );

  it.each<[string, Edit, field: string]>([
    ['counts a run in bytes', [FILEMAP, 'count * PAGE_SIZE))\n\t\t\tret', 'count))\n\t\t\tret'], 'ret'],
    ['takes no reference for the last run', [FILEMAP, '\n\t\tfolio_ref_add(folio, count);', '\n\t\t;'], 'refcount'],
    [
      'maps a page too few in rmap',
      [RMAP, 'while (page++, --nr_pages > 0)', 'while (page++, --nr_pages > 1)'],
      'mapcount',
    ],
  ])(
    'that %s is found',
    async (_what, edit, field) => {
      const { code, patches } = await kernel.reportOf(await patchOf(edit), '--arch', 'x86-64', '--faults', '40k');
      expect(code).toBe(1);
      expect(patches[0]?.introduces.map((found) => found.class.field)).toContain(field);
      expect(patches[0]?.cold).toEqual([]);
    },
    5 * MINUTES,
  );
});
