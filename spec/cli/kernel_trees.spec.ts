/**
 * Real kernels, end to end: those of the user's cache, and with PTEDIFF_KERNELS=debian Debian's packages, which are
 * fetched through apt where the cache does not have them. Elsewhere there is nothing to see.
 */
import { existsSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { RECORD_COMMAND, readAnswers } from '../../src/campaign/answers/answers.js';
import { AnswerCheck } from '../../src/campaign/answers/check.js';
import { useKernel } from '../../src/campaign/kernels.js';
import { main } from '../../src/cli/main.js';
import { Cache } from '../../src/kernel/cache/cache.js';
import { cacheFolder } from '../../src/kernel/cache/folder.js';
import type { Figures, Share } from '../../src/kernel/cover/figures.js';
import { readKernel } from '../../src/kernel/stored.js';
import { FIXTURES } from '../support.js';
import { type FakeIo, fakeIo } from './fakes.js';

const fetched = process.env.PTEDIFF_KERNELS === 'debian' ? ['6.1', '6.12'] : [];
const cache = new Cache(cacheFolder(process.env, process.cwd()));
const cached = cache.names().map(({ name }) => name);
const names = [...new Set([...fetched, ...cached])];
const MINUTES = 60_000;

const recordedOf = (name: string): string => `${FIXTURES}kernel/${name}.jsonl`;

/** Functions that a patch of the setters is about: no line of them may stay cold. */
const HOT = ['do_set_pte', 'set_pte_range', 'filemap_map_folio_range', 'filemap_map_order0_folio', 'finish_fault'];

const share = ({ reached, total }: Share): number => reached / total;

const world = (): FakeIo => {
  const { PATH = '', HOME = '' } = process.env;
  return fakeIo({ env: { PATH, HOME, PTEDIFF_CACHE: cache.folder } });
};

describe.skipIf(names.length > 0)('without a kernel in the cache and without PTEDIFF_KERNELS=debian', () => {
  it('nothing is run on real kernels', () => {
    expect(names).toEqual([]);
  });
});

describe.each(names)('kernel:%s', (name) => {
  beforeAll(async () => {
    // What an earlier version has put into the cache may lack the files of the tree.
    if (cached.includes(name) && (cache.named(name)?.tree !== undefined || !fetched.includes(name))) return;
    const io = world();
    if ((await main(['kernel', 'add', `debian:${name}`], io)) !== 0) throw new Error(io.err());
  }, 10 * MINUTES);

  it(
    'does what its model does, or has none (those of Debian have one)',
    async () => {
      const io = world();
      const code = await main(['conform', '--kernel', name, '--faults', '40k'], io);
      expect(fetched.includes(name) ? [0] : [0, 2]).toContain(code);
      expect(io.out()).toContain(code === 0 ? 'conform: no disagreement' : 'conform: nothing compared');
    },
    2 * MINUTES,
  );

  it(
    'is the same as itself',
    async () => {
      const io = world();
      const engines = ['--legacy', `kernel:${name}`, '--batched', `kernel:${name}`];
      const code = await main(['fuzz', ...engines, '--faults', '40k', '--format', 'json'], io);
      const { classes, deaths } = JSON.parse(io.out());
      expect({ classes, deaths }).toEqual({ classes: [], deaths: 0 });
      expect(code).toBe(0);
    },
    2 * MINUTES,
  );

  it(
    'does what fixtures and regressions expect of its model, where it has one',
    async () => {
      const io = world();
      const { about } = readKernel(cache, name);
      const family = about.setter === 'do_set_pte' ? '--legacy' : '--batched';
      const code = await main(['check', family, `kernel:${name}`], io);
      if (fetched.includes(name) || code !== 2) expect([code, io.out()]).toEqual([0, expect.stringContaining(name)]);
      else expect(io.err()).toContain('no model has its features');
    },
    2 * MINUTES,
  );

  it.skipIf(!existsSync(recordedOf(name)))(
    'answers as recorded: the recorded answers are current',
    ({ skip }) => {
      const stored = readKernel(cache, name);
      const recorded = readAnswers(recordedOf(name));
      // A tree of the user's that happens to have the name need not answer like Debian's.
      if (stored.version !== recorded.kernel && !fetched.includes(name)) skip(`${name} is ${stored.version}`);
      const check = new AnswerCheck(useKernel(stored));
      const wrong = recorded.answers.flatMap((answer) => check.check(answer) ?? []);
      const hint = `${name} is ${stored.version}, recorded was ${recorded.kernel}; ${RECORD_COMMAND} records it again`;
      expect(wrong.slice(0, 3), hint).toEqual([]);
      expect(stored.about.features).toEqual(recorded.features);
    },
    2 * MINUTES,
  );

  it.runIf(cache.named(name)?.tree !== undefined || fetched.includes(name))(
    'has its lines and branches reached, and a reason for each that is not',
    async () => {
      const io = world();
      expect(await main(['kernel', 'coverage', name, '--format', 'json', '--workers', '0'], io)).toBe(0);
      const report: Figures & { readonly campaign: { readonly deaths: number } } = JSON.parse(io.out());
      const { lines, branches, functions, campaign } = report;
      expect(campaign.deaths).toBe(0);
      const hot = functions.filter((own) => HOT.includes(own.name));
      expect(hot.map((own) => own.name)).toContain('finish_fault');
      expect(hot.filter((own) => own.lines.reached < own.lines.total)).toEqual([]);
      if (!fetched.includes(name)) return;
      expect(share(lines)).toBeGreaterThanOrEqual(0.95);
      expect(share(branches)).toBeGreaterThanOrEqual(0.85);
      const open = functions.flatMap((own) => own.unreached.filter(({ reason }) => reason === null));
      expect(open).toEqual([]);
    },
    10 * MINUTES,
  );
});
