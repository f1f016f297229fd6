/**
 * What `schemaVersion` promises: as long as the number is the same, no key of a report goes or gets another type. The
 * keys of each version are in the folder `shapes`, one to a line.
 */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { jsonSchema } from '../../src/cases/schema.js';
import { ReportSchema } from '../../src/report/model.js';
import { PartSchema } from '../../src/report/part_model.js';
import { PatchReportSchema } from '../../src/report/patch_model.js';
import { SelftestSchema } from '../../src/report/selftest_model.js';

interface Schema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
}

const choices = (schema: Schema): readonly Schema[] => (schema.anyOf ?? [schema]).flatMap((one) => one.anyOf ?? [one]);
/** Cases are the same in fixtures, and are described there. */
const isCase = ({ properties }: Schema): boolean => properties?.arch !== undefined && properties.steps !== undefined;
const unique = (texts: readonly string[]): string[] => [...new Set(texts)];

function typeOf(schema: Schema): string {
  if (isCase(schema)) return 'case';
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  return [schema.type ?? 'any'].flat().join(' | ');
}

/** One line for each key: its path, a question mark if it may be missing, and its type. */
function linesOf(schema: Schema, path = ''): string[] {
  return choices(schema).flatMap((one) => {
    if (isCase(one)) return [];
    const keys = Object.entries(one.properties ?? {}).flatMap(([name, below]) => {
      const place = `${path}.${name}${one.required?.includes(name) === true ? '' : '?'}`;
      return [`${place}: ${unique(choices(below).map(typeOf)).join(' | ')}`, ...linesOf(below, place)];
    });
    const { items, additionalProperties: others } = one;
    return [...keys, ...lineOfInner(items, `${path}[]`), ...lineOfInner(others, `${path}.*`)];
  });
}

function lineOfInner(schema: Schema | boolean | undefined, path: string): string[] {
  if (typeof schema !== 'object') return [];
  return [`${path}: ${unique(choices(schema).map(typeOf)).join(' | ')}`, ...linesOf(schema, path)];
}

const kinds = [
  ['report', ReportSchema],
  ['part', PartSchema],
  ['patch', PatchReportSchema],
  ['selftest', SelftestSchema],
] as const;

describe.each(kinds)('the JSON of a %s', (kind, model) => {
  const schema = jsonSchema(model) as Schema;
  const version = schema.properties?.schemaVersion?.const;
  const file = new URL(`shapes/${kind}-${version}.txt`, import.meta.url);
  const recorded = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
  const lines = unique(linesOf(schema));

  it('has a number, and required', () => {
    expect(version).toBeTypeOf('number');
    expect(schema.required).toContain('schemaVersion');
    expect(schema.required).toContain('version');
  });

  it('has every key of its version, as it was; otherwise the number must rise', () => {
    expect(recorded.length, `no ${file.pathname}`).toBeGreaterThan(10);
    expect(recorded.filter((line) => !lines.includes(line))).toEqual([]);
  });

  it('has no key that is not recorded; a new one is put into the file of its version', () => {
    expect(lines.filter((line) => !recorded.includes(line))).toEqual([]);
  });
});

describe('the guard', () => {
  const schema: Schema = {
    properties: { a: { type: 'string' }, b: { type: 'array', items: { enum: ['x'] } } },
    required: ['a'],
  };

  it('sees a key that goes, that may be missing, or that has another type', () => {
    expect(linesOf(schema)).toEqual(['.a: string', '.b?: array', '.b?[]: "x"']);
    expect(linesOf({ ...schema, required: [] })).not.toContain('.a: string');
    expect(linesOf({ properties: { a: { anyOf: [{ type: 'string' }, { type: 'null' }] } }, required: ['a'] })).toEqual([
      '.a: string | null',
    ]);
  });

  it('takes cases as they are', () => {
    const properties = { arch: { type: 'string' }, steps: { type: 'array' } };
    expect(linesOf({ properties: { shrunk: { properties } } })).toEqual(['.shrunk?: case']);
  });
});
