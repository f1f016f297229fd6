/** Steps of finish_fault() and of the fault branches around it, as older revisions or known bugs have them. */
import { FAULT_FLAG_WRITE, VM_FAULT_NOPAGE, VM_SHARED } from '../../mm/bits.js';
import * as M from '../../mm/marks.js';
import { evictPoisoned } from '../../mm/other_threads.js';
import type { Steps } from './features.js';

export const FINISH_STEPS: Steps = {
  thpDisabled: {
    ignored: (Base) =>
      class extends Base {
        protected override thp_disabled(): boolean {
          return false;
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
};
