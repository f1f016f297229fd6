/** The allowlist is two-sided and strict: entries are checked when loaded, and no two may claim the same difference. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { InputError } from '../../src/cases/files.js';
import { FIELDS } from '../../src/mm/fields.js';
import { loadAllowlist } from '../../src/oracle/allow_file.js';
import { type Allowlist, expiredEntries, witnessPath } from '../../src/oracle/allowlist.js';
import {
  claimsNothing,
  Decider,
  entriesFor,
  REACH_ALL,
  REACH_FAULT_RUN,
  REACH_NONE,
} from '../../src/oracle/decider.js';
import { ruleNamed } from '../../src/oracle/expected.js';
import { FACTS } from '../../src/oracle/facts.js';
import { temporaryFolder } from '../folders.js';
import { ALLOWLIST, engine, LEGACY, REFERENCE } from '../support.js';

let dir: string;
beforeAll(() => {
  const made = temporaryFolder();
  dir = made.path;
  return made.remove;
});

interface EntryParts {
  readonly field?: string;
  readonly when?: string;
  readonly values?: string;
  readonly more?: string;
}

function entryText(id: string, parts: EntryParts = {}): string {
  const { field = 'young', when = 'faultPage', values = 'legacy: 0, batched: 1', more = '' } = parts;
  return `id: ${id}
title: t
class: intentional
engines: { legacy: ["*"], batched: [reference, batched@v6.12] }
differences:
  - { field: ${field}, when: '${when}', ${values} }
why: w
reference: r
witness: cases/vector-a.yaml
${more}`;
}

let number = 0;
function load(files: Readonly<Record<string, string>>): Allowlist {
  const folder = mkdtempSync(join(dir, `${number++}-`));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return loadAllowlist(folder);
}
const fieldOf = (name: string): number => FIELDS.findIndex((field) => field.name === name);
const bit = (name: string): number => 1 << (FACTS.find((fact) => fact.name === name)?.shift ?? 31);

describe('an entry', () => {
  it('is loaded with its claims compiled', () => {
    const { entries } = load({ 'a.yaml': entryText('a', { field: '[young, dirty]' }) });
    expect(entries[0].claims.map(({ field }) => FIELDS[field].name)).toEqual(['young', 'dirty']);
    expect(entries[0].claims[0]).toMatchObject({ legacy: 0, batched: 1, rule: null });
    expect(witnessPath(entries[0], 'fixtures')).toBe(join('fixtures', 'cases/vector-a.yaml'));
  });

  it.each([
    ['an id that is not its file’s name', entryText('b'), /a\.yaml: id b does not match the file's name/],
    ['an unknown field', entryText('a', { field: 'yuong' }), /:6:14: unknown field yuong; did you mean young\?/],
    [
      'a field that is never compared',
      entryText('a', { field: 'nrPagesMapped' }),
      /field is not compared between engines/,
    ],
    ['a condition that does not type-check', entryText('a', { when: 'yes' }), /:6:27: condition does not type-check/],
    [
      'a rule under a condition about sites',
      entryText('a', { values: 'rule: whole-folio' }),
      /a value rule needs a condition over facts of the fault/,
    ],
    [
      'a condition about pages for a field of the mm',
      entryText('a', { field: 'MM_FILEPAGES' }),
      /:6:\d+: MM_FILEPAGES belongs to the mm, which has no faultPage/,
    ],
    [
      'a condition about pages for a field of a folio',
      entryText('a', { field: 'refcount' }),
      /refcount belongs to a folio, which has no faultPage/,
    ],
    ['a condition about fault-around as a whole', entryText('a', { when: 'oneFolio' }), /oneFolio tells classes apart/],
    ['a rule that does not exist', entryText('a', { when: 'around', values: 'rule: hole-folio' }), /hole-folio/],
    ['an unknown key', entryText('a', { more: 'wy: x\n' }), /did you mean "why"/],
  ])('is refused with %s', (_what, text, message) => {
    expect(() => load({ 'a.yaml': text })).toThrow(InputError);
    expect(() => load({ 'a.yaml': text })).toThrow(message);
  });

  it('of the repository covers revisions that exist, and its witness is a file', () => {
    for (const { engines, id } of ALLOWLIST.entries) {
      for (const name of [...engines.legacy.map((x) => `legacy@${x}`), ...engines.batched.map((x) => `batched@${x}`)]) {
        if (!name.endsWith('*')) expect(engine(name).id, id).toBe(name);
      }
    }
  });

  it('covers the pairs that it names, by name, by id or by "*"', () => {
    const list = load({ 'a.yaml': entryText('a') });
    const covered = (id: string): boolean => entriesFor(list, LEGACY, engine(id)).length === 1;
    expect(['batched@reference', 'batched@v6.12', 'batched@v6.6'].map(covered)).toEqual([true, true, false]);
    expect(entriesFor(list, engine('legacy@v6.5'), REFERENCE)).toHaveLength(1);
  });

  it('expires after its day', () => {
    const list = load({ 'a.yaml': entryText('a', { more: 'expires: 2026-02-01\n' }), 'b.yaml': entryText('b') });
    const days = ['2026-02-01', '2026-02-02'];
    expect(days.map((day) => expiredEntries(list.entries, day).map(({ id }) => id))).toEqual([[], ['a']]);
    expect(expiredEntries(load({ 'a.yaml': entryText('a', { more: 'expires: 2001-01-01\n' }) }).entries)).toHaveLength(
      1,
    );
  });
});

describe('the decider', () => {
  it('claims a field at its kind of site where the condition holds', () => {
    const decider = new Decider(load({ 'a.yaml': entryText('a') }).entries);
    expect(decider.decide('page', bit('faultPage')).byField[fieldOf('young')]?.entry.id).toBe('a');
    expect(claimsNothing(decider.decide('page', 0))).toBe(true);
    expect(claimsNothing(decider.decide('folio', bit('faultPage')))).toBe(true);
    expect(claimsNothing(decider.decide('mm', bit('faultPage')))).toBe(true);
  });

  it('remembers its answer for a word', () => {
    const decider = new Decider(load({ 'a.yaml': entryText('a') }).entries);
    expect(decider.decide('page', bit('faultPage'))).toBe(decider.decide('page', bit('faultPage')));
  });

  it('takes an asterisk for all engines of a family', () => {
    const list = load({ 'a.yaml': entryText('a').replace('reference, batched@v6.12', '"*"') });
    expect(entriesFor(list, LEGACY, REFERENCE)).toHaveLength(1);
    expect(entriesFor(list, LEGACY, LEGACY)).toEqual([]);
    expect(entriesFor(list, REFERENCE, REFERENCE)).toEqual([]);
  });

  it('carries value rules, of whatever field, with the mm', () => {
    const text = entryText('a', { field: 'pte', when: 'around', values: 'rule: whole-folio' });
    const decider = new Decider(load({ 'a.yaml': text }).entries);
    expect(decider.decide('mm', bit('around')).rules.map(({ rule }) => rule)).toEqual([ruleNamed('whole-folio')]);
    expect(claimsNothing(decider.decide('page', bit('around')))).toBe(true);
  });

  it('refuses two entries that claim the same difference, and names both', () => {
    const both = { 'a.yaml': entryText('a'), 'b.yaml': entryText('b', { when: 'faultPage || around' }) };
    const decider = new Decider(load(both).entries);
    expect(() => decider.decide('page', bit('around'))).not.toThrow();
    expect(() => decider.decide('page', bit('faultPage'))).toThrow(
      /b\.yaml.*: entries a and b both claim the same divergence of young/,
    );
  });

  it('refuses a rule and a constant, and two rules, for one field', () => {
    const rule = { field: 'mmap_miss', when: 'around', values: 'rule: whole-folio' };
    const constant = { ...rule, values: 'legacy: 1, batched: 2' };
    for (const [a, b] of [
      [rule, constant],
      [constant, rule],
      [rule, rule],
    ]) {
      const { entries } = load({ 'a.yaml': entryText('a', a), 'b.yaml': entryText('b', b) });
      expect(() => new Decider(entries).decide('mm', bit('around'))).toThrow('both claim');
    }
  });

  it('refuses no two claims of one entry that say the same of different fields', () => {
    const { entries } = load({ 'a.yaml': entryText('a', { field: '[young, write]' }) });
    expect(new Decider(entries).decide('page', bit('faultPage')).constants).toHaveLength(2);
  });

  it.each([
    ['around && faultPage', [REACH_ALL, REACH_NONE]],
    ['around && run == "fault" && !faultPage', [REACH_FAULT_RUN, REACH_NONE]],
    ['run != "fault"', [REACH_ALL, REACH_ALL]],
  ])('knows which sites can be claimed: %s', (when, reaches) => {
    const decider = new Decider(load({ 'a.yaml': entryText('a', { when }) }).entries);
    expect([bit('around'), 0].map((word) => decider.reachOf(word))).toEqual(reaches);
    expect(decider.reachOf(0)).toBe(reaches[1]);
  });
});

describe('a folder', () => {
  it('of no entries is an empty list', () => {
    expect(load({}).entries).toEqual([]);
  });

  it('may not hold the same id twice', () => {
    expect(new Set(ALLOWLIST.entries.map(({ id }) => id)).size).toBe(ALLOWLIST.entries.length);
  });
});
