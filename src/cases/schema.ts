/** JSON Schemas (draft-07) of the files that people and programs read, made from the zod schemas that check them. */
import { z } from 'zod';
import { FixtureSchema } from './fixture.js';

/**
 * A zod schema as JSON Schema of what may be written: what has a default may be left out. Rules that JSON Schema cannot
 * say are left out too.
 */
export function jsonSchema(schema: z.ZodType): object {
  return z.toJSONSchema(schema, { target: 'draft-7', io: 'input' });
}

/** The schema that the modeline of a fixture names. */
export function fixtureJsonSchema(): object {
  return jsonSchema(FixtureSchema);
}
