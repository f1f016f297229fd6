/** Which exit code a run ends with. */
import { describe, expect, it } from 'vitest';
import { codeOfReport, codeOfVerdict, type ExitCode, mostImportant, PRECEDENCE } from '../../src/cli/exit_codes.js';
import type { Report } from '../../src/report/model.js';
import { aReport } from '../report/samples.js';

describe('exit codes', () => {
  it('have the documented precedence', () => {
    expect(PRECEDENCE).toEqual([130, 70, 74, 1, 3, 2, 0]);
    for (const [i, code] of PRECEDENCE.entries()) {
      const shuffled: ExitCode[] = [...PRECEDENCE.slice(i)].reverse();
      expect(mostImportant(shuffled)).toBe(code);
    }
    expect(mostImportant([])).toBe(0);
  });

  it.each([
    ['agree', 0],
    ['explained', 0],
    ['divergent', 1],
    ['undecided', 2],
  ] as const)('%s is %d', (verdict, code) => {
    expect(codeOfVerdict(verdict)).toBe(code);
    expect(codeOfReport(aReport({ verdict }))).toBe(code);
  });

  it.each([
    [{ verdict: 'explained', staleEntries: ['a'] }, 3],
    [{ verdict: 'undecided', staleEntries: ['a'] }, 3],
    [{ verdict: 'divergent', staleEntries: ['a'] }, 1],
    [{ verdict: 'explained', expiredEntries: ['a'] }, 3],
    [{ verdict: 'divergent', expiredEntries: ['a'] }, 1],
    [{ verdict: 'divergent', stopped: 'interrupted' }, 130],
    [{ verdict: 'divergent', stopped: 'fail-fast' }, 1],
  ] as const)('of a report with %j is %d', (changes, code) => {
    expect(codeOfReport(aReport(changes as unknown as Partial<Report>))).toBe(code);
  });
});
