/** An engine against recorded answers, word for word. */
import { formatAddress, parseAddress } from '../../cases/address.js';
import { Image } from '../../mm/image.js';
import type { Revision } from '../../mm/revision.js';
import type { Side } from '../duel.js';
import type { Answer } from './answers.js';
import { makeChanges, mismatches } from './changes.js';
import { type Series, Stage } from './play.js';

/** A case that ends otherwise than recorded. */
export interface Wrong {
  readonly address: string;
  /** number of the first fault that is wrong, from 1 */
  readonly fault: number;
  /** the words that are not as recorded, or what else is wrong */
  readonly words: readonly string[];
}

interface Setting {
  readonly stage: Stage;
  readonly side: Side;
  readonly expected: Image;
}

export class AnswerCheck {
  /** of the case before: neighbours in a file have the same engine and the same space */
  #setting: Setting | undefined;
  #series = '';

  constructor(readonly revision: Revision) {}

  /** Plays the case of an answer; undefined where every word is as recorded. */
  check({ address, faults }: Answer): Wrong | undefined {
    const { index, ...series } = parseAddress(address);
    const { stage, side, expected } = this.#settingOf(series);
    let count = 0;
    let wrong: Wrong | undefined;
    stage.load(index);
    stage.play(side, (after, before) => {
      const recorded = faults[count++];
      if (recorded === undefined || wrong !== undefined) return;
      expected.copyFrom(before);
      makeChanges(expected, recorded);
      const words = mismatches(expected, after, stage.scene.arch);
      if (words.length > 0) wrong = { address, fault: count, words };
    });
    if (wrong !== undefined || count === faults.length) return wrong;
    return { address, fault: count, words: [`${count} faults, expected ${faults.length}`] };
  }

  #settingOf(series: Series): Setting {
    const name = formatSeries(series);
    if (this.#setting !== undefined && name === this.#series) return this.#setting;
    const stage = new Stage(series);
    this.#series = name;
    this.#setting = { stage, side: stage.side(this.revision), expected: new Image(series.span) };
    return this.#setting;
  }
}

const formatSeries = (series: Series): string => formatAddress({ ...series, index: 0 });
