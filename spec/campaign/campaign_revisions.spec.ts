/** Known bugs show as classes of their own in a bounded campaign, and what has no bug shows none. */
import { describe, expect, it } from 'vitest';
import type { CampaignOptions } from '../../src/campaign/api.js';
import { runCampaign } from '../../src/campaign/campaign.js';
import { type Counts, mergeCounts } from '../../src/campaign/counts.js';
import { REVISIONS } from '../../src/campaign/engines.js';
import { planCells } from '../../src/campaign/plan.js';
import { Runner } from '../../src/campaign/runner.js';
import { blockUnits } from '../../src/campaign/unit.js';
import { DEFAULT_ARCHITECTURES } from '../../src/mm/arch/index.js';
import { entriesFor } from '../../src/oracle/decider.js';
import { ALLOWLIST, campaign, engine, LEGACY } from '../support.js';

/** Runs the units of a campaign without shrinking what they find. */
function tallied(parts: Partial<CampaignOptions>): Counts {
  const { faults, ...options } = campaign({ spans: [8, 64, 512], faults: 40_000, allowlist: ALLOWLIST, ...parts });
  const entries = entriesFor(options.allowlist, options.legacy, options.batched);
  const cells = planCells(options, faults ?? 0);
  const runner = new Runner({ ...options, entries, cells, scope: null });
  const counts = mergeCounts([...blockUnits(cells)].map((unit) => runner.run(unit)));
  expect(counts.died.map(({ message }) => message)).toEqual([]);
  return counts;
}

const unexplained = ({ classes }: Counts): string[] =>
  classes.filter(({ entry }) => entry === null).map(({ id }) => id);
const fieldsOf = ({ classes }: Counts): Set<string> => new Set(classes.map(({ field }) => field));

/** For each revision its bugs: what shows each, as a class of its own. */
const BUGS: readonly (readonly [name: string, arch: 'arm64' | 'x86-64', bug: string, pattern: RegExp])[] = [
  ['v4', 'arm64', 'the cursor that loses an index', /^pte:present>none:run=other$/],
  ['v4', 'arm64', 'the stale mmap_miss', /^mmap_miss:more:/],
  ['v4', 'arm64', 'the run that is young as a whole', /^young:0>1:faultStartsRun,run=fault$/],
  ['v4', 'arm64', 'the faulting page that is old', /^young:1>0:faultPage,run=fault$/],
  ['v4', 'arm64', 'the missing NOPAGE', /^ret:NOPAGE>0:/],
  ['v4', 'arm64', 'the statistics typo', /^NR_FILE_MAPPED:more:/],
  ['v6.6-rc1', 'arm64', 'the skipped folio', /^pte:present>none:.*firstPopulated/],
  ['v6.6-rc1', 'arm64', 'the inverted test at the fault', /^young:1>0:.*faultPage/],
  ['v6.6-rc1', 'arm64', 'the inverted test elsewhere', /^young:0>1:.*run=other$/],
  ['v6.6-rc1', 'arm64', 'the missing NOPAGE', /^faultCalls:more:/],
  ['v6.6-rc1', 'x86-64', 'the page frames that walk down', /^pfn:less:/],
  ['v6.6', 'arm64', 'the inverted test at the fault', /^young:1>0:.*faultPage/],
  ['v6.6', 'arm64', 'the inverted test in finish_fault()', /^young:1>0:faultPage$/],
  ['v6.6', 'arm64', 'the inverted test elsewhere', /^young:0>1:.*run=other$/],
  ['v6.6', 'arm64', 'entries beyond i_size', /^pte:none>present:.*beyondEof/],
  ['v6.10', 'arm64', 'the inverted test at the fault', /^young:1>0:.*faultPage/],
  ['v6.10', 'arm64', 'the inverted test elsewhere', /^young:0>1:.*run=other$/],
  ['v6.12', 'arm64', 'the endless fault', /^accessOutcome:done>no progress:/],
];

describe.each([...new Set(BUGS.map(([name, arch]) => `${name} ${arch}`))])('%s', (pair) => {
  const [name, arch] = pair.split(' ') as [string, 'arm64' | 'x86-64'];
  const bugs = BUGS.filter(([other, on]) => other === name && on === arch);
  const found = unexplained(tallied({ batched: engine(`batched@${name}`), architectures: [arch] }));

  it.each(bugs.map(([, , bug, pattern]) => [bug, pattern] as const))('shows %s', (_bug, pattern) => {
    expect(found.filter((id) => pattern.test(id))).not.toEqual([]);
  });

  it('shows them as separate classes', () => {
    const firsts = bugs.map(([, , , pattern]) => found.find((id) => pattern.test(id)));
    expect(new Set(firsts).size).toBeGreaterThanOrEqual(Math.min(bugs.length, 2));
    expect(new Set(found).size).toBe(found.length);
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
