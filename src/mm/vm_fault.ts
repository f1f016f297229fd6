/** struct vm_fault: what travels with one fault through the handlers. */

export class VmFault {
  /** FAULT_FLAG_* */
  flags = 0;
  /** slot of the faulting page (vmf->address, page aligned) */
  address = 0;
  /** index of the faulting page (vmf->pgoff) */
  pgoff = 0;
  /** slot that vmf->pte points at; fault-around uses it as a cursor */
  pte = 0;
  /** flags of the entry at the time of the fault; meaningful with FAULT_FLAG_ORIG_PTE_VALID */
  origPte = 0;
  /** index of the page that ->fault returned, or -1 */
  page = -1;
  /** spare page of a private write, or -1 */
  cowPage = -1;
  /** vmf->prealloc_pte holds a page table */
  prealloc = false;

  begin(address: number, pgoff: number, flags: number): void {
    this.flags = flags;
    this.address = address;
    this.pgoff = pgoff;
    this.pte = address;
    this.origPte = 0;
    this.page = -1;
    this.cowPage = -1;
    this.prealloc = false;
  }
}
