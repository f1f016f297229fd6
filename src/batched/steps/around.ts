/** Steps of fault-around: windows, runs, misses, limits, as older revisions or known bugs have them. */
import { ASSERT_NR_PAGES_WRAP } from '../../mm/assertions.js';
import { FILE_REGULAR, PTRS_PER_PTE } from '../../mm/bits.js';
import * as M from '../../mm/marks.js';
import { fileEnd, maxIndex, nextUptodateFolio } from '../../mm/page_cache.js';
import type { BatchedEngine } from '../filemap_map_pages.js';
import type { Replace, Steps } from './features.js';

/** Does the folio end within i_size? Shmem is exempt. */
export function withinSize({ scene, image }: BatchedEngine, folio: number): boolean {
  return scene.fileKind !== FILE_REGULAR || folio + scene.folioPages[folio] <= maxIndex(image);
}

/**
 * 357b92761d94: a folio that lies inside the mapping and the page table is mapped whole, whatever the window.
 * @param allowed does i_size let this folio be mapped whole?
 */
export function wholeFolio(allowed: (engine: BatchedEngine, folio: number) => boolean): Replace {
  return (Base) =>
    class extends Base {
      protected override map_folio(folio: number, index: number, last: number): number {
        const { scene, image } = this;
        const next = this.folio_next_index(folio);
        const first = folio - scene.shift;
        const inMapping = first >= scene.vmaStart && next - scene.shift <= scene.vmaEnd();
        const inTable = first + scene.ptOffset >= 0 && next - scene.shift + scene.ptOffset <= PTRS_PER_PTE;
        if (!this.folio_test_large(folio) || !inMapping || !inTable || !allowed(this, folio) || first < 0) {
          return super.map_folio(folio, index, last);
        }
        if (folio < index || next - 1 > last) image.mark(M.AROUND_WHOLE_FOLIO);
        return this.filemap_map_folio_range(folio, folio, first, next - folio);
      }
    };
}

/** An inclusive limit is compared with an exclusive one: a folio that ends with the file does not pass the gate. */
export const strictGate: Replace = (Base) =>
  class extends Base {
    protected override can_map_large(folio: number): boolean {
      const { scene, image } = this;
      return scene.fileKind !== FILE_REGULAR || fileEnd(scene, image) >= this.folio_next_index(folio);
    }
  };

/** Where the gate refuses, all of filemap_map_pmd() is skipped, with it the installation of the page table. */
export const gateWithoutTable: Replace = (Base) =>
  class extends Base {
    protected override refuse_large(_folio: number): boolean {
      return false;
    }
  };

export const AROUND_STEPS: Steps = {
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
  asyncMissRule: {
    // e338d8353154: the folio is locked by a fault that counts it itself.
    'unlocked-folio': (Base) =>
      class extends Base {
        protected override counts_locked_hit(): boolean {
          return false;
        }
      },
  },
  lookupReference: {
    // 0faa77afe72b: the lookup's reference becomes that of the folio's first entry, and is put only without one.
    'first-entry': (Base) =>
      class extends Base {
        private unused = 1;

        protected override run_ref_add(folio: number, count: number): void {
          const more = count - this.unused;
          this.unused = 0;
          if (more > 0 || this.folio_test_large(folio)) super.run_ref_add(folio, more);
        }

        protected override lookup_put(folio: number): void {
          if (this.unused > 0) super.lookup_put(folio);
          this.unused = 1;
        }
      },
  },
  iSizeGate: {
    none: (Base) =>
      class extends Base {
        protected override can_map_large(_folio: number): boolean {
          return true;
        }
      },
    'first-folio-strict': (Base) => strictGate(gateWithoutTable(Base)),
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
  faultAroundScope: {
    'whole-folio': wholeFolio(withinSize),
  },
};
