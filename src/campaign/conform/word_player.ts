/** A model and a compiled kernel on the same cases, compared in every word of the image after every fault. */
import type { Access } from '../../mm/access.js';
import { CountingImage } from '../../mm/counting_image.js';
import type { Image } from '../../mm/image.js';
import { CasePlayer, type NewPlayer, type Pairing } from '../case_player.js';
import { type Counts, type Disagreement, EMPTY_COUNTS } from '../counts.js';
import type { Duel } from '../duel.js';
import type { Referee } from '../referee.js';
import { columnsText, differences, nameOf } from './differences.js';

/** Words that are told of a disagreement. */
const MAX_VALUES = 8;

/** What is counted while a unit is played. */
class WordTally {
  /** position in the plan of the case that is played */
  position = 0;
  /** by what differs */
  readonly disagreements = new Map<string, Disagreement>();

  get failed(): boolean {
    return this.disagreements.size > 0;
  }

  /** @param first what is known of the first one */
  add(columns: string, first: () => Omit<Disagreement, 'columns' | 'count' | 'position'>): void {
    const { position } = this;
    const known = this.disagreements.get(columns);
    this.disagreements.set(
      columns,
      known === undefined ? { ...first(), columns, count: 1, position } : { ...known, count: known.count + 1 },
    );
  }
}

class WordPlayer extends CasePlayer {
  readonly #tally: WordTally;

  constructor(pairing: Pairing, tally: WordTally, address: () => string) {
    super(pairing, tally, address, (slots, allocate) => new CountingImage(slots, allocate));
    this.#tally = tally;
  }

  /** A case in which an engine died has no columns that differ. */
  override noteDeath(engine: string, message: string, ended = false): void {
    super.noteDeath(engine, message, ended);
    this.#tally.add('', () => ({ ...this.#first(message), replays: !ended }));
  }

  beforeFault(_access: Access, _before: Image): void {
    this.run++;
  }

  afterFault(duel: Duel): boolean {
    const different = differences(duel);
    if (different.length === 0) return true;
    this.#tally.add(columnsText(duel, different), () => this.#first(valuesText(duel, different)));
    return false;
  }

  afterAccess(): boolean {
    return true;
  }

  goesOn(): boolean {
    return false;
  }

  aloneFault(): void {}

  afterTeardown(): void {}

  #first(values: string): Omit<Disagreement, 'columns' | 'count' | 'position'> {
    return { arch: this.scene.arch.name, first: this.address(), step: this.duel.step, values, replays: true };
  }
}

/** `column slot model/kernel`, the first few. */
function valuesText({ legacy: model, batched: kernel }: Duel, different: readonly number[]): string {
  const hex = (word: number): string => (word >>> 0).toString(16);
  return different
    .slice(0, MAX_VALUES)
    .map((i) => `${nameOf(model.image, i).join(' ')} ${hex(model.image.words[i])}/${hex(kernel.image.words[i])}`)
    .join(', ');
}

/** Compares every word, as `conform` does: the model is on the legacy side, the kernel on the batched one. */
export class WordComparison implements Referee<WordPlayer> {
  readonly tally = new WordTally();
  readonly #pair: Omit<Pairing, 'span'>;

  constructor(pair: Omit<Pairing, 'span'>) {
    this.#pair = pair;
  }

  readonly newPlayer: NewPlayer<WordPlayer> = (span, address) =>
    new WordPlayer({ ...this.#pair, span }, this.tally, address);

  harvest(player: WordPlayer, arch: string): Counts {
    const { disagreements } = this.tally;
    const counts: Counts = {
      ...EMPTY_COUNTS,
      cases: player.cases,
      run: { [arch]: player.run },
      died: [...player.died],
      deaths: player.died.length,
      disagreements: [...disagreements.values()],
    };
    player.cases = 0;
    player.run = 0;
    player.died.length = 0;
    disagreements.clear();
    return counts;
  }
}
