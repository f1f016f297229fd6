/** What can be raced for speed: each contender does a piece of work when it is called and says how much it did. */
import { Enumeration } from '../campaign/enumeration.js';
import { Judgement } from '../campaign/referee.js';
import { indexOfScope, scopeNamed, unknownScope } from '../cases/scopes.js';
import type { Allowlist } from '../oracle/allowlist.js';
import { entriesFor } from '../oracle/decider.js';
import { DEFAULT_ENGINES } from '../report/commands.js';
import { Blocks, type BlocksOptions, engineNamed } from './blocks.js';
import { assertAgreement } from './plain_objects/property.js';
import { Harness } from './sketch/harness.js';

/** Plain data, so that it can be handed to another thread. */
export type ContenderSpec =
  | ({ readonly kind: 'random' } & BlocksOptions)
  | { readonly kind: 'sweep'; readonly scope: string }
  | { readonly kind: 'sketch'; readonly span: number }
  | { readonly kind: 'plain-objects'; readonly span: number };

/** Does a piece of work, further work each time. @returns cases or faults that it consisted of */
export type Contender = () => number;

/** Cases of one call of the property: each takes long. */
const PROPERTY_RUNS = 20;
/** Faults on each layout of the sketch, as in a block of a campaign. */
const SKETCH_FAULTS = 16;
const SKETCH_LAYOUTS = 64;
/** Cases of one call of a sweep. */
export const SWEEP_CASES = 20_000;
const GOLDEN_RATIO = (Math.sqrt(5) - 1) / 2;

export function createContender(spec: ContenderSpec, allowlist: Allowlist): Contender {
  if (spec.kind === 'sweep') return sweep(spec.scope, allowlist);
  if (spec.kind === 'sketch') return sketch(spec.span);
  if (spec.kind === 'plain-objects') return plainObjects(spec.span);
  const blocks = new Blocks(spec, allowlist);
  return () => blocks.runRound();
}

/** Ranges that lie as evenly as possible, however many of them are played. */
function sweep(name: string, allowlist: Allowlist): Contender {
  const scope = scopeNamed(name);
  if (scope === undefined) throw new Error(unknownScope(name));
  const legacy = engineNamed(DEFAULT_ENGINES.legacy);
  const batched = engineNamed(DEFAULT_ENGINES.batched);
  const entries = entriesFor(allowlist, legacy, batched);
  const { invariantsAll = false } = scope;
  const { tally, newPlayer } = new Judgement({ legacy, batched, entries, invariantsAll, countsCases: true });
  const enumeration = new Enumeration(name, tally, newPlayer);
  const { size } = indexOfScope(scope);
  const cases = Math.min(size, SWEEP_CASES);
  let turn = 0;
  return () => {
    turn++;
    const position = (turn * GOLDEN_RATIO) % 1;
    enumeration.runCases(Math.floor(position * (size - cases + 1)), cases);
    return cases;
  };
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
