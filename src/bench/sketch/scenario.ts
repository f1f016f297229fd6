/** Immutable inputs of one case of the sketch; the engines never write here. */
export class Scenario {
  /** for every file index the index of its folio's head, or -1 where nothing is cached */
  readonly headOf: Int32Array;
  /** pages of the folio, at its head */
  readonly folioPages: Int32Array;
  iSizePages = 0;
  shmem = false;
  /** entries [vmaStart, vmaStart + vmaPages) map file indexes from vmaPgoff */
  vmaStart = 0;
  vmaPages = 0;
  vmaPgoff = 0;
  vmaFlags = 0;
  faultSlot = 0;
  faultFlags = 0;
  faultAround = 16;
  archWantsOld = false;

  constructor(readonly slots: number) {
    this.headOf = new Int32Array(slots);
    this.folioPages = new Int32Array(slots + 1);
    this.folioPages[slots] = 1;
  }
}
