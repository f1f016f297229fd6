/** Checking what is stored: fixtures, regressions, allowlist entries with their witnesses, expiry. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type CheckResult, check } from '../../src/campaign/check.js';
import { InputError } from '../../src/cases/files.js';
import { temporaryFolder } from '../folders.js';
import { FIXTURES } from '../support.js';

const TODAY = '2026-01-15';
const WITNESS = 'young-run-uniform';
let dir: string;
let number = 0;
beforeAll(() => {
  const made = temporaryFolder();
  dir = made.path;
  return made.remove;
});

/** A fixtures folder with one fixture and the entry that it witnesses. */
function folder(): string {
  const root = join(dir, String(number++));
  for (const part of ['cases', 'allow']) {
    mkdirSync(join(root, part), { recursive: true });
    cpSync(join(FIXTURES, part, `${WITNESS}.yaml`), join(root, part, `${WITNESS}.yaml`));
  }
  return root;
}

function edit(file: string, change: (text: string) => string): void {
  writeFileSync(file, change(readFileSync(file, 'utf8')));
}

const run = (root: string, paths: string[] = []): CheckResult => check(paths, { root, today: TODAY });
const problems = ({ results }: CheckResult): string[] => results.filter(({ ok }) => !ok).map(({ message }) => message);

describe('the repository', () => {
  it('passes', () => {
    const result = check([], { root: FIXTURES });
    expect(problems(result)).toEqual([]);
    expect(result.failed).toBe(0);
    expect(new Set(result.results.map(({ kind }) => kind))).toEqual(
      new Set(
        result.results.some(({ kind }) => kind === 'regression')
          ? ['fixture', 'witness', 'regression']
          : ['fixture', 'witness'],
      ),
    );
  });
});

describe('a fixtures folder', () => {
  it('passes with one fixture and its entry', () => {
    expect(run(folder())).toMatchObject({ passed: 2, failed: 0 });
  });

  it('cannot be named where it holds nothing, or leads nowhere', () => {
    const empty = join(dir, 'empty');
    const loop = join(dir, 'loop.yaml');
    mkdirSync(empty);
    symlinkSync(loop, loop);
    expect(() => run(folder(), [empty])).toThrow(/no \.yaml file/);
    expect(() => run(folder(), [loop])).toThrow(/cannot be read: too many symbolic links/);
  });

  it('may be empty', () => {
    expect(run(join(dir, 'nothing')).results.filter(({ kind }) => kind !== 'allowlist')).toEqual([]);
  });

  it('fails where a fixture expects something else, with the position', () => {
    const root = folder();
    edit(join(root, 'cases', `${WITNESS}.yaml`), (text) => text.replace(/row: "[oy]+"/, 'row: "m"'));
    const [message] = problems(run(root));
    expect(message).toMatch(/young-run-uniform\.yaml:\d+:\d+: \S+ \S+: expected/);
  });

  it('fails where a file is not readable as a fixture', () => {
    const root = folder();
    writeFileSync(join(root, 'cases', 'broken.yaml'), 'title: [');
    const result = run(root);
    expect(result).toMatchObject({ passed: 2, failed: 1 });
    expect(problems(result)[0]).toMatch(/broken\.yaml/);
  });

  it('fails where an entry cannot be loaded', () => {
    const root = folder();
    edit(join(root, 'allow', `${WITNESS}.yaml`), (text) => text.replace(/field: young/, 'field: yuong'));
    expect(problems(run(root)).join()).toMatch(/unknown field yuong/);
  });
});

describe('a fixture that expects nothing', () => {
  it.each([
    '',
    'expect: {}\n',
    'expect: { legacy@v6.1: { afterFault: { fields: {} } } }\n',
  ])('says so (%j)', (expect_) => {
    const root = folder();
    const file = join(root, 'cases', `${WITNESS}.yaml`);
    edit(file, (text) => text.replace(/^expect:[\s\S]*/m, expect_));
    const result = run(root, [file]);
    expect(result).toMatchObject({ failed: 0, results: [{ note: 'expects nothing of any engine' }] });
  });

  it('is told from one that does', () => {
    const root = folder();
    expect(run(root, [join(root, 'cases')]).results.map(({ note }) => note)).toEqual([undefined]);
  });
});

describe('an allowlist elsewhere', () => {
  /** A folder of entries that is nobody's fixtures. */
  function elsewhere(name: string): string {
    const other = mkdtempSync(join(dir, 'other-'));
    mkdirSync(join(other, name, 'deep'), { recursive: true });
    const text = readFileSync(join(folder(), 'allow', `${WITNESS}.yaml`), 'utf8');
    writeFileSync(join(other, name, 'deep', `${WITNESS}.yaml`), text);
    return join(other, name);
  }

  it.each([
    ['the folder', ''],
    ['a folder in it', 'deep'],
    ['the file', join('deep', `${WITNESS}.yaml`)],
  ])('is checked by %s, with the witnesses of the fixtures', (_what, path) => {
    const result = run(folder(), [join(elsewhere('allow'), path)]);
    expect(result.results).toMatchObject([{ kind: 'witness', name: WITNESS, ok: true }]);
  });

  it('may have any name', () => {
    expect(run(folder(), [elsewhere('mine')]).results).toMatchObject([{ kind: 'witness', ok: true }]);
  });

  it('has witnesses beside it if they are there', () => {
    const list = elsewhere('allow');
    cpSync(join(folder(), 'cases'), join(list, '..', 'cases'), { recursive: true });
    edit(join(list, '..', 'cases', `${WITNESS}.yaml`), (text) => text.replace(/^title: .*/m, 'tilte: x'));
    expect(problems(run(folder(), [list]))[0]).toMatch(/did you mean "title"/);
  });

  it('fails where an entry of it cannot be loaded', () => {
    const list = elsewhere('allow');
    edit(join(list, 'deep', `${WITNESS}.yaml`), (text) => text.replace(/field: young/, 'field: yuong'));
    expect(problems(run(folder(), [list]))).toMatchObject([expect.stringMatching(/unknown field yuong/)]);
  });
});

describe('an entry', () => {
  const entry = (root: string): string => join(root, 'allow', `${WITNESS}.yaml`);

  it('is stale after its day', () => {
    const root = folder();
    edit(entry(root), (text) => `${text}expires: 2026-01-14\n`);
    expect(problems(run(root))).toEqual(['expired on 2026-01-14']);
  });

  it('is stale where its witness no longer shows the difference', () => {
    const root = folder();
    edit(entry(root), (text) => text.replace(/when: .*/, 'when: path == "pmd" && faultPage'));
    const [message] = problems(run(root));
    expect(message).toMatch(/^stale: the witness cases\/young-run-uniform\.yaml no longer shows the difference/);
    expect(message).toMatch(/shows a difference that nothing explains \(legacy@v6\.1 against batched@reference\)/);
  });

  it('fails where its witness lies outside of the fixtures', () => {
    const root = folder();
    writeFileSync(join(dir, 'elsewhere.yaml'), readFileSync(join(root, 'cases', `${WITNESS}.yaml`)));
    edit(join(root, 'allow', `${WITNESS}.yaml`), (text) =>
      text.replace(/^witness: .*$/m, 'witness: ../elsewhere.yaml'),
    );
    expect(problems(run(root))[0]).toMatch(/^witness: .*expected a path inside/);
  });

  it('fails where its witness is missing', () => {
    const root = folder();
    rmSync(join(root, 'cases', `${WITNESS}.yaml`));
    expect(problems(run(root))[0]).toMatch(/^witness: .*no such file/);
  });

  it('fails where it names an engine that does not exist', () => {
    const root = folder();
    edit(entry(root), (text) => text.replace(/batched: .*/, 'batched: [v9.9]'));
    expect(problems(run(root))).toEqual(['names an engine that does not exist']);
  });

  it('for any engine is checked with the default pair', () => {
    const root = folder();
    edit(entry(root), (text) =>
      text.replace(/legacy: \[.*/, 'legacy: ["*"]').replace(/batched: \[.*/, 'batched: ["*"]'),
    );
    expect(problems(run(root))).toEqual([]);
  });
});

describe('a regression', () => {
  const TEXT = `title: t
case:
  arch: arm64
  span: 4
  faultAroundPages: 1
  vma: { start: 0, pages: 4 }
  file: { size: 16384 }
  folios: [{ at: 0, order: 2 }]
  steps: [{ read: 1 }]
expect:
`;
  function withRegression(expectation: string): string {
    const root = folder();
    mkdirSync(join(root, 'regressions'));
    writeFileSync(join(root, 'regressions', 'inverted.yaml'), TEXT + expectation);
    return root;
  }

  it('keeps failing on the revision that has it', () => {
    const { results } = run(withRegression('  batched@v6.6: { afterFault: { row: ".o" } }\n'));
    expect(results.find(({ kind }) => kind === 'regression')).toMatchObject({ ok: true, message: '' });
  });

  it('is none where no revision that it names differs', () => {
    const root = withRegression('  batched@reference: { faults: [1] }\n  legacy@v6.1: { faults: [1] }\n');
    expect(problems(run(root))).toEqual(['no revision that it names differs from legacy@v6.1 any more']);
  });
});

describe('a regression with a planted bug', () => {
  function withWitness(change: (text: string) => string): CheckResult {
    const root = folder();
    mkdirSync(join(root, 'regressions'));
    const text = readFileSync(join(FIXTURES, 'regressions', 'm9-last-run-without-references.yaml'), 'utf8');
    writeFileSync(join(root, 'regressions', 'm9.yaml'), change(text));
    return run(root);
  }

  it('holds while the bug shows', () => {
    expect(problems(withWitness((text) => text))).toEqual([]);
  });

  it('fails where the bug shows nothing', () => {
    const small = (text: string): string => text.replace('order: 2', 'order: 0').replaceAll(/expect:[\s\S]*/g, '');
    const expectation = 'expect:\n  batched@reference+M9: { faults: [1] }\n';
    expect(problems(withWitness((text) => small(text) + expectation))).toEqual([
      'batched@reference+M9 shows nothing that it does not show without the bug',
    ]);
  });

  it('names the engine by its one id', () => {
    const twisted = withWitness((text) => text.replace('reference+M9', 'reference+M9+M1'));
    expect(problems(twisted).join()).toContain('did you mean "batched@reference+M1+M9"?');
    const unknown = withWitness((text) => text.replace('reference+M9', 'reference+M99'));
    expect(problems(unknown).join()).toContain('no planted bug is called "M99", did you mean "batched@reference+M9"?');
  });
});

describe('paths', () => {
  it('name files, folders and entries', () => {
    const root = folder();
    const kinds = (paths: string[]) => run(root, paths).results.map(({ kind }) => kind);
    expect(kinds([join(root, 'cases')])).toEqual(['fixture']);
    expect(kinds([join(root, 'allow', `${WITNESS}.yaml`)])).toEqual(['witness']);
    expect(kinds([root])).toHaveLength(2);
  });

  it('that do not exist are missing input', () => {
    const missing = (): CheckResult => run(folder(), [join(dir, 'no', 'such')]);
    expect(missing).toThrow(InputError);
    expect(missing).toThrow('no such file or folder');
  });
});
