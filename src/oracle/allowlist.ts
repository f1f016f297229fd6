/**
 * The two-sided allowlist: which differences between two engines are known and intended, exactly when they show, and
 * with which values. Entries are YAML files; their conditions are CEL expressions over facts, type-checked when loaded.
 */
import { basename, join } from 'node:path';
import { z } from 'zod';
import { ARCH_NAMES } from '../cases/case.js';
import { listYaml } from '../cases/files.js';
import { didYouMean } from '../cases/suggest.js';
import { validate } from '../cases/validate.js';
import { InputError, readYamlFile, type YamlDocument } from '../cases/yaml.js';
import { FIELDS, fieldNamed, type SiteKind } from '../mm/fields.js';
import type { Revision } from '../mm/revision.js';
import { BOUND_WORDS, boundsOf } from './bounds.js';
import { type Condition, compileCondition } from './condition.js';
import { RULE_NAMES, type RuleName } from './expected.js';
import { unpack, unpackFault } from './facts.js';

const fieldList = z.union([z.string(), z.array(z.string()).min(1)]);
const when = z.string().max(2000).describe('CEL expression over facts');

export const AllowSchema = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]*$/)
    .describe('stable name of the entry, the name of its file'),
  title: z.string().min(1).max(200),
  class: z.enum(['intentional', 'under-review']).describe('under-review explains, but leaves the verdict undecided'),
  engines: z.strictObject({
    legacy: z.array(z.string()).min(1).describe('revisions on the legacy side, or "*"'),
    batched: z.array(z.string()).min(1).describe('revisions on the batched side, or "*"'),
  }),
  architectures: z
    .array(z.enum(ARCH_NAMES))
    .min(1)
    .optional()
    .describe('architectures that can show the difference; without it all can'),
  races: z.boolean().optional().describe('shows only with --races'),
  differences: z
    .array(
      z.union([
        z.strictObject({ field: fieldList, when, legacy: z.int(), batched: z.int() }),
        z.strictObject({ field: fieldList, when, rule: z.enum(RULE_NAMES) }),
      ]),
    )
    .min(1)
    .describe('what differs, when, and with which values: two constants, or a named value rule'),
  why: z.string().min(1).describe('why the difference is intended'),
  reference: z.string().min(1).describe('commit id with subject, or message'),
  witness: z.string().describe('fixture that shows the difference, relative to the fixtures folder'),
  expires: z.iso.date().optional().describe('after this day the entry is stale'),
});

/** One field that an entry claims under one condition. */
export interface Claim {
  readonly entry: AllowEntry;
  /** index in FIELDS */
  readonly field: number;
  readonly condition: Condition;
  /** expected values, or the rule that works them out */
  readonly legacy: number;
  readonly batched: number;
  readonly rule: RuleName | null;
}

export interface AllowEntry extends z.infer<typeof AllowSchema> {
  readonly file: string;
  readonly claims: readonly Claim[];
}

export interface Allowlist {
  readonly dir: string;
  readonly entries: readonly AllowEntry[];
}

/** No entry at all: every difference is a divergence. */
export const EMPTY_ALLOWLIST: Allowlist = { dir: '', entries: [] };

/**
 * Loads every entry of a folder.
 * @throws InputError for the first file that is not a valid entry
 */
export function loadAllowlist(dir: string): Allowlist {
  const entries = listYaml(dir).map((file) => loadEntry(file));
  const seen = new Map<string, string>();
  for (const entry of entries) {
    const other = seen.get(entry.id);
    if (other !== undefined) throw inputError(entry.file, `entry id ${entry.id} is taken by ${other}`);
    seen.set(entry.id, entry.file);
  }
  return { dir, entries };
}

function inputError(file: string, message: string, at?: { line: number; column: number }): InputError {
  return new InputError(file, message, at ?? {});
}

function loadEntry(file: string): AllowEntry {
  const document = readYamlFile(file);
  const data = validate(AllowSchema, document);
  if (`${data.id}.yaml` !== basename(file)) throw inputError(file, `id ${data.id} does not match the file's name`);
  const claims: Claim[] = [];
  const entry: AllowEntry = { ...data, file, claims };
  data.differences.forEach((difference, i) => {
    const path = ['differences', i];
    const condition = compile(difference.when, document, [...path, 'when']);
    const names = Array.isArray(difference.field) ? difference.field : [difference.field];
    for (const name of names) {
      const field = fieldIndex(name, document, [...path, 'field']);
      const rule = 'rule' in difference ? difference.rule : null;
      if (rule !== null && condition.usesSiteFacts) {
        throw inputError(
          file,
          `a value rule needs a condition over facts of the fault`,
          document.positionOf([...path, 'when']),
        );
      }
      const legacy = 'legacy' in difference ? difference.legacy : 0;
      const batched = 'batched' in difference ? difference.batched : 0;
      claims.push({ entry, field, condition, legacy, batched, rule });
    }
  });
  return entry;
}

function compile(text: string, document: YamlDocument, path: readonly (string | number)[]): Condition {
  try {
    return compileCondition(text);
  } catch (error) {
    throw inputError(document.file, (error as Error).message, document.positionOf(path));
  }
}

function fieldIndex(name: string, document: YamlDocument, path: readonly (string | number)[]): number {
  const field = fieldNamed(name);
  if (field !== undefined && field.compare !== 'conform') return FIELDS.indexOf(field);
  const hint = didYouMean(
    name,
    FIELDS.map((candidate) => candidate.name),
  );
  const problem = field === undefined ? 'unknown field' : 'field is not compared between engines:';
  const suggestion = field === undefined && hint !== undefined ? `; did you mean ${hint}?` : '';
  throw inputError(document.file, `${problem} ${name}${suggestion}`, document.positionOf(path));
}

function covers(patterns: readonly string[], revision: Revision): boolean {
  return patterns.some((pattern) => pattern === '*' || pattern === revision.name || pattern === revision.id);
}

/** Entries for this pair of engines. */
export function entriesFor(allowlist: Allowlist, legacy: Revision, batched: Revision): AllowEntry[] {
  return allowlist.entries.filter(({ engines }) => covers(engines.legacy, legacy) && covers(engines.batched, batched));
}

/** Entries whose day has passed. `today` is YYYY-MM-DD. */
export function expiredEntries(allowlist: Allowlist, today: string): AllowEntry[] {
  return allowlist.entries.filter((entry) => entry.expires !== undefined && entry.expires < today);
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
  }

  private decisions(kind: SiteKind): Decisions {
    const claims = this.claimsAt(kind);
    const mask = claims.reduce((bits, { condition }) => bits | condition.mask, 0);
    return new Decisions(mask, (word) => this.evaluate(claims, word));
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

  /** 0 for not asked yet, 1 for no, 2 for perhaps; by bound word */
  private readonly claims = new Uint8Array(BOUND_WORDS);

  /** Can any claim be about a fault whose facts are within these bounds? Without a prediction: no, or perhaps. */
  mayClaim(bounds: number): boolean {
    if (this.claims[bounds] === 0) {
      const facts = boundsOf(bounds);
      const possible = this.entries.some((entry) => entry.claims.some(({ condition }) => condition.possible(facts)));
      this.claims[bounds] = possible ? 2 : 1;
    }
    return this.claims[bounds] === 2;
  }

  private readonly siteClaims = new Map<number, boolean>();
  // Faults of one layout resemble each other: the last answers are asked for again and again.
  private lastFaultWord = 0;
  private lastClaimsSites: boolean | null = null;

  /**
   * Can any page or folio be claimed in a fault with these facts? Answered from the conditions alone: no, or perhaps.
   */
  claimsSites(facts: number): boolean {
    const faultWord = facts & (this.pages.mask | this.folios.mask);
    if (faultWord === this.lastFaultWord && this.lastClaimsSites !== null) return this.lastClaimsSites;
    const known = this.siteClaims.get(faultWord) ?? this.mayClaimSites(faultWord);
    this.lastFaultWord = faultWord;
    this.lastClaimsSites = known;
    return known;
  }

  private mayClaimSites(faultWord: number): boolean {
    const bounds = unpackFault(faultWord);
    const possible = this.entries.some((entry) =>
      entry.claims.some(
        ({ rule, field, condition }) => rule === null && FIELDS[field].site !== 'mm' && condition.possible(bounds),
      ),
    );
    this.siteClaims.set(faultWord, possible);
    return possible;
  }

  private evaluate(claims: readonly Claim[], word: number): Decision {
    const constants: Claim[] = [];
    const byField: (Claim | undefined)[] = FIELDS.map(() => undefined);
    const rules: Claim[] = [];
    const facts = unpack(word);
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
    throw inputError(
      claim.entry.file,
      `entries ${other.entry.id} and ${claim.entry.id} both claim the same divergence of ${field}`,
    );
  }
}

/** Does the decision claim anything? */
export const claimsNothing = (decision: Decision): boolean => decision === NOTHING;

/** Path of an entry's witness. */
export const witnessPath = (entry: AllowEntry, fixtures: string): string => join(fixtures, entry.witness);
