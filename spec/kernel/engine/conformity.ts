/** A model and a compiled kernel on the same random cases, compared in every word of the image. */
import { Duel, type Judge } from '../../../src/campaign/duel.js';
import { CASES_PER_BLOCK, Drawer } from '../../../src/cases/draw.js';
import { Steps } from '../../../src/cases/steps.js';
import type { Architecture } from '../../../src/mm/arch/architecture.js';
import { FILE_REGULAR, PAGE_DCACHE_CLEAN, PMD_HUGE, VM_SHARED, VM_UFFD_WP, VM_WRITE } from '../../../src/mm/bits.js';
import { CountingImage } from '../../../src/mm/counting_image.js';
import type { FaultHandler } from '../../../src/mm/fault.js';
import { ALL_SLOT_COLUMNS, CALLS_SET_PTES, FIELDS } from '../../../src/mm/fields.js';
import { Image } from '../../../src/mm/image.js';
import type { Revision } from '../../../src/mm/revision.js';
import { Scene } from '../../../src/mm/scene.js';

export interface Plan {
  readonly arch: Architecture;
  readonly span: number;
  readonly races: boolean;
  readonly seed: number;
  readonly faults: number;
  /** userfaultfd write-protection exists for this architecture in this kernel */
  readonly uffdWp: boolean;
}

export interface Outcome {
  faults: number;
  cases: number;
  /** faults that ended differently, by the columns and words that differ, without those that are known */
  readonly disagreements: Map<string, number>;
  /** the first of each */
  readonly examples: string[];
  /** faults whose only difference is a known defect of the model */
  known: number;
  /** the kernel's engine, with its counters */
  readonly engine: FaultHandler;
}

/**
 * Layouts that the models cannot have right: vma_set_page_prot() takes the write permission out of vm_page_prot while
 * a shared mapping is registered for write-protection (vma_wants_writenotify(), 6.1 and 6.12); the models leave it.
 */
function modelKnowsBetter(scene: Scene): boolean {
  const flags = VM_SHARED | VM_WRITE | VM_UFFD_WP;
  return scene.fileKind !== FILE_REGULAR && (scene.vmFlags & flags) === flags;
}

/** Plays random cases until enough faults have run. */
export function conform(model: Revision, kernel: Revision, plan: Plan): Outcome {
  const { span, arch, races } = plan;
  const pair = { uffdWp: plan.uffdWp, vmaLock: kernel.features.vmaLock === 'retry-without-map-pages', races };
  const drawer = new Drawer(arch, pair, plan.seed, span);
  const scene = new Scene(span);
  const base = new Image(span);
  const steps = new Steps();
  const duel = new Duel(scene, model, kernel, (slots) => new CountingImage(slots));
  const outcome: Outcome = {
    faults: 0,
    cases: 0,
    disagreements: new Map(),
    examples: [],
    known: 0,
    engine: duel.batched.engine,
  };
  let address = '';
  const judge: Judge = {
    beforeFault() {},
    afterFault: () => {
      outcome.faults++;
      const different = differences(duel);
      if (different.length === 0) return true;
      if (isKnown(duel, different)) outcome.known++;
      else note(outcome, duel, different, address);
      return false;
    },
    afterAccess: () => true,
    goesOn: () => false,
    aloneFault() {},
    afterTeardown() {},
  };
  for (let block = 0; outcome.faults < plan.faults; block++) {
    drawer.drawLayout(block, scene, base);
    if (modelKnowsBetter(scene)) continue;
    for (let sub = 0; sub < CASES_PER_BLOCK; sub++) {
      drawer.drawCase(block, sub, scene, base, steps);
      address = `${arch.name} span ${span} seed ${plan.seed} block ${block} case ${sub}`;
      outcome.cases++;
      duel.play(base, steps, judge);
    }
  }
  return outcome;
}

/**
 * With contiguous PTEs the kernel writes entries in pieces, and again when it folds them; the model counts one call of
 * set_ptes(), and one store for each entry. How often is compared in neither.
 */
function isCounted({ legacy, scene }: Duel, word: number, bits: number): boolean {
  if (scene.arch.contPtes === 0) return false;
  const { slots, mm } = legacy.image;
  const maintenance = ALL_SLOT_COLUMNS.indexOf('maintenance') * slots;
  if (word >= maintenance && word < maintenance + slots) return (bits & ~0xff) === 0;
  return word === (mm.byteOffset - legacy.image.words.byteOffset) / 4 + CALLS_SET_PTES;
}

function differences(duel: Duel): number[] {
  const { legacy, batched } = duel;
  const [left, right] = [legacy.image.words, batched.image.words];
  const different: number[] = [];
  for (let i = 0; i < left.length; i++) {
    if (left[i] !== right[i] && !isCounted(duel, i, left[i] ^ right[i])) different.push(i);
  }
  return different;
}

/**
 * 6.1 marks the first page of a folio that it maps by PMD as clean for execution (__sync_icache_dcache() of the PMD's
 * page), the model all of its pages.
 */
function isKnown({ legacy, batched }: Duel, different: readonly number[]): boolean {
  const { slots } = legacy.image;
  const first = ALL_SLOT_COLUMNS.indexOf('page') * slots;
  return (
    legacy.image.pmdState() === PMD_HUGE &&
    legacy.revision.family === 'legacy' &&
    different.every((i) => {
      const bits = legacy.image.words[i] ^ batched.image.words[i];
      return i > first && i < first + slots && bits === PAGE_DCACHE_CLEAN;
    })
  );
}

function note(outcome: Outcome, duel: Duel, different: readonly number[], address: string): void {
  const places = different.map((i) => nameOf(duel.legacy.image, i));
  const key = [...new Set(places.map(([column]) => column))].join(', ');
  const count = outcome.disagreements.get(key) ?? 0;
  outcome.disagreements.set(key, count + 1);
  if (count > 0) return;
  const hex = (side: 'legacy' | 'batched', i: number): string => (duel[side].image.words[i] >>> 0).toString(16);
  const values = different
    .slice(0, 8)
    .map((i, n) => `${places[n]?.join(' ')} ${hex('legacy', i)}/${hex('batched', i)}`);
  outcome.examples.push(`${address} step ${duel.step}: ${values.join(', ')}`);
}

/** Column or mm word, and slot. */
function nameOf({ slots, mm }: Image, word: number): [column: string, slot: number] {
  const compared = ALL_SLOT_COLUMNS.indexOf('nrPagesMapped') * slots;
  if (word < compared) return [ALL_SLOT_COLUMNS[Math.floor(word / slots)] ?? '', word % slots];
  const inMm = word - compared;
  const field = FIELDS.find(({ site, word }) => site === 'mm' && word === inMm);
  if (field !== undefined) return [field.name, 0];
  const behind = word - mm.length;
  return [ALL_SLOT_COLUMNS[Math.floor(behind / slots)] ?? '', behind % slots];
}
