/** `ptediff patch` from a series to its answer, on a toy kernel. Real ones are in patch_trees.spec.ts. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { main } from '../../src/cli/main.js';
import { PACKAGE_ROOT } from '../../src/cli/package.js';
import { PatchReportSchema } from '../../src/report/patch_model.js';
import { commit, folderOfEach, HAS_GIT, makeRepository, writeFiles } from '../kernel/samples.js';
import { bodyOf, diffOf, mailOf, mboxOf } from '../kernel/series/mails.js';
import { addToy, MEMORY, TOY, ToyToolchain, toyModules } from '../kernel/toy_kernel.js';
import { type FakeIo, fakeIo } from './fakes.js';

/** The threads run the built package. */
vi.mock('../../src/campaign/worker_file.js', () => ({
  WORKER_FILE: new URL('../../dist/campaign/worker.js', import.meta.url),
}));

const folder = folderOfEach();
let toolchain: ToyToolchain;
beforeEach(() => {
  toolchain = new ToyToolchain();
  writeFiles(join(folder.path, 'tree'), TOY);
});

const PATH = 'mm/memory.c';
const patchOf = (from: string, to: string): string => diffOf(from, to, PATH);
const changed = (...edits: readonly [string, string][]): string =>
  edits.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`no ${from}`);
    return text.replace(from, to);
  }, MEMORY);
/** Another number that a fault returns. */
const OTHER = changed(['ANSWER 2', 'ANSWER 1']);

interface Result {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function world(stdin?: string): FakeIo {
  const { PATH: path = '' } = process.env;
  const env = { PATH: path, PTEDIFF_CACHE: join(folder.path, 'cache') };
  return fakeIo({ env, cwd: folder.path, ...(stdin === undefined ? {} : { stdin }) });
}

async function runIn(io: FakeIo, argv: readonly string[]): Promise<Result> {
  const code = await main(['patch', '--faults', '600', '--span', '8', ...argv], io, toyModules(toolchain));
  return { code, out: io.out(), err: io.err() };
}

/** @param patch comes in on standard input */
const patch = (text: string, ...argv: string[]): Promise<Result> =>
  runIn(world(text), ['-', '--base', 'tree', ...argv]);

async function reportOf(text: string, ...argv: string[]) {
  const { code, out, err } = await patch(text, '--format', 'json', ...argv);
  if (out === '') throw new Error(err);
  return { code, ...PatchReportSchema.parse(JSON.parse(out)) };
}

/** A series of trees, each with the subject of its patch. */
function mboxOfTrees(...texts: readonly string[]): string {
  const mails = texts.map((text, i) => {
    const subject = `[PATCH ${i + 1}/${texts.length}] mm: step ${i + 1}`;
    return mailOf({ subject, body: bodyOf(patchOf(texts[i - 1] ?? MEMORY, text)) });
  });
  return mboxOf(...mails);
}

describe('a patch that changes nothing that a fault does', () => {
  it('passes where every changed line ran', async () => {
    const { code, out } = await patch(patchOf(MEMORY, changed(['return ret;', 'return ret + 0;'])));
    expect(code).toBe(0);
    expect(out).toContain('1 changed line ran, 0 did not');
    expect(out).toMatch(/\nverdict: agree, no difference, and every changed line ran\n$/);
  });

  it('is not even compiled where only comments and white space change', async () => {
    const text = changed(['/* see who asks */', '/* see who asks,\n\t * and why */'], ['int ret = ', 'int  ret  =  ']);
    const { code, out } = await patch(patchOf(MEMORY, text));
    expect(code).toBe(0);
    expect(toolchain.compiled).toHaveLength(1);
    expect(out).toContain('the code that is run stays the same: nothing to compare');
    expect(out).toMatch(/\nverdict: agree, no code that is run is changed\n$/);
  });

  it('may change documentation, includes and declarations of what is compiled', async () => {
    const header = { path: 'include/linux/mm.h', text: TOY['include/linux/mm.h'] ?? '' };
    const diff = [
      patchOf(MEMORY, changed(['#include "mm.h"', '#include "mm.h"\n#include "internal.h"'])),
      diffOf(header.text, header.text.replace('flags', 'f'), header.path),
      'diff --git a/Documentation/mm/x.rst b/Documentation/mm/x.rst\nnew file mode 100644\n--- /dev/null\n+++ b/Documentation/mm/x.rst\n@@ -0,0 +1 @@\n+x\n',
    ].join('');
    const { code, patches } = await reportOf(diff);
    expect([code, patches[0]?.unseen]).toEqual([0, []]);
  });
});

describe('a patch that changes what a fault does', () => {
  it('is told with the smallest case, side by side, and how to replay it', async () => {
    const { code, out } = await patch(
      mailOf({ subject: '[PATCH] mm: other answer', body: bodyOf(patchOf(MEMORY, OTHER)) }),
    );
    expect(code).toBe(1);
    const lines = out.split('\n');
    expect(lines.filter((line) => line.length > 72)).toEqual([]);
    expect(out).toContain('kernel:9.8.7+0 and 1 patch on it');
    expect(out).toContain('Patch: mm: other answer\n');
    expect(out).toMatch(/Introduces \d+ class(es)? of difference\n\n1\. ret:SIGBUS>OOM:/);
    expect(out).toMatch(/base {5}\.+ {3}SIGBUS\n {3}patched {2}\.+ {3}OOM\n/);
    expect(out).toMatch(/ptediff replay g2\.x86-64\.8\.1\.\d+\S* --legacy kernel:9\.8\.7\+0/);
    expect(out).toMatch(/\nverdict: divergent, the patch changes what a fault does\n$/);
  });

  it('can be replayed by the names that the report has', async () => {
    const { patches } = await reportOf(patchOf(MEMORY, OTHER));
    const found = patches[0]?.introduces[0];
    const { legacy = '', batched = '' } = found?.engines ?? {};
    expect([legacy, batched]).toEqual(['kernel:9.8.7+0', 'kernel:9.8.7+1']);
    const io = world();
    const argv = ['replay', found?.class.first ?? '', '--legacy', legacy, '--batched', batched];
    expect(await main(argv, io, toyModules(toolchain))).toBe(1);
    expect(io.out()).toContain('kernel:9.8.7+0 against kernel:9.8.7+1');
  });

  it('counts for the changed macro that an engine is made with', async () => {
    const { patches } = await reportOf(patchOf(MEMORY, OTHER));
    expect(patches[0]).toMatchObject({ defined: 1, reached: 0, cold: [], unseen: [] });
  });

  it('leaves the verdict open where an engine dies', async () => {
    const { code, patches, verdict } = await reportOf(
      patchOf(MEMORY, changed(['int ret = ANSWER;', 'int ret = BUG();'])),
    );
    expect([code, verdict]).toEqual([2, 'undecided']);
    expect(patches[0]?.died[0]?.engine).toBe('kernel:9.8.7+1');
  });
});

describe('a patch in worker threads', () => {
  it('has the same answer for 1, 2 and 7 workers and for none', { timeout: 180_000 }, async () => {
    const text = patchOf(MEMORY, changed(['ANSWER 2', 'ANSWER 1'], ['cold(ret);', 'cold(ret + 1);']));
    const { timing, ...alone } = await reportOf(text, '--workers', '0');
    expect(alone.patches[0]).toMatchObject({ reached: 0, cold: [{ line: 23 }] });
    expect(alone.patches[0]?.introduces.length).toBeGreaterThan(0);
    for (const workers of ['1', '2', '7']) {
      expect({ ...(await reportOf(text, '--workers', workers)), timing }, workers).toEqual({ ...alone, timing });
    }
  });
});

describe('what was not looked at is never a pass', () => {
  it.each([
    ['lines that did not run', ['cold(ret);', 'cold(ret + 1);'], 'cold', { function: 'do_fault', line: 23 }],
    ['lines in a branch that is not compiled', ['later(ret);', 'later(1);'], 'unseen', { why: 'inactive' }],
    ['a function that no engine is made from', ['return a + 1;', 'return a;'], 'unseen', { name: 'helper' }],
    ['a function that the shim replaces', ['return 0;', 'return 1;'], 'unseen', { why: 'replaced', name: 'shimmed' }],
    ['a condition of the preprocessor', ['CONFIG_LATER', 'CONFIG_NOW'], 'unseen', { why: 'condition' }],
    ['a macro that nothing uses', ['#define ANSWER', '#define UNUSED 1\n#define ANSWER'], 'unseen', { name: 'UNUSED' }],
  ] as const)('%s', async (_what, [from, to], list, expected) => {
    const { code, patches, verdict } = await reportOf(patchOf(MEMORY, changed([from, to])));
    expect([code, verdict]).toEqual([2, 'undecided']);
    expect(patches[0]?.[list]).toEqual([expect.objectContaining({ file: PATH, ...expected })]);
  });

  it('another file, one that is deleted, and one that is no C', async () => {
    const other = TOY['mm/other.c'] ?? '';
    const makefile =
      'diff --git a/mm/Makefile b/mm/Makefile\nnew file mode 100644\n--- /dev/null\n+++ b/mm/Makefile\n@@ -0,0 +1 @@\n+x\n';
    const { code, patches } = await reportOf(diffOf(other, other.replace('1', '2'), 'mm/other.c') + makefile);
    expect(code).toBe(2);
    expect(patches[0]?.unseen).toEqual([
      { file: 'mm/other.c', line: 3, name: 'other', why: 'outside' },
      { file: 'mm/Makefile', line: null, name: null, why: 'file' },
    ]);
  });

  it('lines that are removed where nothing runs', async () => {
    const { code, patches } = await reportOf(patchOf(MEMORY, changed(['\t\tcold(flags);\n', ''])));
    expect(code).toBe(2);
    expect(patches[0]?.cold).toEqual([
      { file: PATH, line: 22, function: 'do_fault', removal: true, text: 'cold(flags);' },
    ]);
  });

  it('is listed in the text with file, line and the line of the patch', async () => {
    const text = changed(['cold(ret);', 'cold(ret + 1);'], ['return a + 1;', 'return a;']);
    const { code, out } = await patch(patchOf(MEMORY, text));
    expect(code).toBe(2);
    expect(out).toContain('Did not run: 1 changed line\n  mm/memory.c:23 in do_fault()\n    + cold(ret + 1);\n');
    expect(out).toContain(
      'Changed, and not looked at: 1\n  mm/memory.c:8 helper: not part of the fault path that is run\n',
    );
    expect(out).toMatch(/verdict: undecided, 1 changed line did not run, 1 change was not looked\nat\n$/);
  });

  it('comes after differences: they are the answer', async () => {
    const text = changed(['cold(ret);', 'cold(ret + 1);'], ['ANSWER 2', 'ANSWER 1']);
    expect((await patch(patchOf(MEMORY, text))).code).toBe(1);
  });
});

describe('a series', () => {
  it('that makes an engine die where a patch before made a difference is told, and leaves no class unlooked at', async () => {
    const dying = changed(['int ret = ANSWER;', 'int ret = BUG();']);
    const { code, patches } = await reportOf(mboxOfTrees(OTHER, dying));
    expect(code).toBe(1);
    expect(patches.map(({ introduces, deaths }) => [introduces.length > 0, deaths > 0])).toEqual([
      [true, false],
      [false, true],
    ]);
  });

  it('names what a patch introduces and a later one removes', async () => {
    const { code, patches, left } = await reportOf(mboxOfTrees(OTHER, changed(['return ret;', 'return ret + 0;'])));
    const [first, second] = patches;
    expect(code).toBe(1);
    expect(first?.introduces.map((found) => found.class.id)).toContain('ret:SIGBUS>OOM:');
    expect(second?.removes.map((found) => found.class.id)).toEqual(first?.introduces.map((found) => found.class.id));
    expect([second?.introduces, second?.changes, left]).toEqual([[], [], []]);
  });

  it('says in the text which patch what is gone came with, and that nothing is left', async () => {
    const { out } = await patch(mboxOfTrees(OTHER, changed(['return ret;', 'return ret + 0;'])));
    expect(out).toMatch(/Patch 2\/2: mm: step 2\n/);
    expect(out).toMatch(/Removes \d+ class(es)? of difference.*\n {2}ret:SIGBUS>OOM:around +of patch 1\n/);
    expect(out).toContain('The whole series\n  nothing differs from kernel:9.8.7+0\n');
    expect(out).toContain('verdict: divergent, patches 1 and 2 change what a fault does\n');
  });

  it('compares a patch that goes back to the base with the one before, so that its lines run', async () => {
    const { patches } = await reportOf(mboxOfTrees(changed(['return ret;', 'return ret + 0;']), MEMORY));
    expect(patches.map(({ reached, cold, sameCode }) => [reached, cold.length, sameCode])).toEqual([
      [1, 0, false],
      [1, 0, false],
    ]);
  });

  it('is not compiled a second time', async () => {
    const series = mboxOfTrees(OTHER, changed(['return ret;', 'return ret + 0;']));
    const { patches, timing: _, ...first } = await reportOf(series);
    expect(toolchain.compiled).toHaveLength(3);
    toolchain = new ToyToolchain();
    const { patches: again, timing: __, ...second } = await reportOf(series);
    expect([again, second, toolchain.compiled]).toEqual([patches, first, []]);
  });

  /** The toy with a setter that has a loop, and is called for runs. */
  const SETTER = 'int set_pte_range(int nr)\n{\n\twhile (nr > 9)\n\t\tnr--;\n\treturn nr;\n}\n\n';
  const CALLER = 'int filemap_map_pages(int nr)\n{\n\treturn set_pte_range(vmf, folio, page, nr, addr);\n}\n\n';
  const RUNS = changed(
    ['int do_fault(', `${SETTER}${CALLER}int do_fault(`],
    ['return ret;', 'return filemap_map_pages(ret);'],
  );

  it('that leaves the family of the base is judged by the allowlist, without races', async () => {
    const { code, out, err } = await patch(patchOf(MEMORY, RUNS), '--format', 'json', '--faults', '4k');
    const { races, patches } = PatchReportSchema.parse(JSON.parse(out));
    expect([code, races]).toEqual([1, false]);
    // The toy does nothing at all: what the allowlist promises of such a pair does not show.
    expect(patches[0]?.introduces.map((found) => found.class.kind)).toContain('missing');
    expect(err).toMatch(/ptediff: kernel:9\.8\.7\+1: model: /);
  });

  it('that leaves it for no model is not held to what a model promises, and the report says so', async () => {
    const rmap = 'int page_add_file_rmap(int nr)\n{\n\treturn SetPageDoubleMap(nr);\n}\n\nint set_pte_range(';
    const text = RUNS.replace('int set_pte_range(', rmap).replace('nr--;', 'nr = page_add_file_rmap(nr);');
    const { patches, races } = await reportOf(patchOf(MEMORY, text), '--faults', '4k');
    expect(races).toBe(false);
    expect(patches).toMatchObject([{ introduces: [], deaths: 0 }]);
    expect(patches[0]?.notes).toEqual([
      expect.stringMatching(/^no model has the features of this tree: .*, the next one/),
    ]);
  });

  it('that has the name of the setter of runs for one of single pages stays in the family', async () => {
    const text = RUNS.replace('while (nr > 9)', 'if (nr > 9)');
    const { races, patches } = await reportOf(patchOf(MEMORY, text), '--faults', '4k');
    expect(races).toBe(true);
    expect(patches).toMatchObject([{ introduces: [], explained: [], notes: [] }]);
  });

  it('can be a reply that quotes a patch', async () => {
    const quoted = patchOf(MEMORY, OTHER).replaceAll(/^/gm, '> ');
    const { code, patches } = await reportOf(
      mailOf({ subject: 'Re: [PATCH] mm: x', body: `On Monday:\n${quoted}\nWhy?\n` }),
    );
    expect([code, patches[0]?.quoted]).toEqual([1, true]);
    expect(patches[0]?.notes).toContain('read from a mail that quotes it');
  });

  it.skipIf(!HAS_GIT)('can be the commits of a branch', async () => {
    const repository = join(folder.path, 'repository');
    makeRepository(repository, TOY);
    const start = commit(repository, { [PATH]: changed(['/* Toy. */', '/* A toy. */']) }, 'mm: word');
    commit(repository, { [PATH]: changed(['/* Toy. */', '/* A toy. */'], ['ANSWER 2', 'ANSWER 1']) }, 'mm: answer');
    const { code, out } = await runIn(world(), ['--tree', 'repository', `${start}..HEAD`, '--format', 'json']);
    const { patches, base } = PatchReportSchema.parse(JSON.parse(out));
    expect([code, patches.map(({ title }) => title)]).toEqual([1, ['[PATCH 1/1] mm: answer']]);
    expect(base.source).toBe(`Linux 9.8.7 of ${repository}@${start}`);
  });
});

describe('a base from the cache', () => {
  beforeEach(() => addToy(join(folder.path, 'cache'), join(folder.path, 'tree'), 'toy'));

  it.each(['toy', 'kernel:toy'])('is named %s and needs no tree', async (name) => {
    const io = world(patchOf(MEMORY, OTHER));
    const { code, out } = await runIn(io, ['-', '--base', name]);
    expect(code).toBe(1);
    expect(out).toContain('kernel:toy and 1 patch on it');
    // The base was compiled when it was added.
    expect(toolchain.compiled).toEqual(['x86-64']);
  });

  it('says so where it was compiled by another ptediff', async () => {
    const extract = toolchain.extract.bind(toolchain);
    toolchain.extract = async (...args) => {
      const source = await extract(...args);
      return { ...source, files: { ...source.files, 'new.h': '' } };
    };
    const { code, err } = await runIn(world(patchOf(MEMORY, OTHER)), ['-', '--base', 'toy']);
    expect(code).toBe(66);
    expect(err).toContain(
      'ptediff: kernel:toy: was compiled by another ptediff than this one (Add the kernel again with ptediff kernel add.)',
    );
  });

  it('goes with the kernel when that is removed', async () => {
    await runIn(world(patchOf(MEMORY, OTHER)), ['-', '--base', 'toy']);
    const io = world();
    expect(await main(['kernel', 'remove', 'toy'], io, toyModules(toolchain))).toBe(0);
    const replay = ['replay', 'g2.x86-64.8.1.0', '--batched', 'kernel:toy+1'];
    expect(await main(replay, world(), toyModules(toolchain))).toBe(66);
  });
});

describe('an input that is none', () => {
  const wrong = patchOf(MEMORY.replace('ANSWER 2', 'ANSWER 7'), MEMORY.replace('ANSWER 2', 'ANSWER 8'));

  it.each([
    ['a file that is not there', ['none.patch', '--base', 'tree'], 66, /none\.patch: cannot be read: no such file/],
    ['no patch', ['words.txt', '--base', 'tree'], 3, /words\.txt: expected a patch, found no diff/],
    ['no base', ['words.txt'], 64, /say with --base what the series lies on/],
    ['two bases', ['x..y', '--base', 'tree', '--tree', 'tree'], 64, /give one of them/],
    ['a revision without a base', ['x..y', '--tree', 'tree', '--rev', 'v1'], 64, /--rev is for --base/],
    ['two ranges', ['x..y', 'y..z', '--tree', 'tree'], 64, /expected one range/],
    ['standard input twice', ['-', '-', '--base', 'tree'], 64, /standard input can be given once/],
    ['a base that is nothing', ['one.patch', '--base', '6.12'], 66, /expected a kernel of the cache or a kernel tree/],
    ['an architecture without files', ['one.patch', '--base', 'tree', '--arch', 'arm64'], 64, /not compiled for arm64/],
  ])('%s', async (_what, argv, code, message) => {
    writeFileSync(join(folder.path, 'words.txt'), 'words\n');
    writeFileSync(join(folder.path, 'one.patch'), patchOf(MEMORY, OTHER));
    const result = await runIn(world(), argv);
    expect([result.code, result.out]).toEqual([code, '']);
    expect(result.err.trimEnd().split('\n').at(-1)).toMatch(message);
  });

  it('a patch that does not apply, whose hunks are listed with the nearest place', async () => {
    const { code, out, err } = await patch(mailOf({ subject: '[PATCH] mm: x', body: bodyOf(wrong) }));
    expect(code).toBe(3);
    expect(out).toMatch(
      /^\[PATCH\] mm: x\n\nmm\/memory\.c, 1 hunk\n {2}1\. @@ .* @@ does not apply:\n {5}it matches best at line 1,/,
    );
    expect(err).toContain('does not apply: hunk 1 of mm/memory.c');
  });

  it('a patch that does not compile', async () => {
    const { code, err } = await patch(patchOf(MEMORY, changed(['return ret;', 'return ret; // #error\n#error'])));
    expect(code).toBe(3);
    expect(err).toContain(
      'ptediff: kernel:9.8.7+1: does not compile: mm/memory.c:18:1: error: no (A C header with what the tree needs more ',
    );
  });

  it.each([
    ['what is undecided', changed(['cold(ret);', 'cold(1);']), 125],
    ['what agrees', changed(['return ret;', 'return ret + 0;']), 0],
    ['what differs', OTHER, 1],
  ])('git bisect is told of %s', async (_what, text, code) => {
    expect((await patch(patchOf(MEMORY, text), '--bisect-exit')).code).toBe(code);
  });

  it('git bisect skips what cannot be tested', async () => {
    const { code, err } = await patch(wrong, '--bisect-exit');
    expect(code).toBe(125);
    expect(err).toContain('does not apply');
  });
});

it('names allowlist entries for the trees whose day has passed; the code is 3 unless something worse applies', async () => {
  const name = 'young-run-uniform.yaml';
  const entry = readFileSync(join(PACKAGE_ROOT, 'fixtures/allow', name), 'utf8');
  // The features of the toy are those of 6.1, before the patch and behind it.
  const text = entry.replace(/^ {2}batched: .*$/m, '  batched: [v6.1]').concat('expires: 2020-01-01\n');
  writeFiles(join(folder.path, 'fixtures'), { [`allow/${name}`]: text });
  const agreeing = patchOf(MEMORY, changed(['return ret;', 'return ret + 0;']));
  const { code, out } = await patch(agreeing);
  expect(out).toContain('\nExpired allowlist entries (their day has passed)\n  young-run-uniform\n');
  expect(out).toMatch(/\nverdict: agree, [^,]*, and every changed line ran, 1 allowlist\s+entry is stale\n$/);
  expect(code).toBe(3);
  expect(await reportOf(agreeing)).toMatchObject({ code: 3, expiredEntries: ['young-run-uniform'] });
  expect(await reportOf(patchOf(MEMORY, OTHER))).toMatchObject({ code: 1, expiredEntries: ['young-run-uniform'] });
});

describe('Ctrl-C', () => {
  it('ends while trees are compiled, before anything was compared', async () => {
    const io = world(mboxOfTrees(OTHER, changed(['ANSWER 2', 'ANSWER 4'])));
    toolchain.onCompile = () => io.interrupt();
    const { code, out, err } = await runIn(io, ['-', '--base', 'tree']);
    expect([code, out]).toEqual([130, '']);
    expect(err).toContain('stopped before anything was compared');
  });

  it('leaves an answer for what was compared', async () => {
    const io = world(patchOf(MEMORY, OTHER));
    toolchain.onCompile = () => {
      if (toolchain.compiled.length === 1) io.interrupt();
    };
    const { code, out } = await runIn(io, ['-', '--base', 'tree']);
    expect(code).toBe(130);
    expect(out).toContain('not compared: the run was stopped before');
    expect(out).toMatch(/verdict: undecided, not everything was compared \(partial: interrupted\)\n$/);
  });
});

it('writes the report to a file, and the verdict to the terminal', async () => {
  const { code, out, err } = await patch(patchOf(MEMORY, OTHER), '--out', 'report.txt');
  expect([code, out]).toEqual([1, '']);
  expect(err).toContain('ptediff: verdict: divergent, the patch changes what a fault does\n');
});
