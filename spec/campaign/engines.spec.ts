/** Engines by name: revisions of either family, and planted bugs behind them. */
import { describe, expect, it } from 'vitest';
import { requireRevision, revisionNamed, UnknownEngine } from '../../src/campaign/engines.js';

function refusal(name: string): UnknownEngine {
  try {
    requireRevision(name, 'batched');
  } catch (error) {
    if (error instanceof UnknownEngine) return error;
  }
  throw new Error(`${name} is not refused`);
}

describe('a name', () => {
  it.each([
    ['v6.6', 'batched@v6.6'],
    ['v6.1', 'legacy@v6.1'],
    ['legacy@v6.5', 'legacy@v6.5'],
    ['reference+M1', 'batched@reference+M1'],
    ['batched@v6.12.117+R14', 'batched@v6.12.117+R14'],
    ['reference+M9+M1', 'batched@reference+M1+M9'],
  ])('%s means %s', (name, id) => {
    expect(requireRevision(name, 'batched').id).toBe(id);
  });

  it('means one revision, however the bugs are ordered', () => {
    expect(requireRevision('reference+M9+M1', 'batched')).toBe(requireRevision('batched@reference+M1+M9', 'legacy'));
  });

  it('that means nothing gives nothing', () => {
    expect(revisionNamed('v6.66', 'batched')).toBeUndefined();
    expect(revisionNamed('reference+M99', 'batched')).toBeUndefined();
  });

  it.each([
    ['refrence+M1', 'no such revision', 'reference+M1'],
    ['tomorrow', 'no such revision', undefined],
    ['reference+M25', 'no planted bug is called "M25"', 'batched@reference+M2'],
    ['reference+m1', 'no planted bug is called "m1"', 'batched@reference+M1'],
    ['reference+', 'no planted bug is called ""', undefined],
    ['reference+M1+M2', 'M1 and M2 both replace prefault()', undefined],
  ])('%s is refused: %s', (name, message, near) => {
    expect(refusal(name)).toMatchObject({ message, near });
  });
});
