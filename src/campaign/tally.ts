/**
 * What is counted while a unit of a plan runs: classes with their first occurrence, entries that explained, violated
 * invariants. Findings come by the million, so that this is quick rather than plain; counts.ts has the plain form.
 */
import { FIELDS } from '../mm/fields.js';
import type { AllowEntry } from '../oracle/allowlist.js';
import { classFacts, classId, classWord, directionCode } from '../oracle/classify.js';
import type { Finding } from '../oracle/judge.js';

export interface ClassTally {
  readonly id: string;
  readonly facts: readonly string[];
  readonly finding: Finding;
  /** address of the first case that shows it, and its position in the plan */
  readonly first: string;
  readonly position: number;
  /** faults that show the class */
  count: number;
  /** number of the last fault that showed it, so that a fault counts once */
  last: number;
}

export interface ViolationTally {
  readonly invariant: string;
  readonly engine: string;
  /** address of the first case that breaks it, and its position in the plan */
  readonly first: string;
  readonly position: number;
  count: number;
  last: number;
}

export class Tally {
  /** position in the plan of the case that is played */
  position = 0;
  private readonly byKey = new Map<number, Map<number, ClassTally>>();
  readonly classes: ClassTally[] = [];
  readonly entryHits = new Map<string, number>();
  private readonly entryLast = new Map<string, number>();
  readonly violations = new Map<string, ViolationTally>();
  private readonly entryNumbers = new Map<AllowEntry | null, number>([[null, 0]]);
  /** classes that no entry explains */
  unexplained = 0;

  /** Counts one finding of fault number `fault`. */
  add(finding: Finding, fault: number, address: () => string): void {
    const direction = finding.missing ? 3 : directionCode(FIELDS[finding.field], finding.legacy, finding.batched);
    const key = (direction * 64 + finding.field) * 128 + this.entryNumber(finding.entry);
    let words = this.byKey.get(key);
    if (words === undefined) {
      words = new Map();
      this.byKey.set(key, words);
    }
    const word = classWord(finding);
    const known = words.get(word);
    if (known === undefined) words.set(word, this.newClass(finding, fault, address()));
    else if (known.last !== fault) {
      known.count++;
      known.last = fault;
    }
    if (finding.entry !== null) this.hit(finding.entry.id, fault);
  }

  private newClass(finding: Finding, fault: number, first: string): ClassTally {
    const tally = {
      id: classId(finding),
      facts: classFacts(finding),
      finding: { ...finding },
      first,
      position: this.position,
      count: 1,
      last: fault,
    };
    this.classes.push(tally);
    if (finding.entry === null) this.unexplained++;
    return tally;
  }

  private entryNumber(entry: AllowEntry | null): number {
    let number = this.entryNumbers.get(entry);
    if (number === undefined) {
      number = this.entryNumbers.size;
      this.entryNumbers.set(entry, number);
    }
    return number;
  }

  private hit(id: string, fault: number): void {
    if (this.entryLast.get(id) === fault) return;
    this.entryLast.set(id, fault);
    this.entryHits.set(id, (this.entryHits.get(id) ?? 0) + 1);
  }

  addViolation(invariant: string, engine: string, fault: number, address: () => string): void {
    const key = `${invariant} ${engine}`;
    const known = this.violations.get(key);
    if (known === undefined) this.violations.set(key, this.newViolation(invariant, engine, fault, address()));
    else if (known.last !== fault) {
      known.count++;
      known.last = fault;
    }
  }

  private newViolation(invariant: string, engine: string, fault: number, first: string): ViolationTally {
    return { invariant, engine, first, position: this.position, count: 1, last: fault };
  }

  /** Something that makes the verdict divergent. */
  get failed(): boolean {
    return this.unexplained > 0 || this.violations.size > 0;
  }

  /** Forgets what was counted, for the next unit. */
  clear(): void {
    this.byKey.clear();
    this.classes.length = 0;
    this.entryHits.clear();
    this.entryLast.clear();
    this.violations.clear();
    this.unexplained = 0;
  }
}
