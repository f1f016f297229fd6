/**
 * One dial of a sweep: a choice with few values. It knows how a value is written in a plain case, and how to get from
 * one value to another on a case that is loaded: only the words that depend on the choice are touched, derived ones as
 * well, so that nothing is worked out anew.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Image } from '../../mm/image.js';
import type { Scene } from '../../mm/scene.js';
import type { Case, CaseFolio } from '../case.js';
import type { Steps } from '../steps.js';

/** A loaded case, ready to be played. */
export interface Stage {
  readonly scene: Scene;
  readonly base: Image;
  readonly steps: Steps;
}

/** @typeParam T what the choice is in a plain case */
export abstract class SweepDial<T = unknown> {
  readonly size: number;

  /** @param values the simplest first, each once */
  constructor(readonly values: readonly T[]) {
    this.size = values.length;
  }

  /** Writes a value into a plain case. */
  abstract write(plain: Case, value: T): void;

  /** The value that a plain case has, in the form of `values`; undefined where the case has no such choice. */
  abstract of(plain: Case): T | undefined;

  /** Changes the loaded case from value number `from` to value number `to`. */
  abstract turn(stage: Stage, from: number, to: number): void;

  /** Number of the value that a plain case has, -1 for none of the dial's. */
  numberOf(plain: Case): number {
    const own = this.of(plain);
    return this.values.findIndex((value) => isDeepStrictEqual(value, own));
  }
}

/** The folio at this index of a plain case. */
export function folioAt(plain: Case, at: number): CaseFolio {
  const folio = plain.folios.find((candidate) => candidate.at === at);
  if (folio === undefined) throw new Error(`no folio at index ${at}`);
  return folio;
}
