/**
 * Plays loaded cases on both engines, one after the other, and notes those in which an engine died. What is made of
 * each pair of faults is another matter: a campaign judges them, conformity compares every word.
 */
import { InputError } from '../cases/files.js';
import type { Steps } from '../cases/steps.js';
import type { Access } from '../mm/access.js';
import { Image } from '../mm/image.js';
import type { Revision } from '../mm/revision.js';
import { Scene } from '../mm/scene.js';
import type { DiedCase } from './counts.js';
import { Duel, type Judge, type NewImage, type Side } from './duel.js';

/** Where a campaign is: position in the plan of the case that is played. */
export interface Place {
  position: number;
}

/** Both engines, and the span of their images in pages. */
export interface Pairing {
  readonly span: number;
  readonly legacy: Revision;
  readonly batched: Revision;
}

export abstract class CasePlayer implements Judge {
  readonly duel: Duel;
  readonly died: DiedCase[] = [];
  /** pairs of faults run */
  run = 0;
  /** cases played */
  cases = 0;
  /** the case is loaded here */
  readonly scene: Scene;
  readonly base: Image;

  /** @param address of the case that is loaded */
  constructor(
    { span, legacy, batched }: Pairing,
    private readonly place: Place,
    protected readonly address: () => string,
    newImage?: NewImage,
  ) {
    this.scene = new Scene(span);
    this.base = new Image(span);
    this.duel = new Duel(this.scene, legacy, batched, newImage);
  }

  /**
   * Plays the case that is loaded.
   * @param _index number of the case
   * @throws InputError for an allowlist that contradicts itself
   */
  playCase(steps: Steps, _index: number): void {
    this.cases++;
    try {
      this.duel.play(this.base, steps, this);
    } catch (error) {
      // A broken allowlist is the user's, not the engine's.
      if (error instanceof InputError) throw error;
      // Whoever threw outside of a handler is not an engine: that is an error of ours.
      const engine = this.duel.running?.revision.id;
      if (engine === undefined) throw error;
      this.duel.running = null;
      this.noteDeath(engine, String(error));
    }
  }

  /**
   * An engine died in the case that is loaded.
   * @param _ended and its thread with it, so that the case must not be played again
   */
  noteDeath(engine: string, message: string, _ended = false): void {
    this.died.push({ engine, address: this.address(), message, position: this.place.position });
  }

  abstract beforeFault(access: Access, before: Image): void;
  abstract afterFault(duel: Duel, before: Image): boolean;
  abstract afterAccess(duel: Duel): boolean;
  abstract goesOn(): boolean;
  abstract aloneFault(side: Side, before: Image): void;
  abstract afterTeardown(side: Side): void;
}

/** Makes a player for cases of this span. */
export type NewPlayer<P extends CasePlayer> = (span: number, address: () => string) => P;
