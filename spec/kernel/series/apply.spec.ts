/** A series becomes one tree for each patch; what does not fit is said with file, hunk and the nearest place. */
import { describe, expect, it } from 'vitest';
import { ApplyError, applySeries } from '../../../src/kernel/series/apply.js';
import { whyNot } from '../../../src/kernel/series/nearest.js';
import { changedRanges } from '../../../src/kernel/series/ranges.js';
import { memoryTree } from '../../../src/kernel/trees/memory.js';
import { anyOf } from '../../../src/kernel/trees/tree.js';
import { type Files, MAKEFILE } from '../samples.js';
import { AFTER, BEFORE, DIFF, diffOf, PATH, read } from './mails.js';

const treeOf = (files: Files, wanted = () => true) =>
  memoryTree({ name: 'linux', files: new Map(Object.entries({ Makefile: MAKEFILE, ...files })), wanted });
const base = treeOf({ [PATH]: BEFORE });

async function apply(tree: ReturnType<typeof treeOf>, ...diffs: string[]) {
  return applySeries(tree, await read(...diffs.map((text, index) => ({ name: `${index}.diff`, text }))));
}

async function failing(tree: ReturnType<typeof treeOf>, ...diffs: string[]): Promise<ApplyError> {
  try {
    await apply(tree, ...diffs);
  } catch (error) {
    if (error instanceof ApplyError) return error;
    throw error;
  }
  throw new Error('it did apply');
}

const gitHeader = (from: string, to: string, ...lines: string[]) =>
  `${[`diff --git a/${from} b/${to}`, ...lines].join('\n')}\n`;

describe('a series', () => {
  it('gives a tree for each patch, and leaves the base alone', async () => {
    const second = AFTER.replace('counter = 0;\n', 'counter = 1;\n');
    const applied = await apply(base, DIFF, diffOf(AFTER, second));
    expect(await Promise.all(applied.map(({ tree }) => tree.read(PATH)))).toEqual([AFTER, second]);
    expect(await base.read(PATH)).toBe(BEFORE);
    expect(applied.map(({ tree }) => [tree.name, tree.version])).toEqual([
      ...[
        ['linux+1', '9.8.7'],
        ['linux+2', '9.8.7'],
      ],
    ]);
    expect(await applied[1]?.tree.read('Makefile')).toBe(MAKEFILE);
    expect(await applied[1]?.tree.read('mm/none.c')).toBeNull();
    await expect(applied[1]?.tree.read('../x')).rejects.toThrow('expected a path inside the tree');
    await applied[1]?.tree.close();
  });

  it('tells which lines each patch changed', async () => {
    const second = AFTER.replace('\tcounter += step;\n', '').replace('void', '/* one */\n/* two */\nvoid');
    const applied = await apply(treeOf({ [PATH]: BEFORE }), DIFF, diffOf(AFTER, second));
    expect(applied.map(({ changes }) => changes.map(({ path, ranges }) => [path, ranges]))).toEqual([
      [[PATH, [{ start: 7, count: 1, removed: 1 }]]],
      [
        [
          PATH,
          [
            { start: 10, count: 0, removed: 1 },
            { start: 13, count: 2, removed: 0 },
          ],
        ],
      ],
    ]);
  });

  it('finds its place when lines have moved', async () => {
    const moved = treeOf({ [PATH]: `/* a */\n/* b */\n${BEFORE}` });
    const [applied] = await apply(moved, DIFF);
    expect(applied?.changes[0]?.ranges).toEqual([{ start: 9, count: 1, removed: 1 }]);
    expect(await applied?.tree.read(PATH)).toBe(`/* a */\n/* b */\n${AFTER}`);
  });

  it('creates, deletes, renames and copies files', async () => {
    const tree = treeOf({ [PATH]: BEFORE, 'mm/old.c': 'a\nb\n', 'mm/gone.c': 'gone\n', 'mm/empty.c': '' });
    const patch = [
      gitHeader(
        'mm/new.c',
        'mm/new.c',
        'new file mode 100644',
        '--- /dev/null',
        '+++ b/mm/new.c',
        '@@ -0,0 +1,2 @@',
        '+x',
        '+y',
      ),
      gitHeader(
        'mm/gone.c',
        'mm/gone.c',
        'deleted file mode 100644',
        '--- a/mm/gone.c',
        '+++ /dev/null',
        '@@ -1 +0,0 @@',
        '-gone',
      ),
      gitHeader('mm/empty.c', 'mm/empty.c', 'deleted file mode 100644', 'index e69de29..0000000'),
      gitHeader(
        'mm/old.c',
        'mm/name.c',
        'similarity index 50%',
        'rename from mm/old.c',
        'rename to mm/name.c',
        '--- a/mm/old.c',
        '+++ b/mm/name.c',
        '@@ -1,2 +1,2 @@',
        ' a',
        '-b',
        '+c',
      ),
      gitHeader(PATH, 'mm/copy.c', 'similarity index 100%', `copy from ${PATH}`, 'copy to mm/copy.c'),
      gitHeader(PATH, PATH, 'old mode 100644', 'new mode 100755'),
    ].join('');
    const [applied] = await apply(tree, patch);
    const paths = ['mm/new.c', 'mm/gone.c', 'mm/empty.c', 'mm/old.c', 'mm/name.c', 'mm/copy.c', PATH];
    expect(await Promise.all(paths.map((path) => applied?.tree.read(path)))).toEqual([
      ...['x\ny\n', null, null, null, 'a\nc\n', BEFORE, BEFORE],
    ]);
    expect(applied?.changes.map(({ kind, path, oldPath, ranges }) => [kind, path, oldPath, ranges.length])).toEqual([
      ['create', 'mm/new.c', 'mm/new.c', 1],
      ['delete', 'mm/gone.c', 'mm/gone.c', 0],
      ['delete', 'mm/empty.c', 'mm/empty.c', 0],
      ['rename', 'mm/name.c', 'mm/old.c', 1],
      ['copy', 'mm/copy.c', PATH, 0],
      ['change', PATH, PATH, 0],
    ]);
    expect(applied?.tree.covers('mm/new.c')).toBe(true);
  });

  it('may change a file twice in one patch', async () => {
    const [applied] = await apply(base, DIFF + diffOf(AFTER, `/* new */\n${AFTER}`));
    expect(await applied?.tree.read(PATH)).toBe(`/* new */\n${AFTER}`);
    const ranges = [
      { start: 1, count: 1, removed: 0 },
      { start: 8, count: 1, removed: 1 },
    ];
    expect(applied?.changes.map((change) => change.ranges)).toEqual([ranges, ranges]);
  });

  it('keeps the missing newline at the end of a file', async () => {
    const tree = treeOf({ 'mm/x.c': 'a\nb' });
    const hunk = '@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+c\n\\ No newline at end of file\n';
    const [applied] = await apply(tree, `--- a/mm/x.c\n+++ b/mm/x.c\n${hunk}`);
    expect(await applied?.tree.read('mm/x.c')).toBe('a\nc');
  });

  it('says what it skips: what the tree does not cover, and binary content', async () => {
    const partly = memoryTree({
      name: 'part',
      files: new Map([
        ['Makefile', MAKEFILE],
        [PATH, BEFORE],
      ]),
      wanted: anyOf(['mm']),
    });
    const binary = gitHeader('mm/x.bin', 'mm/x.bin', 'index 1..2', 'Binary files a/mm/x.bin and b/mm/x.bin differ');
    const [applied] = await apply(partly, DIFF + diffOf('a\n', 'b\n', 'Documentation/mm.rst') + binary);
    expect(applied?.changes.map(({ path, skipped, ranges }) => [path, skipped, ranges.length])).toEqual([
      ...[
        [PATH, undefined, 1],
        ['Documentation/mm.rst', 'not covered', 0],
        ['mm/x.bin', 'no text', 0],
      ],
    ]);
  });
});

describe('a patch that does not apply', () => {
  it('is refused with file, hunk, the nearest place and the first difference there', async () => {
    const other = treeOf({ [PATH]: `\n\n${BEFORE.replace('counter += step', 'counter -= step')}` });
    const error = await failing(other, DIFF);
    expect(error.message).toBe(
      '0.diff:5: "0.diff" does not apply: hunk 1 of mm/counter.c (@@ -4,7 +4,7 @@): it matches best at line 6, with 6 of its 7 lines; ' +
        'at line 12: expected "counter += step;", found "counter -= step;"',
    );
    expect(error).toMatchObject({ exitCode: 3, line: 5, failures: [{ path: PATH, number: 1 }] });
  });

  it('has all its failures listed, of all its files', async () => {
    const hunks = (text: string) =>
      text.replace('static int', 'static long').replace('counter = 0;\n', 'counter = 9;\n');
    const wide = BEFORE.replace('int counter_next', `${'/* far */\n'.repeat(20)}int counter_next`);
    const tree = treeOf({ [PATH]: wide.replace('static int', 'static char'), 'mm/two.c': 'x\n' });
    const error = await failing(tree, diffOf(wide, hunks(wide)) + diffOf('a\n', 'b\n', 'mm/two.c'));
    expect(error.failures.map(({ path, number }) => [path, number])).toEqual([
      [PATH, 1],
      ['mm/two.c', 1],
    ]);
    expect(error.message).toContain('(and 1 more hunks do not apply)');
  });

  it('of thousands of hunks is refused in a short time', async () => {
    const text = Array.from({ length: 10_000 }, (_, at) => `line ${at}\n`).join('');
    const diff = diffOf(text, text.replaceAll(/^(line \d*5)$/gm, '$1 changed'));
    const begin = performance.now();
    const error = await failing(treeOf({ [PATH]: text.replaceAll('7', 'seven') }), diff);
    expect(error.failures).toHaveLength(20);
    expect(performance.now() - begin).toBeLessThan(10_000);
  });

  it('says when only the end of the file is another', async () => {
    const tree = treeOf({ 'mm/x.c': 'a\nb\n' });
    const hunk = '@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+c\n\\ No newline at end of file\n';
    const error = await failing(tree, `--- a/mm/x.c\n+++ b/mm/x.c\n${hunk}`);
    expect(error.message).toContain('with 2 of its 2 lines, but the file ends in another way');
  });

  it('is refused as a whole, with the number of the patch before it', async () => {
    const error = await failing(base, DIFF, DIFF);
    expect(error.message).toContain('1.diff:5: "1.diff" does not apply');
    expect(error.message).toContain('it seems to be in the file already');
  });

  it.each([
    ['a file that is not there', diffOf('a\n', 'b\n', 'mm/none.c'), 'mm/none.c is not in the tree'],
    [
      'a new file that is there',
      gitHeader(PATH, PATH, 'new file mode 100644', '--- /dev/null', `+++ b/${PATH}`, '@@ -0,0 +1 @@', '+x'),
      'mm/counter.c is to be created, and is in the tree already',
    ],
    [
      'a new name that is there',
      gitHeader(PATH, 'Makefile', 'similarity index 100%', `rename from ${PATH}`, 'rename to Makefile'),
      'mm/counter.c is to become Makefile, which is in the tree already',
    ],
    [
      'a deleted file that has more lines',
      gitHeader(
        PATH,
        PATH,
        'deleted file mode 100644',
        `--- a/${PATH}`,
        '+++ /dev/null',
        '@@ -1 +0,0 @@',
        '-#include "counter.h"',
      ),
      'mm/counter.c is to be deleted, and has more lines than the patch',
    ],
  ])('is refused: %s', async (_name, diff, message) => {
    expect((await failing(base, diff)).message).toContain(`"0.diff" does not apply: ${message}`);
  });

  it('names other white space as what it is', async () => {
    const error = await failing(base, DIFF.replaceAll('\t', '        '));
    expect(error.message).toContain('found "if (step < 0)", other white space');
  });

  it('shows nothing that moves the cursor', async () => {
    const error = await failing(treeOf({ [PATH]: BEFORE.replace('step < 0', 'step \u001b[2J< 0') }), DIFF);
    expect(error.message).toContain('found "if (step \\x1b[2J< 0)"');
  });
});

describe('whyNot', () => {
  const hunk = { header: '@@', line: 1, oldStart: 1, oldLines: 2, newStart: 1, newLines: 2, missing: 0 };

  it.each([
    ['x\ny\n', [' a', '-b', '+c'], 'none of its lines is in the file'],
    [
      'a',
      [' a', '-b', '+c'],
      'it matches best at line 1, with 1 of its 2 lines; at line 2: expected "b", found the end of the file',
    ],
    ['x\n', ['+c'], 'the file has lines already'],
    [
      'b\na\nb\n',
      [' a', '-b'],
      'it matches best at line 2, with 2 of its 2 lines, in another order than the other hunks',
    ],
    ['x\na\n', [' a'], 'it matches best at line 2, with 1 of its 1 lines, in another order than the other hunks'],
  ])('of %j and %j says why', (text, lines, expected) => {
    expect(whyNot(text, { ...hunk, lines }, false)).toBe(expected);
  });

  it('gives up on what would take too long', () => {
    const lines = Array.from({ length: 10_000 }, (_, at) => ` ${at}`);
    expect(whyNot('x\n'.repeat(10_000), { ...hunk, lines }, false)).toContain('too large to look for');
  });
});

describe('changedRanges', () => {
  it.each([
    ['a\nb\n', 'a\nb\n', []],
    ['', 'a\nb\n', [{ start: 1, count: 2, removed: 0 }]],
    ['a\nb\nc\n', 'b\nc\n', [{ start: 1, count: 0, removed: 1 }]],
    ['a\nb\nc\n', 'a\nb\n', [{ start: 3, count: 0, removed: 1 }]],
    [
      'a\nb\nc\nd\n',
      'A\nb\nc\nD\ne\n',
      [
        { start: 1, count: 1, removed: 1 },
        { start: 4, count: 2, removed: 1 },
      ],
    ],
  ])('of %j and %j', (before, after, ranges) => {
    expect(changedRanges(before, after)).toEqual(ranges);
  });

  it('of texts that have too little in common are everything', () => {
    const text = (name: string) => Array.from({ length: 8000 }, (_, at) => `${name}${at}\n`).join('');
    expect(changedRanges(text('a'), text('b').trimEnd())).toEqual([{ start: 1, count: 8000, removed: 8000 }]);
  });
});
