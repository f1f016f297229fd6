/**
 * Single steps of the batched engine as older revisions, or known bugs, have them. Each replaces one step of the plain
 * code by a subclass; a revision is a list of such replacements.
 */
import { ASSERT_NR_PAGES_WRAP } from '../mm/assertions.js';
import {
  ENTIRELY_MAPPED,
  FAULT_FLAG_WRITE,
  FILE_REGULAR,
  HPAGE_PMD_NR,
  PTE_MARKER_UFFD_WP,
  PTE_PROTNONE,
  PTRS_PER_PTE,
  VM_FAULT_NOPAGE,
  VM_SHARED,
} from '../mm/bits.js';
import { MM_ANONPAGES } from '../mm/fields.js';
import * as M from '../mm/marks.js';
import { evictPoisoned } from '../mm/other_threads.js';
import { fileEnd, maxIndex, nextUptodateFolio } from '../mm/page_cache.js';
import type { EngineClass } from '../mm/revision.js';
import type { BatchedEngine } from './filemap_map_pages.js';

type Engine = EngineClass<BatchedEngine>;
type Replace = (Base: Engine) => Engine;

/** What each feature's plain value is: the behaviour of the reference, which no step replaces. */
export const PLAIN_FEATURES = {
  setterUnit: 'run',
  prefaultRule: 'fault-outside-run',
  nopageRule: 'fault-in-run',
  folioPrecheck: 'none',
  cursorRule: 'next-entry',
  missRule: 'not-workingset',
  missWriteBack: 'at-end',
  statRule: 'entirely-mapped',
  rssRule: 'callers',
  rmapFields: 'large-mapcount',
  pmdMappedStat: 'node',
  pmdMlock: 'none',
  thpDisabled: 'checked',
  iSizeGate: 'folio-within',
  iSizeClamp: 'before-lookup',
  finishWholeFolio: 'anon-shmem',
  finishFallback: 'one-page',
  finishISize: 'checked',
  vmaLock: 'retry-without-map-pages',
  poisonScope: 'folio',
  mkwriteRecheck: 'folio',
  uffdWpRule: 'valid-and-vma',
  pfnAdvance: 'arch',
  contpte: 'valid-only',
  faultAroundScope: 'window',
  largeMlock: 'never',
  uffdWpArchs: '6.10',
} as const;

export type Feature = keyof typeof PLAIN_FEATURES;

/** The steps that replace plain code, by feature and value. */
export const STEPS: { readonly [F in Feature]?: Readonly<Record<string, Replace>> } = {
  setterUnit: {
    // v4 33/36 and 35/36: the range function calls the setter for each page; references come once per folio.
    page: (Base) =>
      class extends Base {
        override filemap_map_folio_range(folio: number, start: number, addr: number, nr_pages: number): number {
          let ret = 0;
          let mapped = 0;
          for (let i = 0; i < nr_pages; i++) {
            if (!this.mappable(folio, start + i, addr + i, 0)) continue;
            this.vmf.pte = addr + i;
            this.set_pte_range(folio, start + i, 1, addr + i);
            this.rss++;
            mapped++;
            if (this.vmf.address === addr + i) ret = VM_FAULT_NOPAGE;
          }
          this.image.folioRefAdd(folio, mapped);
          return ret;
        }
      },
  },
  prefaultRule: {
    'not-run-start': (Base) =>
      class extends Base {
        protected override prefault(addr: number, _nr: number): boolean {
          return this.vmf.address !== addr;
        }
      },
    'fault-in-run': (Base) =>
      class extends Base {
        protected override prefault(addr: number, nr: number): boolean {
          return this.in_run(addr, nr);
        }
      },
  },
  nopageRule: {
    // The length is given in pages where bytes are meant, or the page is compared with the run's first.
    'run-start': (Base) =>
      class extends Base {
        protected override fault_in_run(addr: number, _count: number): boolean {
          return this.vmf.address === addr;
        }
      },
  },
  folioPrecheck: {
    'first-entry': (Base) =>
      class extends Base {
        protected override map_folio(folio: number, index: number, last: number): number {
          if (this.image.pteNone(index - this.scene.shift)) return super.map_folio(folio, index, last);
          this.image.mark(M.PRECHECK_SKIP);
          return 0;
        }
      },
  },
  cursorRule: {
    // The cursor is moved behind the folio and then to the next entry: one index is lost, and with it a large folio
    // that begins there.
    'skips-one': (Base) =>
      class extends Base {
        protected override next_folio(folio: number, last: number): number {
          const { scene, image } = this;
          let index = this.folio_next_index(folio) + 1;
          if (index <= last && scene.headOf[index] !== index) index = this.folio_next_index(scene.headOf[index]);
          return nextUptodateFolio(scene, image, index, last);
        }
      },
  },
  missRule: {
    always: (Base) =>
      class extends Base {
        protected override count_miss(_folio: number): void {
          this.mmap_miss++;
        }
      },
  },
  missWriteBack: {
    stale: (Base) =>
      class extends Base {
        protected override write_mmap_miss(): void {}
      },
  },
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
    // 6.2 to 6.7: each page's own step of the counter is compared; the sum is the same.
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
  rssRule: {
    setter: (Base) =>
      class extends Base {
        override set_pte_range(folio: number, page: number, nr: number, addr: number): void {
          const cow = (this.vmf.flags & FAULT_FLAG_WRITE) !== 0 && !this.scene.vma(VM_SHARED);
          this.image.addMmCounter(cow ? MM_ANONPAGES : this.mm_counter_file(folio), nr);
          super.set_pte_range(folio, page, nr, addr);
        }
        protected override account_rss(): void {}
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
  thpDisabled: {
    ignored: (Base) =>
      class extends Base {
        protected override thp_disabled(): boolean {
          return false;
        }
      },
  },
  iSizeGate: {
    none: (Base) =>
      class extends Base {
        protected override map_by_pmd(folio: number): boolean {
          return this.filemap_map_pmd(folio, true);
        }
      },
    // An inclusive limit is compared with an exclusive one, and the whole of filemap_map_pmd() is skipped, with it the
    // installation of the preallocated page table.
    'first-folio-strict': (Base) =>
      class extends Base {
        protected override map_by_pmd(folio: number): boolean {
          const { image, scene } = this;
          const regular = scene.fileKind === FILE_REGULAR;
          if (!regular || fileEnd(scene, image) >= this.folio_next_index(folio)) {
            return this.filemap_map_pmd(folio, true);
          }
          image.mark(M.PMD_I_SIZE);
          return false;
        }
      },
  },
  iSizeClamp: {
    none: (Base) =>
      class extends Base {
        protected override clamp_before_lookup(end: number): number {
          return end;
        }
      },
    'after-lock': (Base) =>
      class extends Base {
        protected override clamp_before_lookup(end: number): number {
          return end;
        }
        protected override clamp_after_lock(end: number): number {
          const last = Math.min(end, fileEnd(this.scene, this.image));
          if (last < end) this.image.mark(M.BATCHED_I_SIZE_CLAMP);
          return last;
        }
        // nr_pages is unsigned: below zero it becomes huge. What the kernel corrupts then is not modelled.
        protected override pages_in_window(folio: number, index: number, last: number): number {
          const nr = super.pages_in_window(folio, index, last);
          if (nr > 0) return nr;
          this.image.assertion(ASSERT_NR_PAGES_WRAP);
          this.image.mark(M.NR_PAGES_WRAP);
          return 0;
        }
      },
  },
  finishWholeFolio: {
    never: (Base) =>
      class extends Base {
        protected override whole_folio_file(): boolean {
          return false;
        }
      },
    'all-files': (Base) =>
      class extends Base {
        protected override whole_folio_file(): boolean {
          return (this.vmf.flags & FAULT_FLAG_WRITE) === 0 || this.scene.vma(VM_SHARED);
        }
      },
  },
  finishFallback: {
    // The whole call is given up although the faulting entry is none: the access faults for ever.
    nopage: (Base) =>
      class extends Base {
        protected override populated_neighbour(addr: number, nr: number): number {
          this.image.mark(M.FINISH_GIVES_UP);
          this.image.updateMmuTlbRange(addr, nr);
          return VM_FAULT_NOPAGE;
        }
      },
  },
  finishISize: {
    unchecked: (Base) =>
      class extends Base {
        protected override crosses_i_size(): boolean {
          return false;
        }
      },
  },
  vmaLock: {
    absent: (Base) =>
      class extends Base {
        override knows_vma_lock(): boolean {
          return false;
        }
      },
  },
  poisonScope: {
    page: (Base) =>
      class extends Base {
        protected override unmap_poisoned(page: number): void {
          // The index field of a tail page is not maintained.
          if (this.page_folio(page) === page) evictPoisoned(this.scene, this.image, page);
        }
      },
  },
  mkwriteRecheck: {
    page: (Base) =>
      class extends Base {
        protected override mkwrite_truncated(page: number): boolean {
          return this.page_folio(page) === page;
        }
      },
  },
  // Which architectures have userfaultfd write-protection is a matter of the case space, not of a step.
  uffdWpArchs: { '6.1': (Base) => Base },
  uffdWpRule: {
    valid: (Base) =>
      class extends Base {
        protected override vmf_orig_pte_uffd_wp(): boolean {
          return (this.vmf.origPte & PTE_MARKER_UFFD_WP) !== 0;
        }
      },
  },
  pfnAdvance: {
    // The page frame of a PROT_NONE entry is stored inverted on x86: adding to the entry moves it down.
    addition: (Base) =>
      class extends Base {
        override pte_advance_pfn(flags: number, pfn: number, i: number): number {
          const inverted = this.scene.arch.invertsProtnone && (flags & PTE_PROTNONE) !== 0;
          return inverted ? pfn - i : pfn + i;
        }
      },
  },
  contpte: {
    'any-present': (Base) =>
      class extends Base {
        override contpte_applies(_flags: number): boolean {
          return this.scene.arch.contPtes !== 0;
        }
      },
  },
  faultAroundScope: {
    // 357b92761d94: a folio that lies inside the mapping and the page table is mapped whole.
    'whole-folio': (Base) =>
      class extends Base {
        protected override map_folio(folio: number, index: number, last: number): number {
          const { scene, image } = this;
          const next = this.folio_next_index(folio);
          const first = folio - scene.shift;
          const inMapping = first >= scene.vmaStart && next - scene.shift <= scene.vmaEnd();
          const inTable = first + scene.ptOffset >= 0 && next - scene.shift + scene.ptOffset <= PTRS_PER_PTE;
          const withinSize = scene.fileKind !== FILE_REGULAR || next <= maxIndex(image);
          if (!this.folio_test_large(folio) || !inMapping || !inTable || !withinSize || first < 0) {
            return super.map_folio(folio, index, last);
          }
          if (folio < index || next - 1 > last) image.mark(M.AROUND_WHOLE_FOLIO);
          return this.filemap_map_folio_range(folio, folio, first, next - folio);
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
