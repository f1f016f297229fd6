/**
 * Known bugs of this path, or near it, that no listed revision has, or has among others only. The R numbers are those
 * of the table of known bugs in the reference documentation.
 */
import { PTE_YOUNG, VM_FAULT_FALLBACK, VM_FAULT_NOPAGE } from '../../mm/bits.js';
import { gateWithoutTable, strictGate, wholeFolio, withinSize } from '../steps/around.js';
import type { Replace } from '../steps/features.js';
import { all, type PlantedBug, step } from './bug.js';

/** The decision about the first folio of the window stands for all that follow. */
const firstFolioDecides: Replace = (Base) => {
  class Deciding extends Base {
    first_can_map_large = true;

    protected override map_by_pmd(folio: number): boolean {
      this.first_can_map_large = withinSize(this, folio);
      return super.map_by_pmd(folio);
    }
  }
  return wholeFolio((engine) => engine instanceof Deciding && engine.first_can_map_large)(Deciding);
};

/** do_set_pmd() refuses a page that is not its folio's head; fault-around passes the first page in the window. */
const headPageOnly: Replace = (Base) =>
  class extends Base {
    /** first index of the window while fault-around runs */
    private window = -1;

    override filemap_map_pages(start: number, end: number): number {
      this.window = start;
      const ret = super.filemap_map_pages(start, end);
      this.window = -1;
      return ret;
    }

    override do_set_pmd(page: number): number {
      const passed = this.window < 0 ? page : Math.max(page, this.window);
      return passed === this.page_folio(passed) ? super.do_set_pmd(passed) : VM_FAULT_FALLBACK;
    }
  };

const GATE = 'filemap_map_pages() of 6.12.117; 74207de2ba10, see findings';

export const KNOWN_BUGS: readonly PlantedBug[] = [
  {
    id: 'F1',
    title: 'a folio that ends with the file counts as reaching beyond it, and is not mapped by PMD in fault-around',
    source: GATE,
    needs: { iSizeGate: 'folio-within' },
    shows: { span: 512 },
    replace: strictGate,
  },
  {
    id: 'F2',
    title: 'where i_size forbids a PMD mapping, fault-around installs no page table and maps nothing',
    source: GATE,
    needs: { iSizeGate: 'folio-within' },
    replace: gateWithoutTable,
  },
  {
    id: 'R11',
    title: 'whole folios are mapped beyond i_size, in fault-around and in finish_fault()',
    source: '74207de2ba10 ("mm/memory: do not populate page table entries beyond i_size")',
    needs: { faultAroundScope: 'whole-folio' },
    base: 'v6.18',
    replace: all(
      wholeFolio(() => true),
      step('iSizeGate', 'none'),
      step('finishISize', 'unchecked'),
    ),
  },
  {
    id: 'R12',
    title:
      'whether a folio may be mapped whole is decided by i_size and the first folio of the window, for all of them',
    source: '"mm/filemap: Fix logic around SIGBUS in filemap_map_pages()", 2025-11-20',
    needs: { faultAroundScope: 'whole-folio' },
    base: 'v6.18',
    replace: firstFolioDecides,
  },
  {
    id: 'R13',
    title: 'fault-around maps the tail of a large folio beyond i_size',
    source: '743a2753a02e ("filemap: cap PTE range to be created to allowed zero fill in folio_map_range()")',
    replace: step('iSizeClamp', 'none'),
  },
  {
    id: 'R14',
    title: 'a PMD is mapped only if the page that is passed is the first one of its folio',
    source: 'ab1ffc86cb5b ("mm/memory: don\'t require head page for do_set_pmd()")',
    shows: { span: 512 },
    replace: headPageOnly,
  },
  {
    id: 'R15',
    title: 'finish_fault() does not tell the MMU cache',
    source: '"mm: bring back update_mmu_cache() to finish_fault()"',
    replace: (Base) =>
      class extends Base {
        private finishing = false;

        override finish_fault(): number {
          this.finishing = true;
          const ret = super.finish_fault();
          this.finishing = false;
          return ret;
        }

        protected override update_mmu_cache_range(addr: number, nr: number): void {
          if (!this.finishing) super.update_mmu_cache_range(addr, nr);
        }
      },
  },
  {
    id: 'R16',
    title: 'finish_fault() reports success where another thread came first, and the reference of the page leaks',
    source: '"mm: fix page leak with multiple threads mapping the same page"; there after a change of the PMD entry',
    shows: { races: true },
    replace: (Base) =>
      class extends Base {
        override finish_fault(): number {
          const ret = super.finish_fault();
          return ret === VM_FAULT_NOPAGE ? 0 : ret;
        }
      },
  },
  {
    id: 'R19',
    title: 'a folio is mapped by PMD although one of its pages is poisoned',
    source: '"mm: filemap: check if THP has hwpoisoned subpage for PMD page fault"',
    shows: { span: 512 },
    replace: (Base) =>
      class extends Base {
        protected override folio_test_has_hwpoisoned(): boolean {
          return false;
        }
      },
  },
  {
    id: 'R21',
    title: 'prefaulted entries are old on every architecture, not only where hardware sets the accessed bit',
    source: '5c0a85fad949 ("mm: make faultaround produce old ptes"), reverted; 46bdb4277f98',
    shows: { architectures: ['x86-64', 'arm64-noaf', 'riscv64', 'mips64', 'loongarch64'] },
    replace: (Base) =>
      class extends Base {
        override set_ptes(addr: number, flags: number, page: number, nr: number): void {
          super.set_ptes(addr, this.prefault(addr, nr) ? flags & ~PTE_YOUNG : flags, page, nr);
        }
      },
  },
  {
    id: 'R21b',
    title: 'new entries are not made young where the architecture has software do it',
    source: 'pte_sw_mkyoung(), which mips alone overrides',
    shows: { architectures: ['mips64'] },
    replace: (Base) =>
      class extends Base {
        override set_ptes(addr: number, flags: number, page: number, nr: number): void {
          super.set_ptes(addr, this.scene.arch.swMkyoung ? flags & ~PTE_YOUNG : flags, page, nr);
        }
      },
  },
  {
    id: 'R29',
    title: '_nr_pages_mapped counts every page of a run, mapped before or not, and is not zero after unmapping',
    source: 'folio_remove_rmap_ptes() of 6.12, which an unequal batch of folio_add_file_rmap_ptes() would not mirror',
    replace: (Base) =>
      class extends Base {
        protected override count_newly_mapped(folio: number, page: number, nr: number): number {
          const { image } = this;
          let again = 0;
          for (let i = 0; i < nr; i++) if (image.pageMapcount(page + i) > 0) again++;
          image.addNrPagesMapped(folio, again);
          return super.count_newly_mapped(folio, page, nr);
        }
      },
  },
  {
    id: 'R34',
    title: 'an access-flag fault in a contiguous block does nothing if a neighbour is young already',
    source: 'contpte_ptep_set_access_flags(), repaired in 6.12.78; of 4602e5757bcc',
    shows: { architectures: ['arm64-contpte'], span: 16 },
    replace: step('contpteAccessFlags', 'gathered'),
  },
  {
    id: 'R35',
    title: 'entries of PROT_NONE mappings get the contiguous bit',
    source: '"arm64: mm: restrict transparent contpte mappings to valid PTEs" (6.12.117)',
    shows: { architectures: ['arm64-contpte'], span: 16 },
    replace: step('contpte', 'any-present'),
  },
];
