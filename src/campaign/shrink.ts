/** Shrinks what a campaign found: the smallest case that still shows the same class, or breaks the same invariant. */
import { caseAt } from '../cases/address.js';
import { shrinkCase } from '../cases/arbitrary.js';
import type { Case } from '../cases/case.js';
import { classId } from '../oracle/classify.js';
import { entriesFor } from '../oracle/decider.js';
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

/** The pair with its entries looked up, for the hundreds of cases of a shrink. */
function withEntries({ legacy, batched, allowlist }: Pair): Pair {
  return { legacy, batched, allowlist, entries: entriesFor(allowlist, legacy, batched) };
}

/** Tells which classes cases show. Shrinking asks of hundreds: those of one span are played in the same memory. */
class ClassFinder {
  private readonly runs = new Map<number, SingleRun>();

  constructor(private readonly pair: Pair) {}

  /** Keys of the classes, each once or more often. */
  keysOf(plain: Case): readonly string[] {
    const known = this.runs.get(plain.span);
    const run = known?.load(plain) ?? SingleRun.forClasses(plain, this.pair);
    const { findings, duel } = run.runWhileAlive();
    if (duel.running === null) this.runs.set(plain.span, run);
    else this.runs.delete(plain.span);
    return findings.map(keyOfFinding);
  }
}

/** Shrinks the classes of one report. A case that shows several classes stands for all of them. */
export class Shrinker {
  private readonly known: { readonly smallest: Case; readonly shows: ReadonlySet<string> }[] = [];
  private readonly finder: ClassFinder;

  constructor(pair: Pair) {
    this.finder = new ClassFinder(withEntries(pair));
  }

  /** A small case that shows the class: one that is known already, or the class's own first one shrunk. */
  caseFor(wanted: ClassName & { readonly first: string }): Case | null {
    const key = keyOf(wanted);
    const known = this.known.find(({ shows }) => shows.has(key));
    if (known !== undefined) return known.smallest;
    const smallest = shrink(wanted.first, (plain) => this.finder.keysOf(plain).includes(key));
    if (smallest === null) return null;
    this.known.push({ smallest, shows: new Set(this.finder.keysOf(smallest)) });
    return smallest;
  }
}

/** Smallest case that breaks the invariant on the engine. */
export function shrinkViolation(address: string, invariant: string, engine: string, pair: Pair): Case | null {
  const own = withEntries(pair);
  return shrink(address, (plain) => {
    const { broken } = new SingleRun(plain, own).runWhileAlive();
    return broken.some((other) => other.invariant === invariant && other.engine === engine);
  });
}
