/**
 * The absolute invariants: what holds after every fault whatever the engine, stated without looking at one. They judge
 * each engine alone, and with it what both engines share and a comparison cannot see.
 */
import { ASSERT_BAD_PAGE_MAP } from '../mm/assertions.js';
import { PMD_HUGE } from '../mm/bits.js';
import { sameBytes } from '../mm/columns.js';
import { ASSERTIONS, FAULT_CALLS, PMD, RET } from '../mm/fields.js';
import type { Image } from '../mm/image.js';
import type { Revision } from '../mm/revision.js';
import type { Scene } from '../mm/scene.js';
import { I1, I3, LAWS } from './invariants/catalogue.js';
import { inspectContBlocks } from './invariants/cont_blocks.js';
import { Context } from './invariants/context.js';
import { countEntries, inspectTouched, touchYoung } from './invariants/entries.js';
import { appliesTo, type Rules, rulesOf, withoutExempt } from './invariants/exceptions.js';
import { countFolios, inspectFolios } from './invariants/folios.js';
import type { Moment } from './invariants/moment.js';
import { inspectOutcome } from './invariants/outcome.js';

export { EXCEPTIONS } from './invariants/exceptions.js';
export type { Moment } from './invariants/moment.js';

export interface Invariant {
  readonly id: string;
  /** one sentence for people */
  readonly sentence: string;
  /** Does the invariant hold for this revision? */
  appliesTo(revision: Revision): boolean;
  /** Does it hold at this moment? Asks the state alone: exceptions of the revision are not considered. */
  check(moment: Moment): boolean;
}

const context = new Context();

/** The invariants, as bits by their index, that do not hold at this moment, exceptions not considered. */
function broken(moment: Moment): number {
  context.begin(moment, rulesOf(moment.revision));
  countEntries(context);
  countFolios(context);
  counted = moment.after;
  countedBad = context.bad;
  inspect();
  return context.bad;
}

/** The state that was counted last, and which invariants the counting itself found broken. */
let counted: Image | null = null;
let countedBad = 0;

/** What is to be asked after the state was counted. */
function inspect(): void {
  inspectTouched(context);
  inspectContBlocks(context);
  inspectFolios(context);
  inspectOutcome(context);
}

export const INVARIANTS: readonly Invariant[] = LAWS.map(({ id, sentence }, i) => ({
  id,
  sentence,
  appliesTo: (revision) => appliesTo(id, revision),
  check: (moment) => (broken(moment) & (1 << i)) === 0,
}));

/** Writes the index of each bit to `out`; returns how many there are. */
function indexes(bits: number, out: number[]): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) out[count++] = 31 - Math.clz32(rest & -rest);
  return count;
}

/** The indexes of those broken invariants that are no exceptions of the revision; mostly nothing is broken. */
function judged(bad: number, rules: Rules, scene: Scene, out: number[]): number {
  return bad === 0 ? 0 : indexes(withoutExempt(bad, rules, scene), out);
}

/**
 * Which invariants does the moment violate, of those that apply to its revision?
 * @param out receives their indexes in INVARIANTS; entries behind the returned count are left as they were
 * @returns their number
 */
export function violated(moment: Moment, out: number[]): number {
  return judged(broken(moment), rulesOf(moment.revision), moment.scene, out);
}

/**
 * The same for a second engine that has handled the fault whose moment was asked about last, from the same state.
 * Page tables and page caches that are the same, but for young bits, are counted once.
 * @param equal both states are known to be equal in all compared columns
 */
export function violatedBySecond(moment: Moment, equal: boolean, out: number[]): number {
  const { after } = moment;
  if (counted === null || context.scene !== moment.scene) return violated(moment, out);
  if (!equal && !(sameKind(counted, after) && touchYoung(context, counted, after))) return violated(moment, out);
  context.beginAlike(moment, rulesOf(moment.revision));
  context.bad = countedBad;
  inspect();
  return judged(context.bad, rulesOf(moment.revision), moment.scene, out);
}

/** Do states behind a fault differ in nothing that counting asks for, but perhaps in the entries' flags? */
function sameKind(one: Image, other: Image): boolean {
  const same = one.mm[PMD] === other.mm[PMD] && one.mm[RET] === other.mm[RET];
  return same && one.mm[FAULT_CALLS] === other.mm[FAULT_CALLS] && sameBytes(one.slotsBehindPte, other.slotsBehindPte);
}

/**
 * The same after everything was unmapped: no entry of the mm is left, and mapcounts, references and counters are those
 * of the other address spaces. Page tables stay.
 * @param base the state that the case began with
 */
export function violatedAfterTeardown(
  scene: Scene,
  after: Image,
  base: Image,
  revision: Revision,
  out: number[],
): number {
  const rules = rulesOf(revision);
  context.beginTeardown(scene, base, after, rules);
  for (let slot = 0; slot < scene.span; slot++) {
    if ((after.pte[slot] | after.pfn[slot]) !== 0) context.bad |= I3;
  }
  if (after.pmdState() === PMD_HUGE) context.bad |= I3;
  // print_bad_pte(): an entry was taken away whose page did not know of it.
  if ((after.mm[ASSERTIONS] & (1 << ASSERT_BAD_PAGE_MAP)) !== 0) context.bad |= I1;
  countFolios(context);
  inspectFolios(context);
  return judged(context.bad, rules, scene, out);
}
