/** Fixture files are read strictly, refused with a position, and written so that they read back as the same case. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { caseAt } from '../../src/cases/address.js';
import { ARCH_NAMES, CaseSchema } from '../../src/cases/case.js';
import { fixtureText, parseFixture, readFixture } from '../../src/cases/fixture.js';
import { InputError } from '../../src/cases/yaml.js';
import { architecture } from '../../src/mm/arch/index.js';

const CASE = `case:
  arch: arm64
  span: 16
  vma: { start: 0, pages: 16 }
  file: { size: 65536 }
  folios:
    - { at: 0, order: 2 }
  steps:
    - { read: 1 }
`;

function withExpectation(...lines: string[]): string {
  return `title: a\n${CASE}expect:\n  legacy@v6.1:\n${lines.map((line) => `    ${line}\n`).join('')}`;
}

function refusal(text: string): string {
  try {
    parseFixture(text, 'f.yaml');
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    expect(error).toHaveProperty('exitCode', 3);
    return (error as InputError).message;
  }
  return 'accepted';
}

describe('a fixture', () => {
  it('needs a title and a case; the rest has defaults', () => {
    const { title, expect: expected, case: plain, file } = parseFixture(`title: short\n${CASE}`, 'f.yaml');
    expect({ title, expected, file }).toEqual({ title: 'short', expected: {}, file: 'f.yaml' });
    expect(plain).toEqual(CaseSchema.parse(plain));
    expect(plain.faultAroundPages).toBe(16);
  });

  it('says what is expected of each engine, and where it says so', () => {
    const fixture = parseFixture(
      withExpectation('afterMapPages: { row: "yooo", ret: NOPAGE, mmapMiss: 4 }', 'faults: [1]'),
      'f.yaml',
    );
    expect(fixture.expect['legacy@v6.1']).toEqual({
      afterMapPages: { row: 'yooo', ret: 'NOPAGE', mmapMiss: 4 },
      faults: [1],
    });
    expect(fixture.positionOf(['expect', 'legacy@v6.1', 'faults'])).toEqual({ line: 14, column: 13 });
  });

  it('that is not there is an input error of its own', () => {
    expect(() => readFixture('does/not/exist.yaml')).toThrow(expect.objectContaining({ exitCode: 66 }));
  });
});

describe('a fixture is refused with position and reason', () => {
  it.each([
    ['no title', CASE, 'f.yaml:1:1: title: expected text, but it is missing'],
    ['a title of two lines', `title: "a\\nb"\n${CASE}`, 'f.yaml:1:8: title: expected one line of text, found'],
    [
      'an unknown key',
      `titel: a\n${CASE}`,
      'f.yaml:1:1: titel: expected a known key, found "titel", did you mean "title"?',
    ],
    [
      'a fault outside of the mapping',
      `title: a\n${CASE.replace('read: 1', 'read: 20')}`,
      'f.yaml:10:7: impossible case: slot 20 lies past the span of 16',
    ],
    [
      'an unaligned folio',
      `title: a\n${CASE.replace('at: 0', 'at: 1')}`,
      'f.yaml:8:7: impossible case: folio of order 2 at 1 is not naturally aligned',
    ],
    [
      'a row that is not written down',
      `title: a\n${CASE}  row: "${'y'.repeat(17)}"\n`,
      'f.yaml:11:8: impossible case: row of 17 slots for a span of 16',
    ],
  ])('%s', (_name, text, message) => {
    expect(refusal(text)).toContain(message);
  });

  it.each([
    [
      'an unknown counter',
      ['final: { fields: { MM_FILEPAGE: 1 } }'],
      'f.yaml:13:24: expect["legacy@v6.1"].final.fields.MM_FILEPAGE: expected a known key, found "MM_FILEPAGE", ' +
        'did you mean "MM_FILEPAGES"?',
    ],
    ['an unknown page field', ['final: { pages: { mapcont: { "0": 1 } } }'], 'did you mean "mapcount"?'],
    ['an unknown folio field', ['final: { folios: { refcounts: { "0": 1 } } }'], 'did you mean "refcount"?'],
    ['a page field as folio field', ['final: { folios: { mapcount: { "0": 1 } } }'], 'found "mapcount"'],
    ['an unknown moment', ['afterMapPage: { ret: 0 }'], 'did you mean "afterMapPages"?'],
    ['an unknown return value', ['final: { ret: NOPAGES }'], 'such as "NOPAGE|MAJOR", found "NOPAGES"'],
    ['a number as return value', ['final: { ret: 256 }'], 'found 256'],
    ['another character in a row', ['final: { row: "yx" }'], 'expected page art'],
    ['a short number', ['final: { encoded: { "0": "0x25" } }'], 'expected 0x and 16 hexadecimal digits in quotes'],
    ['a number that loses bits', ['final: { encoded: { "0": 0x8000000000000025 } }'], 'write it as quoted hex string'],
    ['a key that is no slot', ['final: { pages: { young: { first: 1 } } }'], 'expected a slot or page index as key'],
    ['a key without quotes', ['final: { pages: { young: { 1: 1 } } }'], 'Write the key in quotes'],
    ['a PMD of other words', ['final: { pmd: huge write young }'], 'expected none, table, or huge with'],
    ['an unknown outcome', ['final: { outcomes: [finished] }'], 'expected "none", "done"'],
    ['nothing', ['{}'], 'expected afterMapPages, afterFault, faults or final'],
    [
      'more faults than accesses',
      ['faults: [1, 1]'],
      'f.yaml:13:5: faults: expected 1 items, one for each access, found 2',
    ],
    ['fewer outcomes than accesses', ['final: { outcomes: [] }'], 'final.outcomes: expected 1 items'],
    [
      'a row past the span',
      [`final: { row: "${'.'.repeat(17)}" }`],
      'f.yaml:13:14: final.row: expected at most 16 slots, found 17',
    ],
    [
      'a slot past the span',
      ['afterFault: { pages: { young: { "20": 1 } } }'],
      'afterFault.pages.young: expected a slot or index below 20, found 20',
    ],
    [
      'an encoding past the span',
      ['final: { encoded: { "99": "0x0000000000000000" } }'],
      'final.encoded: expected a slot',
    ],
  ])('expects %s', (_name, lines, message) => {
    const text = refusal(withExpectation(...lines));
    const hint = /Write the key/.test(message) ? hintOf(withExpectation(...lines)) : '';
    expect(`${text} ${hint}`).toContain(message);
  });

  it('expects something of what is no engine', () => {
    expect(refusal(withExpectation('faults: [1]').replace('legacy@', 'kernel@'))).toContain(
      'f.yaml:12:3: expect["kernel@v6.1"]: expected an engine such as "legacy@v6.1"',
    );
  });
});

function hintOf(text: string): string {
  try {
    parseFixture(text, 'f.yaml');
  } catch (error) {
    return (error as InputError).hint ?? '';
  }
  return '';
}

describe('the text of a fixture', () => {
  const plain = CaseSchema.parse({
    arch: 'arm64',
    span: 8,
    vma: { start: 0, pages: 8, flags: ['shared', 'write'] },
    file: { size: 32768, mmapMiss: 3 },
    folios: [{ at: 0, order: 2, hwpoison: [1], maps: { '2': 1 } }],
    row: '..y',
    bits: { '2': ['write'] },
    steps: [{ read: 0 }, { zap: { from: 0, pages: 4 } }, { write: 1, by: 'gup' }],
  });

  it('is short, and readable where something is special', () => {
    expect(fixtureText(plain, { title: 'A title: with a colon', comment: ['drawn as g2.arm64.8.1.1', ''] })).toBe(
      `# yaml-language-server: $schema=../schema/fixture.schema.json
# drawn as g2.arm64.8.1.1
#
title: "A title: with a colon"
case:
  arch: arm64
  span: 8
  vma:
    start: 0
    pages: 8
    flags: [ shared, write ]
  file:
    size: 32768
    mmapMiss: 3
  folios:
    - { at: 0, order: 2, hwpoison: [ 1 ], maps: { "2": 1 } }
  row: "..y"
  bits: { "2": [ write ] }
  steps:
    - { read: 0 }
    - { zap: { from: 0, pages: 4 } }
    - { write: 1, by: gup }
`,
    );
  });

  it('carries prose and expectations, the same ones for two engines in full', () => {
    const state = { final: { row: 'Xy', encoded: { '1': '0x0060000040007fc3' } } };
    const meta = { title: 't', about: 'why', source: 's', row: 'an-id', comment: [] };
    const expected = { 'legacy@v6.1': state, 'batched@reference': state };
    const fixture = parseFixture(fixtureText(plain, { ...meta, expect: expected }), 'f.yaml');
    expect(fixture).toMatchObject({ title: 't', about: 'why', source: 's', row: 'an-id', expect: expected });
  });

  it('keeps a comment inside of its line', () => {
    const text = fixtureText(plain, { title: 't', comment: ['one\ntitle: two\u001b[31m'] });
    expect(text.split('\n')[1]).toBe('# one\\x0atitle: two\\x1b[31m');
    expect(parseFixture(text, 'f.yaml').case).toEqual(plain);
  });

  it('reads back as the case, for every case that can be drawn', () => {
    const address = fc.record({
      arch: fc.constantFrom(...ARCH_NAMES),
      span: fc.constantFrom(4, 8, 64, 512),
      seed: fc.nat(1000),
      index: fc.nat(100_000),
      dials: fc.constantFrom('', '.r', '.wl', '.wlr'),
    });
    fc.assert(
      fc.property(address, ({ arch, span, seed, index, dials }) => {
        const known = architecture(arch).uffdWpSince === null ? dials.replace('w', '') : dials;
        const drawn = caseAt(`g2.${arch}.${span}.${seed}.${index}${known}`);
        const fixture = parseFixture(fixtureText(drawn, { title: 't', comment: ['drawn'] }), 'f.yaml');
        expect(JSON.parse(JSON.stringify(fixture.case))).toEqual(JSON.parse(JSON.stringify(drawn)));
      }),
      { numRuns: 150 },
    );
  });
});
