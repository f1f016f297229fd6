/** Mutants of fault-around: runs, cursor, misses, limits, references. */
import { maxIndex, pageHwpoison } from '../../mm/page_cache.js';
import { type PlantedBug, step } from './bug.js';

export const AROUND_MUTANTS: readonly PlantedBug[] = [
  {
    id: 'M3',
    title: 'VM_FAULT_NOPAGE is found with a length in pages where bytes are meant: for the first page of a run alone',
    source: 'a501a0703044 ("mm: report success more often from filemap_map_folio_range()")',
    replace: step('nopageRule', 'run-start'),
  },
  {
    id: 'M5',
    title: 'a folio is skipped if its first entry in the window is populated',
    source: 'c8be03806738 ("filemap: add filemap_map_order0_folio() to handle order0 folio")',
    replace: step('folioPrecheck', 'first-entry'),
  },
  {
    id: 'M6',
    title: 'the cursor loses one index behind each folio',
    source: '[PATCH v4 33/36], 2023-03-15; found 2023-03-20',
    replace: step('cursorRule', 'skips-one'),
  },
  {
    id: 'M8',
    title: 'mmap_miss is written back as it was read',
    source: '[PATCH v4 33/36], 2023-03-15; follow-up of 2023-05-30',
    replace: step('missWriteBack', 'stale'),
  },
  {
    id: 'M9',
    title: 'the last run of a folio takes no references',
    source: 'filemap_map_folio_range(), 617c28ecab22: references are taken in two places',
    replace: (Base) =>
      class extends Base {
        private last = false;

        protected override map_last_run(folio: number, page: number, count: number, addr: number): number {
          this.last = true;
          const ret = super.map_last_run(folio, page, count, addr);
          this.last = false;
          return ret;
        }

        protected override run_ref_add(folio: number, count: number): void {
          if (!this.last) super.run_ref_add(folio, count);
        }
      },
  },
  {
    id: 'M11',
    title: 'a run that reaches to the end of its folio or window is not mapped',
    source: 'filemap_map_folio_range(), 617c28ecab22: runs are mapped in two places',
    replace: (Base) =>
      class extends Base {
        protected override map_last_run(): number {
          return 0;
        }
      },
  },
  {
    id: 'M12',
    title: 'the page that ended a run is not stepped over',
    source: 'filemap_map_folio_range(), 617c28ecab22: the cursor goes over the run and one page more',
    replace: (Base) =>
      class extends Base {
        protected override step_over(count: number): number {
          return count;
        }
      },
  },
  {
    id: 'M14',
    title: 'pages of small folios are not counted as resident',
    source: '"mm: move mm counter updating out of set_pte_range()" (6.10): two functions count now',
    replace: (Base) =>
      class extends Base {
        override filemap_map_order0_folio(folio: number, addr: number): number {
          const { rss } = this;
          const ret = super.filemap_map_order0_folio(folio, addr);
          this.rss = rss;
          return ret;
        }
      },
  },
  {
    id: 'M15',
    title: 'a folio is mapped to its end, whatever the window',
    source: 'nr_pages of filemap_map_pages(), de74976eb651 ("filemap: add filemap_map_folio_range()")',
    replace: (Base) =>
      class extends Base {
        protected override pages_in_window(folio: number, index: number): number {
          return this.folio_next_index(folio) - index;
        }
      },
  },
  {
    id: 'M16',
    title: 'the last page of a large folio in the window is left out',
    source: 'nr_pages of filemap_map_pages(), de74976eb651: both ends of the range are inclusive',
    replace: (Base) =>
      class extends Base {
        protected override pages_in_window(folio: number, index: number, last: number): number {
          return super.pages_in_window(folio, index, last) - 1;
        }
      },
  },
  {
    id: 'M17',
    title: 'the exclusive limit of i_size is taken for the inclusive one: one page beyond the end is mapped',
    source: '743a2753a02e and 74207de2ba10, where both forms of the limit stand side by side',
    replace: (Base) =>
      class extends Base {
        protected override clamp_before_lookup(end: number): number {
          return Math.min(end, maxIndex(this.image));
        }
      },
  },
  {
    id: 'M18',
    title: 'the window is clamped to i_size after the lookup, and nr_pages wraps when i_size shrinks between the two',
    source: '"mm: filemap: fix nr_pages calculation overflow in filemap_map_pages()" (6.12.82)',
    replace: step('iSizeClamp', 'after-lock'),
    shows: { races: true },
  },
  {
    id: 'M22',
    title: 'poison is looked for in the first page of the run instead of the page that would join',
    source: 'the page cursor of filemap_map_folio_range(), 617c28ecab22 ("filemap: batch PTE mappings")',
    replace: (Base) =>
      class extends Base {
        protected override mappable(folio: number, page: number, slot: number, count: number): boolean {
          if (pageHwpoison(this.scene, this.image, page)) return false;
          this.count_miss(folio);
          return this.image.pteNone(slot + count);
        }
      },
  },
];
