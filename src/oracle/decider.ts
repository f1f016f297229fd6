/**
 * Which entries of an allowlist claim a difference: answers from conditions that are compiled already, once for each
 * word of facts. Loading entries is allowlist.ts's part; the hot loop needs only this one.
 */
import { InputError } from '../cases/files.js';
import { FIELDS, type SiteKind } from '../mm/fields.js';
import { plainRevision, type Revision } from '../mm/revision.js';
import type { AllowEntry, Allowlist, Claim } from './allowlist.js';
import { BOUND_WORDS, boundsOf } from './bounds.js';
import type { Condition } from './condition.js';
import { RUNS, unpack, unpackFault } from './facts.js';

/** What is intended of a revision is intended of it with planted bugs too. An asterisk is all of a family. */
function covers(patterns: readonly string[], revision: Revision, family: Revision['family']): boolean {
  const { name, id, family: own } = plainRevision(revision);
  return patterns.some((pattern) => (pattern === '*' ? own === family : pattern === name || pattern === id));
}

/** Entries for this pair of engines. */
export function entriesFor(allowlist: Allowlist, legacy: Revision, batched: Revision): AllowEntry[] {
  return allowlist.entries.filter(
    ({ engines }) => covers(engines.legacy, legacy, 'legacy') && covers(engines.batched, batched, 'batched'),
  );
}

/** What the entries claim for one fact word at one kind of site. */
export interface Decision {
  /** claims with constant values */
  readonly constants: readonly Claim[];
  /** the same by field index, with gaps */
  readonly byField: readonly (Claim | undefined)[];
  /** claims with value rules; they are about the fault as a whole */
  readonly rules: readonly Claim[];
}

/** Where sites can be claimed: nowhere, in the run that holds the fault, or anywhere. */
export const REACH_NONE = 0;
export const REACH_FAULT_RUN = 1;
export const REACH_ALL = 2;
export type Reach = typeof REACH_NONE | typeof REACH_FAULT_RUN | typeof REACH_ALL;

/** Nothing is claimed. */
export const NOTHING: Decision = { constants: [], byField: [], rules: [] };

/** Decisions of one kind of site. Neighbouring sites resemble each other: the last answer is often the next one. */
class Decisions {
  private readonly known = new Map<number, Decision>();
  private lastWord = 0;
  private last: Decision | null = null;

  /** @param mask bits of the facts that a decision depends on */
  constructor(
    readonly mask: number,
    private readonly evaluate: (word: number) => Decision,
  ) {}

  of(facts: number): Decision {
    const word = facts & this.mask;
    if (word === this.lastWord && this.last !== null) return this.last;
    let decision = this.known.get(word);
    if (decision === undefined) {
      decision = this.evaluate(word);
      this.known.set(word, decision);
    }
    this.lastWord = word;
    this.last = decision;
    return decision;
  }
}

/** Evaluates conditions once for each distinct word of facts and remembers the answer. */
export class Decider {
  private readonly pages: Decisions;
  private readonly folios: Decisions;
  private readonly mms: Decisions;

  constructor(readonly entries: readonly AllowEntry[]) {
    this.pages = this.decisions('page');
    this.folios = this.decisions('folio');
    this.mms = this.decisions('mm');
    this.conditions = [...new Set(entries.flatMap(({ claims }) => claims.map(({ condition }) => condition)))];
  }

  private decisions(kind: SiteKind): Decisions {
    const claims = this.claimsAt(kind);
    const mask = claims.reduce((bits, { condition }) => bits | condition.mask, 0);
    return new Decisions(mask, (word) => this.evaluate(claims, unpack(word, kind)));
  }

  /** The claims about sites of this kind; those with value rules are about the fault as a whole. */
  private claimsAt(kind: SiteKind): Claim[] {
    return this.entries.flatMap(({ claims }) =>
      claims.filter(({ rule, field }) => (rule === null ? FIELDS[field].site : 'mm') === kind),
    );
  }

  /**
   * What is claimed at a site of this kind. The mm site carries the claims with value rules, of all fields.
   * @throws InputError if two entries claim the same field
   */
  decide(kind: SiteKind, word: number): Decision {
    if (kind === 'page') return this.pages.of(word);
    return kind === 'folio' ? this.folios.of(word) : this.mms.of(word);
  }

  /** each condition once, however many fields are claimed under it */
  private readonly conditions: readonly Condition[];
  /** 0 for not asked yet, 1 for no, 2 for perhaps; by bound word */
  private readonly claims = new Uint8Array(BOUND_WORDS);

  /** Can any claim be about a fault whose facts are within these bounds? Without a prediction: no, or perhaps. */
  mayClaim(bounds: number): boolean {
    if (this.claims[bounds] === 0) {
      const facts = boundsOf(bounds);
      const possible = this.conditions.some((condition) => condition.possible(facts));
      this.claims[bounds] = possible ? 2 : 1;
    }
    return this.claims[bounds] === 2;
  }

  private readonly reaches = new Map<number, Reach>();
  // Faults of one layout resemble each other: the last answers are asked for again and again.
  private lastFaultWord = 0;
  private lastReach: Reach | null = null;

  /** Which pages and folios can be claimed in a fault with these facts, answered from the conditions alone? */
  reachOf(facts: number): Reach {
    const faultWord = facts & (this.pages.mask | this.folios.mask);
    if (faultWord === this.lastFaultWord && this.lastReach !== null) return this.lastReach;
    const reach = this.reaches.get(faultWord) ?? this.computeReach(faultWord);
    this.lastFaultWord = faultWord;
    this.lastReach = reach;
    return reach;
  }

  private computeReach(faultWord: number): Reach {
    const bounds = unpackFault(faultWord);
    const conditions = this.entries.flatMap(({ claims }) =>
      claims.flatMap(({ rule, field, condition }) =>
        rule === null && FIELDS[field].site !== 'mm' && condition.possible(bounds) ? [condition] : [],
      ),
    );
    const elsewhere = { ...bounds, run: RUNS.filter((run) => run !== 'fault') };
    let reach: Reach = REACH_NONE;
    if (conditions.length > 0) {
      reach = conditions.some((condition) => condition.possible(elsewhere)) ? REACH_ALL : REACH_FAULT_RUN;
    }
    this.reaches.set(faultWord, reach);
    return reach;
  }

  private evaluate(claims: readonly Claim[], facts: Record<string, boolean | string>): Decision {
    const constants: Claim[] = [];
    const byField: (Claim | undefined)[] = FIELDS.map(() => undefined);
    const rules: Claim[] = [];
    const known = new Map<Condition, boolean>();
    const holds = (condition: Condition): boolean => {
      const value = known.get(condition) ?? condition.holds(facts);
      known.set(condition, value);
      return value;
    };
    for (const claim of claims) {
      if (!holds(claim.condition)) continue;
      this.refuseSecond(claim, byField[claim.field] ?? rules.find((other) => other.field === claim.field));
      if (claim.rule !== null) {
        rules.push(claim);
        continue;
      }
      constants.push(claim);
      byField[claim.field] = claim;
    }
    return constants.length === 0 && rules.length === 0 ? NOTHING : { constants, byField, rules };
  }

  private refuseSecond(claim: Claim, other: Claim | undefined): void {
    if (other === undefined || other === claim) return;
    const field = FIELDS[claim.field].name;
    throw new InputError(
      claim.entry.file,
      `entries ${other.entry.id} and ${claim.entry.id} both claim the same divergence of ${field}`,
    );
  }
}

/** Does the decision claim anything? */
export const claimsNothing = (decision: Decision): boolean => decision === NOTHING;

const deciders = new WeakMap<readonly AllowEntry[], Decider>();

/** The decider of this list of entries: what it has found out once serves everybody. */
export function deciderOf(entries: readonly AllowEntry[]): Decider {
  const known = deciders.get(entries) ?? new Decider(entries);
  deciders.set(entries, known);
  return known;
}
