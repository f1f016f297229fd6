/**
 * Checks a document against a zod schema and reports the one finding that helps most, in the words of the file:
 * position, path of the field, what was expected, what was found.
 */
import type { z } from 'zod';
import { excerpt } from './escape.js';
import { didYouMean } from './suggest.js';
import { InputError, type YamlDocument, type YamlPosition } from './yaml.js';

type Issue = z.core.$ZodIssue;
type UnionIssue = z.core.$ZodIssueInvalidUnion;
type Path = readonly PropertyKey[];

/** A document to check; one whose places are not known gives none. */
export interface Checked extends Pick<YamlDocument, 'file' | 'data'> {
  positionOf(...place: Parameters<YamlDocument['positionOf']>): Partial<YamlPosition>;
}

/** More values than this are not listed in a message. */
const MAX_VALUES = 12;

interface Finding {
  readonly path: Path;
  readonly what: string;
  readonly hint?: string | undefined;
  readonly at?: 'key' | 'value';
}

/** What describing an issue needs beside the issue. */
interface Context {
  readonly data: unknown;
  /** Known keys of the mapping that has unknown ones, by the list of unknown keys in the issue. */
  readonly knownKeys: WeakMap<readonly string[], readonly string[]>;
}

/**
 * The document as the schema gives it back.
 *
 * A message that the schema brings itself is taken as it is and gets `, found ...`, so it should say what was expected.
 *
 * @throws InputError with exit code 3 for the first difference; in a union for that of the alternative that fits best
 */
export function validate<T>(schema: z.ZodType<T>, document: Checked): T {
  const context: Context = { data: document.data, knownKeys: new WeakMap() };
  const result = schema.safeParse(document.data, {
    // Asked only where the schema has no message of its own, so an empty message marks a text that is ours to write.
    error: (issue) => {
      if (issue.code === 'unrecognized_keys') context.knownKeys.set(issue.keys, keysOf(issue.inst));
      return '';
    },
  });
  if (result.success) return result.data;
  const { path, what, hint, at } = describe(mostHelpful(result.error.issues, context), context);
  const steps = path.map((step) => (typeof step === 'number' ? step : String(step)));
  const field = path.length === 0 ? '' : `${dotted(path)}: `;
  throw new InputError(document.file, field + what, { ...document.positionOf(steps, at), hint });
}

/** The first issue; but a missing key together with an unknown one is a misspelling, and the unknown one shows it. */
function mostHelpful(issues: readonly Issue[], { data }: Context, at: Path = []): Issue {
  const first = issues[0] as Issue;
  if (first.path.length === 0 || valueAt(data, [...at, ...first.path]) !== undefined) return first;
  const parent = dotted(first.path.slice(0, -1));
  return issues.find((issue) => issue.code === 'unrecognized_keys' && dotted(issue.path) === parent) ?? first;
}

function describe(issue: Issue, context: Context): Finding {
  const { path, code } = issue;
  if (code === 'unrecognized_keys') return unknownKey(path, issue.keys, context.knownKeys.get(issue.keys) ?? []);
  if (code === 'invalid_key') {
    return { path, what: `${phrase(issue.issues[0] ?? issue)}, found the key ${quoted(path.at(-1))}`, at: 'key' };
  }
  if (code === 'invalid_union' && issue.errors.length > 0 && issue.message === '') return alternative(issue, context);
  return mismatch(path, [issue], context);
}

function unknownKey(path: Path, keys: readonly string[], known: readonly string[]): Finding {
  const key = keys[0] as string;
  const near = didYouMean(key, known);
  const nearby = near === undefined ? '' : `, did you mean ${quoted(near)}?`;
  const what = `expected a known key, found ${quoted(key)}${nearby}`;
  const hint =
    known.length === 0
      ? undefined
      : `Known keys: ${listed(
          known.map((name) => excerpt(name)),
          'and',
        )}.`;
  return { path: [...path, key], what, hint, at: 'key' };
}

/** The finding in the alternative of a union that was most likely meant, or all of them when none got any further. */
function alternative(union: UnionIssue, context: Context): Finding {
  const branches = branchesOf(union).map((issues) => {
    const first = mostHelpful(issues, context, union.path);
    const issue = { ...first, path: [...union.path, ...first.path] };
    return { issues, issue, finding: describe(issue, context) };
  });
  const deeper = branches.filter(({ finding }) => finding.path.length > union.path.length);
  if (deeper.length === 0)
    return mismatch(
      union.path,
      branches.map(({ issue }) => issue),
      context,
    );
  // A wrong literal in a field is the tag of another alternative; then who gets further has more of the right shape.
  deeper.sort(
    (a, b) =>
      Number(a.issues.some(isWrongTag)) - Number(b.issues.some(isWrongTag)) ||
      b.finding.path.length - a.finding.path.length ||
      a.issues.length - b.issues.length,
  );
  return (deeper[0] as (typeof deeper)[number]).finding;
}

function branchesOf(union: UnionIssue): Issue[][] {
  return union.errors.flatMap((issues) => {
    const [only] = issues;
    const isNested = only?.code === 'invalid_union' && only.path.length === 0 && only.errors.length > 0;
    return isNested && issues.length === 1 ? branchesOf(only) : [issues];
  });
}

function isWrongTag(issue: Issue): boolean {
  return issue.code === 'invalid_value' && issue.values.length === 1 && issue.path.length === 1;
}

/** One value that fits none of the issues' expectations. */
function mismatch(path: Path, issues: readonly Issue[], { data }: Context): Finding {
  const value = valueAt(data, path);
  const expected = [...new Set(issues.map((issue) => phrase(issue).replace(/^expected /, '')))];
  const own = issues.length === 1 && phrase(issues[0] as Issue);
  const words = issues.flatMap(allowedValues).filter((allowed) => typeof allowed === 'string');
  const near = typeof value === 'string' ? didYouMean(value, words) : undefined;
  const what = own || `expected ${listed(expected, 'or')}`;
  const isMissing = value === undefined && path.length > 0;
  // A rule about a whole mapping or list says everything itself.
  const isRule = issues.every((issue) => issue.code === 'custom') && typeof value === 'object' && value !== null;
  const found = isMissing ? ', but it is missing' : isRule ? '' : `, found ${shown(value)}`;
  return {
    path,
    what: what + found + (near === undefined ? '' : `, did you mean ${quoted(near)}?`),
    hint: issues.map((issue) => advice(issue, value)).find((text) => text !== undefined),
  };
}

/** What the issue's schema expects: in its own words, or in ours. */
function phrase(issue: Issue): string {
  return issue.message || `expected ${expectation(issue)}`;
}

/** The only numbers that a YAML document can have are integers. */
const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'an integer',
  int: 'an integer',
  boolean: 'true or false',
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
  tuple: 'a list',
  never: 'nothing',
};

function expectation(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return TYPES[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return listed(issue.values.map(shown), 'or');
    case 'invalid_union':
      return issue.errors.length === 0 && issue.inclusive === false
        ? 'a value that fits only one alternative'
        : listed(allowedValues(issue).map(shown), 'or');
    case 'too_small':
      return amount(issue.exact ? 'exactly' : issue.inclusive ? 'at least' : 'more than', issue.minimum, issue.origin);
    case 'too_big':
      return amount(issue.exact ? 'exactly' : issue.inclusive ? 'at most' : 'less than', issue.maximum, issue.origin);
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`;
    case 'invalid_format': {
      const { prefix, suffix, includes } = issue as { prefix?: string; suffix?: string; includes?: string };
      const part = prefix ?? suffix ?? includes;
      if (part !== undefined) return `text that ${issue.format.replace('_', ' ')} ${quoted(part)}`;
      if (issue.format === 'date') return 'a day of the calendar such as 2026-12-31';
      return issue.pattern === undefined ? `text in the format ${issue.format}` : `text that matches ${issue.pattern}`;
    }
    default:
      return 'another value';
  }
}

function amount(relation: string, count: number | bigint, origin: string): string {
  const unit = origin === 'string' ? ' character' : origin === 'array' ? ' item' : '';
  return `${relation} ${count}${unit}${unit === '' || Number(count) === 1 ? '' : 's'}`;
}

function allowedValues(issue: Issue): readonly unknown[] {
  if (issue.code === 'invalid_value') return issue.values;
  return issue.code === 'invalid_union' && issue.errors.length === 0 && issue.inclusive !== false
    ? (issue.options ?? [])
    : [];
}

/** The next step where YAML gave the value another type than it seems to have. */
function advice(issue: Issue, value: unknown): string | undefined {
  if (issue.code !== 'invalid_type') return undefined;
  if (issue.expected === 'string' && (typeof value === 'number' || typeof value === 'boolean')) {
    return `Text that looks like a number or a truth value needs quotes: "${value}".`;
  }
  if (typeof value !== 'string') return undefined;
  if (issue.expected === 'boolean') return 'YAML 1.2 has no other truth values than true and false, without quotes.';
  const isNumber = /^[-+]?\d+$|^0x[0-9a-f]+$/i.test(value);
  return isNumber && (issue.expected === 'number' || issue.expected === 'int') ? 'Remove the quotes.' : undefined;
}

function shown(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `a list of ${value.length} item${value.length === 1 ? '' : 's'}`;
  if (value === null) return 'an empty value';
  return typeof value === 'object' ? 'a mapping' : String(value);
}

function quoted(text: unknown): string {
  return `"${excerpt(String(text))}"`;
}

function listed(items: readonly string[], last: 'and' | 'or'): string {
  if (items.length > MAX_VALUES)
    return `${items.slice(0, MAX_VALUES).join(', ')} ${last} ${items.length - MAX_VALUES} more`;
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} ${last} ${items.at(-1)}`;
}

/** `accesses[0].page`; a key that is not a plain word stands in brackets and quotes. */
function dotted(path: Path): string {
  const steps = path.map((step) => {
    if (typeof step === 'number') return `[${step}]`;
    return /^[\w-]+$/.test(String(step)) ? `.${String(step)}` : `[${quoted(step)}]`;
  });
  return steps.join('').replace(/^\./, '');
}

function valueAt(data: unknown, path: Path): unknown {
  let value = data;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[step];
  }
  return value;
}

/** The keys that a mapping's schema names; none for a schema that names no keys. */
function keysOf(schema: z.core.$ZodType | z.core.$ZodCheck | undefined): readonly string[] {
  const def = schema?._zod.def as { shape?: object; keyType?: z.core.$ZodType } | undefined;
  return def?.shape === undefined ? [...(def?.keyType?._zod.values ?? [])].map(String) : Object.keys(def.shape);
}
