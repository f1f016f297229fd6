/** Conditions are CEL over the declared facts; what is said of a fault alone never excludes what may hold at a site. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SiteKind } from '../../src/mm/fields.js';
import { compileCondition } from '../../src/oracle/condition.js';
import { FACTS, unpack, unpackFault } from '../../src/oracle/facts.js';
import { ALLOWLIST } from '../support.js';

/** The facts that a condition may ask about; a page has them all. */
const USABLE = FACTS.filter(({ scope }) => scope !== 'mm');

/** A word whose every fact has a value that exists. */
const words = fc
  .tuple(...USABLE.map(({ names }) => fc.nat(names === undefined ? 1 : names.length - 1)))
  .map((values) => values.reduce((word, value, i) => word | (value << USABLE[i].shift), 0));

/** Atoms over facts of both scopes. */
const atoms = USABLE.map(({ name, names }) =>
  names === undefined
    ? fc.constant(name)
    : fc
        .tuple(fc.constantFrom(...names), fc.constantFrom('==', '!=', 'in'))
        .map(([value, op]) => (op === 'in' ? `${name} in ["${value}"]` : `${name} ${op} "${value}"`)),
);
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.oneof(...atoms, fc.constantFrom('true', 'false', 'faultPage == runSplit')),
    tie('expression').map((inner) => `!(${inner})`),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `(${a} && ${b})`),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `(${a} || ${b})`),
  ),
}));

describe('the partial evaluation', () => {
  it('finds a condition possible wherever it holds, whatever the site', () => {
    fc.assert(
      fc.property(expression, words, (text, word) => {
        const condition = compileCondition(text);
        if (condition.holds(unpack(word, 'page'))) expect(condition.possible(unpackFault(word))).toBe(true);
      }),
      { numRuns: 600 },
    );
  });

  it('is exact for conditions about the fault alone', () => {
    fc.assert(
      fc.property(expression, words, (text, word) => {
        const condition = compileCondition(text);
        fc.pre(!condition.usesSiteFacts);
        expect(condition.possible(unpack(word, 'page'))).toBe(condition.holds(unpack(word, 'page')));
      }),
      { numRuns: 600 },
    );
  });

  it('holds for the conditions of the allowlist too', () => {
    const conditions = ALLOWLIST.entries.flatMap(({ claims }) => claims.map(({ condition }) => condition));
    fc.assert(
      fc.property(words, (word) => {
        const [all, fault] = [unpack(word, 'page'), unpackFault(word)];
        const wrong = conditions.filter((condition) => condition.holds(all) && !condition.possible(fault));
        expect(wrong.map(({ text }) => text)).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });
});

describe('a condition', () => {
  it('knows whether it asks about the site', () => {
    expect(
      ['around', 'large', 'around && !(run == "none")'].map((text) => compileCondition(text).usesSiteFacts),
    ).toEqual([false, true, true]);
  });

  it('knows which facts the sites of a kind do not have', () => {
    const absentAt = (kind: SiteKind): string[] => compileCondition('around && large && run == "none"').absentAt(kind);
    expect([absentAt('page'), absentAt('folio'), absentAt('mm')]).toEqual([[], ['run'], ['run', 'large']]);
  });

  it.each([
    ['oneFolio', 'oneFolio tells classes apart and cannot be used in conditions'],
    ['around &&', /^condition does not parse: /],
    ['arround', /^condition does not type-check: .*; did you mean around\?$/],
    ['run == 3', /^condition does not type-check: /],
    ['run', /^condition must be a bool, found string$/],
    ['run == "falt"', 'run is never "falt"; did you mean fault?'],
    ['path in ["pmd", "finish"]', /^path is never "finish"; did you mean /],
    ['"zzzzzz" != access', 'access is never "zzzzzz"; did you mean read, cow, shared-write?'],
  ])('is not %j', (text, message) => {
    expect(() => compileCondition(text)).toThrow(message);
  });
});
