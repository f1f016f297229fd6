/** Entries that were compiled by the build are those of the files, or the files are read; nobody can tell which. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { compileAllowlist, loadAllowlist } from '../../src/oracle/allow_file.js';
import type { Allowlist } from '../../src/oracle/allowlist.js';
import { type CompiledAllow, compiledIn, readAllowlist } from '../../src/oracle/compiled_allow.js';
import { compileCondition } from '../../src/oracle/condition.js';
import { conditionOf, isDecided } from '../../src/oracle/expression.js';
import { FACTS, unpack } from '../../src/oracle/facts.js';
import { contentHash } from '../../src/oracle/plain_entry.js';
import { temporaryFolder } from '../folders.js';
import { FIXTURES } from '../support.js';

const PACKAGED = `${FIXTURES}allow`;
const COMPILED = compileAllowlist(PACKAGED);
const FILE = 'mmapmiss-workingset.yaml';

/** Everything that an allowlist says, in the order in which it says it. */
const said = (allowlist: Allowlist): string =>
  JSON.stringify(allowlist, (key, value: unknown) => (key === 'entry' ? (value as { id: string }).id : value));

/** A compiled form in which every entry has another title, so that it is seen who was asked. */
const MARKED: CompiledAllow = Object.fromEntries(
  Object.entries(COMPILED).map(([hash, { data, conditions }]) => [
    hash,
    { data: { ...data, title: 'compiled' }, conditions },
  ]),
);
const isCompiled = ({ entries }: Allowlist): boolean[] => entries.map(({ title }) => title === 'compiled');

let root: string;
let folder: string;
beforeAll(() => {
  const made = temporaryFolder();
  root = made.path;
  return made.remove;
});
beforeEach(() => {
  folder = mkdtempSync(join(root, 'allow-'));
  cpSync(PACKAGED, folder, { recursive: true });
});

function change(file: string, from: string | RegExp, to: string): void {
  const text = readFileSync(join(folder, file), 'utf8');
  expect(text).toMatch(from);
  writeFileSync(join(folder, file), text.replace(from, to));
}

/** What is thrown by the reader of files alone, and by the one that knows compiled entries. */
async function errors(): Promise<unknown[]> {
  const plain = (): unknown => {
    try {
      return loadAllowlist(folder);
    } catch (error) {
      return error;
    }
  };
  return [plain(), await readAllowlist(folder, COMPILED).catch((error: unknown) => error)];
}

describe('compiled entries', () => {
  it('are used for every file of the package', async () => {
    const used = isCompiled(await readAllowlist(PACKAGED, MARKED));
    expect(used).toEqual(readdirSync(PACKAGED).map(() => true));
  });

  it('say what the files say, conditions, claims, order and hash, also after a way through a file', async () => {
    const compiled = JSON.parse(JSON.stringify(COMPILED)) as CompiledAllow;
    const [read, plain] = [await readAllowlist(PACKAGED, compiled), loadAllowlist(PACKAGED)];
    expect(said(read)).toBe(said(plain));
    expect(contentHash(read)).toBe(contentHash(plain));
    const masks = ({ entries }: Allowlist): unknown[] =>
      entries.flatMap(({ claims }) => claims.map(({ condition }) => [condition.mask, condition.usesSiteFacts]));
    expect(masks(read)).toEqual(masks(plain));
  });

  it('have one condition for all fields of a difference, which is evaluated once', async () => {
    const { entries } = await readAllowlist(PACKAGED, COMPILED);
    const differences = entries.flatMap((entry) => entry.differences).length;
    const conditions = new Set(entries.flatMap(({ claims }) => claims.map(({ condition }) => condition)));
    expect(conditions.size).toBe(differences);
  });

  it('lie beside the built program, and are those of the files', () => {
    const built = JSON.parse(readFileSync(join(FIXTURES, '../dist/allow.json'), 'utf8')) as CompiledAllow;
    expect(built).toEqual(JSON.parse(JSON.stringify(COMPILED)));
  });

  it('are not needed: none are found where there is no compiled form, or half of one', async () => {
    const half = join(folder, 'half.json');
    writeFileSync(half, JSON.stringify(COMPILED).slice(0, 5000));
    for (const file of [half, join(folder, 'none.json')]) {
      const found = compiledIn(pathToFileURL(file));
      expect(found).toEqual({});
      expect(said(await readAllowlist(PACKAGED, found))).toBe(said(loadAllowlist(PACKAGED)));
    }
  });
});

describe('a folder that has changed', () => {
  it('is read where a file has other bytes, were it a blank', async () => {
    change(FILE, 'why:', 'why:  ');
    const read = await readAllowlist(folder, MARKED);
    expect(isCompiled(read)).toEqual(readdirSync(folder).map((name) => name !== FILE));
    expect(said(await readAllowlist(folder, COMPILED))).toBe(said(loadAllowlist(folder)));
  });

  it('has one entry less where a file is gone, and one more where one was added', async () => {
    rmSync(join(folder, FILE));
    expect((await readAllowlist(folder, COMPILED)).entries.map(({ id }) => id)).not.toContain('mmapmiss-workingset');
    const mine = readFileSync(join(PACKAGED, FILE), 'utf8').replace('id: mmapmiss-workingset', 'id: mine');
    writeFileSync(join(folder, 'mine.yaml'), mine);
    const { entries } = await readAllowlist(folder, COMPILED);
    expect(entries.map(({ id }) => id)).toContain('mine');
    expect(said({ dir: folder, entries })).toBe(said(loadAllowlist(folder)));
  });

  it('is refused with the same words and place', async () => {
    change(FILE, /when: .*/, 'when: missesDifer');
    const [plain, read] = await errors();
    expect(read).toEqual(plain);
    expect(read).toMatchObject({ name: 'InputError', file: join(folder, FILE), line: expect.any(Number), exitCode: 3 });
  });

  it.each([
    ['a field that is not there', (): void => change(FILE, /field: .*/, 'field: mmap_mis')],
    ['an unknown key', (): void => change(FILE, 'why:', 'wy:')],
    ['no YAML', (): void => writeFileSync(join(folder, FILE), 'a: [')],
    ['an empty file', (): void => writeFileSync(join(folder, FILE), '')],
    ['bytes that are no text', (): void => writeFileSync(join(folder, FILE), Buffer.from([0x69, 0xff, 0xfe]))],
    ['the bytes of an entry under another name', (): void => renameSync(join(folder, FILE), join(folder, 'a.yaml'))],
    ['an entry twice', (): void => cpSync(PACKAGED, join(folder, 'again'), { recursive: true })],
  ])('is refused alike with %s', async (_what, damage) => {
    damage();
    const [plain, read] = await errors();
    expect(plain).toMatchObject({ name: 'InputError' });
    expect(read).toEqual(plain);
  });
});

describe('conditions without CEL', () => {
  /** A word whose every fact has a value that exists. */
  const usable = FACTS.filter(({ scope }) => scope !== 'mm');
  const words = fc
    .tuple(...usable.map(({ names }) => fc.nat(names === undefined ? 1 : names.length - 1)))
    .map((values) => values.reduce((word, value, i) => word | (value << usable[i].shift), 0));
  const texts = [...new Set(Object.values(COMPILED).flatMap(({ data }) => data.differences.map(({ when }) => when)))];

  it('hold where CEL says so, for every condition of the package', () => {
    const both = texts.map((text) => {
      const cel = compileCondition(text);
      return { text, cel, plain: conditionOf(text, cel.expression) };
    });
    let held = 0;
    fc.assert(
      fc.property(words, (word) => {
        const facts = unpack(word, 'page');
        for (const { text, cel, plain } of both) {
          const holds = cel.holds(facts);
          expect([text, plain.holds(facts)]).toEqual([text, holds]);
          if (holds) held++;
        }
      }),
      { numRuns: 3000 },
    );
    expect(held).toBeGreaterThan(100);
  });

  it.each([
    ['around && path in ["pmd"]', true],
    ['!(run == "none") || faultPage == runSplit', true],
    ['around ? large : faultPage', false],
    ['size(path) == 3', false],
    ['path.startsWith("finish")', false],
  ])('are all that %j needs: %s', (text, decided) => {
    expect(isDecided(compileCondition(text).expression)).toBe(decided);
  });

  it('are no part of the compiled form where they need CEL', () => {
    change(FILE, /when: .*/, `when: 'around ? missesDiffer : false'`);
    const compiled = compileAllowlist(folder);
    expect(Object.values(compiled).map(({ data }) => data.id)).not.toContain('mmapmiss-workingset');
    expect(Object.keys(compiled)).toHaveLength(Object.keys(COMPILED).length - 1);
  });
});
