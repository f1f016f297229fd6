/** Diffs are found among other text, and a broken or hostile one is refused with its line. */
import { describe, expect, it } from 'vitest';
import { findDiffs } from '../../../src/kernel/series/find_diffs.js';
import { AFTER, BEFORE, DIFF, diffOf, PATH } from './mails.js';

const find = (text: string, lenient = false) =>
  findDiffs({ file: 'x.patch', text, lenient, lineAt: (index) => index + 1 });
const names = (text: string) => find(text).map(({ kind, oldPath, newPath }) => [kind, oldPath, newPath]);
const plain = (oldName: string, newName: string, hunk = '@@ -1 +1 @@\n-a\n+b\n') =>
  `--- ${oldName}\n+++ ${newName}\n${hunk}`;

describe('a diff', () => {
  it('is found between words, and another one behind it', () => {
    const text = `words\n--- not one\n+++ not one\n\n${DIFF}-- \n2.39\n\nmore\n${diffOf(BEFORE, AFTER, 'mm/two.c')}`;
    const lines = text.split('\n');
    const found = find(text).map(({ newPath, hunks }) => [newPath, hunks.length, lines[(hunks[0]?.line ?? 0) - 1]]);
    expect(found).toEqual([
      [PATH, 1, '@@ -4,7 +4,7 @@'],
      ['mm/two.c', 1, '@@ -4,7 +4,7 @@'],
    ]);
    expect(find(text)[0]?.hunks[0]?.line).toBe(9);
  });

  it.each([
    ['git', plain('a/mm/x.c', 'b/mm/x.c'), ['change', 'mm/x.c', 'mm/x.c']],
    ['git without prefixes', `diff --git mm/x.c mm/x.c\n${plain('mm/x.c', 'mm/x.c')}`, ['change', 'mm/x.c', 'mm/x.c']],
    [
      'git with other prefixes',
      `diff --git i/mm/x.c w/mm/x.c\n${plain('i/mm/x.c', 'w/mm/x.c')}`,
      ['change', 'mm/x.c', 'mm/x.c'],
    ],
    [
      'diff of two folders',
      plain('linux.orig/mm/x.c\t2023-01-01', 'linux/mm/x.c\t2023-01-02'),
      ['change', 'mm/x.c', 'mm/x.c'],
    ],
    ['diff of one folder', plain('mm/x.c', 'mm/x.c'), ['change', 'mm/x.c', 'mm/x.c']],
    [
      'quilt',
      `Index: linux/mm/x.c\n====\n${plain('linux.orig/mm/x.c', 'linux/mm/x.c')}`,
      ['change', 'mm/x.c', 'mm/x.c'],
    ],
    [
      'git, new',
      `diff --git a/n.c b/n.c\nnew file mode 100644\nindex 000..111\n${plain('/dev/null', 'b/n.c', '@@ -0,0 +1 @@\n+a\n')}`,
      ['create', 'n.c', 'n.c'],
    ],
    [
      'git, new and empty',
      'diff --git a/n.c b/n.c\nnew file mode 100644\nindex 0000000..e69de29\n',
      ['create', 'n.c', 'n.c'],
    ],
    [
      'git, deleted',
      `diff --git a/n.c b/n.c\ndeleted file mode 100644\n${plain('a/n.c', '/dev/null', '@@ -1 +0,0 @@\n-a\n')}`,
      ['delete', 'n.c', 'n.c'],
    ],
    ['others, new', plain('/dev/null', 'b/n.c', '@@ -0,0 +1 @@\n+a\n'), ['create', 'n.c', 'n.c']],
    ['others, deleted', plain('a/n.c', '/dev/null', '@@ -1 +0,0 @@\n-a\n'), ['delete', 'n.c', 'n.c']],
    [
      'git, renamed',
      'diff --git a/o.c b/n.c\nsimilarity index 100%\nrename from o.c\nrename to n.c\n',
      ['rename', 'o.c', 'n.c'],
    ],
    [
      'git, copied',
      `diff --git a/o.c b/n.c\nsimilarity index 90%\ncopy from o.c\ncopy to n.c\nindex 1..2\n${plain('a/o.c', 'b/n.c')}`,
      ['copy', 'o.c', 'n.c'],
    ],
    ['git, another mode', 'diff --git a/n.sh b/n.sh\nold mode 100644\nnew mode 100755\n', ['change', 'n.sh', 'n.sh']],
    [
      'git, odd letters',
      `diff --git "a/\\303\\274.c" "b/\\303\\274.c"\n${plain('"a/\\303\\274.c"', '"b/\\303\\274.c"')}`,
      ['change', 'ü.c', 'ü.c'],
    ],
  ])('by %s names its file', (_name, text, expected) => {
    expect(names(text)).toEqual([expected]);
  });

  it.each([
    'GIT binary patch\nliteral 2\nJcmZ',
    'Binary files a/x.bin and b/x.bin differ',
  ])('may be binary: %j', (text) => {
    expect(find(`diff --git a/x.bin b/x.bin\nindex 1..2 100644\n${text}\n`)).toMatchObject([
      { isText: false, hunks: [] },
    ]);
  });

  it.each([
    'new file mode 120000',
    'deleted file mode 160000',
    'index 1..2 120000',
    'new mode 120000',
  ])('may be of a link or a submodule: %s', (line) => {
    expect(find(`diff --git a/x b/x\n${line}\n${plain('a/x', 'b/x')}`)).toMatchObject([{ isText: false }]);
  });

  it('may lack the newline at the end of its file, on each side', () => {
    const hunk = '@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+c\n\\ No newline at end of file\n';
    expect(find(plain('a/x', 'b/x', hunk))[0]?.hunks[0]?.lines).toHaveLength(5);
  });
});

describe('a broken diff', () => {
  it.each([
    ['cut short', plain('a/x', 'b/x', '@@ -1,3 +1,3 @@\n a\n-b\n+c'), 3, 'is cut short: 1 of its lines are missing'],
    [
      'cut by the next hunk',
      plain('a/x', 'b/x', '@@ -1,3 +1,3 @@\n a\n@@ -9 +9 @@\n-a\n+b\n'),
      3,
      'is cut short: 2 of',
    ],
    ['cut by the next file', plain('a/x', 'b/x', '@@ -1,3 +1,3 @@\n a\ndiff --git a/y b/y\n'), 3, 'is cut short'],
    ['with a wrong line', plain('a/x', 'b/x', '@@ -1,3 +1,3 @@\n a\nb\n c\n'), 3, 'is cut short'],
    ['with too many added lines', plain('a/x', 'b/x', '@@ -1,2 +1 @@\n-a\n+b\n+c\n'), 3, 'has not as many lines'],
    ['with more lines than counted', plain('a/x', 'b/x', '@@ -1 +1 @@\n-a\n+b\n+c\n'), 6, 'is not counted by its hunk'],
    ['without a name', 'diff --git x\nold mode 100644\nnew mode 100755\n', 1, 'names no file'],
  ])('is refused: %s', (_name, text, line, message) => {
    expect(() => find(text)).toThrow(`x.patch:${line}: expected a diff that can be applied, found one that ${message}`);
  });

  it.each([
    ...['a/../../etc/passwd', '/etc/passwd', 'a/', 'a/.git/config', 'a/mm/.git/hooks/x', 'a/./x.c', 'a/mm//x.c'],
    ...['a/mm\\x.c', 'a/..', `a/${'x'.repeat(5000)}`],
  ])('is refused when it names %s', (name) => {
    const message = 'found one that changes a file outside of the tree';
    expect(() => find(plain(name, name.replace(/^a/, 'b')))).toThrow(message);
    expect(() => find(plain(name, 'b/ok.c').replace('--- ', 'diff --git a/ok.c b/ok.c\n--- '))).toThrow(message);
  });

  it.each([
    'diff --git a/o.c b/../n.c\nsimilarity index 100%\nrename from o.c\nrename to ../n.c\n',
    'diff --git "a/\\000.c" "b/\\000.c"\nold mode 1\nnew mode 2\n',
    'diff --git "a/x\\033[2J.c" "b/x\\033[2J.c"\nold mode 1\nnew mode 2\n',
    'diff --git "a/\\056\\056/x.c" "b/\\056\\056/x.c"\nold mode 1\nnew mode 2\n',
    'diff --git "a/.\\147it/hooks/x" "b/.\\147it/hooks/x"\nnew file mode 100755\n',
    'diff --git a/o.c b/n.c\nsimilarity index 100%\ncopy from /etc/passwd\ncopy to n.c\n',
  ])('is refused with a hostile header: %j', (text) => {
    expect(() => find(text)).toThrow('found one that changes a file outside of the tree');
  });

  it('of many lines is read in time that grows with them', () => {
    const lines = Array.from({ length: 200_000 }, (_, at) => `+int a${at};`).join('\n');
    const text = plain('/dev/null', 'b/x.c', `@@ -0,0 +1,200000 @@\n${lines}\n`);
    const begin = performance.now();
    expect(find(text)[0]?.hunks[0]?.lines).toHaveLength(200_000);
    expect(find('--- a\n'.repeat(200_000))).toEqual([]);
    expect(performance.now() - begin).toBeLessThan(5000);
  });
});

describe('a diff whose white space is lost', () => {
  it('gets the mark of an unchanged line back, and may end too early', () => {
    const text = plain('a/x', 'b/x', '@@ -1,5 +1,5 @@\nint a;\n\n-b\n+c\nint d;\n');
    expect(find(text, true)[0]?.hunks[0]).toMatchObject({
      lines: [' int a;', ' ', '-b', '+c', ' int d;'],
      missing: 1,
      oldLines: 4,
      newLines: 4,
    });
    expect(() => find(text)).toThrow('is cut short');
  });

  it('must not lack lines of one side only', () => {
    expect(() => find(plain('a/x', 'b/x', '@@ -1,2 +1,3 @@\n a\n b\n'), true)).toThrow('is cut short');
  });
});
