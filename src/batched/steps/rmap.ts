/** Steps of the reverse mapping and its statistics, as older revisions or known bugs have them. */
import { ENTIRELY_MAPPED, HPAGE_PMD_NR } from '../../mm/bits.js';
import * as M from '../../mm/marks.js';
import type { Steps } from './features.js';

export const RMAP_STEPS: Steps = {
  statRule: {
    // v4 34/36 compares the accumulator instead of _nr_pages_mapped: always "not entirely mapped".
    accumulator: (Base) =>
      class extends Base {
        protected override count_newly_mapped(folio: number, page: number, nr: number): number {
          let first = 0;
          for (let i = 0; i < nr; i++) if (this.image.incPageMapcount(page + i)) first++;
          this.image.addNrPagesMapped(folio, first);
          return first;
        }
      },
    // 6.2 to 6.11, until 43c9074e6f09: each page's own step of the counter is compared; the sum is the same.
    'per-page': (Base) =>
      class extends Base {
        protected override count_newly_mapped(folio: number, page: number, nr: number): number {
          let newly = 0;
          for (let i = 0; i < nr; i++) {
            if (!this.image.incPageMapcount(page + i)) continue;
            if (this.image.addNrPagesMapped(folio, 1) < ENTIRELY_MAPPED) newly++;
            else this.image.mark(M.RMAP_ENTIRELY_MAPPED);
          }
          return newly;
        }
      },
  },
  rmapFields: {
    'nr-pages-mapped': (Base) =>
      class extends Base {
        protected override add_large_mapcount(): void {}
      },
  },
  pmdMappedStat: {
    'node-and-memcg': (Base) =>
      class extends Base {
        protected override mod_pmdmapped(word: number): void {
          this.image.modLruvecState(word, HPAGE_PMD_NR);
        }
      },
  },
  pmdMlock: {
    mlock: (Base) =>
      class extends Base {
        protected override mlock_pmd(folio: number): void {
          if (!this.vma_mlocks()) return;
          this.image.mark(M.MLOCK_PMD);
          this.image.mlockFolio(folio, HPAGE_PMD_NR);
        }
      },
  },
  largeMlock: {
    // ab521b4142aa: one call that maps the whole folio mlocks it.
    'fully-mapped': (Base) =>
      class extends Base {
        protected override mlock_vma_folio(folio: number, nr: number): void {
          if (!this.vma_mlocks() || this.folio_nr_pages(folio) !== nr) return;
          this.image.mark(M.MLOCK_SMALL);
          this.image.mlockFolio(folio, nr);
        }
        protected override mlock_pmd(folio: number): void {
          this.mlock_vma_folio(folio, HPAGE_PMD_NR);
        }
      },
  },
};
