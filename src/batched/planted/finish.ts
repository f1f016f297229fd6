/** Mutants of finish_fault(). */
import { MM_ANONPAGES } from '../../mm/fields.js';
import { type PlantedBug, step } from './bug.js';

export const FINISH_MUTANTS: readonly PlantedBug[] = [
  {
    id: 'M10',
    title: 'finish_fault() takes a reference for every entry, although the caller holds one already',
    source: 'folio_ref_add(nr - 1) of finish_fault(), 43e027e41423',
    replace: (Base) =>
      class extends Base {
        protected override finish_ref_add(folio: number, nr: number): void {
          this.image.folioRefAdd(folio, nr);
        }
      },
  },
  {
    id: 'M13',
    title: 'a private copy is counted as shmem, by its own swapbacked flag',
    source: '"mm: move mm counter updating out of set_pte_range()" (6.10): the caller finds the type',
    replace: (Base) =>
      class extends Base {
        protected override account_rss(word: number, pages: number): void {
          super.account_rss(word === MM_ANONPAGES ? this.mm_counter_file(this.vmf.cowPage) : word, pages);
        }
      },
  },
  {
    id: 'M23',
    title: 'finish_fault() gives a whole folio up if one of its entries is populated',
    source: '34b82f33cf3f ("mm: fix finish_fault() handling for large folios")',
    replace: step('finishFallback', 'nopage'),
  },
];
