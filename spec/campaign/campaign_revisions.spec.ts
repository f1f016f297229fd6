/** Each known bug shows as a class of its own in a bounded campaign, and what has no bug shows none. */
import { describe, expect, it } from 'vitest';
import type { CampaignOptions } from '../../src/campaign/api.js';
import { runCampaign } from '../../src/campaign/campaign.js';
import { type Counts, mergeCounts } from '../../src/campaign/counts.js';
import { REVISIONS } from '../../src/campaign/engines.js';
import { planCells } from '../../src/campaign/plan.js';
import { runnerOf } from '../../src/campaign/runner.js';
import { blockUnits } from '../../src/campaign/unit.js';
import { DEFAULT_ARCHITECTURES } from '../../src/mm/arch/index.js';
import { entriesFor } from '../../src/oracle/decider.js';
import { ALLOWLIST, campaign, engine, LEGACY } from '../support.js';
import { SETTINGS, withBugAlone } from './revision_bugs.js';

/** Runs the units of a campaign without shrinking what they find. */
function tallied(parts: Partial<CampaignOptions>): Counts {
  const { faults, ...options } = campaign({ spans: [8, 64, 512], faults: 40_000, allowlist: ALLOWLIST, ...parts });
  const entries = entriesFor(options.allowlist, options.legacy, options.batched);
  const cells = planCells(options, faults ?? 0);
  const runner = runnerOf({ ...options, entries, cells, scope: null });
  const counts = mergeCounts([...blockUnits(cells)].map((unit) => runner.run(unit)));
  expect(counts.died.map(({ message }) => message)).toEqual([]);
  return counts;
}

const unexplained = ({ classes }: Counts): string[] =>
  classes.filter(({ entry }) => entry === null).map(({ id }) => id);
const fieldsOf = ({ classes }: Counts): Set<string> => new Set(classes.map(({ field }) => field));

describe.each(SETTINGS)('$revision on $arch, races $races', (setting) => {
  const { revision, arch, races = false, bugs } = setting;
  const options = { architectures: [arch], races, faults: 24_000 };
  const found = unexplained(tallied({ ...options, batched: engine(`batched@${revision}`) }));
  const alone = new Map(
    bugs.map((bug) => [bug.name, unexplained(tallied({ ...options, batched: withBugAlone(setting, bug) }))]),
  );

  it.each(bugs)('shows $name as $own', ({ name, own }) => {
    expect(found).toContain(own);
    expect(alone.get(name)).toContain(own);
  });

  it.each(bugs)('shows it for no other bug than $name', ({ name, own }) => {
    const others = [...alone].filter(([other, classes]) => other !== name && classes.includes(own));
    expect(others.map(([other]) => other)).toEqual([]);
  });
});

describe('what has no young defect', () => {
  it('shows none: v4 up to 35/36, which still calls the setter for each page', () => {
    expect(fieldsOf(tallied({ batched: engine('batched@v4-35') }))).not.toContain('young');
  });

  it.each(REVISIONS.filter(({ id }) => id !== LEGACY.id).map(({ id }) => id))('shows none on x86-64: %s', (id) => {
    const tally = tallied({ batched: engine(id), architectures: ['x86-64'], faults: 8000 });
    expect(fieldsOf(tally)).not.toContain('young');
  });
});

describe('what is intended of PMD mappings', () => {
  const classes = (batched: string): string[] =>
    unexplained(tallied({ batched: engine(batched), spans: [512], architectures: ['x86-64', 'mips64'] }));

  it('is explained for 6.10 where huge pages are disabled', () => {
    expect(classes('batched@v6.10').filter((id) => id.includes('thp-disabled'))).toEqual([]);
  });

  it('is explained for 6.12.117 where a folio reaches across i_size, unless fault-around is cut off', () => {
    const across = classes('batched@v6.12.117').filter((id) => id.includes('i-size'));
    const ofPmd = /^(?:entireMapcount|mlocked|NR_MLOCK|.*PMDMAPPED|THP_FILE_MAPPED|pmd:.*>table)/;
    expect(across).toContain('pte:none>present:pmdRule=i-size,faultPage,run=fault');
    expect(across.filter((id) => ofPmd.test(id))).toEqual([]);
    // The entry of a page belongs to a fault as well; whether fault-around was tried is told by the fields of the mm.
    expect(across.filter((id) => /^(?:MM_|NR_|ret|faultCalls)/.test(id) && !id.includes('around'))).toEqual([]);
  });
});

describe('the reference', () => {
  it.each(DEFAULT_ARCHITECTURES)('is explained on %s, and breaks no invariant', async (arch) => {
    const report = await runCampaign(
      campaign({ spans: [8, 64], architectures: [arch], faults: 8000, allowlist: ALLOWLIST }),
    );
    expect(report).toMatchObject({ verdict: 'explained', violations: [], died: [], stopped: 'complete' });
    expect(report.classes.filter(({ entry }) => entry === null)).toEqual([]);
  });
});

describe('an engine against itself', () => {
  it.each(REVISIONS.map(({ id }) => id))('%s agrees, without any allowlist', async (id) => {
    const revision = engine(id);
    const parts = {
      legacy: revision,
      batched: revision,
      spans: [8, 64, 512],
      architectures: ['arm64', 'x86-64'] as const,
    };
    const report = await runCampaign(campaign({ ...parts, faults: 3000, races: true, seed: 3 }));
    expect(report.classes).toEqual([]);
    expect(report.violations).toEqual([]);
    expect(report.verdict).toBe('agree');
  });
});
