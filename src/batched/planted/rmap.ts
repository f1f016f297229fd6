/** Mutants of the reverse mapping. */
import { type PlantedBug, step } from './bug.js';

export const RMAP_MUTANTS: readonly PlantedBug[] = [
  {
    id: 'M7',
    title: 'the number of newly mapped pages is tested instead of _nr_pages_mapped',
    source: '[PATCH v4 34/36], 2023-03-15, and its review',
    replace: step('statRule', 'accumulator'),
    shows: { span: 512 },
  },
  {
    id: 'M21',
    title: 'a run of a large folio is mlocked like a small folio',
    source: 'the mlock rule of file rmap before ab521b4142aa ("mm/rmap: improve mlock tracking for large folios")',
    replace: (Base) =>
      class extends Base {
        protected override mlock_vma_folio(folio: number, nr: number): void {
          if (nr > 1 && this.vma_mlocks()) this.image.mlockFolio(folio, nr);
          else super.mlock_vma_folio(folio, nr);
        }
      },
  },
];
