/** Conditional compilation, resolved line by line. */
import { describe, expect, it } from 'vitest';
import { resolveConditions } from '../../../src/kernel/extract/conditions.js';

function resolve(text: string, config: readonly string[] = []) {
  const macros = new Map(config.map((name) => [name, '1'] as const));
  return { ...resolveConditions('a.h', text, macros), macros };
}

/** Numbers of the lines that are left. */
const left = (text: string): number[] => text.split('\n').flatMap((line, i) => (line.trim() === '' ? [] : [i + 1]));

describe('conditional compilation', () => {
  const twins = '#ifdef CONFIG_A\nint a;\n#else\nint b;\n#endif\nint c;';

  it('leaves one of two branches, at its line', () => {
    expect(left(resolve(twins, ['CONFIG_A']).text)).toEqual([2, 6]);
    expect(left(resolve(twins).text)).toEqual([4, 6]);
  });

  it('tells which branch was taken, and where', () => {
    expect(resolve(twins).taken).toEqual([{ file: 'a.h', line: 3, directive: '#else of #ifdef CONFIG_A', end: 5 }]);
  });

  it('takes the first true branch of a chain alone', () => {
    const chain = '#if 0\na\n#elif defined(CONFIG_A)\nb\n#elif 1\nc\n#else\nd\n#endif';
    expect(left(resolve(chain, ['CONFIG_A']).text)).toEqual([4]);
    expect(left(resolve(chain).text)).toEqual([6]);
  });

  it('sees nothing inside of a branch that is not taken', () => {
    const nested = '#ifdef CONFIG_B\n#ifndef X\n#define Y 1\n#else\nz\n#endif\n#endif';
    const { text, macros } = resolve(nested);
    expect(left(text)).toEqual([]);
    expect(macros.has('Y')).toBe(false);
  });

  it('remembers what an earlier line or file defined', () => {
    const text = '#define f f\n#ifndef f\nint generic;\n#endif';
    expect(left(resolve(text).text)).toEqual([1]);
    expect(left(resolve('#define g 1\n#undef g\n#ifdef g\nx\n#endif').text)).toEqual([1, 2]);
  });

  it('follows continued lines, and ignores comments', () => {
    const text = '#if defined(CONFIG_A) && \\\n    !defined(CONFIG_B) /* #else */\nint a;\n/*\n#endif\n*/\n#endif';
    expect(left(resolve(text, ['CONFIG_A']).text)).toEqual([3, 4, 5, 6]);
    expect(left(resolve(text, ['CONFIG_A', 'CONFIG_B']).text)).toEqual([]);
  });

  it('survives chains that are not balanced', () => {
    expect(left(resolve('#endif\n#else\nint a;\n#if 0\nint b;').text)).toEqual([3]);
  });
});
