/**
 * Which of many cases are worth keeping: few short ones that together reach everything that any of them reaches. What a
 * case reaches is a set of names, its goals.
 */

interface Candidate<T> {
  readonly goals: readonly number[];
  readonly item: T;
  readonly cost: number;
}

/** Candidates for each goal that are remembered before the shortest are chosen from them. */
const REMEMBERED = 6;

export class Chooser<T> {
  readonly #ids = new Map<string, number>();
  /** candidates that reach each goal */
  readonly #reached: number[] = [];
  readonly #candidates: Candidate<T>[] = [];

  /** @param costOf what it costs to keep a case; it is asked only for cases that may be kept */
  constructor(private readonly costOf: (item: T) => number) {}

  /** Would a case be remembered for this goal alone? */
  wants(goal: string): boolean {
    const id = this.#ids.get(goal);
    return id === undefined || this.#reached[id] < REMEMBERED;
  }

  /** A case that may be kept. Of equal ones the first is preferred. */
  offer(goals: ReadonlySet<string>, item: T): void {
    const ids = [...goals].map((goal) => this.#idOf(goal));
    if (ids.every((id) => this.#reached[id] >= REMEMBERED)) return;
    for (const id of ids) this.#reached[id]++;
    this.#candidates.push({ goals: ids, item, cost: this.costOf(item) });
  }

  #idOf(goal: string): number {
    const known = this.#ids.get(goal);
    if (known !== undefined) return known;
    this.#ids.set(goal, this.#reached.length);
    return this.#reached.push(0) - 1;
  }

  /** The cases that are kept, in the order in which they were offered: the dearest go first where others do as well. */
  kept(): T[] {
    const reached = [...this.#reached];
    const numbered = this.#candidates.map((candidate, i) => ({ ...candidate, i }));
    const kept = new Set<number>();
    for (const { goals, i } of numbered.sort((a, b) => b.cost - a.cost || b.i - a.i)) {
      if (goals.every((id) => reached[id] > 1)) for (const id of goals) reached[id]--;
      else kept.add(i);
    }
    return this.#candidates.flatMap(({ item }, i) => (kept.has(i) ? [item] : []));
  }
}
