/** The published JSON Schemas say what the strict readers accept. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fixtureJsonSchema } from '../../src/cases/schema.js';
import { FIELDS } from '../../src/mm/fields.js';

const published = readFileSync(new URL('../../fixtures/schema/fixture.schema.json', import.meta.url), 'utf8');

type Node = { readonly [key: string]: Node } & {
  readonly type?: string;
  readonly additionalProperties?: unknown;
  readonly required?: readonly string[];
  readonly enum?: readonly string[];
};

/** Every part of the schema that is a mapping of named keys. */
function objectsIn(node: unknown): Node[] {
  if (typeof node !== 'object' || node === null) return [];
  const inner = Object.values(node).flatMap(objectsIn);
  return (node as Node).type === 'object' ? [node as Node, ...inner] : inner;
}

describe('the schema of fixtures', () => {
  const schema = fixtureJsonSchema() as Node;

  it('is the published one; if not, run: npm run generate', () => {
    expect(`${JSON.stringify(schema, null, 2)}\n`).toBe(published);
  });

  it('is draft-07 and has no identifier that depends on where it lies', () => {
    expect(schema.$schema).toBe('http://json-schema.org/draft-07/schema#');
    expect(published).not.toContain('"$id"');
    expect(published).not.toContain('"$ref"');
  });

  it('refuses unknown keys everywhere', () => {
    expect(objectsIn(schema).length).toBeGreaterThan(10);
    expect(objectsIn(schema).filter((node) => node.additionalProperties === undefined)).toEqual([]);
  });

  it('asks only for what has no default', () => {
    expect(schema.required).toEqual(['title', 'case']);
    expect(schema.properties.case.required).toEqual(['arch', 'span', 'vma', 'file', 'steps']);
  });

  it('names every field', () => {
    const missing = FIELDS.filter(({ name }) => !published.includes(`"${name}"`));
    expect(missing).toEqual([]);
  });
});
