/** Every fixture of the repository holds, every expectation in them is really looked at, and mismatches read well. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { BATCHED_REVISIONS } from '../../src/batched/index.js';
import { checkFixture, compareExpectation, observe } from '../../src/campaign/run_fixture.js';
import { SingleRun } from '../../src/campaign/single.js';
import { type Case, CaseSchema } from '../../src/cases/case.js';
import { listYaml } from '../../src/cases/files.js';
import { type Fixture, parseFixture, readFixture } from '../../src/cases/fixture.js';
import { ImpossibleCase } from '../../src/cases/possible.js';
import { LEGACY_REVISIONS } from '../../src/legacy/index.js';
import type { Revision } from '../../src/mm/revision.js';
import { classId } from '../../src/oracle/classify.js';
import { ALLOWLIST, LEGACY, REFERENCE } from '../support.js';

const FOLDERS = ['cases', 'regressions'].map((name) =>
  fileURLToPath(new URL(`../../fixtures/${name}/`, import.meta.url)),
);
const fixtures = FOLDERS.flatMap(listYaml).map((file) => [basename(file, '.yaml'), readFixture(file)] as const);

function revision(id: string): Revision {
  const found = [...LEGACY_REVISIONS, ...BATCHED_REVISIONS].find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(`no engine ${id}`);
  return found;
}

describe('the fixtures', () => {
  it('are there, all nine worked vectors among them', () => {
    const vectors = fixtures.map(([name]) => name).filter((name) => name.startsWith('vector-'));
    expect(vectors).toEqual([...'abcdefghi'].map((letter) => `vector-${letter}`));
    expect(fixtures.length).toBeGreaterThan(70);
  });

  it.each(fixtures)('%s holds', (_name, fixture) => {
    expect(checkFixture(fixture)).toEqual([]);
  });

  it.each(fixtures)('%s says what it shows, where that is from, and expects it of two engines', (name, fixture) => {
    const ids = Object.keys(fixture.expect);
    expect(readFileSync(fixture.file, 'utf8')).toMatch(/^# yaml-language-server: \$schema=\.\.\/schema\/fixture\./);
    expect(fixture.source).toBeDefined();
    expect(name.startsWith(fixture.row ?? '')).toBe(true);
    expect(ids).toContain('legacy@v6.1');
    expect(ids.some((id) => id.startsWith('batched@'))).toBe(true);
  });
});

describe('the default pair', () => {
  // The rows of class RACE have fixtures and no entries.
  const quiet = fixtures.filter(
    ([, { case: plain }]) => plain.race.kind === 'none' && plain.file.pageMkwrite !== 'truncated',
  );

  it.each(quiet)('on %s differs only as the allowlist says, and breaks no invariant', (_name, fixture) => {
    const { findings, broken } = new SingleRun(fixture.case, {
      legacy: LEGACY,
      batched: REFERENCE,
      allowlist: ALLOWLIST,
    }).run();
    expect(findings.filter(({ entry }) => entry === null).map(classId)).toEqual([]);
    expect(broken).toEqual([]);
  });
});

/** Every value in the expectations, with a way to put another one in its place. */
function* values(node: Record<string, unknown>): Generator<[Record<string, unknown>, string]> {
  for (const [key, value] of Object.entries(node)) {
    if (typeof value === 'object' && value !== null) yield* values(value as Record<string, unknown>);
    else yield [node, key];
  }
}

/** Another value that the schema allows in the same place, and that no engine gives. */
function wrong(key: string, value: unknown): unknown {
  if (key === 'ret') return 'NEEDDSYNC';
  if (typeof value === 'number') return value + 1;
  if (key === 'pmd') return 'huge dirty write';
  if (key === 'row') return String(value).startsWith('m') ? 's' : `m${String(value).slice(1)}`;
  return String(value).startsWith('0x') ? '0xffffffffffffffff' : 'none';
}

describe('every expectation', () => {
  it.each(fixtures)('of %s is looked at', (_name, fixture) => {
    for (const [node, key] of values(fixture.expect)) {
      const value = node[key];
      node[key] = wrong(key, value);
      const lines = checkFixture(fixture);
      node[key] = value;
      expect(lines, `${key}: ${String(value)}`).toHaveLength(1);
      expect(lines[0]).toMatch(/^\/.*\.yaml:\d+:\d+: (legacy|batched)@[\w.+-]+ \S+: expected /);
    }
  });
});

const TEXT = `title: t
case:
  arch: arm64
  span: 4
  faultAroundPages: 4
  vma: { start: 0, pages: 4, flags: [shared, write] }
  file: { size: 16384, mmapMiss: 9 }
  folios:
    - { at: 0, order: 2 }
  row: "o"
  steps:
    - { read: 2 }
expect:
  batched@reference:
`;
const mismatches = (...lines: string[]): string[] =>
  checkFixture(parseFixture(TEXT + lines.map((line) => `    ${line}\n`).join(''), 'f.yaml'));

describe('a mismatch', () => {
  it('names position, engine, expectation and what was found instead', () => {
    expect(mismatches('afterMapPages: { row: "Xoyo", ret: 0, mmapMiss: 6 }')).toEqual([
      'f.yaml:15:27: batched@reference afterMapPages.row: expected "Xoyo", found "Xyyy" (slots 1, 3)',
      'f.yaml:15:40: batched@reference afterMapPages.ret: expected "0", found "NOPAGE"',
      'f.yaml:15:53: batched@reference afterMapPages.mmapMiss: expected 6, found 5',
    ]);
  });

  it('shows where an entry was to stay and did not', () => {
    expect(mismatches('final: { row: "XXyy" }')).toEqual([
      'f.yaml:15:19: batched@reference final.row: expected "XXyy", found "Xyyy" (slots 1)',
    ]);
  });

  it('names the access where there are several', () => {
    expect(mismatches('faults: [2]', 'final: { outcomes: [error], pmd: none }')).toEqual([
      'f.yaml:16:38: batched@reference final.pmd: expected "none", found "table"',
      'f.yaml:15:13: batched@reference faults: expected 2, found 1 (access 1)',
      'f.yaml:16:24: batched@reference final.outcomes: expected "error", found "done" (access 1)',
    ]);
  });

  it('says that a fault or its fault-around did not happen', () => {
    const write = TEXT.replace('read: 2', 'write: 2');
    expect(checkFixture(parseFixture(`${write}    afterMapPages: { ret: 0 }\n`, 'f.yaml'))).toEqual([
      'f.yaml:15:20: batched@reference afterMapPages: expected a first fault with fault-around, found none',
    ]);
    const mapped = TEXT.replace('read: 2', 'read: 0');
    expect(checkFixture(parseFixture(`${mapped}    afterFault: { ret: 0 }\n`, 'f.yaml'))).toEqual([
      'f.yaml:15:17: batched@reference afterFault: expected a first fault, found none',
    ]);
  });

  it('is not looked for where nothing is expected of the engine', () => {
    const fixture: Fixture = parseFixture(`${TEXT}    faults: [7]\n`, 'f.yaml');
    expect(compareExpectation(fixture, observe(fixture.case, revision('legacy@v6.1')))).toEqual([]);
  });

  it('is no answer to an engine that does not exist', () => {
    const fixture = parseFixture(`${TEXT.replace('@reference', '@v6.66')}    faults: [1]\n`, 'f.yaml');
    expect(() => checkFixture(fixture)).toThrow(
      'f.yaml:14:3: expect: expected a known engine, found "batched@v6.66", did you mean "batched@v6.6"?',
    );
    const other = parseFixture(`${TEXT.replace('@reference', '@tomorrow')}    faults: [1]\n`, 'f.yaml');
    expect(() => checkFixture(other)).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('legacy@v6.1') }),
    );
  });

  it('is no answer to an engine that cannot have the case', () => {
    const registered = TEXT.replace('[shared, write]', '[shared, write, uffd-wp]').replace(
      '16384',
      '16384, kind: shmem',
    );
    const text = `${registered}    faults: [1]\n`;
    expect(checkFixture(parseFixture(text, 'f.yaml'))).toEqual([]);
    expect(() => checkFixture(parseFixture(text.replace('batched@reference', 'legacy@v6.1'), 'f.yaml'))).toThrow(
      'f.yaml:14:3: legacy@v6.1 has no userfaultfd write-protection on arm64',
    );
  });
});

function plain(more: object): Case {
  return CaseSchema.parse({
    arch: 'x86-64',
    span: 8,
    faultAroundPages: 4,
    vma: { start: 0, pages: 8, flags: ['write'] },
    file: { size: 32768 },
    folios: [{ at: 0, order: 3 }],
    steps: [{ read: 1 }],
    ...more,
  });
}

describe('observing one engine', () => {
  const reference = revision('batched@reference');

  it('keeps the moments of the first fault apart from the end', () => {
    const steps = [{ read: 1 }, { age: { from: 0, pages: 8 } }, { zap: { from: 1, pages: 1 } }, { read: 6 }];
    const seen = observe(plain({ steps }), reference);
    expect(seen.afterMapPages?.image.mm).not.toEqual(seen.final.image.mm);
    expect([...(seen.afterFault?.image.pte ?? [])].filter((entry) => entry !== 0)).toHaveLength(4);
    expect([...seen.final.image.pte].filter((entry) => entry !== 0)).toHaveLength(7);
    expect(seen).toMatchObject({ faults: [1, 1], outcomes: ['done', 'done'] });
  });

  it('has no fault-around of a later fault', () => {
    const seen = observe(plain({ steps: [{ write: 1 }, { read: 6 }] }), reference);
    expect(seen.afterMapPages).toBeNull();
    expect(seen.afterFault).not.toBeNull();
  });

  it('tears down at the end', () => {
    const seen = observe(plain({ teardown: true }), reference);
    expect([...seen.final.image.pte].every((entry) => entry === 0)).toBe(true);
    expect(seen.final.image.mm[0]).toBe(seen.initial.mm[0]);
  });

  it('leaves the initial state alone', () => {
    const seen = observe(plain({}), reference);
    expect([...seen.initial.pte].every((entry) => entry === 0)).toBe(true);
  });

  it('refuses a case that cannot exist', () => {
    expect(() => observe(plain({ steps: [{ read: 9 }] }), reference)).toThrow(ImpossibleCase);
  });
});
