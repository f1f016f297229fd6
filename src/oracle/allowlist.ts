/**
 * The two-sided allowlist: which differences between two engines are known and intended, exactly when they show, and
 * with which values. Where entries come from is said in allow_file.ts and compiled_allow.ts.
 */
import { join } from 'node:path';
import { InputError } from '../cases/files.js';
import { FIELDS } from '../mm/fields.js';
import type { AllowFile, Difference } from './allow_file.js';
import { ruleNamed } from './expected.js';
import type { Condition } from './expression.js';

/** One field that an entry claims under one condition. */
export interface Claim {
  readonly entry: AllowEntry;
  /** index in FIELDS */
  readonly field: number;
  readonly condition: Condition;
  /** expected values, or the rule that works them out: its place in RULE_NAMES */
  readonly legacy: number;
  readonly batched: number;
  readonly rule: number | null;
}

export interface AllowEntry extends AllowFile {
  readonly file: string;
  readonly claims: readonly Claim[];
}

export interface Allowlist {
  readonly dir: string;
  readonly entries: readonly AllowEntry[];
}

/** No entry at all: every difference is a divergence. */
export const EMPTY_ALLOWLIST: Allowlist = { dir: '', entries: [] };

/** The entries of a folder, each of which has an id of its own. @throws InputError */
export function allowlistOf(dir: string, entries: readonly AllowEntry[]): Allowlist {
  const seen = new Map<string, string>();
  for (const { id, file } of entries) {
    const other = seen.get(id);
    if (other !== undefined) throw new InputError(file, `entry id ${id} is taken by ${other}`);
    seen.set(id, file);
  }
  return { dir, entries };
}

/** What the differences of an entry claim. @param conditions of the differences, in their order */
export function entryWith(data: AllowFile, file: string, conditions: readonly Condition[]): AllowEntry {
  const claims: Claim[] = [];
  const entry: AllowEntry = { ...data, file, claims };
  data.differences.forEach((difference, i) => {
    const rule = 'rule' in difference ? ruleNamed(difference.rule) : null;
    const [legacy, batched] = 'rule' in difference ? [0, 0] : [difference.legacy, difference.batched];
    for (const name of fieldNamesOf(difference)) {
      const field = FIELDS.findIndex((candidate) => candidate.name === name);
      claims.push({ entry, field, condition: conditions[i], legacy, batched, rule });
    }
  });
  return entry;
}

/** The fields that differ alike. */
export const fieldNamesOf = ({ field }: Difference): readonly string[] => (Array.isArray(field) ? field : [field]);

/** Entries whose day has passed. `today` is YYYY-MM-DD, the day of the clock (UTC) unless told. */
export function expiredEntries(
  entries: readonly AllowEntry[],
  today: string = new Date().toISOString().slice(0, 10),
): AllowEntry[] {
  return entries.filter((entry) => entry.expires !== undefined && entry.expires < today);
}

/** Path of an entry's witness. */
export const witnessPath = (entry: AllowEntry, fixtures: string): string => join(fixtures, entry.witness);
