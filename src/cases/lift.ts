/** From scene and image back to plain data: the inverse of loading, for a layout that no fault has touched yet. */
import { BY_CPU, BY_DEVICE } from '../mm/access.js';
import {
  FOLIO_CACHED,
  FOLIO_UPTODATE,
  FOLIO_VALUE_ENTRY,
  PAGE_SIZE,
  PMD_HUGE,
  PMD_NONE,
  PTE_CONT,
} from '../mm/bits.js';
import { I_SIZE, MMAP_MISS } from '../mm/fields.js';
import type { Image } from '../mm/image.js';
import type { Scene } from '../mm/scene.js';
import { rowArt } from './art.js';
import type { Case, CaseFolio, CaseStep } from './case.js';
import { entryFlags, FOLIO_FLAG_BITS, PTE_BIT_FLAGS } from './load.js';
import {
  FAILURE_NAMES,
  FILE_KINDS,
  FOLIO_FLAG_NAMES,
  MKWRITE_NAMES,
  PTE_BIT_NAMES,
  RACE_NAMES,
  VMA_FLAG_NAMES,
} from './names.js';
import { STEP_AGE, STEP_READ, STEP_WRITE, STEP_ZAP, type Steps } from './steps.js';

/** The plain case of a freshly drawn layout and its steps. */
export function liftCase(scene: Scene, image: Image, steps: Steps): Case {
  const named = <T extends string>(names: readonly T[], mask: number): T[] => names.filter((_, i) => (mask >> i) & 1);
  const row = rowArt(image);
  return {
    arch: scene.arch.name,
    span: scene.span,
    faultAroundPages: scene.faultAroundPages,
    vma: {
      start: scene.vmaStart,
      pages: scene.vmaPages,
      tableIndex: scene.ptOffset,
      fileIndex: scene.shift,
      flags: named(VMA_FLAG_NAMES, scene.vmFlags),
      mapPages: scene.hasMapPages,
      vmaLock: scene.vmaLock,
    },
    file: {
      kind: FILE_KINDS[scene.fileKind],
      base: scene.fileBase,
      size: sizeOf(scene, image),
      mmapMiss: image.mm[MMAP_MISS],
      readahead: scene.readahead,
      pageMkwrite: MKWRITE_NAMES[scene.mkwrite],
    },
    folios: liftFolios(scene, image),
    valueEntries: liftValues(scene, image),
    pmd: image.pmdState() === PMD_NONE ? 'none' : image.pmdState() === PMD_HUGE ? 'huge' : 'table',
    row: row.replace(/\.+$/, ''),
    bits: liftBits(scene, image, row),
    contiguous: liftContiguous(scene, image),
    steps: liftSteps(steps),
    teardown: steps.teardown,
    failures: named(FAILURE_NAMES, scene.failures),
    race: { kind: RACE_NAMES[scene.race], at: scene.raceAt },
  };
}

function sizeOf(scene: Scene, image: Image): number {
  const pages = image.mm[I_SIZE] + scene.fileBase;
  return pages === 0 ? 0 : (pages - 1) * PAGE_SIZE + scene.iSizeTail;
}

/** Bits of present entries that their character does not imply. */
function liftBits(scene: Scene, image: Image, row: string): Case['bits'] {
  const bits: Case['bits'] = {};
  for (let slot = 0; slot < row.length; slot++) {
    const extra = image.pte[slot] & ~entryFlags(scene, row[slot]);
    const names = PTE_BIT_NAMES.filter((name) => (extra & PTE_BIT_FLAGS[name]) !== 0);
    if (names.length > 0 && row[slot] !== '.') bits[String(slot)] = names;
  }
  return bits;
}

/** A contiguous block is complete, so that its first entry stands for it. */
function liftContiguous({ arch, span, ptOffset }: Scene, image: Image): number[] {
  const blocks: number[] = [];
  const { contPtes } = arch;
  if (contPtes === 0) return blocks;
  const first = -ptOffset & (contPtes - 1);
  for (let slot = first; slot < span; slot += contPtes) if ((image.pte[slot] & PTE_CONT) !== 0) blocks.push(slot);
  return blocks;
}

function liftFolios(scene: Scene, image: Image): CaseFolio[] {
  const folios: CaseFolio[] = [];
  for (let head = 0; head < scene.span; head += scene.folioPages[head]) {
    if (!image.folioTest(head, FOLIO_CACHED)) continue;
    folios.push(liftFolio(scene, image, head));
  }
  return folios;
}

function liftFolio(scene: Scene, image: Image, head: number): CaseFolio {
  const pages = scene.folioPages[head];
  const indexes = Array.from({ length: pages }, (_, i) => head + i);
  const hwpoison = indexes.filter((page) => scene.hwpoison[page] !== 0);
  const maps = Object.fromEntries(
    indexes.filter((page) => scene.otherMaps[page] > 0).map((page) => [String(page), scene.otherMaps[page]]),
  );
  const flags = FOLIO_FLAG_NAMES.filter((name, i) => {
    if (name === 'not-uptodate') return !image.folioTest(head, FOLIO_UPTODATE);
    if (name === 'refcount-zero') return image.refcount[head] === 0;
    return image.folioTest(head, FOLIO_FLAG_BITS[i]);
  });
  return {
    at: head,
    order: 31 - Math.clz32(pages),
    ...(flags.length > 0 && { flags }),
    ...(hwpoison.length > 0 && { hwpoison }),
    ...(Object.keys(maps).length > 0 && { maps }),
    ...(scene.otherEntire[head] > 0 && { pmdMaps: scene.otherEntire[head] }),
    ...(scene.otherRefs[head] > 0 && { refs: scene.otherRefs[head] }),
  };
}

function liftValues(scene: Scene, image: Image): number[] {
  const values: number[] = [];
  for (let i = 0; i < scene.span; i++) if (image.folioTest(i, FOLIO_VALUE_ENTRY)) values.push(i);
  return values;
}

function liftSteps(steps: Steps): CaseStep[] {
  const list: CaseStep[] = [];
  for (let i = 0; i < steps.count; i++) {
    const at = steps.at[i];
    const agent =
      steps.extra[i] === BY_CPU ? {} : { by: steps.extra[i] === BY_DEVICE ? ('device' as const) : ('gup' as const) };
    const range = { from: at, pages: steps.extra[i] };
    if (steps.kind[i] === STEP_READ) list.push({ read: at, ...agent });
    else if (steps.kind[i] === STEP_WRITE) list.push({ write: at, ...agent });
    else if (steps.kind[i] === STEP_ZAP) list.push({ zap: range });
    else if (steps.kind[i] === STEP_AGE) list.push({ age: range });
  }
  return list;
}
