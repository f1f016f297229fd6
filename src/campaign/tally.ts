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

/** What one entry explains, or what none does. */
interface EntryTally {
  /** faults with something that the entry explains, and the number of the last of them */
  hits: number;
  last: number;
  /** its classes: by field and direction, and by the word of their facts */
  readonly byKey: Map<number, Map<number, ClassTally>>;
}

/** The direction of a difference that is missing; no difference has it. */
const MISSING = 3;

export class Tally {
  /** position in the plan of the case that is played */
  position = 0;
  private readonly byEntry = new Map<AllowEntry | null, EntryTally>();
  readonly classes: ClassTally[] = [];
  readonly violations = new Map<string, ViolationTally>();
  /** classes that no entry explains */
  unexplained = 0;

  /** Counts one finding of fault number `fault`. */
  add(finding: Finding, fault: number, address: () => string): void {
    const { field, missing, legacy, batched, entry } = finding;
    const tally = this.byEntry.get(entry) ?? this.newEntry(entry);
    if (tally.last !== fault) {
      tally.last = fault;
      tally.hits++;
    }
    const direction = missing ? MISSING : directionCode(FIELDS[field], legacy, batched);
    const key = direction * FIELDS.length + field;
    let words = tally.byKey.get(key);
    if (words === undefined) {
      words = new Map();
      tally.byKey.set(key, words);
    }
    const word = classWord(finding);
    const known = words.get(word);
    if (known === undefined) words.set(word, this.newClass(finding, fault, address()));
    else if (known.last !== fault) {
      known.count++;
      known.last = fault;
    }
  }

  private newEntry(entry: AllowEntry | null): EntryTally {
    const tally: EntryTally = { hits: 0, last: -1, byKey: new Map() };
    this.byEntry.set(entry, tally);
    return tally;
  }

  /** Faults that each entry explained something of, by its id. */
  get entryHits(): ReadonlyMap<string, number> {
    const hits = new Map<string, number>();
    for (const [entry, tally] of this.byEntry) if (entry !== null) hits.set(entry.id, tally.hits);
    return hits;
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
    this.byEntry.clear();
    this.classes.length = 0;
    this.violations.clear();
    this.unexplained = 0;
  }
}
