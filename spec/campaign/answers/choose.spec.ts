/** Few short cases are kept that reach what all of them reach. */
import { describe, expect, it } from 'vitest';
import { Chooser } from '../../../src/campaign/answers/choose.js';

function kept(...cases: readonly (readonly [name: string, ...goals: string[]])[]): string[] {
  const chooser = new Chooser<string>((name) => name.length);
  for (const [name, ...goals] of cases) chooser.offer(new Set(goals), name);
  return chooser.kept();
}

describe('the choice', () => {
  it('keeps what reaches something that no other case reaches', () => {
    expect(kept(['a', 'x'], ['b', 'y'], ['c', 'x', 'z'])).toEqual(['b', 'c']);
  });

  it('prefers short cases, and of equal ones the first', () => {
    expect(kept(['long', 'x'], ['s', 'x'], ['t', 'x'])).toEqual(['s']);
  });

  it('keeps the order in which cases were offered', () => {
    expect(kept(['third', 'x'], ['b', 'y'], ['first', 'z'])).toEqual(['third', 'b', 'first']);
  });

  it('is reached in everything, however many cases there are', () => {
    const cases = Array.from({ length: 300 }, (_, i) => [`case ${i}`, `${i % 7}`, `${i % 31}`, `pair ${i % 53}`]);
    const goals = new Set(cases.flatMap(([, ...goals]) => goals));
    const names = kept(...(cases as [string, ...string[]][]));
    expect(new Set(cases.filter(([name = '']) => names.includes(name)).flatMap(([, ...goals]) => goals))).toEqual(
      goals,
    );
    expect(names.length).toBeLessThan(60);
  });
});
