/**
 * What a part of a plan counted, as plain data that crosses threads and files: things by name, addresses as text.
 * Counts of disjoint parts are added in any order and give the same sum, because each first occurrence has its position
 * in the plan.
 */
import { addedHits, type Hits } from '../kernel/cover/hits.js';
import type { ArchName } from '../mm/arch/architecture.js';
import { MARKS } from '../mm/marks.js';

/** A place in the plan: cases in the order in which one thread would play them, from 0 on. */
type Position = number;

export interface ClassCount {
  /** stable name of the class; together with `entry` it tells classes apart */
  readonly id: string;
  readonly kind: 'difference' | 'missing';
  /** name of the field */
  readonly field: string;
  /** values of the first occurrence, as the field has them */
  readonly legacy: number;
  readonly batched: number;
  /** classifying facts that hold */
  readonly facts: readonly string[];
  /** id of the allowlist entry that explains it */
  readonly entry: string | null;
  /** faults that show the class, or cases in a sweep */
  readonly count: number;
  /** address of the first case that shows it */
  readonly first: string;
  readonly position: Position;
}

export interface ViolationCount {
  readonly invariant: string;
  readonly engine: string;
  readonly count: number;
  /** address of the first case that breaks it */
  readonly first: string;
  readonly position: Position;
}

export interface DiedCase {
  readonly engine: string;
  readonly address: string;
  readonly message: string;
  readonly position: Position;
}

/** Faults that ended differently in the same columns; where there are none, cases in which an engine died. */
export interface Disagreement {
  readonly arch: ArchName;
  readonly columns: string;
  readonly count: number;
  /** address of the first case that shows it, and its step */
  readonly first: string;
  readonly step: number;
  /** `column slot model/kernel`, the first few; what the engine said that died */
  readonly values: string;
  /** false where the first case ended its thread: it must not be played again */
  readonly replays: boolean;
  readonly position: Position;
}

export interface Counts {
  /** cases played */
  readonly cases: number;
  /** pairs of faults run, by architecture */
  readonly run: Readonly<Record<string, number>>;
  /** faults in which an engine called the setter or mapped by PMD */
  readonly effective: number;
  /** passes of each mark on each side, in the order of MARKS */
  readonly marks: { readonly legacy: readonly number[]; readonly batched: readonly number[] };
  /** by position, those of one case by id */
  readonly classes: readonly ClassCount[];
  /** faults that each allowlist entry explained, or cases in a sweep, by id */
  readonly entryHits: Readonly<Record<string, number>>;
  /** by position */
  readonly violations: readonly ViolationCount[];
  /** cases in which an engine died: the first DIED_KEPT of them by position */
  readonly died: readonly DiedCase[];
  /** cases in which an engine died, all of them */
  readonly deaths: number;
  /** by position; absent where faults are judged rather than compared in every word */
  readonly disagreements?: readonly Disagreement[];
  /** absent where no code ran that counts */
  readonly hits?: Hits;
}

/** Cases in which an engine died are listed up to here: an engine that dies in every case fills no memory. */
export const DIED_KEPT = 100;

/** Pairs of faults run on all architectures. */
export const faultsRun = ({ run }: Counts): number => Object.values(run).reduce((sum, count) => sum + count, 0);

/** Something that makes the verdict divergent. */
export const hasFailed = ({ classes, violations }: Counts): boolean =>
  violations.length > 0 || classes.some(({ entry }) => entry === null);

/** Nothing was run. */
export const EMPTY_COUNTS: Counts = {
  cases: 0,
  run: {},
  effective: 0,
  marks: { legacy: MARKS.map(() => 0), batched: MARKS.map(() => 0) },
  classes: [],
  entryHits: {},
  violations: [],
  died: [],
  deaths: 0,
};

/** Adds counts of disjoint parts; the order in which they come does not matter. */
export class Totals {
  private cases = 0;
  private readonly run = new Map<string, number>();
  private effective = 0;
  private readonly legacyMarks = MARKS.map(() => 0);
  private readonly batchedMarks = MARKS.map(() => 0);
  private readonly classes = new Map<string, ClassCount>();
  private readonly entryHits = new Map<string, number>();
  private readonly violations = new Map<string, ViolationCount>();
  private died: readonly DiedCase[] = [];
  private deaths = 0;
  private disagreements: Map<string, Disagreement> | undefined;
  private hits: Hits | undefined;

  add(counts: Counts): void {
    this.cases += counts.cases;
    for (const [arch, run] of Object.entries(counts.run)) this.run.set(arch, run + (this.run.get(arch) ?? 0));
    this.effective += counts.effective;
    counts.marks.legacy.forEach((passes, mark) => {
      this.legacyMarks[mark] += passes;
    });
    counts.marks.batched.forEach((passes, mark) => {
      this.batchedMarks[mark] += passes;
    });
    for (const found of counts.classes) addTo(this.classes, classKey(found), found);
    for (const [id, hits] of Object.entries(counts.entryHits))
      this.entryHits.set(id, hits + (this.entryHits.get(id) ?? 0));
    for (const broken of counts.violations) addTo(this.violations, violationKey(broken), broken);
    if (counts.died.length > 0) this.died = [...this.died, ...counts.died].sort(byPosition).slice(0, DIED_KEPT);
    this.deaths += counts.deaths;
    if (counts.disagreements !== undefined) this.addDisagreements(counts.disagreements);
    if (counts.hits !== undefined) this.hits = addedHits(this.hits, counts.hits);
  }

  private addDisagreements(found: readonly Disagreement[]): void {
    const known = this.disagreements ?? new Map<string, Disagreement>();
    for (const one of found) addTo(known, `${one.arch} ${one.columns}`, one);
    this.disagreements = known;
  }

  /** The sum so far, in the one order that it has. */
  counts(): Counts {
    return {
      cases: this.cases,
      run: sorted(this.run),
      effective: this.effective,
      marks: { legacy: [...this.legacyMarks], batched: [...this.batchedMarks] },
      classes: ordered(this.classes),
      entryHits: sorted(this.entryHits),
      violations: ordered(this.violations),
      died: [...this.died],
      deaths: this.deaths,
      ...(this.disagreements && { disagreements: ordered(this.disagreements) }),
      ...(this.hits && { hits: this.hits }),
    };
  }
}

/** The sum of disjoint parts. */
export function mergeCounts(parts: Iterable<Counts>): Counts {
  const totals = new Totals();
  for (const part of parts) totals.add(part);
  return totals.counts();
}

const classKey = ({ id, entry }: ClassCount): string => `${id} ${entry ?? ''}`;
const violationKey = ({ invariant, engine }: ViolationCount): string => `${invariant} ${engine}`;

interface Counted {
  readonly count: number;
  readonly position: Position;
}

/** The earlier occurrence is the first one, with all that is known of it. */
function addTo<T extends Counted>(known: Map<string, T>, key: string, found: T): void {
  const other = known.get(key);
  if (other === undefined) known.set(key, found);
  else known.set(key, { ...(other.position <= found.position ? other : found), count: other.count + found.count });
}

const byPosition = (a: { readonly position: Position }, b: { readonly position: Position }): number =>
  a.position - b.position;

function ordered<T extends Counted>(known: ReadonlyMap<string, T>): T[] {
  return [...known]
    .sort(([a, one], [b, other]) => byPosition(one, other) || (a < b ? -1 : 1))
    .map(([, counted]) => counted);
}

function sorted(known: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...known].sort(([a], [b]) => (a < b ? -1 : 1)));
}
