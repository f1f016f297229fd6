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
  for (const { arch: compiled, extracted } of recorded.sources) {
    const archs = (recorded.kernel.architectures ?? []).filter((arch) => kernelArchOf(arch) === compiled);
    for (const arch of archs) {
      for (const span of SPANS) {
        onStep(`${arch}, span ${span}`);
        for (const races of [false, true]) {
          new Recorder(recorded, { arch, span, races, counters: extracted.counters.length }).run(chooser, cases[span]);
        }
      }
    }
  }
  return chooser.kept();
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

  run(chooser: Chooser<Answer>, cases: number): void {
    for (let index = 0; index < cases; index++) this.#look(index, chooser);
  }

  #look(index: number, chooser: Chooser<Answer>): void {
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
    for (const side of this.#wrong) {
      const goal = `${this.place.arch} ${side.revision.id}`;
      if (chooser.wants(goal) && !this.#answers(side, faults)) goals.add(goal);
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
