/**
 * docs/findings.md against what campaigns find: every difference between 6.1 and 6.12.117 without an allowlist entry
 * belongs to a cause that is listed there. Without kernels in the cache the models stand for them.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runCampaign } from '../../src/campaign/campaign.js';
import { requireRevision } from '../../src/campaign/engines.js';
import { modelFor, useKernel } from '../../src/campaign/kernels.js';
import type { Case } from '../../src/cases/case.js';
import { readFixture } from '../../src/cases/fixture.js';
import { Cache } from '../../src/kernel/cache/cache.js';
import { cacheFolder } from '../../src/kernel/cache/folder.js';
import { readKernel } from '../../src/kernel/stored.js';
import type { Revision } from '../../src/mm/revision.js';
import type { Report } from '../../src/report/model.js';
import { ALLOWLIST, campaign, engine, FIXTURES, LEGACY } from '../support.js';
import { causeIn, causeOf, classesByCause } from './causes.js';

const STABLE = engine('batched@v6.12.117');
const FAULTS = 200_000;
const MINUTES = 60_000;

const run = (batched: Revision, legacy: Revision = LEGACY, faults = FAULTS): Promise<Report> =>
  runCampaign(
    campaign({
      legacy,
      batched,
      architectures: ['x86-64', 'arm64', 'arm64-noaf'],
      spans: [8, 64, 512],
      faults,
      allowlist: ALLOWLIST,
    }),
  );

/** Causes in the table of docs/findings.md. */
function listedCauses(): string[] {
  const text = readFileSync(new URL('../../docs/findings.md', import.meta.url), 'utf8');
  return [...text.matchAll(/^\| `(F1|F2|F1\+F2)` \|/gm)].map((match) => match[1] ?? '');
}

const regression = (name: string): Case => readFixture(`${FIXTURES}regressions/${name}.yaml`).case;

describe('the causes of differences', () => {
  it('are found by taking them away', () => {
    expect(causeIn(regression('isize-gate-no-faultaround'), 'faultCalls:more:around')).toBe('F1+F2');
    expect(causeIn(regression('f2-gate-without-table'), 'faultCalls:more:around')).toBe('F2');
    expect(causeIn(regression('f1-strict-gate'), 'mmap_miss:less:around')).toBe('F1');
    expect(causeIn(regression('m9-last-run-without-references'), 'refcount:less:faultFolio,large')).toBe('unknown');
  });

  it('do not take a bug that is new for one of them', async () => {
    const broken = requireRevision('v6.12.117+M9', 'batched');
    const classes = classesByCause(await run(broken, LEGACY, 20_000), broken);
    expect(classes.get('unknown')).toContain('refcount:less:faultFolio,large');
  });
});

describe('6.1 against 6.12.117', () => {
  it(
    'differs without explanation by the causes that are listed, and by no other',
    async () => {
      const classes = classesByCause(await run(STABLE));
      expect(classes.get('unknown') ?? []).toEqual([]);
      expect([...classes.keys()].sort()).toEqual(listedCauses().sort());
    },
    2 * MINUTES,
  );
});

const cache = new Cache(cacheFolder(process.env, process.cwd()));
/** The kernels of the cache that have these models and all of their features; other trees are other findings. */
const kernels = cache
  .names()
  .map(({ name }) => readKernel(cache, name))
  .filter(({ about }) => modelFor(about).differences.length === 0);
const withModel = (id: string) => kernels.find(({ about }) => modelFor(about).model.id === id);
const [older, newer] = [withModel(LEGACY.id), withModel(STABLE.id)];
const hasKernels = older !== undefined && newer !== undefined;

describe.skipIf(hasKernels)('without kernels of 6.1 and 6.12 in the cache', () => {
  it('the findings are those of the models', () => {
    expect(hasKernels).toBe(false);
  });
});

describe.runIf(hasKernels)('the kernels of 6.1 and 6.12', () => {
  it(
    'differ as the models do, and by the causes that are listed',
    async () => {
      if (!hasKernels) throw new Error('two kernels were asked for');
      const [legacy, batched] = [useKernel(older), useKernel(newer)];
      const [ofKernels, ofModels] = [await run(batched, legacy), await run(STABLE)];
      const plain = ({ classes }: Report) =>
        classes.map(({ id, entry, count, first }) => ({ id, entry, count, first }));
      expect(plain(ofKernels)).toEqual(plain(ofModels));
      const open = ofKernels.classes.filter(({ entry }) => entry === null);
      expect(open.length).toBeGreaterThan(20);
      const listed = listedCauses();
      expect(open.filter((one) => !listed.includes(causeOf(one, batched, legacy))).map(({ id }) => id)).toEqual([]);
    },
    4 * MINUTES,
  );
});
