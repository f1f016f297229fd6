/** Reference pages of file formats, from the JSON Schemas that the strict readers publish. */
import { fixtureJsonSchema, jsonSchema } from '../cases/schema.js';
import { AllowSchema } from '../oracle/allow_file.js';
import { ReportSchema } from '../report/model.js';
import { PartSchema } from '../report/part_model.js';
import { PatchReportSchema } from '../report/patch_model.js';
import { SelftestSchema } from '../report/selftest_model.js';
import { code, page, plain, table } from './markdown.js';

/** The part of JSON Schema that zod writes. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly additionalProperties?: Schema | boolean;
  readonly propertyNames?: Schema;
}

/** Enumerations that are longer have a page of their own. */
const LONG = 14;

function range({ minimum, maximum }: Schema): string {
  const least = minimum === undefined || minimum <= -Number.MAX_SAFE_INTEGER ? undefined : minimum;
  const most = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? undefined : maximum;
  if (least !== undefined && most !== undefined) return ` ${least} to ${most}`;
  if (least !== undefined) return `, at least ${least}`;
  return most === undefined ? '' : `, at most ${most}`;
}

function enumText(values: readonly unknown[]): string {
  return values.length > LONG ? '[name of a field](fields.md)' : values.map((value) => code(String(value))).join(', ');
}

/** The type in a few words, as Markdown. */
function typeText(schema: Schema): string {
  if (schema.const !== undefined) return code(JSON.stringify(schema.const));
  if (schema.enum !== undefined) return enumText(schema.enum);
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(typeText))].join(' or ');
  if (schema.type === 'array') return `list of ${schema.items === undefined ? 'values' : itemText(schema.items)}`;
  if (schema.type === 'object') return schema.properties === undefined ? 'mapping' : 'mapping, see below';
  if (schema.format === 'date') return 'date, `YYYY-MM-DD`';
  if (schema.type === 'integer') return `integer${range(schema)}`;
  return [schema.type ?? 'any'].flat().join(' or ');
}

function itemText(schema: Schema): string {
  const text = typeText(schema);
  return text.startsWith('mapping') ? 'mappings, see below' : text;
}

function isNamed(value: Schema | boolean | undefined): value is Schema {
  return typeof value === 'object';
}

/** Mappings below this one that have named keys of their own: title and schema. */
function* inner(path: string, schema: Schema): Generator<[string, Schema]> {
  for (const [name, below] of Object.entries(schema.properties ?? {})) yield* nested(`${path}${name}`, below);
  if (isNamed(schema.additionalProperties)) yield* nested(`${path}KEY`, schema.additionalProperties);
}

function* nested(path: string, schema: Schema): Generator<[string, Schema]> {
  const choices = schema.anyOf ?? [schema];
  for (const choice of choices) if (choice.properties !== undefined) yield [path, choice];
  for (const choice of choices) yield* inner(`${path}.`, choice);
  for (const { items } of choices) if (items !== undefined) yield* nested(`${path}[]`, items);
}

function need(name: string, schema: Schema, parent: Schema): string {
  if (parent.required?.includes(name) === true) return 'yes';
  if (schema.default === undefined) return 'no';
  const text = JSON.stringify(schema.default);
  return `no: ${text.length > 40 ? 'see below' : code(text)}`;
}

function rowsOf(schema: Schema): string[][] {
  return Object.entries(schema.properties ?? {}).map(([name, below]) => [
    code(name),
    typeText(below),
    need(name, below, schema),
    plain(below.description ?? ''),
  ]);
}

const HEAD = ['key', 'type', 'required', 'meaning'];

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** The tables of a schema: the outermost mapping first. Equal mappings are shown once. */
export function schemaTables(schema: Schema, level = '##'): string[] {
  const seen = new Map<string, string>();
  let last = '';
  const parts = [table(HEAD, rowsOf(schema))];
  for (const [path, below] of inner('', schema)) {
    const text = table(HEAD, rowsOf(below));
    const first = seen.get(text);
    const name = below.description === undefined ? '' : capital(`${plain(below.description)}.`);
    if (first === undefined) seen.set(text, path);
    parts.push(
      path === last ? 'Or:' : `${level}# ${code(path)}`,
      name,
      first === undefined ? text : `As ${code(first)}.`,
    );
    last = path;
  }
  return parts;
}

export function yamlPage(): string {
  const fixture = fixtureJsonSchema() as Schema;
  const inFixture = schemaTables(fixture);
  return page(
    'YAML files',
    ['src/cases/case.ts', 'src/cases/fixture.ts', 'src/oracle/allow_file.ts'],
    [
      'Files are read strictly: UTF-8 without byte order mark, LF line ends, at most 1 MiB, one document, ' +
        'no unknown or duplicate keys, no anchors, aliases or tags. The JSON Schemas (draft-07) in ' +
        '`fixtures/schema` let an editor check and complete them: each file names its schema in the first ' +
        'line. The reader checks more than a schema can say, and names file, line and column.',
      '`KEY` stands for a key that the file chooses: the id of an engine, a slot, or the index of a page.',
      '## Fixture',
      'One case, and what engines make of it. `case` is the case; `expect` may be left out.',
      ...inFixture,
      '## Allowlist entry',
      'One known difference. The file is named after its `id`.',
      ...schemaTables(jsonSchema(AllowSchema) as Schema),
    ],
  );
}

export function reportPage(): string {
  return page(
    'JSON report',
    ['model', 'part_model', 'patch_model', 'selftest_model'].map((name) => `src/report/${name}.ts`),
    [
      '## Versions',
      'Each kind of file below counts its own `schemaVersion`. A key that is new leaves the number as it is: ' +
        'programs pass over keys that they do not know. A key that goes, gets another name, type or meaning, may be ' +
        'null or missing where it could not, or has another list of values, raises the number. Names that are ' +
        'content (classes, fields, marks, entries, invariants, addresses) are not counted by it; addresses have ' +
        '`generatorVersion`.',
      'Version 1 is the shape that the first release has. Until then it changes without a new number.',
      'A published schema is exact: it knows the keys of its release and no others. Validate a file with the schema ' +
        'of the release that its `version` names. Parts are read by the release that wrote them alone.',
      '## Report',
      'What `ptediff fuzz --format json` and `ptediff merge --format json` write; the schema is ' +
        '`fixtures/schema/report.schema.json`. Runs with equal options write the same bytes apart from `timing`, for ' +
        'any number of workers and shards, unless the run was limited by time or ended by Ctrl-C. See [how results ' +
        'stay the same](../explanation/determinism.md). Cases have the shape of `case` in [a fixture](yaml.md).',
      ...schemaTables(withoutCases(jsonSchema(ReportSchema) as Schema), '##'),
      '## Part of a campaign',
      'What `ptediff fuzz --shard I/N` writes and `ptediff merge` reads; the schema is ' +
        '`fixtures/schema/part.schema.json`. A part has no verdict. Its marks are numbers in the order of ' +
        '[the marks](marks.md); its report gives them names.',
      ...schemaTables(jsonSchema(PartSchema) as Schema, '##'),
      '## Patches',
      'What `ptediff patch --format json` writes; the schema is `fixtures/schema/patch.schema.json`. Runs with equal ' +
        'options on the same tree write the same bytes apart from `timing`, unless they were ended by Ctrl-C. ' +
        'Classes are those of a report, with the two trees that show them.',
      ...schemaTables(withoutCases(jsonSchema(PatchReportSchema) as Schema), '##'),
      '## Self-test',
      'What `ptediff selftest --format json` writes; the schema is `fixtures/schema/selftest.schema.json`. Runs with ' +
        'equal options write the same bytes apart from `timing`, for any number of workers.',
      ...schemaTables(jsonSchema(SelftestSchema) as Schema, '##'),
    ],
  );
}

/** The schema with cases named rather than spelt out. */
function withoutCases(schema: Schema): Schema {
  const shorten = (below: Schema): Schema => {
    if (below.properties?.arch !== undefined && below.properties.steps !== undefined) return { type: 'case' };
    const { properties, items, anyOf } = below;
    return {
      ...below,
      ...(properties && {
        properties: Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, shorten(value)])),
      }),
      ...(items && { items: shorten(items) }),
      ...(anyOf && { anyOf: anyOf.map(shorten) }),
    };
  };
  return shorten(schema);
}
