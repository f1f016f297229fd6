/** The mapping and file part of a layout. */
import {
  FILE_ANON_SHMEM,
  FILE_REGULAR,
  PTRS_PER_PTE,
  VM_EXEC,
  VM_HUGEPAGE,
  VM_LOCKED,
  VM_PROTNONE,
  VM_SHARED,
  VM_SPECIAL,
  VM_THP_DISABLED,
  VM_UFFD_MINOR,
  VM_UFFD_WP,
  VM_WRITE,
} from '../mm/bits.js';
import { MKWRITE_NONE, MKWRITE_TRUNCATED, type Scene } from '../mm/scene.js';
import { DIALS } from './dials.js';
import type { Drawer } from './draw.js';

/** Bound here: an imported binding would be looked up, and its properties with it, each time that it is read. */
const dials = DIALS;

/** Draws geometry, flags and file. */
export function drawMapping(drawer: Drawer, scene: Scene): void {
  drawGeometry(drawer, scene);
  scene.fileKind = drawer.pick(dials.fileKind);
  scene.vmFlags = drawFlags(drawer, scene);
  scene.readahead = drawer.pick(dials.noReadahead) === 0;
  scene.mkwrite = scene.fileKind === FILE_REGULAR ? drawMkwrite(drawer) : MKWRITE_NONE;
  scene.hasMapPages = drawer.pick(dials.noMapPages) === 0;
  scene.vmaLock = drawer.pair.vmaLock && !scene.hasMapPages && drawer.pick(dials.vmaLock) === 1;
  scene.prepare();
}

function drawGeometry(drawer: Drawer, scene: Scene): void {
  const { span } = scene;
  const { rng } = drawer;
  const outside = drawer.pick(dials.outside);
  const atEnd = span < PTRS_PER_PTE && drawer.pick(dials.tableEnd) === 1;
  scene.ptOffset = atEnd ? PTRS_PER_PTE - span : 0;
  const ends = drawer.pick(dials.vmaEnds);
  let start = (ends & 1) !== 0 ? rng.below(span) : 0;
  let end = (ends & 2) !== 0 ? start + 1 + rng.below(span - start) : span;
  if ((outside & 1) !== 0 && scene.ptOffset === 0 && (ends & 1) === 0) start = -1 - rng.below(20);
  if ((outside & 2) !== 0 && scene.ptOffset + span === PTRS_PER_PTE && (ends & 2) === 0) end = span + 1 + rng.below(20);
  scene.vmaStart = start;
  scene.vmaPages = end - start;
  scene.fileBase = drawer.pick(dials.fileBase) === 1 ? PTRS_PER_PTE : 0;
  let shift = drawer.pick(dials.shift) === 1 ? rng.below(span) - (span >> 1) : 0;
  if (drawer.arch.contPtes !== 0 && drawer.pick(dials.alignedShift) === 1) shift &= -drawer.arch.contPtes;
  // The mapping must not begin before the file.
  if (start + shift + scene.fileBase < 0) shift = 0 - start - scene.fileBase;
  scene.shift = shift;
}

const flagIf = (on: number, flag: number): number => (on === 1 ? flag : 0);

function drawFlags(drawer: Drawer, scene: Scene): number {
  let flags = flagIf(drawer.pick(dials.shared), VM_SHARED);
  if (scene.fileKind === FILE_ANON_SHMEM) flags |= VM_SHARED;
  if (drawer.pick(dials.protnone) === 1) {
    flags |= VM_PROTNONE;
  } else {
    flags |= flagIf(drawer.pick(dials.write), VM_WRITE);
    flags |= flagIf(drawer.pick(dials.exec), VM_EXEC);
  }
  flags |= flagIf(drawer.pick(dials.locked), VM_LOCKED);
  if ((flags & VM_LOCKED) === 0) flags |= flagIf(drawer.pick(dials.special), VM_SPECIAL);
  flags |= flagIf(drawer.pick(dials.thpDisabled), VM_THP_DISABLED);
  if ((flags & VM_THP_DISABLED) === 0) flags |= flagIf(drawer.pick(dials.hugepage), VM_HUGEPAGE);
  flags |= drawer.pick(dials.advice);
  if (scene.fileKind !== FILE_REGULAR) flags |= drawUffd(drawer);
  return flags;
}

/** Truncation during ->page_mkwrite is a race. */
function drawMkwrite(drawer: Drawer): number {
  const plain = drawer.pick(dials.mkwrite);
  return drawer.pair.races && drawer.pick(dials.mkwriteTruncates) === 1 ? MKWRITE_TRUNCATED : plain;
}

function drawUffd(drawer: Drawer): number {
  let uffd = drawer.pick(dials.uffd);
  if (!drawer.pair.uffdWp) uffd &= ~VM_UFFD_WP;
  // Minor faults of shmem are an x86-64 and arm64 matter in both kernels.
  const name = drawer.arch.name;
  if (name !== 'x86-64' && !name.startsWith('arm64')) uffd &= ~VM_UFFD_MINOR;
  return uffd;
}
