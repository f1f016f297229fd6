/**
 * The case space: every dial with its values and weights, and which groups of dials exist for a pair of engines. The
 * first value of a dial is its simplest one. What depends on earlier choices (a folio tiling decides which pages
 * exist) is the order of the walk in draw.ts; the values stand here.
 */

/** Raised whenever the same seed and index would draw another case. */
export const GENERATOR_VERSION = 2;

/** What the pair of engines and the user's options allow beside the plain dials. */
export interface PairSpace {
  /** both engines know userfaultfd write-protection on this architecture */
  readonly uffdWp: boolean;
  /** an engine knows FAULT_FLAG_VMA_LOCK */
  readonly vmaLock: boolean;
  /** the races group is switched on */
  readonly races: boolean;
}

/**
 * Rare features. A block of cases has a random subset of them, so that rare ones meet (swarm testing): a dial whose
 * feature is absent keeps its simplest value.
 */
export const FEATURES = [
  'partial-vma',
  'outside-table',
  'shifted',
  'file-kind',
  'mlock',
  'special',
  'uffd',
  'advice',
  'thp-disabled',
  'protnone',
  'exec',
  'i-size',
  'holes',
  'large-folios',
  'folio-locked',
  'folio-not-uptodate',
  'folio-readahead',
  'folio-workingset',
  'folio-dirty',
  'folio-elsewhere',
  'hwpoison',
  'other-maps',
  'other-refs',
  'entries',
  'odd-entries',
  'pmd',
  'no-readahead',
  'failures',
  'mkwrite',
  'small-window',
  'agents',
] as const;
export type Feature = (typeof FEATURES)[number];

export const featureBit = (feature: Feature): number => 1 << FEATURES.indexOf(feature);

/** One choice: values with weights, the simplest first. */
export class Dial {
  /** value for each of 256 equally likely draws */
  readonly table = new Int32Array(256);
  readonly first: number;
  /** bit of the feature that switches the dial on, or 0 for always */
  readonly bit: number;

  /** @param choices pairs of value and weight */
  constructor(
    readonly name: string,
    feature: Feature | null,
    readonly choices: readonly (readonly [value: number, weight: number])[],
  ) {
    this.first = choices[0][0];
    this.bit = feature === null ? 0 : featureBit(feature);
    const total = choices.reduce((sum, [, weight]) => sum + weight, 0);
    let at = 0;
    let sum = 0;
    for (const [value, weight] of choices) {
      sum += weight;
      const end = Math.round((256 * sum) / total);
      while (at < end) this.table[at++] = value;
    }
  }
}
