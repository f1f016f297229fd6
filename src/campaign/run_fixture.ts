/**
 * Fixtures against engines: one engine plays a case alone, what it did is captured at the moments that a fixture may
 * speak of, and each disagreement becomes a line with the position of the expectation.
 */

import { pmdText, retOf, retText, rowArt } from '../cases/art.js';
import type { Case } from '../cases/case.js';
import type { EngineExpectation, ExpectedState, Fixture } from '../cases/fixture.js';
import { loadCase } from '../cases/load.js';
import { STEP_AGE, STEP_WRITE, STEP_ZAP, Steps } from '../cases/steps.js';
import { InputError } from '../cases/yaml.js';
import { OUTCOMES } from '../mm/access.js';
import type { EncodedPte, Era } from '../mm/arch/architecture.js';
import { PTE_PRESENT, VM_FAULT_LOCKED } from '../mm/bits.js';
import { CountingImage } from '../mm/counting_image.js';
import { ACCESS_FAULTS, ACCESS_OUTCOME, type Field, fieldNamed, MMAP_MISS, PMD, RET } from '../mm/fields.js';
import type { Image } from '../mm/image.js';
import type { Revision } from '../mm/revision.js';
import type { Scene } from '../mm/scene.js';
import { ageRange, zapRange } from '../mm/zap.js';
import { Side } from './duel.js';
import { REVISIONS, requireRevision, UnknownEngine } from './engines.js';
import { impossibleOn } from './plan.js';

/** The state at one moment of a case. */
export interface Moment {
  readonly image: Image;
  /** vm_fault_t of what has just returned, without VM_FAULT_LOCKED */
  readonly ret: number;
}

/** What one engine made of a case. */
export interface Observation {
  readonly revision: Revision;
  readonly scene: Scene;
  readonly initial: Image;
  /** after ->map_pages of the first fault; null where that fault has no fault-around, or does not show where it ends */
  readonly afterMapPages: Moment | null;
  /** `afterMapPages` can be known of this engine */
  readonly showsFaultAround: boolean;
  /** after the first fault, before the access sets bits; null where no access takes a fault */
  readonly afterFault: Moment | null;
  /** faults that each access took */
  readonly faults: readonly number[];
  /** how each access ended */
  readonly outcomes: readonly string[];
  readonly final: Moment;
}

/**
 * Plays the case on one engine alone.
 * @throws ImpossibleCase
 */
export function observe(plain: Case, revision: Revision): Observation {
  const { scene, image: initial } = loadCase(plain);
  const steps = new Steps();
  steps.load(plain);
  const image = new CountingImage(scene.span, revision.allocate);
  image.copyFrom(initial);
  const side = new Side(revision, scene, image);
  const faults: number[] = [];
  const outcomes: string[] = [];
  let afterMapPages: Moment | null = null;
  let afterFault: Moment | null = null;
  const around = side.engine.do_fault_around.bind(side.engine);
  side.engine.do_fault_around = () => {
    const ret = around();
    if (afterFault === null) afterMapPages ??= moment(image, ret);
    return ret;
  };
  for (let i = 0; i < steps.count; i++) {
    if (!steps.isAccess(i)) {
      between(side, steps, i);
      continue;
    }
    side.access.begin(steps.at[i], steps.kind[i] === STEP_WRITE, steps.extra[i]);
    while (side.access.needsFault()) {
      side.access.fault();
      afterFault ??= moment(image, image.mm[RET]);
    }
    side.access.finish();
    faults.push(image.mm[ACCESS_FAULTS]);
    outcomes.push(OUTCOMES[image.mm[ACCESS_OUTCOME]]);
  }
  if (steps.teardown) zapRange(scene, image, 0, scene.span);
  const final = moment(image, image.mm[RET]);
  const showsFaultAround = side.engine.showsFaultAround();
  return { revision, scene, initial, afterMapPages, showsFaultAround, afterFault, faults, outcomes, final };
}

function moment(image: Image, ret: number): Moment {
  const copy = new CountingImage(image.span);
  copy.copyFrom(image);
  return { image: copy, ret: ret & ~VM_FAULT_LOCKED };
}

function between({ scene, image }: Side, steps: Steps, i: number): void {
  image.maintenance.fill(0);
  if (steps.kind[i] === STEP_ZAP) zapRange(scene, image, steps.at[i], steps.extra[i]);
  else if (steps.kind[i] === STEP_AGE) ageRange(scene, image, steps.at[i], steps.extra[i]);
}

/**
 * Plays a fixture on every engine that it expects something of.
 * @returns one line for each expectation that does not hold, with its position
 * @throws InputError for an engine that does not exist, or that cannot have the case
 */
export function checkFixture(fixture: Fixture): string[] {
  return Object.keys(fixture.expect).flatMap((id) => {
    const revision = engineOf(fixture, id);
    const reason = impossibleOn(fixture.case, revision);
    if (reason !== null) throw new InputError(fixture.file, reason, fixture.positionOf(['expect', id], 'key'));
    return compareExpectation(fixture, observe(fixture.case, revision));
  });
}

/** An engine has one id; expectations name it by no other. */
function engineOf(fixture: Fixture, id: string): Revision {
  const refuse = (reason: string, near: string | undefined): never => {
    const guess = near === undefined ? '' : `, did you mean "${near}"?`;
    const what = `expect: expected a known engine, found "${id}"${reason}${guess}`;
    const hint = `Known engines: ${REVISIONS.map((known) => known.id).join(', ')}; planted bugs follow with "+".`;
    throw new InputError(fixture.file, what, { ...fixture.positionOf(['expect', id], 'key'), hint });
  };
  try {
    const revision = requireRevision(id, 'batched');
    return revision.id === id ? revision : refuse('', revision.id);
  } catch (error) {
    if (!(error instanceof UnknownEngine)) throw error;
    return refuse(error.isPlanted ? `: ${error.message}` : '', error.near);
  }
}

type Path = readonly string[];
type Report = (path: Path, expected: unknown, found: unknown, where?: string) => void;

/**
 * What the fixture expects of the observed engine and does not find; one line each, `file:line:column: ...`.
 * @param model id of the engine whose expectation counts: the observed one's, or its model's
 */
export function compareExpectation(
  fixture: Fixture,
  observation: Observation,
  model = observation.revision.id,
): string[] {
  const engine = observation.revision.id;
  const expected: EngineExpectation = fixture.expect[model] ?? {};
  const lines: string[] = [];
  const complain = (path: Path, what: string): void => {
    const at = fixture.positionOf(['expect', model, ...path]);
    lines.push(new InputError(fixture.file, `${engine} ${path.join('.')}: ${what}`, at).message);
  };
  const report: Report = (path, wanted, found, where = '') => {
    if (wanted !== found) complain(path, `expected ${shown(wanted)}, found ${shown(found)}${where}`);
  };
  for (const name of ['afterMapPages', 'afterFault', 'final'] as const) {
    const state = expected[name];
    const found = observation[name];
    if (state === undefined || (name === 'afterMapPages' && !observation.showsFaultAround)) continue;
    if (found !== null) compareState(observation, found, state, (path, ...rest) => report([name, ...path], ...rest));
    else complain([name], `expected a first fault${name === 'afterMapPages' ? ' with fault-around' : ''}, found none`);
  }
  expected.faults?.forEach((count, i) => {
    report(['faults'], count, observation.faults[i], ` (access ${i + 1})`);
  });
  expected.final?.outcomes?.forEach((outcome, i) => {
    report(['final', 'outcomes'], outcome, observation.outcomes[i], ` (access ${i + 1})`);
  });
  return lines;
}

function shown(value: unknown): string {
  return typeof value === 'string' ? `"${value}"` : String(value);
}

function compareState(observation: Observation, found: Moment, expected: ExpectedState, report: Report): void {
  const { image, ret } = found;
  const { scene, revision } = observation;
  if (expected.row !== undefined) compareRow(observation, image, expected.row, report);
  if (expected.ret !== undefined) report(['ret'], retText(retOf(String(expected.ret))), retText(ret));
  if (expected.mmapMiss !== undefined) report(['mmapMiss'], expected.mmapMiss, image.mm[MMAP_MISS]);
  if (expected.pmd !== undefined) report(['pmd'], expected.pmd, pmdText(image.mm[PMD]));
  for (const [name, value] of Object.entries(expected.fields ?? {})) {
    const field = known(name);
    report(['fields', name], value, field.name === 'ret' ? ret : image.mm[field.word]);
  }
  for (const group of ['pages', 'folios'] as const) {
    for (const [name, values] of Object.entries(expected[group] ?? {})) {
      for (const [slot, value] of Object.entries(values ?? {})) {
        report([group, name, slot], value, fieldValue(image, known(name), Number(slot)));
      }
    }
  }
  for (const [slot, value] of Object.entries(expected.encoded ?? {})) {
    const at = Number(slot);
    report(['encoded', slot], value, hex(scene.arch.encode(image.pte[at], image.pfn[at], eraOf(revision))));
  }
}

function known(name: string): Field {
  const field = fieldNamed(name);
  if (field === undefined) throw new Error(`no field ${name}`);
  return field;
}

function fieldValue(image: Image, field: Field, at: number): number {
  const word = field.columnIndex < 0 ? image.mm[field.word] : image.slotColumns[field.columnIndex][at];
  return (word & field.mask) >> field.shift;
}

function compareRow({ scene, initial }: Observation, image: Image, art: string, report: Report): void {
  const wanted = art.padEnd(scene.span, '.');
  const found = [...rowArt(image)].map((character, slot) => {
    const stayed = (image.pte[slot] & initial.pte[slot] & PTE_PRESENT) !== 0 && image.pfn[slot] === initial.pfn[slot];
    return wanted[slot] === 'X' && stayed ? 'X' : character;
  });
  const slots = found.flatMap((character, slot) => (character === wanted[slot] ? [] : [slot]));
  if (slots.length > 0) report(['row'], wanted, found.join(''), ` (slots ${slots.join(', ')})`);
}

/** In 6.6 the dirty bit of a write-protected x86 entry moved to SavedDirty. */
const eraOf = ({ features }: Revision): Era => (features.x86DirtyBit === 'saved-dirty' ? '6.6' : '6.1');

function hex({ high, low }: EncodedPte): string {
  return `0x${[high, low].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('')}`;
}
