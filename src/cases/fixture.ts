/**
 * Fixtures: one case in a YAML file together with what each engine is expected to make of it. Here are the shape of
 * the file and its strict reading; fixture_text.ts writes new ones.
 */
import { z } from 'zod';
import { OUTCOMES } from '../mm/access.js';
import { COW_PAGES } from '../mm/bits.js';
import { FIELDS, type SiteKind } from '../mm/fields.js';
import { RET_NAMES } from './art.js';
import { CaseSchema } from './case.js';
import { checkCase, ImpossibleCase } from './possible.js';
import { validate } from './validate.js';
import { InputError, parseYaml, readYamlFile, type YamlDocument, type YamlPosition } from './yaml.js';

export { type FixtureMeta, fixtureText } from './fixture_text.js';

const retName = Object.keys(RET_NAMES).join('|');
const RET = new RegExp(`^(0|(${retName})(\\|(${retName}))*)$`);
const SLOT = /^(0|[1-9]\d{0,2})$/;
const slotKey = z.string().regex(SLOT, 'expected a slot or page index as key');

function fieldNames(site: SiteKind): z.ZodEnum<Record<string, string>> {
  return z.enum(FIELDS.filter((field) => field.site === site).map((field) => field.name));
}

/** Values of one field by slot or index, by field name. */
function fieldsBySlot(site: SiteKind): z.ZodType<Readonly<Partial<Record<string, Readonly<Record<string, number>>>>>> {
  return z.partialRecord(fieldNames(site), z.record(slotKey, z.int()));
}

const state = {
  row: z
    .string()
    .regex(/^[.oyOYXsmua]*$/, 'expected page art of the characters . o y O Y X s m u a')
    .optional()
    .describe(
      'page-table entries, one character a slot: . none, o old, y young, O and Y the same but dirty, X present as ' +
        'before the first fault, s swap, m migration, u uffd-wp marker, a private copy; filled up with "."',
    ),
  ret: z
    .union([z.literal(0), z.string().regex(RET, 'expected vm_fault_t names joined by "|", such as "NOPAGE|MAJOR"')])
    .optional()
    .describe('vm_fault_t without VM_FAULT_LOCKED: 0, or names joined by "|"'),
  mmapMiss: z.int().optional().describe('file->f_ra.mmap_miss'),
  pmd: z
    .string()
    .regex(
      /^(none|table|huge( young)?( dirty)?( write)?)$/,
      'expected none, table, or huge with young, dirty and write after it',
    )
    .optional()
    .describe('PMD entry: none, table, or huge with those of the words young, dirty, write that hold'),
  fields: z.partialRecord(fieldNames('mm'), z.int()).optional().describe('counters of the mm and of the whole case'),
  pages: fieldsBySlot('page').optional().describe('fields of page slots, by slot'),
  folios: fieldsBySlot('folio').optional().describe('fields of folios, by index of the first page'),
  encoded: z
    .record(slotKey, z.string().regex(/^0x[0-9a-f]{16}$/, 'expected 0x and 16 hexadecimal digits in quotes'))
    .optional()
    .describe("entries in the architecture's 64-bit encoding, by slot"),
};

/** What is expected of the state at one moment; what is not named may have any value. */
const StateSchema = z.strictObject(state);

const EngineExpectationSchema = z
  .strictObject({
    afterMapPages: StateSchema.optional().describe('after ->map_pages of the first fault'),
    afterFault: StateSchema.optional().describe('after the first fault, before the access itself sets bits'),
    faults: z.array(z.int().min(0)).optional().describe('faults that each access takes'),
    final: StateSchema.extend({
      outcomes: z.array(z.enum(OUTCOMES)).optional().describe('how each access ends'),
    })
      .optional()
      .describe('after the last step, and the teardown if there is one'),
  })
  .refine((engine) => Object.keys(engine).length > 0, 'expected afterMapPages, afterFault, faults or final');

const line = z.string().regex(/^[^\n]+$/, 'expected one line of text');

export const FixtureSchema = z
  .strictObject({
    title: line.describe('what the case shows, in one line'),
    about: z.string().optional().describe('why it matters'),
    source: line.optional().describe('commit id with subject, or message, that the expectation follows from'),
    row: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]*$/, 'expected lower-case words joined by "-"')
      .optional()
      .describe('id of the known difference that the case shows'),
    case: CaseSchema,
    expect: z
      .record(
        z
          .string()
          .regex(
            /^(legacy|batched)@[\w.-]+(\+\w+)*$/,
            'expected an engine such as "legacy@v6.1" or "batched@v6.12+M1"',
          ),
        EngineExpectationSchema,
      )
      .default({})
      .describe('what each engine does, by engine'),
  })
  .describe('a ptediff fixture: one case, and what engines make of it');

export type ExpectedState = z.infer<typeof StateSchema>;
export type EngineExpectation = z.infer<typeof EngineExpectationSchema>;

/** A fixture that was read, with the positions of its parts. */
export interface Fixture extends z.infer<typeof FixtureSchema> {
  readonly file: string;
  positionOf(path: readonly (string | number)[], of?: 'key' | 'value'): YamlPosition;
}

/**
 * Reads a fixture file.
 * @param options.root folder that the file must lie in after all symbolic links are followed
 * @throws InputError with exit code 66 when there is no such file, with 3 when its content is wrong or its case
 *   impossible
 */
export function readFixture(path: string, options: { readonly root?: string } = {}): Fixture {
  return fixtureOf(readYamlFile(path, options));
}

/** The fixture in a text; `file` names it in messages. */
export function parseFixture(text: string, file: string): Fixture {
  return fixtureOf(parseYaml(text, file));
}

function fixtureOf(document: YamlDocument): Fixture {
  const { file, positionOf } = document;
  const fixture = { ...validate(FixtureSchema, document), file, positionOf };
  try {
    checkCase(fixture.case);
  } catch (error) {
    if (!(error instanceof ImpossibleCase)) throw error;
    throw new InputError(file, `impossible case: ${error.message}`, positionOf(['case', ...error.path]));
  }
  for (const [engine, expectation] of Object.entries(fixture.expect)) checkExpectation(fixture, engine, expectation);
  return fixture;
}

function checkExpectation(fixture: Fixture, engine: string, expectation: EngineExpectation): void {
  const refuse = (path: readonly string[], what: string): never => {
    throw new InputError(fixture.file, what, fixture.positionOf(['expect', engine, ...path], 'key'));
  };
  const { span, steps } = fixture.case;
  const accesses = steps.filter((step) => 'read' in step || 'write' in step).length;
  const lists = { faults: expectation.faults, 'final.outcomes': expectation.final?.outcomes };
  for (const [name, list] of Object.entries(lists)) {
    if (list === undefined || list.length === accesses) continue;
    refuse(name.split('.'), `${name}: expected ${accesses} items, one for each access, found ${list.length}`);
  }
  for (const moment of ['afterMapPages', 'afterFault', 'final'] as const) {
    const expected = expectation[moment];
    if (expected === undefined) continue;
    const length = expected.row?.length ?? 0;
    if (length > span) refuse([moment, 'row'], `${moment}.row: expected at most ${span} slots, found ${length}`);
    for (const [path, slot] of slotsOf(expected)) {
      if (Number(slot) < span + COW_PAGES) continue;
      const what = `${moment}.${path.join('.')}: expected a slot or index below ${span + COW_PAGES}, found ${slot}`;
      refuse([moment, ...path, slot], `${what} (the span and ${COW_PAGES} pages for private copies)`);
    }
  }
}

function* slotsOf({ pages = {}, folios = {}, encoded = {} }: ExpectedState): Generator<[string[], string]> {
  for (const [group, fields] of Object.entries({ pages, folios })) {
    for (const [name, values] of Object.entries(fields)) {
      for (const slot of Object.keys(values ?? {})) yield [[group, name], slot];
    }
  }
  for (const slot of Object.keys(encoded)) yield [['encoded'], slot];
}
