/** Draws scenarios of the sketch and their initial images. */
import * as B from './bits.js';
import type { Mm } from './mm.js';
import type { Rng } from './rng.js';
import type { Scenario } from './scenario.js';

const MAX_ORDER = 4;

export class Generator {
  constructor(readonly rng: Rng) {}

  draw(scenario: Scenario, mm: Mm): void {
    mm.words.fill(0);
    this.drawVma(scenario);
    this.drawPageCache(scenario, mm);
    this.drawPageTable(scenario, mm);
    this.drawFault(scenario, mm);
  }

  private drawVma(scenario: Scenario): void {
    const { rng } = this;
    scenario.vmaPages = 1 + rng.below(scenario.slots);
    const slack = scenario.slots - scenario.vmaPages + 1;
    scenario.vmaStart = rng.below(slack);
    scenario.vmaPgoff = rng.below(slack);
    scenario.vmaFlags = rng.next() & (B.VM_WRITE | B.VM_SHARED | B.VM_LOCKED);
    if (rng.chance(32)) scenario.vmaFlags |= B.VM_UFFD_WP;
  }

  private drawPageCache(scenario: Scenario, mm: Mm): void {
    const { rng } = this;
    const { slots, headOf } = scenario;
    scenario.shmem = rng.chance(64);
    scenario.iSizePages = rng.chance(64) ? rng.below(slots + 1) : slots;
    let index = 0;
    while (index < slots) {
      const bits = rng.next();
      if ((bits & 7) === 0) {
        headOf[index++] = -1;
        continue;
      }
      let order = (((bits >>> 3) & 0xff) * (MAX_ORDER + 1)) >>> 8;
      while ((index & ((1 << order) - 1)) !== 0 || index + (1 << order) > slots) order--;
      this.drawFolio(scenario, mm, index, order, bits >>> 11);
      index += 1 << order;
    }
    mm.mapcount[mm.cowPage] = -1;
    mm.refcount[mm.cowPage] = 1;
    mm.folioFlags[mm.cowPage] = B.FOLIO_UPTODATE;
  }

  private drawFolio(scenario: Scenario, mm: Mm, head: number, order: number, bits: number): void {
    const { rng } = this;
    const pages = 1 << order;
    scenario.folioPages[head] = pages;
    const mappedElsewhere = ((bits >>> 14) & 3) === 0;
    const poisoned = ((bits >>> 16) & 15) === 0 ? head + rng.below(pages) : -1;
    let mapped = 0;
    let total = 0;
    for (let page = head; page < head + pages; page++) {
      scenario.headOf[page] = head;
      const others = mappedElsewhere ? rng.next() & 3 : 0;
      mm.mapcount[page] = others - 1;
      total += others;
      if (others > 0) mapped++;
      if (page === poisoned) mm.pageFlags[page] = B.PAGE_HWPOISON;
    }
    mm.folioFlags[head] = folioFlags(scenario, order, bits);
    mm.refcount[head] = pages + total;
    if (order > 0) {
      mm.nrPagesMapped[head] = mapped;
      mm.largeMapcount[head] = total - 1;
    }
    mm.counters[B.NR_FILE_MAPPED] += mapped;
  }

  /** Entries that exist before: mostly none; some present and accounted, some swap, some markers. */
  private drawPageTable(scenario: Scenario, mm: Mm): void {
    const { rng } = this;
    if (rng.chance(96)) return;
    const density = rng.next() & 63;
    for (let offset = 0; offset < scenario.vmaPages; offset++) {
      const bits = rng.next();
      if ((bits & 0xff) >= density) continue;
      const slot = scenario.vmaStart + offset;
      const kind = (bits >>> 8) & 7;
      if (kind === 0) mm.setPte(slot, B.PTE_SWAP, 1 + ((bits >>> 16) & 0xff));
      else if (kind === 1) mm.setPte(slot, B.PTE_MARKER_UFFD_WP, 0);
      else this.mapBefore(scenario, mm, scenario.vmaPgoff + offset, slot, bits >>> 11);
    }
  }

  private mapBefore(scenario: Scenario, mm: Mm, index: number, slot: number, bits: number): void {
    const folio = scenario.headOf[index];
    if (folio < 0) return;
    mm.setPte(slot, B.PTE_PRESENT | B.PTE_USER | (bits & (B.PTE_YOUNG | B.PTE_DIRTY)), B.PFN_BASE + index);
    const first = mm.incMapcountAndTest(index);
    if (first) mm.count(B.NR_FILE_MAPPED, 1);
    if (mm.folioTest(folio, B.FOLIO_LARGE)) {
      mm.largeMapcount[folio]++;
      if (first) mm.nrPagesMapped[folio]++;
    }
    mm.folioRef(folio, 1);
    mm.count(scenario.shmem ? B.MM_SHMEM : B.MM_FILE, 1);
  }

  /** Draws another fault on the layout that is there. */
  drawFault(scenario: Scenario, mm: Mm): void {
    const { rng } = this;
    const bits = rng.next();
    scenario.faultSlot = scenario.vmaStart + rng.below(scenario.vmaPages);
    scenario.faultFlags = (bits & 3) === 0 ? B.FAULT_WRITE : 0;
    scenario.faultAround = ((bits >>> 2) & 3) === 0 ? 1 << ((((bits >>> 4) & 0xff) * 7) >>> 8) : 16;
    scenario.archWantsOld = ((bits >>> 12) & 1) === 0;
    if (mm.pteFlags[scenario.faultSlot] === B.PTE_MARKER_UFFD_WP) {
      scenario.faultFlags |= B.FAULT_ORIG_PTE_VALID | B.FAULT_ORIG_PTE_MARKER;
    }
    mm.counters[B.MMAP_MISS] = (bits >>> 16) & 31;
  }
}

function folioFlags(scenario: Scenario, order: number, bits: number): number {
  let flags = scenario.shmem ? B.FOLIO_SWAPBACKED : 0;
  if ((bits & 15) !== 0) flags |= B.FOLIO_UPTODATE;
  if (((bits >>> 4) & 15) === 0) flags |= B.FOLIO_LOCKED;
  if (((bits >>> 8) & 15) === 0) flags |= B.FOLIO_READAHEAD;
  if (((bits >>> 12) & 3) === 0) flags |= B.FOLIO_WORKINGSET;
  if (order > 0) flags |= B.FOLIO_LARGE;
  return flags;
}
