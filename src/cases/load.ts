/** From plain data to scene and image: a case is checked for possibility, loaded, and its derived words computed. */
import { architecture } from '../mm/arch/index.js';
import {
  FILE_ANON_SHMEM,
  FILE_REGULAR,
  FILE_SHMEM,
  FOLIO_CACHED,
  FOLIO_DIRTY,
  FOLIO_LOCKED,
  FOLIO_OTHER_MAPPING,
  FOLIO_READAHEAD,
  FOLIO_SWAPBACKED,
  FOLIO_UPTODATE,
  FOLIO_VALUE_ENTRY,
  FOLIO_WORKINGSET,
  PAGE_SIZE,
  PMD_HUGE,
  PMD_NONE,
  PMD_TABLE,
  PMD_WRITE,
  PMD_YOUNG,
  PTE_CONT,
  PTE_DIRTY,
  PTE_MARKER_UFFD_WP,
  PTE_MIGRATION,
  PTE_SWAP,
  PTE_UFFD_WP,
  PTE_WRITE,
  PTE_YOUNG,
} from '../mm/bits.js';
import { I_SIZE, MMAP_MISS } from '../mm/fields.js';
import { Image } from '../mm/image.js';
import { ANON_PFN_BASE, Scene } from '../mm/scene.js';
import type { Case } from './case.js';
import { derive } from './derive.js';
import { FAILURE_NAMES, FILE_KINDS, FOLIO_FLAG_NAMES, MKWRITE_NAMES, RACE_NAMES, VMA_FLAG_NAMES } from './names.js';
import { checkCase } from './possible.js';

/** Folio flags by the index of their name in FOLIO_FLAG_NAMES; the two inverted ones are handled apart. */
export const FOLIO_FLAG_BITS: readonly number[] = [
  FOLIO_LOCKED,
  FOLIO_UPTODATE,
  FOLIO_READAHEAD,
  FOLIO_WORKINGSET,
  FOLIO_DIRTY,
  FOLIO_OTHER_MAPPING,
  0,
];
export const PTE_BIT_FLAGS: Readonly<Record<string, number>> = {
  write: PTE_WRITE,
  dirty: PTE_DIRTY,
  'uffd-wp': PTE_UFFD_WP,
};

/** A layout that the engines can run on. */
export interface Loaded {
  readonly scene: Scene;
  readonly image: Image;
}

/**
 * Loads a case.
 * @throws ImpossibleCase where the parts do not fit together, with the path of the part and the reason
 */
export function loadCase(plain: Case): Loaded {
  checkCase(plain);
  const scene = new Scene(plain.span);
  const image = new Image(plain.span);
  loadInto(plain, scene, image);
  return { scene, image };
}

/** Loads a possible case in place of whatever scene and image, of the same span, held before. */
export function loadInto(plain: Case, scene: Scene, image: Image): void {
  image.words.fill(0);
  loadScene(plain, scene);
  scene.prepare();
  scene.clearCache();
  loadCache(plain, scene, image);
  image.mm[MMAP_MISS] = plain.file.mmapMiss;
  image.mm[I_SIZE] = Math.ceil(plain.file.size / PAGE_SIZE) - plain.file.base;
  loadTable(plain, scene, image);
  derive(scene, image);
}

function loadScene(plain: Case, scene: Scene): void {
  const { vma, file } = plain;
  scene.arch = architecture(plain.arch);
  scene.faultAroundPages = plain.faultAroundPages;
  scene.ptOffset = vma.tableIndex;
  scene.vmaStart = vma.start;
  scene.vmaPages = vma.pages;
  scene.shift = vma.fileIndex;
  scene.fileBase = file.base;
  scene.vmFlags = vma.flags.reduce((flags, name) => flags | (1 << VMA_FLAG_NAMES.indexOf(name)), 0);
  scene.hasMapPages = vma.mapPages;
  scene.vmaLock = vma.vmaLock;
  scene.fileKind = [FILE_REGULAR, FILE_SHMEM, FILE_ANON_SHMEM][FILE_KINDS.indexOf(file.kind)];
  scene.iSizeTail = file.size === 0 ? 0 : ((file.size - 1) % PAGE_SIZE) + 1;
  scene.readahead = file.readahead;
  scene.mkwrite = MKWRITE_NAMES.indexOf(file.pageMkwrite);
  scene.failures = plain.failures.reduce((mask, name) => mask | (1 << FAILURE_NAMES.indexOf(name)), 0);
  scene.race = RACE_NAMES.indexOf(plain.race.kind);
  scene.raceAt = plain.race.at;
}

function loadCache(plain: Case, scene: Scene, image: Image): void {
  const swapbacked = plain.file.kind === 'regular' ? 0 : FOLIO_SWAPBACKED;
  for (const folio of plain.folios) {
    const pages = 1 << folio.order;
    scene.folioPages[folio.at] = pages;
    for (let page = folio.at; page < folio.at + pages; page++) scene.headOf[page] = folio.at;
    let flags = FOLIO_CACHED | FOLIO_UPTODATE | swapbacked;
    for (const name of folio.flags ?? []) {
      if (name === 'not-uptodate') flags &= ~FOLIO_UPTODATE;
      else if (name === 'refcount-zero') image.refcount[folio.at] = -1;
      else flags |= FOLIO_FLAG_BITS[FOLIO_FLAG_NAMES.indexOf(name)];
    }
    image.folio[folio.at] = flags;
    for (const page of folio.hwpoison ?? []) scene.hwpoison[page] = 1;
    for (const [page, maps] of Object.entries(folio.maps ?? {})) scene.otherMaps[Number(page)] = maps;
    scene.otherEntire[folio.at] = folio.pmdMaps ?? 0;
    scene.otherRefs[folio.at] = folio.refs ?? 0;
  }
  for (const index of plain.valueEntries) image.folio[index] = FOLIO_VALUE_ENTRY;
}

/** Flags of a populated entry for one character of the row. */
export function entryFlags(scene: Scene, character: string): number {
  const prot = scene.unregisteredPageProt() & ~PTE_YOUNG;
  switch (character) {
    case 'o':
      return prot;
    case 'y':
      return prot | PTE_YOUNG;
    case 'O':
      return prot | PTE_DIRTY;
    case 'Y':
      return prot | PTE_YOUNG | PTE_DIRTY;
    case 'a':
      return prot | PTE_YOUNG | PTE_DIRTY | PTE_WRITE;
    case 's':
      return PTE_SWAP;
    case 'm':
      return PTE_MIGRATION;
    case 'u':
      return PTE_MARKER_UFFD_WP;
    default:
      return 0;
  }
}

/** Second word of a populated entry: page frame, or swap offset. */
export function entryPfn(scene: Scene, slot: number, flags: number, anon: boolean): number {
  if ((flags & PTE_SWAP) !== 0) return slot + 1;
  if ((flags & PTE_MARKER_UFFD_WP) !== 0) return 0;
  return anon ? ANON_PFN_BASE + slot : scene.pfnOf(slot + scene.shift);
}

function loadTable(plain: Case, scene: Scene, image: Image): void {
  const huge = PMD_HUGE | PMD_YOUNG | ((scene.unregisteredPageProt() & PTE_WRITE) !== 0 ? PMD_WRITE : 0);
  image.setPmd(plain.pmd === 'none' ? PMD_NONE : plain.pmd === 'huge' ? huge : PMD_TABLE);
  for (let slot = 0; slot < plain.row.length; slot++) {
    const character = plain.row[slot];
    if (character === '.') continue;
    let flags = entryFlags(scene, character);
    for (const bit of plain.bits[String(slot)] ?? []) flags |= PTE_BIT_FLAGS[bit];
    if ((flags & PTE_UFFD_WP) !== 0) flags &= ~PTE_WRITE;
    image.pte[slot] = flags;
    image.pfn[slot] = entryPfn(scene, slot, flags, character === 'a');
  }
  for (const first of plain.contiguous) {
    for (let slot = first; slot < first + scene.arch.contPtes; slot++) image.pte[slot] |= PTE_CONT;
  }
}
