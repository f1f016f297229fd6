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
import { FIELDS, type Field, fieldNamed } from '../mm/fields.js';
import { type Condition, compileCondition } from './condition.js';
import { RULE_NAMES, ruleNamed } from './expected.js';

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
    legacy: z.array(z.string()).min(1).describe('revisions on the legacy side, or "*" for all legacy ones'),
    batched: z.array(z.string()).min(1).describe('revisions on the batched side, or "*" for all batched ones'),
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
  /** expected values, or the rule that works them out: its place in RULE_NAMES */
  readonly legacy: number;
  readonly batched: number;
  readonly rule: number | null;
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
      const rule = 'rule' in difference ? ruleNamed(difference.rule) : null;
      if (rule !== null && condition.usesSiteFacts) {
        throw inputError(
          file,
          `a value rule needs a condition over facts of the fault`,
          document.positionOf([...path, 'when']),
        );
      }
      refuseAbsent(condition, FIELDS[field], document, [...path, 'when']);
      const legacy = 'legacy' in difference ? difference.legacy : 0;
      const batched = 'batched' in difference ? difference.batched : 0;
      claims.push({ entry, field, condition, legacy, batched, rule });
    }
  });
  return entry;
}

/** A condition that asks for what the site of the field has not would silently be false, or true. */
function refuseAbsent(condition: Condition, field: Field, document: YamlDocument, path: readonly (string | number)[]) {
  const [absent] = condition.absentAt(field.site);
  if (absent === undefined) return;
  const site = field.site === 'mm' ? 'the mm' : 'a folio';
  throw inputError(
    document.file,
    `${field.name} belongs to ${site}, which has no ${absent}`,
    document.positionOf(path),
  );
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

/** Entries whose day has passed. `today` is YYYY-MM-DD, the day of the clock (UTC) unless told. */
export function expiredEntries(
  entries: readonly AllowEntry[],
  today: string = new Date().toISOString().slice(0, 10),
): AllowEntry[] {
  return entries.filter((entry) => entry.expires !== undefined && entry.expires < today);
}

/** Path of an entry's witness. */
export const witnessPath = (entry: AllowEntry, fixtures: string): string => join(fixtures, entry.witness);
