/** Places that are no statement: what tells whether they were reached. */
import { expect, it } from 'vitest';
import { reachedAround } from '../../../src/kernel/changes/around.js';

/** A function whose lines that begin with `+` ran; `.` stands in front of statements that did not. */
function reached(place: number, isRemoval: boolean, ...text: readonly string[]): boolean {
  const at = (line: number): string => text[line - 1] ?? '';
  return reachedAround(
    {
      line: 1,
      end: text.length,
      code: (line) => at(line).slice(1).trim(),
      at: (line) => ({ isStatement: /^[+.]/.test(at(line)), reached: at(line).startsWith('+') }),
    },
    place,
    isRemoval,
  );
}

it.each([
  ['what follows in the block ran', 4, true, [' f()', ' {', '.  a();', '+  b();', ' }']],
  ['what follows did not, although what comes before did', 4, false, [' f()', ' {', '+  a();', '.  b();', ' }']],
  ['nothing follows, and what comes before ran', 4, true, [' f()', ' {', '+  a();', ' }']],
  [
    'what follows stands in another block',
    5,
    false,
    [' f()', ' {', '+  if (x) {', '.    a();', '   }', '+  b();', ' }'],
  ],
  ['the block is empty, and its owner ran', 4, true, [' f()', ' {', '+  if (x) {', '   }', '.  b();', ' }']],
  ['the block before is none of its own', 6, true, [' f()', ' {', '+  if (x) {', '.    a();', '   }', ' }']],
  ['removed in front of a label', 4, false, [' f()', ' {', '.  goto out;', ' out:', '+  b();', ' }', ' }']],
  ['it is a label, and what follows ran', 4, true, [' f()', ' {', '.  a();', ' out:', '+  b();', ' }']],
  ['it is the signature, and anything ran', 1, true, [' f()', ' {', '.  a();', '+  b();', ' }']],
  ['it is the signature, and nothing ran', 1, false, [' f()', ' {', '.  a();', ' }']],
  [
    'it is an else, and the block before it did not run',
    5,
    false,
    [' f()', ' {', '+  if (x) {', '.    a();', '   } else {', '+    b();', '   }', ' }'],
  ],
] as const)('%s', (what, place, expected, text) => {
  const isRemoval = what.startsWith('removed');
  expect(reached(place, isRemoval, ...text)).toBe(expected);
});
