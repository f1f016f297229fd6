/**
 * Checks what is stored: fixtures against their expectations, both engines of every fixture that names two against the
 * allowlist, allowlist entries against their witnesses.
 */
import { statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { InputError, listYaml, statsOf } from '../cases/files.js';
import { type Fixture, readFixture } from '../cases/fixture.js';
import { readYamlFile } from '../cases/yaml.js';
import { plainRevision, type Revision } from '../mm/revision.js';
import { loadAllowlist } from '../oracle/allow_file.js';
import { type AllowEntry, type Allowlist, EMPTY_ALLOWLIST, expiredEntries, witnessPath } from '../oracle/allowlist.js';
import type { CheckedItem } from '../report/check_text.js';
import { checkFixtureOn, checkWitnessOn, type OtherEngines } from './check_engine.js';
import { revisionNamed } from './engines.js';
import { checkFixture } from './run_fixture.js';
import { signsOf } from './selftest/pairs.js';
import { SingleRun } from './single.js';

export interface CheckResult {
  readonly passed: number;
  readonly failed: number;
  readonly results: readonly CheckedItem[];
}

export interface CheckOptions {
  /** folder with cases/, allow/ and regressions/ */
  readonly root: string;
  /** day that expiry dates are compared with, YYYY-MM-DD; today if absent */
  readonly today?: string;
  /** engines that run the fixtures of their models, and the witnesses, as well */
  readonly engines?: OtherEngines;
}

/**
 * Checks the given files and folders, or everything below the root.
 * @throws InputError (exit code 66) for a path that does not exist
 */
export function check(paths: readonly string[], options: CheckOptions): CheckResult {
  const targets = paths.length === 0 ? defaultTargets(options.root) : paths.flatMap(filesOf);
  const results: CheckedItem[] = [];
  const lists = new Map<string, Allowlist | undefined>();
  const listOf = (folder: string): Allowlist | undefined => {
    if (!lists.has(folder))
      lists.set(
        folder,
        attempt(results, folder, 'allowlist', () => loadAllowlist(folder)),
      );
    return lists.get(folder);
  };
  const own = listOf(resolve(options.root, 'allow'));
  for (const file of targets) {
    if (isEntry(file, options.root)) {
      const allowlist = listOf(folderOfEntry(file));
      const entry = allowlist?.entries.find((candidate) => resolve(candidate.file) === resolve(file));
      if (entry !== undefined && allowlist !== undefined) results.push(...checkEntry(entry, allowlist, options));
    } else {
      results.push(...checkFile(file, own ?? EMPTY_ALLOWLIST, options));
    }
  }
  const failed = results.filter(({ ok }) => !ok).length;
  return { passed: results.length - failed, failed, results };
}

function defaultTargets(root: string): string[] {
  return ['cases', 'regressions', 'allow'].flatMap((folder) => {
    const path = join(root, folder);
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true ? listYaml(path) : [];
  });
}

function filesOf(path: string): string[] {
  const files = statsOf(path).isDirectory() ? listYaml(path) : [path];
  if (files.length === 0) throw new InputError(path, 'no .yaml file in this folder', { exitCode: 66 });
  return files;
}

/** Entries are what lies in the fixtures' own folder of them, and elsewhere what reads like one. */
function isEntry(file: string, root: string): boolean {
  if (relative(resolve(root), resolve(file)).split(sep)[0] === 'allow') return true;
  try {
    const { data } = readYamlFile(file);
    return typeof data === 'object' && data !== null && 'differences' in data && !('case' in data);
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}

/** The allowlist that a file belongs to: the folder `allow` that it lies in, at whatever depth, or else its folder. */
function folderOfEntry(file: string): string {
  const parts = dirname(resolve(file)).split(sep);
  const depth = parts.lastIndexOf('allow');
  return depth < 0 ? parts.join(sep) : parts.slice(0, depth + 1).join(sep);
}

/** Witnesses are named from the folder beside which the entries lie; entries alone may name those of the root. */
function rootOfWitness(entry: AllowEntry, allowlist: Allowlist, root: string): string {
  const beside = dirname(resolve(allowlist.dir));
  return statSync(witnessPath(entry, beside), { throwIfNoEntry: false }) === undefined ? root : beside;
}

/** Runs a step that may find bad input; what it finds becomes a failed item. */
function attempt<T>(results: CheckedItem[], file: string, kind: string, step: () => T): T | undefined {
  try {
    return step();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    results.push({ file, name: '', ok: false, kind, message: error.message });
    return undefined;
  }
}

function checkFile(file: string, allowlist: Allowlist, { engines = {} }: CheckOptions): CheckedItem[] {
  const failures: CheckedItem[] = [];
  const kind = resolve(file).split(sep).at(-2) === 'regressions' ? 'regression' : 'fixture';
  const items = attempt(failures, file, kind, (): CheckedItem[] => {
    const fixture = readFixture(file);
    const lines = [...checkFixture(fixture), ...(kind === 'regression' ? regressionProblems(fixture, allowlist) : [])];
    const others = [engines.legacy, engines.batched].flatMap((engine) =>
      engine === undefined ? [] : itemOn(engine, file, fixture.title, checkFixtureOn(fixture, engine)),
    );
    const item = itemOf(file, fixture.title, kind, lines);
    const note = expectsNothing(fixture.expect) ? 'expects nothing of any engine' : undefined;
    return [{ ...item, note }, ...others];
  });
  return items ?? failures;
}

function itemOf(file: string, name: string, kind: string, lines: readonly string[]): CheckedItem {
  return { file, name, ok: lines.length === 0, kind, message: lines.join('\n') };
}

/** What another engine made of a file; nothing where there was nothing to play. */
function itemOn({ id }: Revision, file: string, name: string, lines: readonly string[] | null): CheckedItem[] {
  return lines === null ? [] : [itemOf(file, name, id, lines)];
}

/** Is there no value at all in the expectations? */
function expectsNothing(expected: unknown): boolean {
  return typeof expected === 'object' && expected !== null && Object.values(expected).every(expectsNothing);
}

/**
 * A regression must keep failing on a revision that it names, and the reference must not have it. With a planted bug it
 * must show something that the revision without it does not.
 */
function regressionProblems(fixture: Fixture, allowlist: Allowlist): string[] {
  const legacy = revisionNamed('v6.1', 'legacy') as Revision;
  const named = Object.keys(fixture.expect ?? {}).flatMap((id) => revisionNamed(id, 'batched') ?? []);
  const silent = named
    .filter(({ base }) => base !== undefined)
    .filter((batched) => {
      const without = signsOf(fixture.case, legacy, plainRevision(batched), allowlist);
      return [...signsOf(fixture.case, legacy, batched, allowlist)].every((sign) => without.has(sign));
    });
  if (silent.length > 0) return silent.map(({ id }) => `${id} shows nothing that it does not show without the bug`);
  const fails = named.filter((batched) => {
    if (batched.family !== 'batched' || batched.name === 'reference') return false;
    const run = new SingleRun(fixture.case, { legacy, batched, allowlist: EMPTY_ALLOWLIST }).run();
    return run.findings.length > 0 || run.broken.length > 0;
  });
  return fails.length > 0 ? [] : ['no revision that it names differs from legacy@v6.1 any more'];
}

/** An entry is right if it has not expired and its witness still shows the difference, explained, and nothing else. */
function checkEntry(entry: AllowEntry, allowlist: Allowlist, options: CheckOptions): CheckedItem[] {
  const { root, today, engines = {} } = options;
  const problems: string[] = [];
  if (expiredEntries([entry], today).length > 0) problems.push(`expired on ${entry.expires}`);
  const failures: CheckedItem[] = [];
  const folder = rootOfWitness(entry, allowlist, root);
  const fixture = attempt(failures, entry.file, 'witness', () =>
    readFixture(witnessPath(entry, folder), { root: folder }),
  );
  if (fixture === undefined) problems.push(`witness: ${failures[0].message}`);
  else problems.push(...witnessProblems(entry, allowlist, fixture));
  const others = fixture === undefined ? [] : witnessOn(entry, allowlist, fixture, engines);
  return [itemOf(entry.file, entry.id, 'witness', problems), ...others];
}

/** The witness on other engines, each against the other one, or against the revision that the entry names first. */
function witnessOn(entry: AllowEntry, allowlist: Allowlist, fixture: Fixture, engines: OtherEngines): CheckedItem[] {
  const other = engines.batched ?? engines.legacy;
  const legacy = engines.legacy ?? firstRevision(entry.engines.legacy, 'legacy');
  const batched = engines.batched ?? firstRevision(entry.engines.batched, 'batched');
  if (other === undefined || legacy === undefined || batched === undefined) return [];
  return itemOn(other, entry.file, entry.id, checkWitnessOn(entry, fixture, legacy, batched, allowlist));
}

function witnessProblems(entry: AllowEntry, allowlist: Allowlist, fixture: Fixture): string[] {
  const legacy = firstRevision(entry.engines.legacy, 'legacy');
  const batched = firstRevision(entry.engines.batched, 'batched');
  if (legacy === undefined || batched === undefined) return ['names an engine that does not exist'];
  const { findings } = new SingleRun(fixture.case, { legacy, batched, allowlist }).run();
  const pair = `${legacy.id} against ${batched.id}`;
  const shown = findings.some((finding) => finding.entry?.id === entry.id);
  return [
    ...(shown ? [] : [`stale: the witness ${entry.witness} no longer shows the difference (${pair})`]),
    ...(findings.some((finding) => finding.entry === null)
      ? [`the witness ${entry.witness} shows a difference that nothing explains (${pair})`]
      : []),
  ];
}

function firstRevision(names: readonly string[], family: 'legacy' | 'batched'): Revision | undefined {
  const [name] = names;
  if (name === '*') return revisionNamed(family === 'legacy' ? 'v6.1' : 'reference', family);
  return revisionNamed(name, family);
}
