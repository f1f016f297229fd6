/** How an engine revision describes itself: by named features, never by comparing version numbers. */
import type { ArchName } from './arch/architecture.js';
import type { Allocate } from './columns.js';
import type { FaultHandler } from './fault.js';
import type { Image } from './image.js';
import type { Scene } from './scene.js';

export type EngineFamily = 'legacy' | 'batched';
export type EngineClass<T extends FaultHandler = FaultHandler> = new (scene: Scene, image: Image) => T;

/** One engine that can be chosen, for example `batched@v6.6`. */
export interface Revision {
  /** family@name */
  readonly id: string;
  readonly family: EngineFamily;
  readonly name: string;
  /** one line for people */
  readonly title: string;
  /** commits, messages or trees that the description stands on */
  readonly source: string;
  /** named behaviours; two revisions with equal features, and without planted bugs, behave alike */
  readonly features: Readonly<Record<string, string>>;
  readonly experimental: boolean;
  readonly engine: EngineClass;
  /** where the words of its images should lie; absent where it does not matter */
  readonly allocate?: Allocate;
  /** false for an engine that does not count the branches it takes, one compiled from a kernel tree */
  readonly passesMarks?: boolean;
  /** hash of the code, for an engine whose name can stand for another one elsewhere: one compiled from a kernel tree */
  readonly content?: string;
  /** those that it can run on; absent where it can run on all */
  readonly architectures?: readonly ArchName[];
  /**
   * The revision that bugs were planted in, such as `reference` of `reference+M1`; absent where none were. What is
   * intended of it is intended of this one too: allowlist, features and invariants are the base's.
   */
  readonly base?: Revision;
}

/** The revision itself, or the one that bugs were planted in. */
export const plainRevision = (revision: Revision): Revision => revision.base ?? revision;
