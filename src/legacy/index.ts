/** The legacy family: one page at a time, do_set_pte(). */
import { ENTIRELY_MAPPED, FAULT_FLAG_ORIG_PTE_VALID } from '../mm/bits.js';
import type { EngineClass, Revision } from '../mm/revision.js';
import { LegacyEngine } from './filemap_map_pages.js';

export { LegacyEngine } from './filemap_map_pages.js';

/** 6.2 to 6.5: _nr_pages_mapped instead of PG_double_map; no i_size clamp, which came to 6.1 as a backport. */
class LegacyEngine65 extends LegacyEngine {
  protected override set_double_map(): void {}

  protected override inc_page_mapcount(folio: number, page: number): boolean {
    const first = this.image.incPageMapcount(page);
    if (!first || !this.folio_test_large(folio)) return first;
    return this.image.addNrPagesMapped(folio, 1) < ENTIRELY_MAPPED;
  }

  override page_add_file_rmap_compound(folio: number): void {
    if (this.image.entireMapcount(folio) === 0) this.image.addNrPagesMapped(folio, ENTIRELY_MAPPED);
    super.page_add_file_rmap_compound(folio);
  }

  protected override clamp_after_lock(end: number): number {
    return end;
  }

  /** vmf_orig_pte_uffd_wp(): only an entry that the fault saw counts. */
  protected override orig_pte_uffd_wp(): boolean {
    return (this.vmf.flags & FAULT_FLAG_ORIG_PTE_VALID) !== 0 && super.orig_pte_uffd_wp();
  }
}

const COMMON = {
  setterUnit: 'page',
  poisonScope: 'page',
  mkwriteRecheck: 'page',
  pmdMappedStat: 'node-and-memcg',
  uffdWpArchs: '6.1',
  x86DirtyBit: 'dirty',
};

function revision(
  name: string,
  title: string,
  source: string,
  features: Record<string, string>,
  engine: EngineClass,
): Revision {
  return {
    id: `legacy@${name}`,
    family: 'legacy',
    name,
    title,
    source,
    features: { ...COMMON, ...features },
    experimental: false,
    engine,
  };
}

export const LEGACY_REVISIONS: readonly Revision[] = [
  revision(
    'v6.1',
    '6.1 LTS as of 6.1.192: one do_set_pte() per page',
    'do_set_pte(), filemap_map_pages() of 6.1.192 (i_size clamp since 6.1.159)',
    { rmapFields: 'double-map', iSizeClamp: 'after-lock', uffdWpRule: 'marker' },
    LegacyEngine,
  ),
  revision(
    'v6.5',
    '6.2 to 6.5: per page, _nr_pages_mapped, no i_size clamp',
    'pre-images of [PATCH v6 33/38] to [PATCH v6 37/38]',
    { rmapFields: 'nr-pages-mapped', iSizeClamp: 'none', uffdWpRule: 'valid' },
    LegacyEngine65,
  ),
];
