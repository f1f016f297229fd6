/** Names for what stands at the top level of a file. */
import { expect, it } from 'vitest';
import { itemAt, outlineOf } from '../../../src/kernel/changes/outline.js';

const TEXT = [
  'int one(int a);', // 1
  '#ifdef CONFIG_A', // 2
  'static int two(void)', // 3
  '{', // 4
  '\tint three(void);', // 5
  '\treturn 0;', // 6
  '}', // 7
  '#else', // 8
  'struct page *four(void);', // 9
  '#define FIVE \\', // 10
  '\t5', // 11
  '#endif', // 12
  'struct six {', // 13
  '\tint a;', // 14
  '};', // 15
  'DEFINE_MUTEX(seven);', // 16
].join('\n');

it.each([
  [1, 'declaration', 'one'],
  [5, 'function', 'two'],
  [9, 'declaration', 'four'],
  [11, 'macro', 'FIVE'],
  [14, 'struct', 'struct six'],
])('line %i is in the %s %s', async (line, kind, name) => {
  expect(itemAt(await outlineOf(TEXT), line)).toMatchObject({ kind, name });
});

it('a line of nothing has no name', async () => {
  const outline = await outlineOf(TEXT);
  expect([itemAt(outline, 2), itemAt(outline, 16), itemAt(outline, 99)]).toEqual([undefined, undefined, undefined]);
});
