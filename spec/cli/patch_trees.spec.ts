/**
 * Patches of real kernels, made when the spec runs by changing a few tokens: what they change must be found. Kernels are
 * those of the user's cache; with PTEDIFF_KERNELS=debian, Debian's 6.12 is fetched through apt where it is not there.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { main } from '../../src/cli/main.js';
import { Cache } from '../../src/kernel/cache/cache.js';
import { cacheFolder } from '../../src/kernel/cache/folder.js';
import { readTree } from '../../src/kernel/stored_tree.js';
import { PatchReportSchema } from '../../src/report/patch_model.js';
import { diffOf } from '../kernel/series/mails.js';
import { fakeIo } from './fakes.js';

const NAME = '6.12';
const cache = new Cache(cacheFolder(process.env, process.cwd()));
const isThere = (): boolean => cache.named(NAME)?.tree !== undefined;
const isFetched = process.env.PTEDIFF_KERNELS === 'debian';
const isRun = isFetched || isThere();
const MINUTES = 60_000;

const world = (stdin: string) => {
  const { PATH = '', HOME = '' } = process.env;
  return fakeIo({ env: { PATH, HOME, PTEDIFF_CACHE: cache.folder }, stdin });
};

type Edit = readonly [file: string, from: string, to: string];

/** The text of a file of the kernel in the cache, and the same with some tokens changed in one place. */
async function edited([file, from, to]: Edit): Promise<[string, string]> {
  const named = cache.named(NAME);
  const text = named === undefined ? null : await readTree(cache, named).tree.read(file);
  if (text === null || !text.includes(from)) throw new Error(`no ${from} in ${file}`);
  return [text, text.replace(from, to)];
}

async function reportOf(diff: string, ...options: string[]) {
  const io = world(diff);
  const code = await main(['patch', '-', '--base', NAME, '--format', 'json', ...options], io);
  if (![0, 1, 2].includes(code)) throw new Error(io.err());
  return { code, ...PatchReportSchema.parse(JSON.parse(io.out())) };
}

const patchOf = async (edit: Edit): Promise<string> => diffOf(...(await edited(edit)), edit[0]);

describe.skipIf(isRun)('without kernel:6.12 in the cache and without PTEDIFF_KERNELS=debian', () => {
  it('no patch is compared', () => {
    expect(isRun).toBe(false);
  });
});

const MEMORY = 'mm/memory.c';
const FILEMAP = 'mm/filemap.c';
const RMAP = 'mm/rmap.c';

describe.skipIf(!isRun)('a patch of kernel:6.12', () => {
  beforeAll(async () => {
    if (isThere()) return;
    const io = world('');
    if ((await main(['kernel', 'add', `debian:${NAME}`], io)) !== 0) throw new Error(io.err());
  }, 10 * MINUTES);

  it(
    'that turns the prefault test round shows the classes of that bug within the first cases of the search',
    async () => {
      const diff = await patchOf([MEMORY, '= !in_range(', '= in_range(']);
      const { code, patches } = await reportOf(diff, '--arch', 'arm64', '--faults', '8k');
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
      const { code, patches, verdict } = await reportOf(diff, '--faults', '20k');
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
      const { code, patches } = await reportOf(await patchOf(edit), '--arch', 'x86-64', '--faults', '40k');
      expect(code).toBe(1);
      expect(patches[0]?.introduces.map((found) => found.class.field)).toContain(field);
      expect(patches[0]?.cold).toEqual([]);
    },
    5 * MINUTES,
  );
});
