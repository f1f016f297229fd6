/** Shrinks what a campaign found: the smallest case that still shows the same class, or breaks the same invariant. */
import { caseAt } from '../cases/address.js';
import { shrinkCase } from '../cases/arbitrary.js';
import type { Case } from '../cases/case.js';
import { classId } from '../oracle/classify.js';
import type { Finding } from '../oracle/judge.js';
import { type Pair, SingleRun } from './single.js';

function shrink(address: string, interesting: (plain: Case) => boolean): Case | null {
  const found = caseAt(address);
  return interesting(found) ? shrinkCase(found, interesting) : null;
}

/** A class as a report tells it from others. */
export interface ClassName {
  readonly id: string;
  /** id of the entry that explains it, or null */
  readonly entry: string | null;
}

const keyOf = ({ id, entry }: ClassName): string => `${id} ${entry ?? ''}`;
const keyOfFinding = (finding: Finding): string => keyOf({ id: classId(finding), entry: finding.entry?.id ?? null });
const findingsOf = (plain: Case, pair: Pair): readonly Finding[] =>
  new SingleRun(plain, pair).withoutInvariants().runWhileAlive().findings;

/** Smallest case that shows the class, explained by the same entry or by none as it is. */
export function shrinkClass(address: string, wanted: ClassName, pair: Pair): Case | null {
  const key = keyOf(wanted);
  return shrink(address, (plain) => findingsOf(plain, pair).some((finding) => keyOfFinding(finding) === key));
}

/** Shrinks the classes of one report. A case that shows several classes stands for all of them. */
export class Shrinker {
  private readonly known: { readonly smallest: Case; readonly shows: ReadonlySet<string> }[] = [];

  constructor(private readonly pair: Pair) {}

  /** A small case that shows the class: one that is known already, or the class's own first one shrunk. */
  caseFor(wanted: ClassName & { readonly first: string }): Case | null {
    const known = this.known.find(({ shows }) => shows.has(keyOf(wanted)));
    if (known !== undefined) return known.smallest;
    const smallest = shrinkClass(wanted.first, wanted, this.pair);
    if (smallest === null) return null;
    this.known.push({ smallest, shows: new Set(findingsOf(smallest, this.pair).map(keyOfFinding)) });
    return smallest;
  }
}

/** Smallest case that breaks the invariant on the engine. */
export function shrinkViolation(address: string, invariant: string, engine: string, pair: Pair): Case | null {
  return shrink(address, (plain) => {
    const { broken } = new SingleRun(plain, pair).runWhileAlive();
    return broken.some((other) => other.invariant === invariant && other.engine === engine);
  });
}
