/**
 * The bulk drawer: walks the case space at random, straight into scene and image. A block is one layout on which
 * several cases are played; block and case are functions of (seed, index) alone, so that any case replays in constant
 * time.
 */
import { BY_CPU, BY_DEVICE, BY_GUP } from '../mm/access.js';
import type { Architecture } from '../mm/arch/architecture.js';
import { VM_PROTNONE, VM_SHARED, VM_WRITE } from '../mm/bits.js';
import { I_SIZE, MMAP_MISS } from '../mm/fields.js';
import type { Image } from '../mm/image.js';
import type { Scene } from '../mm/scene.js';
import { RACE_I_SIZE, RACE_NONE } from '../mm/scene.js';
import { derive } from './derive.js';
import { DIALS } from './dials.js';
import { drawCache } from './draw_cache.js';
import { drawMapping } from './draw_mapping.js';
import { drawSize, sizeBeside } from './draw_size.js';
import { drawTable } from './draw_table.js';
import { ARCH_NAMES } from './names.js';
import { Rng } from './rng.js';
import { type Dial, FEATURES, type PairSpace } from './space.js';
import { STEP_AGE, STEP_READ, STEP_WRITE, STEP_ZAP, type Steps } from './steps.js';

/** Bound here: an imported binding would be looked up, and its properties with it, each time that it is read. */
const dials = DIALS;

/** Cases that a block may have; the low part of a case's index. */
export const CASES_PER_BLOCK = 16;

export class Drawer {
  readonly rng = new Rng();
  /** layouts and cases of different architectures and spans share nothing */
  private readonly stream: number;
  /** bits of the features that this block has */
  features = 0;
  /** index behind the folio with which the file of this block ends, or 0 where it ends elsewhere */
  private sizeEnd = 0;

  constructor(
    readonly arch: Architecture,
    readonly pair: PairSpace,
    readonly seed: number,
    span: number,
  ) {
    this.stream = (ARCH_NAMES.indexOf(arch.name) * 1024 + span) * 2;
  }

  /** A value of the dial, or its simplest one where the block lacks the dial's feature. */
  pick(dial: Dial): number {
    if (dial.bit !== 0 && (this.features & dial.bit) === 0) return dial.first;
    return dial.table[this.rng.next() >>> 24];
  }

  /** Draws the layout of a block; `base` must be zero or a former layout of the same span. */
  drawLayout(block: number, scene: Scene, base: Image): void {
    this.rng.seed(this.seed, block, this.stream);
    this.features = this.drawFeatures();
    base.words.fill(0);
    scene.arch = this.arch;
    scene.clearCache();
    drawMapping(this, scene);
    drawCache(this, scene, base);
    this.sizeEnd = drawSize(this, scene, base);
    drawTable(this, scene, base);
    derive(scene, base);
  }

  /** The swarm: how many features a block has varies from few to most. */
  private drawFeatures(): number {
    const density = [40, 90, 128, 190][this.rng.next() >>> 30];
    let features = 0;
    for (let i = 0; i < FEATURES.length; i++) if (this.rng.chance(density)) features |= 1 << i;
    return features;
  }

  /**
   * Draws case number `sub` of the block whose layout is loaded: what is accessed, what fails, who interferes, and
   * by a page where the file ends.
   */
  drawCase(block: number, sub: number, scene: Scene, base: Image, steps: Steps): void {
    this.rng.seed(this.seed, block * CASES_PER_BLOCK + sub, this.stream + 1);
    scene.faultAroundPages = this.pick(dials.faultAround);
    base.mm[MMAP_MISS] = this.pick(dials.mmapMiss);
    if (this.sizeEnd !== 0) base.mm[I_SIZE] = sizeBeside(this, scene, this.sizeEnd);
    scene.failures = this.pick(dials.failure);
    scene.race = RACE_NONE;
    scene.raceAt = 0;
    this.drawSteps(scene, steps);
    if (this.pair.races) this.drawRace(scene, base, steps);
  }

  private drawSteps(scene: Scene, steps: Steps): void {
    steps.clear();
    const accesses = this.pick(dials.accesses);
    for (let i = 0; i < accesses; i++) {
      if (i > 0) this.drawBetween(scene, steps);
      const slot = this.drawSlot(scene);
      const forced = scene.vma(VM_PROTNONE);
      const by = forced ? BY_GUP : this.pick(dials.agent);
      const write = this.pick(dials.writes) === 1 && (scene.vma(VM_WRITE) || (by === BY_GUP && !scene.vma(VM_SHARED)));
      steps.add(write ? STEP_WRITE : STEP_READ, slot, by === BY_DEVICE || by === BY_GUP ? by : BY_CPU);
    }
    steps.teardown = this.pick(dials.teardown) === 1;
  }

  private drawBetween(scene: Scene, steps: Steps): void {
    const what = this.pick(dials.between);
    if (what === 0) return;
    const from = this.rng.below(scene.span);
    const pages = 1 + this.rng.below(scene.span - from);
    steps.add(what === 1 ? STEP_ZAP : STEP_AGE, from, pages);
  }

  /** A slot inside of mapping and span. */
  drawSlot(scene: Scene): number {
    const first = Math.max(0, scene.vmaStart);
    const end = Math.min(scene.span, scene.vmaEnd());
    return first + this.rng.below(end - first);
  }

  private drawRace(scene: Scene, base: Image, steps: Steps): void {
    const race = this.pick(dials.race);
    scene.race = race;
    if (race === RACE_NONE) return;
    const slot = steps.at[0];
    if (race === RACE_I_SIZE) {
      scene.raceAt = Math.min(base.mm[I_SIZE], Math.max(0, slot + scene.shift + this.rng.below(9) - 4));
      return;
    }
    const near = slot + this.rng.below(9) - 4;
    if (race < RACE_I_SIZE) {
      const last = Math.min(scene.span, scene.vmaEnd()) - 1;
      scene.raceAt = this.rng.chance(100) ? slot : Math.min(last, Math.max(0, scene.vmaStart, near));
      return;
    }
    scene.raceAt = scene.headOf[Math.min(scene.span - 1, Math.max(0, near + scene.shift))];
  }
}
