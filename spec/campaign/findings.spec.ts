/**
 * docs/findings.md against what campaigns find: every difference between 6.1 and 6.12.117 without an allowlist entry
 * belongs to a cause that is listed there. Without kernels in the cache the models stand for them.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runCampaign } from '../../src/campaign/campaign.js';
import { requireRevision } from '../../src/campaign/engines.js';
import { modelFor, useKernel } from '../../src/campaign/kernels.js';
import { SingleRun } from '../../src/campaign/single.js';
import { readFixture } from '../../src/cases/fixture.js';
import { Cache } from '../../src/kernel/cache/cache.js';
import { cacheFolder } from '../../src/kernel/cache/folder.js';
import { readKernel } from '../../src/kernel/stored.js';
import type { ArchName } from '../../src/mm/arch/architecture.js';
import { FIELDS } from '../../src/mm/fields.js';
import type { Revision } from '../../src/mm/revision.js';
import { classId } from '../../src/oracle/classify.js';
import type { Report } from '../../src/report/model.js';
import { ALLOWLIST, campaign, engine, FIXTURES, LEGACY } from '../support.js';
import { type Cause, causeIn, causeOf, classesByCause } from './causes.js';

const STABLE = engine('batched@v6.12.117');
const FAULTS = 200_000;
const MINUTES = 60_000;

const ARCHS: readonly ArchName[] = ['x86-64', 'arm64', 'arm64-noaf'];

const run = (batched: Revision, legacy = LEGACY, faults = FAULTS, architectures = ARCHS): Promise<Report> =>
  runCampaign(
    campaign({
      legacy,
      batched,
      architectures,
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

/** The cause of the class in which the field differs in a regression. */
function causeOfField(name: string, field: string, batched = 'v6.12.117'): Cause {
  const { case: plain } = readFixture(`${FIXTURES}regressions/${name}.yaml`);
  const revision = requireRevision(batched, 'batched');
  const { findings } = new SingleRun(plain, { legacy: LEGACY, batched: revision, allowlist: ALLOWLIST }).run();
  const found = findings.find((finding) => finding.entry === null && FIELDS[finding.field].name === field);
  if (found === undefined) throw new Error(`${name} shows no difference in ${field}`);
  return causeIn(plain, classId(found), revision);
}

describe('the causes of differences', () => {
  it('are found by taking them away', () => {
    expect(causeOfField('isize-gate-no-faultaround', 'faultCalls')).toBe('F1+F2');
    expect(causeOfField('f2-gate-without-table', 'faultCalls')).toBe('F2');
    expect(causeOfField('f1-strict-gate', 'mmap_miss')).toBe('F1');
    expect(causeOfField('m9-last-run-without-references', 'refcount', 'v6.12.117+M9')).toBe('unknown');
  });

  it('do not take a bug that is new for one of them', async () => {
    const broken = requireRevision('v6.12.117+M9', 'batched');
    const classes = classesByCause(await run(broken, LEGACY, 20_000), broken);
    expect(classes.get('unknown')?.some((id) => id.startsWith('refcount:'))).toBe(true);
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

  it(
    'differs by them alone where entries are contiguous, too',
    async () => {
      const classes = classesByCause(await run(STABLE, LEGACY, 60_000, ['arm64-contpte']));
      expect(classes.get('unknown') ?? []).toEqual([]);
      expect(listedCauses()).toEqual(expect.arrayContaining([...classes.keys()]));
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
