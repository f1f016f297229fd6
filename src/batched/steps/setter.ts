/** Steps of the setter: set_pte_range() and what it decides for a run, as older revisions or known bugs have them. */
import { FAULT_FLAG_WRITE, PTE_MARKER_UFFD_WP, PTE_PROTNONE, VM_FAULT_NOPAGE, VM_SHARED } from '../../mm/bits.js';
import { MM_ANONPAGES } from '../../mm/fields.js';
import type { Steps } from './features.js';

export const SETTER_STEPS: Steps = {
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
  // Which architectures have userfaultfd write-protection is a matter of the case space, not of a step.
  uffdWpArchs: { '6.1': (Base) => Base },
  // Where the encoding has the dirty bit is a matter of the architecture, not of a step.
  x86DirtyBit: { dirty: (Base) => Base },
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
  contpteAccessFlags: {
    // What ptep_get() gathers over the block is compared: nothing is set where a neighbour has the bit already.
    gathered: (Base) =>
      class extends Base {
        override contpte_access_flags_set(slot: number, bits: number): boolean {
          const { image, scene } = this;
          return (image.ptepGet(slot, scene.arch.contPtes, scene.ptOffset) & bits) === bits;
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
};
