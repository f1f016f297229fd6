/**
 * Records a kernel's answers: cases are drawn, the kernel and its model handle them, and those are kept that reach
 * statements, branches, facts or kinds of changes that no shorter one reaches, or that tell a wrong engine from the
 * kernel.
 */
import { formatAddress } from '../../cases/address.js';
import { KernelEngine, kernelArchOf } from '../../kernel/engine/engine.js';
import type { EngineSource } from '../../kernel/source.js';
import type { ArchName } from '../../mm/arch/architecture.js';
import { RET } from '../../mm/fields.js';
import { MARKS } from '../../mm/marks.js';
import type { Revision } from '../../mm/revision.js';
import { Facts } from '../../oracle/facts.js';
import { Prediction } from '../../oracle/prediction.js';
import type { Side } from '../duel.js';
import { pairSpace } from '../plan.js';
import type { Answer } from './answers.js';
import { changesOf } from './changes.js';
import { Chooser } from './choose.js';
import { type Series, Stage } from './play.js';

/** Spans in pages, the small ones first: their answers are short. */
const SPANS = [4, 16, 64, 512] as const;
/** Cases that are looked at for each architecture, by span, with races and without. */
type Amounts = Readonly<Record<number, number>>;
const CASES: Amounts = { 4: 16_000, 16: 12_000, 64: 6_000, 512: 1_200 };
/** How many times as many are looked at for a wrong engine that none of them tells from the kernel. */
const FURTHER = 4;
const SEED = 1;
/** Characters of an answer's line beside what it tells of its faults: every case costs something. */
const LINE = 40;

export interface Recorded {
  /** the kernel, compiled with a counter in front of each statement */
  readonly kernel: Revision;
  readonly model: Revision;
  /** the model with a bug each: there shall be cases that tell them from the kernel */
  readonly wrong: readonly Revision[];
  readonly sources: readonly Compiled[];
}

/** What is asked of the text that a kernel was compiled from. */
type Compiled = Pick<EngineSource, 'arch'> & { readonly extracted: Pick<EngineSource['extracted'], 'counters'> };

/** The kernel and its model do not agree, so that there is nothing to record. */
export class Disagreement extends Error {
  override readonly name = 'Disagreement';
}

/**
 * The answers that are worth keeping, by architecture and span.
 * @param onStep told which architecture and span comes next
 * @throws Disagreement with the case
 */
export function record(recorded: Recorded, onStep: (what: string) => void = () => {}, cases = CASES): Answer[] {
  const chooser = new Chooser<Answer>(({ faults }) => faults.join().length + LINE);
  const told = new Set<Revision>();
  const places = placesOf(recorded);
  for (const place of places) {
    if (!place.races) onStep(`${place.arch}, span ${place.span}`);
    for (const revision of new Recorder(recorded, place).run(chooser, cases[place.span])) told.add(revision);
  }
  for (const revision of recorded.wrong.filter((one) => !told.has(one))) {
    onStep(`further cases for ${revision.id}`);
    const isTold = (place: Place): boolean =>
      new Recorder({ ...recorded, wrong: [revision] }, place).tell(chooser, cases[place.span], FURTHER);
    places.some(isTold);
  }
  return chooser.kept();
}

function placesOf({ kernel: { architectures = [] }, sources }: Recorded): Place[] {
  return sources.flatMap(({ arch: compiled, extracted }) =>
    architectures
      .filter((arch) => kernelArchOf(arch) === compiled)
      .flatMap((arch) => SPANS.map((span) => ({ arch, span, counters: extracted.counters.length })))
      .flatMap((place) => [false, true].map((races) => ({ ...place, races }))),
  );
}

interface Place {
  readonly arch: ArchName;
  readonly span: number;
  readonly races: boolean;
  /** counters of the compiled text */
  readonly counters: number;
}

class Recorder {
  readonly #stage: Stage;
  readonly #kernel: Side;
  readonly #model: Side;
  readonly #wrong: readonly Side[];
  readonly #facts: Facts;
  readonly #prediction: Prediction;
  readonly #series: Series;
  readonly #told = new Set<Revision>();

  constructor(
    { kernel, model, wrong }: Recorded,
    private readonly place: Place,
  ) {
    const { arch, span, races } = place;
    this.#series = { arch, span, seed: SEED, pair: pairSpace(model, kernel, arch, races) };
    this.#stage = new Stage(this.#series);
    this.#kernel = this.#stage.side(kernel);
    this.#model = this.#stage.side(model);
    this.#wrong = wrong.map((revision) => this.#stage.side(revision));
    this.#prediction = new Prediction(span);
    this.#facts = new Facts(this.#prediction);
  }

  /** @returns the wrong engines that some case tells from the kernel */
  run(chooser: Chooser<Answer>, cases: number): ReadonlySet<Revision> {
    for (let index = 0; index < cases; index++) this.#look(index, chooser);
    return this.#told;
  }

  /**
   * Looks for a case behind those of run() that tells the wrong engine from the kernel, and keeps it.
   * @param times how many cases, in those of run()
   */
  tell(chooser: Chooser<Answer>, cases: number, times: number): boolean {
    for (let index = cases; index < cases * times; index++) {
      this.#stage.load(index);
      // The kernel answers as its model does, and takes longer.
      if (!this.#wrong.some((side) => !this.#answers(side, this.#modelAnswers(new Set())))) continue;
      this.#look(index, chooser, true);
      return true;
    }
    return false;
  }

  /** @param forWrong the case is kept for the wrong engines that it tells alone: what else is kept stays as it is */
  #look(index: number, chooser: Chooser<Answer>, forWrong = false): void {
    const goals = new Set<string>();
    const address = formatAddress({ ...this.#series, index });
    this.#stage.load(index);
    const faults = this.#kernelAnswers(goals);
    const modelled = this.#modelAnswers(goals);
    const wrong = faults.findIndex((changes, i) => changes !== modelled[i]);
    if (wrong >= 0 || faults.length !== modelled.length) {
      throw new Disagreement(
        `${address}, fault ${wrong + 1}: the kernel changed ${faults[wrong]}; the model ${modelled[wrong]}`,
      );
    }
    if (forWrong) goals.clear();
    for (const side of this.#wrong) {
      const goal = `${this.place.arch} ${side.revision.id}`;
      if (!chooser.wants(goal) || this.#answers(side, faults)) continue;
      goals.add(goal);
      this.#told.add(side.revision);
    }
    if (faults.length > 0) chooser.offer(goals, { address, faults });
  }

  /** Goals: each statement, and each that ran more than once; what changed, and what was returned. */
  #kernelAnswers(goals: Set<string>): string[] {
    const { arch, counters } = this.place;
    const faults: string[] = [];
    const { engine } = this.#kernel;
    if (!(engine instanceof KernelEngine)) throw new TypeError('only a compiled kernel has answers');
    const compiled = kernelArchOf(arch);
    if (compiled === undefined) throw new RangeError(`no kernel runs on ${arch}`);
    engine.hits(compiled, counters).fill(0);
    this.#stage.play(this.#kernel, (after, before) => {
      const changes = changesOf(before, after, this.#stage.scene.arch);
      faults.push(changes);
      goals.add(`changes ${namesIn(changes)}`);
      goals.add(`returns ${after.mm[RET]}`);
    });
    engine.hits(compiled, counters).forEach((count, i) => {
      if (count > 0) goals.add(`${arch} statement ${i}`);
      if (count > 1) goals.add(`${arch} statement ${i} again`);
    });
    return faults;
  }

  /** Does an engine change what the kernel changed? One that dies does not. */
  #answers(side: Side, faults: readonly string[]): boolean {
    let count = 0;
    let equal = true;
    try {
      this.#stage.play(side, (after, before) => {
        equal &&= changesOf(before, after, this.#stage.scene.arch) === faults[count];
        count++;
      });
    } catch {
      return false;
    }
    return equal && count === faults.length;
  }

  /** Goals: the marks that the model passes, any two of them in one fault, and the facts of the fault. */
  #modelAnswers(goals: Set<string>): string[] {
    const faults: string[] = [];
    const { image, access } = this.#model;
    const { marks } = image;
    const { scene } = this.#stage;
    const { arch } = this.place;
    marks.fill(0);
    this.#stage.play(this.#model, (after, before) => {
      faults.push(changesOf(before, after, scene.arch));
      this.#prediction.predict(scene, before, access);
      this.#facts.begin(scene, before);
      goals.add(`facts ${this.#facts.word}`);
      const passed = MARKS.flatMap((_, i) => (marks[i] > 0 ? [i] : []));
      for (const one of passed) for (const other of passed) if (one <= other) goals.add(`marks ${one} ${other}`);
      for (const one of passed) goals.add(`${arch} mark ${one}`);
      marks.fill(0);
    });
    return faults;
  }
}

/** The columns and words that changed; calls are left out. */
const namesIn = (changes: string): string =>
  [...new Set([...changes.matchAll(/(?:^| )([\w.]+)(?=[[=])/g)].map((match) => match[1]))].join(' ');
