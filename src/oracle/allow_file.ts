/**
 * Allowlist entries as YAML files: one entry each, with its conditions as CEL expressions over facts, type-checked when
 * loaded.
 */
import { basename } from 'node:path';
import { z } from 'zod';
import { listYaml, readWhole } from '../cases/files.js';
import { ARCH_NAMES } from '../cases/names.js';
import { didYouMean } from '../cases/suggest.js';
import { validate } from '../cases/validate.js';
import { InputError, readYamlFile, type YamlDocument } from '../cases/yaml.js';
import { FIELDS, type Field, fieldNamed } from '../mm/fields.js';
import { type AllowEntry, type Allowlist, allowlistOf, entryWith, fieldNamesOf } from './allowlist.js';
import { type CompiledAllow, hashOf } from './compiled_allow.js';
import { compileCondition } from './condition.js';
import { RULE_NAMES } from './expected.js';
import { type Condition, isDecided } from './expression.js';

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

/** An entry as its file says it. */
export type AllowFile = z.infer<typeof AllowSchema>;
export type Difference = AllowFile['differences'][number];

/**
 * Loads every entry of a folder.
 * @throws InputError for the first file that is not a valid entry
 */
export function loadAllowlist(dir: string): Allowlist {
  return allowlistOf(
    dir,
    listYaml(dir).map((file) => loadEntry(file)),
  );
}

/** @throws InputError with the place in the file */
export function loadEntry(file: string): AllowEntry {
  const document = readYamlFile(file);
  const data = validate(AllowSchema, document);
  if (`${data.id}.yaml` !== basename(file)) {
    throw new InputError(file, `id ${data.id} does not match the file's name`);
  }
  return entryWith(
    data,
    file,
    data.differences.map((difference, i) => conditionOf(difference, document, ['differences', i])),
  );
}

/** What the files of a folder say. An entry with an operator that only CEL can evaluate is left out. */
export function compileAllowlist(dir: string): CompiledAllow {
  const compiled = listYaml(dir).map((file) => {
    const { file: _, claims: __, ...data } = loadEntry(file);
    const conditions = data.differences.map(({ when }) => compileCondition(when).expression);
    return [hashOf(readWhole(file)), { data, conditions }] as const;
  });
  return Object.fromEntries(compiled.filter(([, { conditions }]) => conditions.every(isDecided)));
}

function conditionOf(difference: Difference, document: YamlDocument, path: readonly (string | number)[]): Condition {
  const condition = compile(difference.when, document, [...path, 'when']);
  for (const name of fieldNamesOf(difference)) {
    const field = requireField(name, document, [...path, 'field']);
    if ('rule' in difference && condition.usesSiteFacts) {
      const what = 'a value rule needs a condition over facts of the fault';
      throw new InputError(document.file, what, document.positionOf([...path, 'when']));
    }
    refuseAbsent(condition, field, document, [...path, 'when']);
  }
  return condition;
}

/** A condition that asks for what the site of the field has not would silently be false, or true. */
function refuseAbsent(condition: Condition, field: Field, document: YamlDocument, path: readonly (string | number)[]) {
  const [absent] = condition.absentAt(field.site);
  if (absent === undefined) return;
  const site = field.site === 'mm' ? 'the mm' : 'a folio';
  const what = `${field.name} belongs to ${site}, which has no ${absent}`;
  throw new InputError(document.file, what, document.positionOf(path));
}

function compile(text: string, document: YamlDocument, path: readonly (string | number)[]): Condition {
  try {
    return compileCondition(text);
  } catch (error) {
    throw new InputError(document.file, (error as Error).message, document.positionOf(path));
  }
}

function requireField(name: string, document: YamlDocument, path: readonly (string | number)[]): Field {
  const field = fieldNamed(name);
  if (field !== undefined && field.compare !== 'conform') return field;
  const hint = didYouMean(
    name,
    FIELDS.map((candidate) => candidate.name),
  );
  const problem = field === undefined ? 'unknown field' : 'field is not compared between engines:';
  const suggestion = field === undefined && hint !== undefined ? `; did you mean ${hint}?` : '';
  throw new InputError(document.file, `${problem} ${name}${suggestion}`, document.positionOf(path));
}
