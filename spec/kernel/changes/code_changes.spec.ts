/** Which lines of a change are code. */
import { expect, it } from 'vitest';
import { codeChanges } from '../../../src/kernel/changes/code_changes.js';

const BEFORE = ['int f(void)', '{', '\tone();', '', '\ttwo(); /* why */', '\treturn 0;', '}', ''].join('\n');

it.each([
  ['a comment', ['/* why */', '/* because */'], []],
  ['a comment of several lines', ['\ttwo();', '\t/*\n\t * two\n\t */\n\ttwo();'], []],
  ['a blank line', ['\ttwo()', '\n\n\ttwo()'], []],
  ['indentation', ['\ttwo()', '\t\ttwo()'], []],
  ['a line', ['two()', 'three()'], [{ added: [5], removed: [5], at: 5 }]],
  ['a line that is added', ['\ttwo()', '\tthree();\n\ttwo()'], [{ added: [5], removed: [], at: 5 }]],
  ['a line that is removed', ['\tone();\n', ''], [{ added: [], removed: [3], at: 3 }]],
  ['a line for a comment', ['\tone();', '\t/* one */'], [{ added: [], removed: [3], at: 3 }]],
  ['white space in a string', ['two()', 'two("a  b")'], [{ added: [5], removed: [5], at: 5 }]],
] as const)('%s', (_what, [from, to], expected) => {
  expect(codeChanges(BEFORE, BEFORE.replace(from, to))).toEqual(expected);
});

it('a file that is nearly another one counts as a whole', () => {
  const text = (word: string): string => Array.from({ length: 4000 }, (_, i) => `${word}${i};\n\n`).join('');
  const [change, ...others] = codeChanges(text('a'), text('b'));
  expect([change?.added.length, change?.removed.length, others]).toEqual([4000, 4000, []]);
  expect(change?.added.slice(0, 2)).toEqual([1, 3]);
});
