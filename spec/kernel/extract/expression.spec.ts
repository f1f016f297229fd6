/** Conditions of #if as a tree's headers write them. */
import { describe, expect, it } from 'vitest';
import { isTrue } from '../../../src/kernel/extract/expression.js';

const macros = new Map([
  ['CONFIG_A', '1'],
  ['LEVELS', '4'],
  ['ALIAS', 'LEVELS'],
]);

describe('a condition', () => {
  it.each([
    ['defined(CONFIG_A)', true],
    ['defined CONFIG_B', false],
    ['!defined(CONFIG_B) && LEVELS > 2', true],
    ['LEVELS == 3 || ALIAS == 4UL', true],
    ['IS_ENABLED(CONFIG_A)', true],
    ['IS_ENABLED(CONFIG_B)', false],
    ['(LEVELS - 1) * 2 >= 0x7', false],
    ['CONFIG_B ? 1 : LEVELS', true],
    ['unheard_of(1, (2), 3)', false],
    ['0', false],
  ])('%s', (condition, expected) => {
    expect(isTrue(condition, macros)).toBe(expected);
  });
});
