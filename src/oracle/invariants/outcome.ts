/**
 * What the fault came to as a whole: its return value against what it made (I8, I15, I24, I25), the PMD and page-table
 * count (I23), read-ahead (I16), types of pages (I26) and the kernel's own assertions (I19 to I21).
 */
import { ASSERT_COW_NR, ASSERT_NR_PAGES_WRAP, ASSERT_RMAP_RANGE, ASSERT_SET_PTES_NONE } from '../../mm/assertions.js';
import {
  FILE_REGULAR,
  FOLIO_CACHED,
  FOLIO_FRESH,
  HPAGE_PMD_NR,
  MMAP_MISS_MAX,
  PMD_DIRTY,
  PMD_HUGE,
  PMD_NONE,
  PMD_TABLE,
  PMD_WRITE,
  PMD_YOUNG,
  PTE_DIRTY,
  PTE_PRESENT,
  PTE_WRITE,
  PTE_YOUNG,
  PTRS_PER_PTE,
  VM_FAULT_ERROR,
  VM_FAULT_NOPAGE,
  VM_FAULT_RETRY,
  VM_SHARED,
} from '../../mm/bits.js';
import { ASSERTIONS, MM_FILEPAGES, MM_NR_PTES, MM_SHMEMPAGES, MMAP_MISS, PMD } from '../../mm/fields.js';
import { MKWRITE_NOPAGE, MKWRITE_TRUNCATED } from '../../mm/scene.js';
import { I5, I6, I7, I8, I11, I12, I13, I15, I16, I19, I20, I21, I23, I24, I25, I26 } from './catalogue.js';
import type { Context } from './context.js';

const FAILS = VM_FAULT_ERROR | VM_FAULT_RETRY;
const STOPS = FAILS | VM_FAULT_NOPAGE;

/** Inspects what concerns the fault and not a single entry or folio. Entries were inspected before. */
export function inspectOutcome(c: Context): void {
  const { before, after } = c;
  inspectFaultEntry(c);
  if (c.around) inspectNopage(c);
  inspectCount(c);
  if ((c.ret & FAILS) === 0 && !progressed(c)) c.bad |= I25;
  inspectPmd(c);
  const misses = after.mm[MMAP_MISS];
  // Only ->fault counts misses, one for each call.
  if (misses < 0 || misses > MMAP_MISS_MAX || misses > before.mm[MMAP_MISS] + c.faultCalls) c.bad |= I16;
  const moreFile = after.mm[MM_FILEPAGES] > before.mm[MM_FILEPAGES];
  if (moreFile && after.mm[MM_SHMEMPAGES] > before.mm[MM_SHMEMPAGES]) c.bad |= I26;
  const fired = after.mm[ASSERTIONS] & ~before.mm[ASSERTIONS];
  if (fired !== 0) c.bad |= assertionBits(fired);
}

function assertionBits(fired: number): number {
  let bad = 0;
  if ((fired & (1 << ASSERT_SET_PTES_NONE)) !== 0) bad |= I19;
  if ((fired & ((1 << ASSERT_RMAP_RANGE) | (1 << ASSERT_NR_PAGES_WRAP))) !== 0) bad |= I20;
  if ((fired & (1 << ASSERT_COW_NR)) !== 0) bad |= I21;
  return bad;
}

/** I8: the entry that the access waited for is young. Another thread's entry is as its own fault left it. */
function inspectFaultEntry(c: Context): void {
  const flags = c.after.pte[c.slot];
  if ((c.ret & FAILS) !== 0 || (flags & (PTE_PRESENT | PTE_YOUNG)) !== PTE_PRESENT) return;
  if (c.setsFlags || (c.slotMade && c.newYoung)) c.bad |= I8;
}

/** I15: VM_FAULT_NOPAGE without a call of ->fault means that fault-around made the entry, which ends the fault. */
function inspectNopage(c: Context): void {
  const nopage = (c.ret & VM_FAULT_NOPAGE) !== 0;
  const handled = c.slotMade || c.after.pmdState() === PMD_HUGE;
  // A later VM_FAULT_NOPAGE, of finish_fault(), finds another thread's entry and never one of this fault.
  const agrees = c.faultCalls === 0 ? nopage === handled : !(nopage && handled);
  if (!agrees) c.bad |= I15;
}

/** I24: how many entries finish_fault() made. Fault-around may have made others before, but none in the same folio. */
function inspectCount(c: Context): void {
  if (c.faultCalls === 0) {
    if (!c.around && c.made !== 0) c.bad |= I24;
    return;
  }
  if ((c.ret & STOPS) !== 0) {
    if (!c.around && c.made !== 0) c.bad |= I24;
    return;
  }
  if (c.pmdMade || truncated(c)) {
    if (!c.around && c.made !== 0) c.bad |= I24;
    return;
  }
  const wanted = c.whole ? c.scene.folioPages[c.folio] : 1;
  const made = c.cow ? c.made : c.madeInFolio;
  if (!c.slotMade || made !== wanted || (!c.around && c.made !== wanted)) c.bad |= I24;
}

/** The page left the file while ->page_mkwrite ran, and the fault is tried again. */
function truncated(c: Context): boolean {
  const { scene, before, after } = c;
  if (scene.mkwrite !== MKWRITE_TRUNCATED || !c.write || !scene.vma(VM_SHARED) || c.ret !== 0 || c.folio < 0)
    return false;
  return !c.slotMade && !after.folioTest(c.folio, FOLIO_CACHED) && before.pteNone(c.slot);
}

/** I25: why repeating the access does not fault in the same way for ever. */
function progressed(c: Context): boolean {
  const { scene, before, after } = c;
  if ((after.pte[c.slot] & PTE_PRESENT) !== 0 || after.pmdState() === PMD_HUGE) return true;
  if (c.clearsMarker && after.pteNone(c.slot)) return true;
  if (truncated(c)) return true;
  // The file system has the fault repeated, and says with VM_FAULT_NOPAGE that it is responsible.
  const notified = c.write && scene.vma(VM_SHARED) && c.faultCalls > 0;
  if (notified && scene.mkwrite === MKWRITE_NOPAGE && c.ret === VM_FAULT_NOPAGE) return true;
  // The poisoned folio is no longer cached: the next fault reads the page again.
  return c.poisoned && before.folioTest(c.folio, FOLIO_CACHED) && !after.folioTest(c.folio, FOLIO_CACHED);
}

/** The PMD entry (I5 to I8, I11 to I13 for one that was made) and the page-table count (I23). */
function inspectPmd(c: Context): void {
  const { before, after } = c;
  const was = before.mm[PMD];
  const is = after.mm[PMD];
  const installed = before.pmdState() === PMD_NONE && after.pmdState() === PMD_TABLE ? 1 : 0;
  if (after.mm[MM_NR_PTES] - before.mm[MM_NR_PTES] !== installed) c.bad |= I23;
  if (is === was || installed === 1) return;
  if (before.pmdState() !== PMD_NONE || !c.pmdMade) c.bad |= I13;
  else inspectNewPmd(c, is);
}

function inspectNewPmd(c: Context, pmd: number): void {
  const { scene, after } = c;
  const start = -scene.ptOffset;
  const end = scene.vmaStart + scene.vmaPages;
  if (scene.vmaStart > start || end < start + PTRS_PER_PTE) c.bad |= I5;
  const folio = scene.headOf[scene.shift];
  if (folio !== start + scene.shift || scene.folioPages[folio] !== HPAGE_PMD_NR) {
    c.bad |= I7;
    return;
  }
  if (c.rules.pmdWithinSize && scene.fileKind === FILE_REGULAR && c.iSize < folio + HPAGE_PMD_NR) c.bad |= I6;
  const writable = (c.expected & PTE_WRITE) !== 0 ? PMD_WRITE : 0;
  const dirty = (c.expected & PTE_DIRTY) !== 0 ? PMD_DIRTY : 0;
  if ((pmd & (PMD_WRITE | PMD_DIRTY)) !== (writable | dirty)) c.bad |= I11;
  // No prefault rule and no pte_sw_mkyoung() for a PMD: it is as young as its protection.
  if (((pmd & PMD_YOUNG) !== 0) !== c.protYoung) c.bad |= I8;
  if (after.folioTest(folio, FOLIO_FRESH)) return;
  for (let page = folio; page < folio + HPAGE_PMD_NR; page++) {
    if (scene.hwpoison[page] === 0) continue;
    c.bad |= I12;
    return;
  }
}
