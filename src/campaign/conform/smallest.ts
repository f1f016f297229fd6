/** The smallest case in which a kernel and its model disagree in the same columns, and what each of them did in it. */
import { caseAt } from '../../cases/address.js';
import { shrinkCase } from '../../cases/arbitrary.js';
import { retText, rowArt } from '../../cases/art.js';
import type { Case } from '../../cases/case.js';
import { loadCase } from '../../cases/load.js';
import { Steps } from '../../cases/steps.js';
import { CountingImage } from '../../mm/counting_image.js';
import { RET } from '../../mm/fields.js';
import type { Image } from '../../mm/image.js';
import type { Revision } from '../../mm/revision.js';
import type { ReplayFault } from '../../report/model.js';
import { Duel, type Judge } from '../duel.js';
import { describeAccess } from '../replay.js';
import { columnsText, differences, nameOf } from './differences.js';

/** One word of the state that differs. */
export interface Word {
  readonly column: string;
  readonly slot: number;
  /** the words in hexadecimal digits */
  readonly model: string;
  readonly kernel: string;
}

/** The first fault of a case that ends differently. */
export interface Difference {
  /** as in Disagreement; empty where the kernel's code stopped */
  readonly columns: string;
  /** what the kernel's code said when it stopped, or null */
  readonly death: string | null;
  readonly fault: ReplayFault;
  readonly words: readonly Word[];
}

export interface Smallest {
  readonly case: Case;
  readonly difference: Difference;
}

/** The first fault of the case that ends differently on the two engines; null where none does. */
export function differenceIn(plain: Case, model: Revision, kernel: Revision): Difference | null {
  const { scene, image } = loadCase(plain);
  const steps = new Steps();
  steps.load(plain);
  const duel = new Duel(scene, model, kernel, (slots) => new CountingImage(slots));
  let state: Image = image;
  let found: Difference | null = null;
  const judge: Judge = {
    beforeFault: (_access, before) => {
      state = before;
    },
    afterFault: () => {
      const different = differences(duel);
      if (different.length > 0) found = describe(duel, state, different, null);
      return different.length === 0;
    },
    afterAccess: () => found === null,
    goesOn: () => false,
    aloneFault: () => {},
    afterTeardown: () => {},
  };
  try {
    duel.play(image, steps, judge);
  } catch (error) {
    // Whoever threw outside of a handler is no engine.
    if (duel.running === null) throw error;
    return describe(duel, state, [], String(error));
  }
  return found;
}

/**
 * Shrinks the case of an address.
 * @param columns what differs in it; empty for a case in which the kernel's code stopped
 */
export function smallest(address: string, columns: string, model: Revision, kernel: Revision): Smallest | null {
  const shows = (plain: Case): boolean => differenceIn(plain, model, kernel)?.columns === columns;
  const first = caseAt(address);
  if (!shows(first)) return null;
  const plain = shrinkCase(first, shows);
  const difference = differenceIn(plain, model, kernel);
  return difference === null ? null : { case: plain, difference };
}

function describe(duel: Duel, before: Image, different: readonly number[], death: string | null): Difference {
  const { legacy: model, batched: kernel } = duel;
  const hex = (image: Image, word: number): string => `0x${(image.words[word] >>> 0).toString(16)}`;
  const words = different.map((word) => {
    const [column, slot] = nameOf(model.image, word);
    return { column, slot, model: hex(model.image, word), kernel: hex(kernel.image, word) };
  });
  return {
    columns: columnsText(duel, different),
    death,
    words,
    fault: {
      access: describeAccess(model.access),
      before: rowArt(before),
      legacyRow: rowArt(model.image),
      batchedRow: rowArt(kernel.image),
      legacyReturn: retText(model.image.mm[RET]),
      batchedReturn: death === null ? retText(kernel.image.mm[RET]) : 'died',
      differences: [],
    },
  };
}
