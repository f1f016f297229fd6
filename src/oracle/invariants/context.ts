/**
 * One fault as the invariants see it: what kind of fault it was, where it may have made entries and what these must
 * look like. Worked out from scene and images alone; one object is used again for every fault.
 */
import {
  COW_PAGES,
  FILE_REGULAR,
  FOLIO_CACHED,
  FOLIO_FRESH,
  PMD_HUGE,
  PTE_DIRTY,
  PTE_EXEC,
  PTE_MARKER_UFFD_WP,
  PTE_PRESENT,
  PTE_PROTNONE,
  PTE_SOFT_DIRTY,
  PTE_UFFD_WP,
  PTE_USER,
  PTE_WRITE,
  PTRS_PER_PTE,
  VM_EXEC,
  VM_FAULT_HWPOISON,
  VM_FAULT_NOPAGE,
  VM_PROTNONE,
  VM_SHARED,
  VM_UFFD_MINOR,
  VM_UFFD_WP,
  VM_WRITE,
} from '../../mm/bits.js';
import { FAULT_CALLS, I_SIZE } from '../../mm/fields.js';
import type { Image } from '../../mm/image.js';
import { MKWRITE_NONE, RACE_ENTRY_BEFORE_AROUND, RACE_ENTRY_BEFORE_FINISH, type Scene } from '../../mm/scene.js';
import { mlocks } from '../mapping.js';
import type { Rules } from './exceptions.js';
import type { Moment } from './moment.js';
import { mapsWhole } from './whole_folio.js';

/** Counts of a maintenance word that are compared: stores, instruction cache, MMU cache. */
export const COUNTS = 0xffffff;
/** Instruction and MMU cache once, nothing stored: what a new PMD mapping does to each page under it. */
const PMD_COUNTS = 0x010100;
const NO_LIMIT = 1 << 28;
const NOWHERE = -(1 << 20);

export class Context {
  scene!: Scene;
  before!: Image;
  after!: Image;
  rules!: Rules;
  /** bits of the invariants that do not hold */
  bad = 0;
  /** the state is that after a teardown, `before` the one the case began with */
  teardown = false;

  // --- the fault ---
  slot = 0;
  write = false;
  ret = 0;
  /** page and folio under the fault, -1 outside of the modelled file */
  page = -1;
  folio = -1;
  /** calls of ->fault */
  faultCalls = 0;
  /** a private write */
  cow = false;
  /** the entry was present: the fault sets its young and dirty bits */
  setsFlags = false;
  /** the entry was a uffd-wp marker that must go, or be replaced */
  clearsMarker = false;
  replacesMarker = false;
  /** fault-around is tried, in slots [from, to] */
  around = false;
  from = 0;
  to = -1;
  /** where another thread may install an entry */
  raceSlot = NOWHERE;
  /** ->fault found the page poisoned */
  poisoned = false;
  pmdMade = false;
  /** finish_fault() mapped the whole folio of the fault */
  whole = false;
  /** VM_LOCKED and not VM_SPECIAL */
  mlocks = false;

  // --- what new entries must look like ---
  /** i_size in pages that limits new entries */
  iSize = 0;
  /** mk_pte(page, vma->vm_page_prot), without young */
  prot = 0;
  /** is mk_pte() young, and is a new entry that is not prefaulted */
  protYoung = false;
  newYoung = false;
  /** flags of a new entry, without young; those of one that replaces a marker */
  expected = 0;
  expectedWp = 0;
  /** maintenance counts of an entry that the fault leaves alone */
  quiet = 0;

  // --- what the entries were found to be ---
  /** entries of the mm that map a page, by page */
  readonly own = new Uint16Array(PTRS_PER_PTE + COW_PAGES);
  /** present entries of private copies; of the file but of no known page; swap and migration entries */
  anon = 0;
  stray = 0;
  swaps = 0;
  migrations = 0;
  /** slots that the fault touched, in order */
  readonly touched = new Int32Array(PTRS_PER_PTE);
  touchedCount = 0;
  /** folios that ask for a closer look, by their first page */
  readonly closer = new Int32Array(PTRS_PER_PTE);
  /** of each: entries of all mms that map it, pages with one, entries of the mm */
  readonly closerMaps = new Int32Array(PTRS_PER_PTE);
  readonly closerMapped = new Int32Array(PTRS_PER_PTE);
  readonly closerMine = new Int32Array(PTRS_PER_PTE);
  closerCount = 0;
  /** all flags of all entries together */
  flagsSeen = 0;
  /** entries that the engine made: all, those of the folio of the fault, the faulting one */
  made = 0;
  madeInFolio = 0;
  slotMade = false;
  /** last entry made, for the comparison with its neighbour */
  lastMade = NOWHERE;

  /** Takes a fault up. */
  begin(moment: Moment, rules: Rules): void {
    const { scene, before, after, slot } = moment;
    this.scene = scene;
    this.before = before;
    this.after = after;
    this.rules = rules;
    this.bad = 0;
    this.teardown = false;
    this.clearFindings();
    this.slot = slot;
    this.write = moment.write;
    this.ret = moment.ret;
    const page = slot + scene.shift;
    const modelled = page >= 0 && page < scene.span;
    this.page = modelled ? page : -1;
    this.folio = modelled ? scene.headOf[page] : -1;
    this.faultCalls = after.mm[FAULT_CALLS] - before.mm[FAULT_CALLS];
    this.cow = moment.write && !scene.vma(VM_SHARED);
    this.mlocks = mlocks(scene);
    this.setKind();
    this.setWindow();
    this.iSize = this.sizeLimit();
    this.setExpectations();
    this.pmdMade = after.pmdState() === PMD_HUGE && before.pmdState() !== PMD_HUGE;
    this.quiet = this.pmdMade ? PMD_COUNTS : 0;
    const race = scene.race;
    this.raceSlot = race === RACE_ENTRY_BEFORE_AROUND || race === RACE_ENTRY_BEFORE_FINISH ? scene.raceAt : NOWHERE;
    this.poisoned = this.meetsPoison();
    this.whole = this.faultCalls > 0 && mapsWhole(this);
  }

  /**
   * Takes the same fault of another engine up, which began with the same state and left one that differs in young bits
   * at most: what was counted stays.
   */
  beginAlike(moment: Moment, rules: Rules): void {
    this.after = moment.after;
    this.rules = rules;
    this.bad = 0;
    this.clearMade();
    this.iSize = this.sizeLimit();
    this.whole = this.faultCalls > 0 && mapsWhole(this);
  }

  /** Takes the state after a teardown up; no entry is expected. */
  beginTeardown(scene: Scene, base: Image, after: Image, rules: Rules): void {
    this.scene = scene;
    this.before = base;
    this.after = after;
    this.rules = rules;
    this.bad = 0;
    this.teardown = true;
    this.mlocks = false;
    this.pmdMade = false;
    this.clearFindings();
  }

  private clearFindings(): void {
    this.own.fill(0, 0, this.after.slots);
    this.anon = 0;
    this.stray = 0;
    this.swaps = 0;
    this.migrations = 0;
    this.flagsSeen = 0;
    this.touchedCount = 0;
    this.clearMade();
  }

  private clearMade(): void {
    this.made = 0;
    this.madeInFolio = 0;
    this.slotMade = false;
    this.lastMade = NOWHERE;
  }

  /** handle_pte_fault(): the entry before the fault decides who handles it. */
  private setKind(): void {
    const entry = this.before.pte[this.slot];
    const marker = entry === PTE_MARKER_UFFD_WP;
    const registered = this.scene.vma(VM_UFFD_WP);
    this.setsFlags = entry !== 0 && !marker;
    this.clearsMarker = marker && !registered;
    this.replacesMarker = marker && registered;
  }

  /** do_fault_around(): the block of fault_around_bytes, cut where mapping and page table begin and end. */
  private setWindow(): void {
    const { scene, slot } = this;
    const pages = scene.faultAroundPages;
    const tried = !this.write && !this.setsFlags && !this.clearsMarker && scene.hasMapPages && pages > 1;
    this.around = tried && !scene.vma(VM_UFFD_WP | VM_UFFD_MINOR);
    if (!this.around) return;
    const position = slot + scene.ptOffset;
    const from = Math.max(position - (position % pages), scene.vmaStart + scene.ptOffset, 0);
    const to = Math.min(from + pages, PTRS_PER_PTE, scene.vmaStart + scene.vmaPages + scene.ptOffset) - 1;
    this.from = from - scene.ptOffset;
    this.to = to - scene.ptOffset;
  }

  private setExpectations(): void {
    const { scene, write } = this;
    const { arch } = scene;
    const writable = scene.vma(VM_WRITE);
    let prot = PTE_PRESENT;
    if (scene.vma(VM_PROTNONE)) prot |= PTE_PROTNONE;
    else {
      prot |= PTE_USER;
      if (scene.vma(VM_EXEC)) prot |= PTE_EXEC;
      // Shared writable mappings without write notification are writable from the start: shmem, not write-protected.
      const notifies = scene.fileKind === FILE_REGULAR || scene.mkwrite !== MKWRITE_NONE || scene.vma(VM_UFFD_WP);
      if (writable && scene.vma(VM_SHARED) && !notifies) prot |= PTE_WRITE;
    }
    this.prot = prot;
    this.protYoung = scene.vma(VM_PROTNONE) ? arch.protnoneYoungByDefault : arch.youngByDefault;
    this.newYoung = this.protYoung || arch.swMkyoung;
    let expected = prot;
    if (write) expected |= PTE_DIRTY | (arch.softDirty ? PTE_SOFT_DIRTY : 0) | (writable ? PTE_WRITE : 0);
    this.expected = expected;
    this.expectedWp = (expected & ~PTE_WRITE) | PTE_UFFD_WP;
  }

  /**
   * The size that limits new entries: the one the fault began with. The inclusive limit of a file that was truncated to
   * nothing since then wraps around, and a clamp to it under the lock does nothing.
   */
  private sizeLimit(): number {
    const { scene, before, after, rules } = this;
    const size = before.mm[I_SIZE];
    const emptied = after.mm[I_SIZE] < size && after.mm[I_SIZE] + scene.fileBase === 0;
    return emptied && rules.clampsLate && this.around ? NO_LIMIT : size;
  }

  private meetsPoison(): boolean {
    if (this.faultCalls === 0 || this.page < 0 || this.scene.hwpoison[this.page] === 0) return false;
    const flags = this.before.folio[this.folio];
    if ((flags & (FOLIO_CACHED | FOLIO_FRESH)) !== FOLIO_CACHED) return false;
    return (this.ret & (VM_FAULT_HWPOISON | VM_FAULT_NOPAGE)) !== 0;
  }
}
