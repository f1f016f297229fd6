/**
 * What the processor, a device or get_user_pages() does to reach one page: it looks at the entry, takes faults until
 * the entry permits the access, then sets accessed and dirty bits if it can. The fault entry of the kernel,
 * handle_pte_fault(), is here as well: present entries are not versioned, the rest goes to the engine.
 */
import {
  FAULT_FLAG_ORIG_PTE_VALID,
  FAULT_FLAG_VMA_LOCK,
  FAULT_FLAG_WRITE,
  PMD_DIRTY,
  PMD_HUGE,
  PMD_NONE,
  PMD_WRITE,
  PMD_YOUNG,
  PTE_CONT,
  PTE_DIRTY,
  PTE_KIND_MASK,
  PTE_MARKER_UFFD_WP,
  PTE_PRESENT,
  PTE_PROTNONE,
  PTE_SOFT_DIRTY,
  PTE_WRITE,
  PTE_YOUNG,
  VM_FAULT_ERROR,
  VM_FAULT_LOCKED,
  VM_FAULT_RETRY,
  VM_UFFD_WP,
} from './bits.js';
import type { FaultHandler } from './fault.js';
import { ACCESS_EFFECT, ACCESS_FAULTS, ACCESS_OUTCOME, PMD, RET, VMA_LOCK_RETRIES } from './fields.js';
import * as M from './marks.js';

/** A processor with the rules of its architecture. */
export const BY_CPU = 0;
/** A device or SMMU that cannot update access flags: it takes a fault instead. */
export const BY_DEVICE = 1;
/** get_user_pages(FOLL_FORCE): core dump, ptrace. */
export const BY_GUP = 2;

/** How an access ended (field accessOutcome). */
export const OUTCOMES = [
  'none',
  'done',
  'error',
  'no progress',
  'needs write-protect fault',
  'needs swap-in',
  'inaccessible',
] as const;
export const OUTCOME_DONE = 1;
export const OUTCOME_ERROR = 2;
export const OUTCOME_NO_PROGRESS = 3;
export const OUTCOME_WP = 4;
export const OUTCOME_SWAP = 5;
export const OUTCOME_INACCESSIBLE = 6;

/** Faults after which an access is given up: a kernel that answers like this spins for ever. */
export const MAX_FAULTS = 4;

const NEEDS_FAULT = 0;

/** One access in progress on one engine. */
export class Access {
  slot = 0;
  write = false;
  by = BY_CPU;
  private vmaLock = false;

  constructor(readonly engine: FaultHandler) {}

  begin(slot: number, write: boolean, by: number): void {
    this.slot = slot;
    this.write = write;
    this.by = by;
    this.vmaLock = this.engine.scene.vmaLock && this.engine.knows_vma_lock();
    const { mm } = this.engine.image;
    mm[ACCESS_FAULTS] = 0;
    mm[ACCESS_OUTCOME] = 0;
    mm[ACCESS_EFFECT] = 0;
  }

  /** Must the access take a (further) fault? Otherwise it has ended, and its outcome is recorded. */
  needsFault(): boolean {
    const { mm } = this.engine.image;
    if (mm[ACCESS_OUTCOME] !== 0) return false;
    const outcome = this.look();
    if (outcome === NEEDS_FAULT && mm[ACCESS_FAULTS] < MAX_FAULTS) return true;
    mm[ACCESS_OUTCOME] = outcome === NEEDS_FAULT ? OUTCOME_NO_PROGRESS : outcome;
    return false;
  }

  /** One fault: clears what belongs to one fault alone, runs the handler, records its return value. */
  fault(): void {
    const { image, scene, vmf } = this.engine;
    image.clearMaintenance();
    image.maintained = true;
    image.setterCalled = false;
    image.mm[ACCESS_FAULTS]++;
    image.mm[VMA_LOCK_RETRIES] = 0;
    const flags = (this.write ? FAULT_FLAG_WRITE : 0) | (this.vmaLock ? FAULT_FLAG_VMA_LOCK : 0);
    vmf.begin(this.slot, this.slot + scene.shift, flags);
    let ret = this.handlePteFault() & ~VM_FAULT_LOCKED;
    if (this.vmaLock && (ret & VM_FAULT_RETRY) !== 0) {
      // The architecture's handler drops the per-VMA lock and calls again under mmap_lock.
      image.mm[VMA_LOCK_RETRIES]++;
      vmf.begin(this.slot, this.slot + scene.shift, flags & ~FAULT_FLAG_VMA_LOCK);
      ret = this.handlePteFault() & ~VM_FAULT_LOCKED;
    }
    image.mm[RET] = ret;
    if ((ret & VM_FAULT_ERROR) !== 0) image.mm[ACCESS_OUTCOME] = OUTCOME_ERROR;
  }

  /** The access itself, after its last fault: sets the bits that its agent can set. */
  finish(): void {
    const { image } = this.engine;
    if (image.mm[ACCESS_OUTCOME] !== OUTCOME_DONE || this.by !== BY_CPU) return;
    if (image.pmdState() === PMD_HUGE) {
      const bits = PMD_YOUNG | (this.write ? PMD_DIRTY : 0);
      image.mm[ACCESS_EFFECT] = bits & ~image.mm[PMD];
      image.mm[PMD] |= bits;
      return;
    }
    const bits = PTE_YOUNG | (this.write ? PTE_DIRTY : 0);
    image.mm[ACCESS_EFFECT] = bits & ~image.pte[this.slot];
    image.rewritePte(this.slot, image.pte[this.slot] | bits);
  }

  /** The outcome if the entry lets the access end, or NEEDS_FAULT. */
  private look(): number {
    const { image, scene } = this.engine;
    if (image.pmdState() === PMD_HUGE) {
      return this.write && (image.mm[PMD] & PMD_WRITE) === 0 ? OUTCOME_WP : OUTCOME_DONE;
    }
    const flags = image.ptepGet(this.slot, scene.arch.contPtes, scene.ptOffset);
    const kind = flags & PTE_KIND_MASK;
    if (kind === 0 || kind === PTE_MARKER_UFFD_WP) return NEEDS_FAULT;
    if (kind !== PTE_PRESENT) return OUTCOME_SWAP;
    if ((flags & PTE_PROTNONE) !== 0 && this.by !== BY_GUP) return OUTCOME_INACCESSIBLE;
    if (this.write && (flags & PTE_WRITE) === 0) {
      // can_follow_write_pte(): a forced write is satisfied by a dirty private copy.
      return this.by === BY_GUP && (flags & PTE_DIRTY) !== 0 ? OUTCOME_DONE : OUTCOME_WP;
    }
    if (this.by === BY_GUP) return OUTCOME_DONE;
    const byFault = this.by === BY_DEVICE;
    // A contiguous block satisfies the kernel as a whole, but hardware reads the one entry.
    const own = image.pte[this.slot];
    if ((own & PTE_YOUNG) === 0 && (byFault || scene.arch.accessFlag === 'fault')) return NEEDS_FAULT;
    if (this.write && (own & PTE_DIRTY) === 0 && (byFault || scene.arch.dirtyFlag === 'fault')) return NEEDS_FAULT;
    return OUTCOME_DONE;
  }

  /** handle_pte_fault(): the state of the entry decides who handles the fault. */
  private handlePteFault(): number {
    const { image, scene, vmf } = this.engine;
    if (image.pmdState() === PMD_NONE) return this.engine.do_fault();
    const slot = this.slot;
    vmf.origPte = image.pte[slot];
    vmf.flags |= FAULT_FLAG_ORIG_PTE_VALID;
    const kind = vmf.origPte & PTE_KIND_MASK;
    if (kind === 0) return this.engine.do_fault();
    if (kind === PTE_MARKER_UFFD_WP) {
      if (scene.vma(VM_UFFD_WP)) return this.engine.do_fault();
      // pte_marker_clear(): a left-over marker goes, and the access is tried again.
      image.mark(M.MARKER_CLEARED);
      image.pte[slot] = 0;
      image.pfn[slot] = 0;
      return 0;
    }
    return this.setAccessFlags();
  }

  /** The present branch: ptep_set_access_flags() with pte_mkyoung(), and pte_mkdirty() for a write. */
  private setAccessFlags(): number {
    const { image, scene } = this.engine;
    const dirty = this.write ? PTE_DIRTY | (scene.arch.name === 'x86-64' ? PTE_SOFT_DIRTY : 0) : 0;
    const flags = image.pte[this.slot];
    image.mark(M.ACCESS_FLAG_FAULT);
    image.note('ptep_set_access_flags', this.slot, 1);
    if ((flags & PTE_CONT) !== 0) this.setBlockAccessFlags(PTE_YOUNG | dirty);
    else image.rewritePte(this.slot, flags | PTE_YOUNG | dirty);
    image.updateMmuCacheRange(this.slot, 1);
    return 0;
  }

  /** contpte_ptep_set_access_flags(): the whole block keeps one value. */
  private setBlockAccessFlags(bits: number): void {
    const { image, scene } = this.engine;
    if (this.engine.contpte_access_flags_set(this.slot, bits)) return;
    const nr = scene.arch.contPtes;
    const start = this.slot - ((this.slot + scene.ptOffset) & (nr - 1));
    for (let i = start; i < start + nr; i++) image.rewritePte(i, image.pte[i] | bits);
  }
}
