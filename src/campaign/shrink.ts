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

/** Smallest case that shows the finding's class, explained by the same entry or by none as the finding is. */
export function shrinkFinding(address: string, finding: Finding, pair: Pair): Case | null {
  const wanted = classId(finding);
  return shrink(address, (plain) =>
    new SingleRun(plain, pair)
      .run()
      .findings.some((other) => other.entry === finding.entry && classId(other) === wanted),
  );
}

/** Shrinks the classes of one report. A case that shows several classes stands for all of them. */
export class Shrinker {
  private readonly known: { readonly smallest: Case; readonly shows: ReadonlySet<string> }[] = [];

  constructor(private readonly pair: Pair) {}

  /** A small case that shows the finding's class: one that is known already, or the class's own first one shrunk. */
  caseFor(first: string, finding: Finding): Case | null {
    const known = this.known.find(({ shows }) => shows.has(keyOf(finding)));
    if (known !== undefined) return known.smallest;
    const smallest = shrinkFinding(first, finding, this.pair);
    if (smallest === null) return null;
    const shows = new Set(new SingleRun(smallest, this.pair).run().findings.map(keyOf));
    this.known.push({ smallest, shows });
    return smallest;
  }
}

const keyOf = (finding: Finding): string => `${finding.entry?.id ?? ''} ${classId(finding)}`;

/** Smallest case that breaks the invariant on the engine. */
export function shrinkViolation(address: string, invariant: string, engine: string, pair: Pair): Case | null {
  return shrink(address, (plain) =>
    new SingleRun(plain, pair).run().broken.some((other) => other.invariant === invariant && other.engine === engine),
  );
}
