/** What can be raced for speed: each contender does a piece of work when it is called and says how much it did. */
import type { Allowlist } from '../oracle/allowlist.js';
import { Blocks, type BlocksOptions } from './blocks.js';
import { assertAgreement } from './plain_objects/property.js';
import { Harness } from './sketch/harness.js';

/** Plain data, so that it can be handed to another thread. */
export type ContenderSpec =
  | ({ readonly kind: 'random' } & BlocksOptions)
  | { readonly kind: 'sketch'; readonly span: number }
  | { readonly kind: 'plain-objects'; readonly span: number };

/** Does a piece of work, further work each time. @returns cases or faults that it consisted of */
export type Contender = () => number;

/** Cases of one call of the property: each takes long. */
const PROPERTY_RUNS = 20;
/** Faults on each layout of the sketch, as in a block of a campaign. */
const SKETCH_FAULTS = 16;
const SKETCH_LAYOUTS = 64;

export function createContender(spec: ContenderSpec, allowlist: Allowlist): Contender {
  if (spec.kind === 'sketch') return sketch(spec.span);
  if (spec.kind === 'plain-objects') return plainObjects(spec.span);
  const blocks = new Blocks(spec, allowlist);
  return () => blocks.runRound();
}

function sketch(span: number): Contender {
  const harness = new Harness(span, 1);
  return () => {
    for (let i = 0; i < SKETCH_LAYOUTS; i++) harness.runLayout(SKETCH_FAULTS);
    return SKETCH_LAYOUTS * SKETCH_FAULTS;
  };
}

function plainObjects(span: number): Contender {
  let seed = 0;
  return () => {
    seed++;
    assertAgreement(span, seed, PROPERTY_RUNS);
    return PROPERTY_RUNS;
  };
}
