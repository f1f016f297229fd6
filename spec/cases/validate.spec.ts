/** A document that does not fit its schema is reported in the words of the file, at the place to change. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { validate } from '../../src/cases/validate.js';
import { InputError, parseYaml } from '../../src/cases/yaml.js';

function refusal(schema: z.ZodType, text: string): InputError {
  try {
    validate(schema, parseYaml(text, 'x.yaml'));
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

const refused = (schema: z.ZodType, text: string) => refusal(schema, text).message;
/** The message about the value of the only key, without the place. */
const about = (schema: z.ZodType, value: string) =>
  refused(z.strictObject({ a: schema }), `a: ${value}`).replace(/^x\.yaml:1:\d+: /, '');

const Access = z.strictObject({ page: z.int().min(0).max(511), kind: z.enum(['read', 'write']) });
const CaseFile = z.strictObject({
  title: z.string(),
  young: z.boolean().optional(),
  span: z.int().multipleOf(4),
  accesses: z.array(Access).min(1),
});
const GOOD = 'title: t\nspan: 64\naccesses:\n  - page: 3\n    kind: read\n';

describe('a document that fits', () => {
  it('comes back as the schema gives it', () => {
    const schema = CaseFile.extend({ seed: z.string().default('0') });
    const data: z.infer<typeof schema> = validate(schema, parseYaml(GOOD, 'x.yaml'));
    expect(data).toEqual({ title: 't', span: 64, accesses: [{ page: 3, kind: 'read' }], seed: '0' });
  });

  it('may contain records with any text as a key', () => {
    const schema = z.record(z.string(), z.int());
    const key = fc.string().filter((name) => !['<<', '__proto__', 'constructor', 'prototype'].includes(name));
    fc.assert(
      fc.property(fc.dictionary(key, fc.maxSafeInteger(), { noNullPrototype: true }), (data) => {
        expect(validate(schema, parseYaml(JSON.stringify(data), 'x.yaml'))).toEqual(data);
      }),
    );
  });
});

describe('a finding', () => {
  it('names file, line, column, path, what was expected and what was found', () => {
    const error = refusal(CaseFile, GOOD.replace('page: 3', 'page: three'));
    expect(error.message).toBe('x.yaml:4:11: accesses[0].page: expected an integer, found "three"');
    expect(error).toMatchObject({ file: 'x.yaml', line: 4, column: 11, exitCode: 3 });
  });

  it('about the whole document has no path', () => {
    expect(refused(CaseFile, '# x\n- 1\n')).toBe('x.yaml:2:1: expected a mapping, found a list of 1 item');
  });

  it('about a missing key stands at the mapping that lacks it', () => {
    expect(refused(CaseFile, GOOD.replace('    kind: read\n', ''))).toBe(
      'x.yaml:4:5: accesses[0].kind: expected "read" or "write", but it is missing',
    );
    expect(refused(CaseFile, GOOD.replace('title: t\n', ''))).toBe(
      'x.yaml:1:1: title: expected text, but it is missing',
    );
  });

  it('about an unknown key stands at the key, and tells what was probably meant', () => {
    const error = refusal(CaseFile, GOOD.replace('span', 'yuong: true\nspan'));
    expect(error.message).toBe('x.yaml:2:1: yuong: expected a known key, found "yuong", did you mean "young"?');
    expect(error.hint).toBe('Known keys: title, young, span and accesses.');
  });

  it('prefers the misspelled key to the required key that it hides', () => {
    const message = refused(CaseFile, GOOD.replace('page: 3', 'pgae: 3'));
    expect(message).toBe('x.yaml:4:5: accesses[0].pgae: expected a known key, found "pgae", did you mean "page"?');
  });

  it('keeps to the required key when the unknown one is somewhere else', () => {
    const text = 'span: 64\naccesses:\n  - {page: 1, kind: read, more: 1}\n';
    expect(refused(CaseFile, text)).toMatch(/^x\.yaml:1:1: title: expected text, but it is missing$/);
  });

  it('suggests nothing for a key that is like no other', () => {
    expect(refused(CaseFile, `${GOOD}x: 1\n`)).toBe('x.yaml:6:1: x: expected a known key, found "x"');
  });

  it('quotes a key in the path that is not a plain word', () => {
    expect(refused(z.record(z.string(), z.int()), '"a b":\n  c')).toBe(
      'x.yaml:2:3: ["a b"]: expected an integer, found "c"',
    );
  });

  it('stays one line without control characters, whatever the keys and values are', () => {
    expect(refused(CaseFile, `${GOOD}"\\e[31m\\n": 1`)).toMatch(/: expected a known key, found "\\x1b\[31m\\x0a"$/);
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(text, text, (key, value) => {
        const schema = z.record(z.string(), z.int());
        const quoted = (part: string) => JSON.stringify(part).replace(/[\x7f-\uffff]/g, (unit) => escapedUnit(unit));
        const message = refused(schema, `${quoted(`k${key}`)}: ${quoted(value)}`);
        expect(message).toMatch(/^x\.yaml:1:\d+: .*: expected an integer, found ".*"$/u);
        expect(message).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
      }),
    );
  });
});

const escapedUnit = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

describe('what was expected', () => {
  it.each([
    ['a truth value', z.boolean(), '1', 'a: expected true or false, found 1'],
    ['text', z.string(), 'true', 'a: expected text, found true'],
    ['a number', z.number(), '"b"', 'a: expected an integer, found "b"'],
    ['a list', z.array(z.int()), '{}', 'a: expected a list, found a mapping'],
    ['a tuple', z.tuple([z.int()]), 'b', 'a: expected a list, found "b"'],
    ['a mapping', z.record(z.string(), z.int()), '[1, 2]', 'a: expected a mapping, found a list of 2 items'],
    ['a value', z.int(), '', 'a: expected an integer, found an empty value'],
    ['nothing', z.never(), '1', 'a: expected nothing, found 1'],
    [
      'no day of the calendar',
      z.iso.date(),
      'soon',
      'a: expected a day of the calendar such as 2026-12-31, found "soon"',
    ],
    ['a type without a word of ours', z.date(), '1', 'a: expected date, found 1'],
    ['a lower bound', z.int().min(4), '3', 'a: expected at least 4, found 3'],
    ['an open lower bound', z.int().gt(4), '4', 'a: expected more than 4, found 4'],
    ['an upper bound', z.int().max(4), '5', 'a: expected at most 4, found 5'],
    ['an open upper bound', z.int().lt(4), '4', 'a: expected less than 4, found 4'],
    ['a multiple', z.int().multipleOf(4), '6', 'a: expected a multiple of 4, found 6'],
    ['a length', z.string().min(1), '""', 'a: expected at least 1 character, found ""'],
    ['a maximum length', z.string().max(2), 'abc', 'a: expected at most 2 characters, found "abc"'],
    ['an exact length', z.array(z.int()).length(2), '[1]', 'a: expected exactly 2 items, found a list of 1 item'],
    ['an exact length of less', z.string().length(2), 'abc', 'a: expected exactly 2 characters, found "abc"'],
    ['a pattern', z.string().regex(/^0x/), 'abc', 'a: expected text that matches /^0x/, found "abc"'],
    ['a part', z.string().includes('x'), 'abc', 'a: expected text that includes "x", found "abc"'],
    ['a beginning', z.string().startsWith('x'), 'abc', 'a: expected text that starts with "x", found "abc"'],
    ['an end', z.string().endsWith('x'), 'abc', 'a: expected text that ends with "x", found "abc"'],
    ['a format without a pattern', z.url(), 'abc', 'a: expected text in the format url, found "abc"'],
    ['one value', z.literal(1), '2', 'a: expected 1, found 2'],
    ['an empty value', z.null(), '2', 'a: expected null, found 2'],
    [
      'one of some values',
      z.enum(['read', 'write']),
      'raed',
      'a: expected "read" or "write", found "raed", did you mean "read"?',
    ],
    [
      'one of many values',
      z.literal(Array.from({ length: 15 }, (_, i) => i)),
      '99',
      'a: expected 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 or 3 more, found 99',
    ],
  ])('is told for %s', (_, schema, value, message) => {
    expect(about(schema, value)).toBe(message);
  });

  it('is told in the words of the schema where it has its own', () => {
    const word = z.string({ error: 'expected a PTE word' }).regex(/^0x[0-9a-f]+$/, 'expected a quoted hex number');
    expect(about(word, '"12"')).toBe('a: expected a quoted hex number, found "12"');
    expect(about(word, '12')).toBe('a: expected a PTE word, found 12');
    expect(about(z.union([z.int(), z.boolean()], { error: 'expected a count' }), 'b')).toBe(
      'a: expected a count, found "b"',
    );
  });

  it('is told for rules of several fields without repeating the mapping', () => {
    const range = z.object({ from: z.int(), to: z.int() });
    const ordered = range.refine(({ from, to }) => from <= to, { error: 'expected from <= to' });
    expect(about(ordered, '{from: 2, to: 1}')).toBe('a: expected from <= to');
    const placed = range.refine(({ from, to }) => from <= to, { error: 'expected at least from', path: ['to'] });
    expect(about(placed, '{from: 2, to: 1}')).toBe('a.to: expected at least from, found 1');
    expect(
      about(
        z.int().refine((n) => n > 1),
        '1',
      ),
    ).toBe('a: expected another value, found 1');
  });

  it('is told for the keys of a record', () => {
    const flags = z.record(z.string().regex(/^[a-z]+$/, 'expected a lower-case flag'), z.boolean());
    expect(refused(flags, 'ok: true\nNot: true')).toBe(
      'x.yaml:2:1: Not: expected a lower-case flag, found the key "Not"',
    );
    const named = z.record(z.enum(['read', 'write']), z.boolean());
    expect(refused(named, 'read: true\nwrite: true\nwirte: false')).toBe(
      'x.yaml:3:1: wirte: expected a known key, found "wirte", did you mean "write"?',
    );
    expect(refused(z.partialRecord(z.enum(['read']), z.boolean()), 'raed: true')).toMatch(/did you mean "read"\?$/);
  });
});

describe('the next step', () => {
  const hint = (schema: z.ZodType, value: string) => refusal(z.object({ a: schema }), `a: ${value}`).hint;

  it('is to add or remove quotes where YAML took the value for another type', () => {
    expect(hint(z.string(), '12')).toBe('Text that looks like a number or a truth value needs quotes: "12".');
    expect(hint(z.string(), 'true')).toMatch(/needs quotes: "true"\.$/);
    expect(hint(z.int(), '"0x1F"')).toBe('Remove the quotes.');
    expect(hint(z.number(), '"12"')).toBe('Remove the quotes.');
  });

  it('is to write true or false where older YAML knew more words', () => {
    expect(hint(z.boolean(), 'yes')).toBe('YAML 1.2 has no other truth values than true and false, without quotes.');
  });

  it('is left open where nothing is known about the mistake', () => {
    expect(hint(z.int(), 'twelve')).toBeUndefined();
    expect(hint(z.string(), '[1]')).toBeUndefined();
    expect(hint(z.int().max(3), '4')).toBeUndefined();
    expect(hint(z.array(z.int()), 'b')).toBeUndefined();
  });
});

describe('a union', () => {
  it('lists all alternatives when the value fits none of them at all', () => {
    const pages = z.union([z.int(), z.literal('all'), z.array(z.int())]);
    expect(about(pages, 'true')).toBe('a: expected an integer, "all" or a list, found true');
    expect(about(pages, 'al')).toBe('a: expected an integer, "all" or a list, found "al", did you mean "all"?');
    expect(refused(z.object({ a: pages }), 'b: 1')).toMatch(
      /a: expected an integer, "all" or a list, but it is missing$/,
    );
  });

  it('suggests a word from any of its alternatives', () => {
    expect(about(z.union([z.literal('present'), z.literal('swapped')]), 'swaped')).toBe(
      'a: expected "present" or "swapped", found "swaped", did you mean "swapped"?',
    );
  });

  it('looks into unions of unions', () => {
    expect(about(z.union([z.union([z.int(), z.boolean()]), z.null()]), 'b')).toBe(
      'a: expected an integer, true or false or null, found "b"',
    );
  });

  it('reports the alternative that got furthest', () => {
    const schema = z.union([z.string(), z.array(Access)]);
    expect(refused(schema, '- page: 1\n  kind: read\n- page: 999\n  kind: read')).toBe(
      'x.yaml:3:9: [1].page: expected at most 511, found 999',
    );
    expect(refused(z.object({ a: z.union([z.int(), Access]) }), 'a: {page: 1, knid: read}')).toBe(
      'x.yaml:1:14: a.knid: expected a known key, found "knid", did you mean "kind"?',
    );
  });

  it('reports the alternative whose tag the value has', () => {
    const schema = z.union([
      z.strictObject({ type: z.literal('file'), index: z.int() }),
      z.strictObject({ type: z.literal('anon'), slot: z.int() }),
    ]);
    expect(refused(schema, 'type: anon\nslot: b')).toBe('x.yaml:2:7: slot: expected an integer, found "b"');
    expect(refused(schema, 'type: file\nindex: b')).toBe('x.yaml:2:8: index: expected an integer, found "b"');
    expect(refused(schema, 'type: anon\nslto: 1')).toMatch(/^x\.yaml:2:1: slto: .*did you mean "slot"\?$/);
  });

  it('reports the alternative with the fewest findings when all got equally far', () => {
    const schema = z.union([z.object({ x: z.int(), y: z.int(), z: z.int() }), z.object({ a: z.int(), b: z.int() })]);
    expect(refused(schema, 'a: 1\nb: c')).toBe('x.yaml:2:4: b: expected an integer, found "c"');
  });

  it('with a discriminator reports the known values, or the field in the alternative', () => {
    const schema = z.discriminatedUnion('type', [
      z.strictObject({ type: z.literal('file'), index: z.int() }),
      z.strictObject({ type: z.literal('anon') }),
    ]);
    expect(refused(schema, 'type: fiel')).toBe(
      'x.yaml:1:7: type: expected "file" or "anon", found "fiel", did you mean "file"?',
    );
    expect(refused(schema, 'index: 1')).toBe('x.yaml:1:1: type: expected "file" or "anon", but it is missing');
    expect(refused(schema, 'type: file\nindex: b')).toBe('x.yaml:2:8: index: expected an integer, found "b"');
    expect(refused(schema, '3')).toBe('x.yaml:1:1: expected a mapping, found 3');
  });

  it('of exclusive alternatives reports that several fit', () => {
    expect(refused(z.xor([z.int(), z.number()]), '3')).toBe(
      'x.yaml:1:1: expected a value that fits only one alternative, found 3',
    );
  });
});

describe('an intersection', () => {
  it('reports a key that neither side knows', () => {
    const schema = z.intersection(z.strictObject({ a: z.int() }), z.strictObject({ b: z.int() }));
    expect(refused(schema, 'a: 1\nb: 2\nc: 3')).toBe('x.yaml:3:1: c: expected a known key, found "c"');
  });
});
