/** The whole harness at work, bounded: the reference stays explained, and a canary that forgets one thing is caught. */
import { describe, expect, it } from 'vitest';
import type { BatchedEngine } from '../src/batched/index.js';
import { runCampaign } from '../src/campaign/campaign.js';
import { replay } from '../src/campaign/replay.js';
import { caseAt } from '../src/cases/address.js';
import { DEFAULT_ARCHITECTURES } from '../src/mm/arch/index.js';
import { FOLIO_LOCKED, PTE_YOUNG } from '../src/mm/bits.js';
import { MM_FILEPAGES, MMAP_MISS } from '../src/mm/fields.js';
import type { EngineClass } from '../src/mm/revision.js';
import type { Report } from '../src/report/model.js';
import { ALLOWLIST, campaign, LEGACY, REFERENCE, withEngine } from './support.js';

const Reference = REFERENCE.engine as EngineClass<BatchedEngine>;

/** What the canary forgets, and the field that gives it away. */
const CANARIES: Readonly<Record<string, readonly [engine: EngineClass, field: string]>> = {
  'the accessed bit of the last page of a run': [
    class extends Reference {
      override set_pte_range(folio: number, page: number, nr: number, addr: number): void {
        super.set_pte_range(folio, page, nr, addr);
        const last = addr + nr - 1;
        if (nr > 4) this.image.rewritePte(last, this.image.pte[last] ^ PTE_YOUNG);
      }
    },
    'young',
  ],
  'one reference of a long run': [
    class extends Reference {
      protected override run_ref_add(folio: number, count: number): void {
        super.run_ref_add(folio, count > 7 ? count - 1 : count);
      }
    },
    'refcount',
  ],
  'to account what fault-around mapped behind a skipped page': [
    class extends Reference {
      protected override step_over(count: number): number {
        this.image.count(MM_FILEPAGES, -1);
        return super.step_over(count);
      }
    },
    'MM_FILEPAGES',
  ],
  'to unlock a folio whose last page was skipped': [
    class extends Reference {
      protected override lookup_put(folio: number): void {
        super.lookup_put(folio);
        const last = this.folio_next_index(folio) - 1 - this.scene.shift;
        if (last >= 0 && last < this.scene.span && this.image.pteNone(last)) this.image.folioSet(folio, FOLIO_LOCKED);
      }
    },
    'locked',
  ],
  'to update the mmu cache of more than one page': [
    class extends Reference {
      protected override update_mmu_cache_range(addr: number, _nr: number): void {
        super.update_mmu_cache_range(addr, 1);
      }
    },
    'mmuCache',
  ],
  'that mmap_miss has a floor': [
    class extends Reference {
      protected override write_mmap_miss(): void {
        this.image.mm[MMAP_MISS] -= this.mmap_miss;
      }
    },
    'mmap_miss',
  ],
};

const bounded = campaign({
  architectures: DEFAULT_ARCHITECTURES,
  spans: [8, 64, 512],
  faults: 30_000,
  allowlist: ALLOWLIST,
  seed: 20_260_115,
});
const open = ({ classes }: Report) => classes.filter(({ entry }) => entry === null);

describe('fuzzing the reference', () => {
  it('finds what is known, and nothing else', async () => {
    const report = await runCampaign({ ...bounded, invariantsAll: true });
    expect(open(report)).toEqual([]);
    expect(report).toMatchObject({ verdict: 'explained', violations: [], died: [] });
    expect(report.faults.effective).toBeGreaterThan(10_000);
    expect(Object.values(report.allowlist).filter((hits) => hits > 0).length).toBeGreaterThan(8);
  });
});

/** A marker under the fault in a registered shmem mapping is rare: it needs four features to meet. */
class ForgetsWriteProtection extends Reference {
  protected override pte_mkuffd_wp(entry: number): number {
    return entry;
  }
}

describe('a canary that forgets', () => {
  it('that a uffd-wp marker write-protects is caught where only rare features meet', async () => {
    const batched = withEngine(REFERENCE, 'batched@canary', ForgetsWriteProtection);
    const rare = { architectures: ['x86-64'] as const, spans: [8], faults: 200_000 };
    const report = await runCampaign({ ...bounded, ...rare, batched, failFast: true });
    expect(open(report).map(({ field }) => field)).toContain('uffdWp');
  });

  it.each(Object.entries(CANARIES))('%s is caught', async (_what, [engine, field]) => {
    const batched = withEngine(REFERENCE, 'batched@canary', engine);
    const architectures = ['arm64', 'x86-64'] as const;
    const report = await runCampaign({ ...bounded, batched, architectures, failFast: true });
    const found = open(report);
    expect(report).toMatchObject({ verdict: 'divergent', died: [] });
    expect(found.map(({ field: name }) => name)).toContain(field);
    const [{ first, id }] = found;
    const { faults } = replay(
      { case: caseAt(first), address: first },
      { ...bounded, legacy: LEGACY, batched, trace: false },
    );
    expect(faults.flatMap(({ differences }) => differences).map(({ classId }) => classId)).toContain(id);
  });
});
