/** Mutants of the setter, set_pte_range(), and of what it calls for a run. */
import { PTE_UFFD_WP } from '../../mm/bits.js';
import { type PlantedBug, step } from './bug.js';

const INVERTED = '4cd7ba16a0af ("mm: fix old/young bit handling in the faulting path")';

export const SETTER_MUTANTS: readonly PlantedBug[] = [
  {
    id: 'M1',
    title: 'the test for prefaulted runs is negated',
    source: INVERTED,
    replace: step('prefaultRule', 'fault-in-run'),
    shows: { architectures: ['arm64', 'arm64-contpte'] },
  },
  {
    id: 'M2',
    title: 'a run counts as prefaulted unless the fault is its first page; the same as a length in pages for bytes',
    source: '[PATCH v4 36/36], 2023-03-15; review of 2023-03-16',
    replace: step('prefaultRule', 'not-run-start'),
    shows: { architectures: ['arm64', 'arm64-contpte'] },
  },
  {
    id: 'M4',
    title: 'a run that ends just before the fault counts as not prefaulted',
    source: 'off-by-one of the sketch in the review of [PATCH v4 35/36], 2023-03-16',
    replace: (Base) =>
      class extends Base {
        protected override prefault(addr: number, nr: number): boolean {
          return addr > this.vmf.address || addr + nr < this.vmf.address;
        }
      },
    shows: { architectures: ['arm64', 'arm64-contpte'] },
  },
  {
    id: 'M19',
    title: 'the MMU cache is told of single entries, not of runs',
    source: '"mm: bring back update_mmu_cache() to finish_fault()"',
    replace: (Base) =>
      class extends Base {
        protected override update_mmu_cache_range(addr: number, nr: number): void {
          if (nr === 1) super.update_mmu_cache_range(addr, nr);
        }
      },
  },
  {
    id: 'M20',
    title: 'the uffd-wp bit is set without taking write permission away',
    source: 'pte_mkuffd_wp() of 6.1, which leaves that to its callers',
    replace: (Base) =>
      class extends Base {
        protected override pte_mkuffd_wp(entry: number): number {
          return entry | PTE_UFFD_WP;
        }
      },
    // Both engines must know userfaultfd write-protection; legacy knows it on x86-64 alone.
    shows: { architectures: ['x86-64'] },
  },
  {
    id: 'M24',
    title: 'all entries of a run map its first page',
    source: 'the other half of ce60f27bb62d ("mm: abstract moving to the next PFN")',
    replace: (Base) =>
      class extends Base {
        override pte_advance_pfn(_flags: number, pfn: number): number {
          return pfn;
        }
      },
  },
  {
    id: 'M24b',
    title: 'the page frames of a run go down',
    source: 'ce60f27bb62d ("mm: abstract moving to the next PFN"), there of PROT_NONE entries on x86 alone',
    replace: (Base) =>
      class extends Base {
        override pte_advance_pfn(_flags: number, pfn: number, i: number): number {
          return pfn - i;
        }
      },
  },
];
