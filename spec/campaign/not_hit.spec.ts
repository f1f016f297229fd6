/** Entries that were not hit: stale, or out of reach of the campaign. */
import { describe, expect, it } from 'vitest';
import type { CampaignOptions } from '../../src/campaign/api.js';
import { entriesNotHit } from '../../src/campaign/not_hit.js';
import { DEFAULT_SPANS, ENOUGH_FAULTS } from '../../src/campaign/plan.js';
import { ARCH_NAMES } from '../../src/cases/case.js';
import type { AllowEntry } from '../../src/oracle/allowlist.js';
import { ALLOWLIST, engine, LEGACY, REFERENCE } from '../support.js';

const PLAN: CampaignOptions = {
  ...{ legacy: LEGACY, batched: REFERENCE, allowlist: ALLOWLIST, architectures: ARCH_NAMES, spans: DEFAULT_SPANS },
  ...{ faults: null, seconds: null, seed: 1, races: false, invariantsAll: false, failFast: false },
};

/** Why the entry was not hit; undefined where it is stale. */
function whyNot(id: string, faults: number, changes: Partial<CampaignOptions>): string | undefined {
  const options = { ...PLAN, ...changes };
  const run = Object.fromEntries(options.architectures.map((arch) => [arch, faults]));
  const { staleEntries, notHit } = entriesNotHit(options, { run, entryHits: {} });
  const found = notHit.find(({ entry }) => entry === id)?.why;
  expect(staleEntries.includes(id)).toBe(found === undefined);
  return found;
}

describe('an entry that was not hit', () => {
  const huge = 20 * ENOUGH_FAULTS;

  it.each([
    ['young-run-uniform', ENOUGH_FAULTS, {}, undefined],
    ['young-run-uniform', ENOUGH_FAULTS - 1, {}, 'faults'],
    ['young-run-uniform', huge, { architectures: ['x86-64', 'riscv64'] }, 'architecture'],
    ['mlock-pmd-file', huge, {}, undefined],
    ['mlock-pmd-file', ENOUGH_FAULTS / ARCH_NAMES.length, {}, 'faults'],
    ['mlock-pmd-file', huge, { spans: [8, 64] }, 'span'],
    ['mlock-pmd-file', ENOUGH_FAULTS, { spans: [512] }, undefined],
    ['mmapmiss-workingset', huge, { spans: [64] }, 'other-spans'],
  ] as const)('is judged or not: %s after %i faults of each architecture on %j', (id, faults, changes, expected) => {
    expect(whyNot(id, faults, changes)).toBe(expected);
  });

  it('may be out of reach by its condition alone', () => {
    const unnamed = ALLOWLIST.entries.map((entry): AllowEntry => ({ ...entry, architectures: undefined }));
    const allowlist = { ...ALLOWLIST, entries: unnamed };
    const on = (id: string, ...architectures: CampaignOptions['architectures']): string | undefined =>
      whyNot(id, huge, { allowlist, architectures });
    expect(on('young-run-uniform', 'x86-64', 'arm64-noaf')).toBe('architecture');
    expect(on('young-run-uniform', 'x86-64', 'arm64')).toBeUndefined();
    expect(on('icache-per-folio', 'x86-64')).toBe('architecture');
    expect(on('icache-per-folio', 'riscv64')).toBeUndefined();
    expect(on('young-contpte-fold', 'arm64')).toBe('architecture');
  });

  it('is not spoken of where it is for other engines, or was hit', () => {
    const run = { arm64: huge };
    const others = entriesNotHit({ ...PLAN, batched: engine('batched@v6.6') }, { run, entryHits: {} });
    expect([...others.staleEntries, ...others.notHit.map(({ entry }) => entry)]).not.toContain('isize-pmd-gate');
    const hit = entriesNotHit(PLAN, { run, entryHits: { 'young-run-uniform': 1 } });
    expect([...hit.staleEntries, ...hit.notHit.map(({ entry }) => entry)]).not.toContain('young-run-uniform');
  });
});
