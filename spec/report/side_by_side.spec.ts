/** Both engines under each other: where the eye is led to. */
import { describe, expect, it } from 'vitest';
import { differenceLines, explanationLines, rowLines } from '../../src/report/side_by_side.js';
import { aDifference, aFault, PLAIN } from './samples.js';

describe('the rows of a fault', () => {
  it('have a mark under each slot that differs', () => {
    expect(rowLines(aFault(), PLAIN)).toEqual([
      'before   ................',
      'legacy   oooooyoooooooooo   NOPAGE',
      'batched  yyyyyoyyyyyyyyyy   NOPAGE',
      '         ^^^^^^^^^^^^^^^^',
    ]);
  });

  it('have a mark under a return value that differs', () => {
    const fault = aFault({ legacyRow: 'o...', batchedRow: 'o..o', before: '....', legacyReturn: '0' });
    expect(rowLines(fault, PLAIN)).toEqual([
      'before   ....',
      'legacy   o...   0',
      'batched  o..o   NOPAGE',
      '            ^   ^^^^^^',
    ]);
  });

  it('have no marks where nothing differs', () => {
    const fault = aFault({ before: '..', legacyRow: 'oo', batchedRow: 'oo' });
    expect(rowLines(fault, PLAIN)).toEqual(['before   ..', 'legacy   oo   NOPAGE', 'batched  oo   NOPAGE']);
  });

  it('show only the parts of a long row that change', () => {
    const empty = '.'.repeat(64);
    const fault = aFault({
      before: empty.repeat(4),
      legacyRow: empty + 'o'.padEnd(64, '.') + empty.repeat(2),
      batchedRow: empty + 'y'.padEnd(64, '.') + empty.repeat(2),
    });
    expect(rowLines(fault, PLAIN)).toEqual([
      'slots 64-127',
      `before   ${empty}`,
      `legacy   o${empty.slice(1)}`,
      `batched  y${empty.slice(1)}`,
      '         ^',
      'return   NOPAGE',
    ]);
  });

  it('have return values below them where both do not fit into the line of a mail', () => {
    const row = '.'.repeat(64);
    const fault = aFault({ before: row, legacyRow: row, batchedRow: row.replace('.', 'o'), legacyReturn: 'SIGBUS' });
    expect(rowLines(fault, PLAIN).slice(2)).toEqual([
      `batched  o${row.slice(1)}`,
      '         ^',
      'return   legacy SIGBUS, batched NOPAGE',
    ]);
    expect(rowLines(fault, { ...PLAIN, sides: ['base', 'patched'] }).at(-1)).toBe(
      'return   base SIGBUS, patched NOPAGE',
    );
  });

  it('are not shown if no entry of a long row changes', () => {
    const row = '.'.repeat(128);
    const lines = rowLines(aFault({ before: row, legacyRow: row, batchedRow: row }), PLAIN);
    expect(lines).toEqual(['entries  none of them changes', 'return   NOPAGE']);
  });

  it('show return values that could move the cursor as text', () => {
    expect(rowLines(aFault({ legacyReturn: '\u001b[2J' }), PLAIN)[1]).toMatch(/\\x1b\[2J$/);
  });
});

describe('the table of differences', () => {
  it('joins neighbouring places with the same values', () => {
    const differences = [
      ...[0, 1, 2, 7].map((at) => aDifference({ at })),
      aDifference({ field: 'ret', site: 'mm', legacy: '0', batched: 'NOPAGE', entry: 'nopage-rule' }),
      aDifference({ field: 'refcount', site: 'folio', at: 4, legacy: '3', batched: '4' }),
    ];
    expect(differenceLines(differences, PLAIN)).toEqual([
      'field     at            legacy  batched  explained by',
      'young     slots 0-2, 7  0       1        -',
      'ret       mm            0       NOPAGE   nopage-rule',
      'refcount  folio 4       3       4        -',
    ]);
  });

  it('says what an entry promised and did not show', () => {
    const missing = aDifference({ kind: 'missing', entry: 'young-prefault' });
    expect(differenceLines([missing], PLAIN)[1]).toBe(
      'young  slot 0  0       1        expected to differ: young-prefault',
    );
    expect(differenceLines([{ ...missing, entry: null }], PLAIN)[1]).toMatch(/expected to differ: no entry$/);
  });

  it('has what explains them as headings where a column of it is wider than a mail', () => {
    const entry = 'an-entry-with-a-long-name-that-leaves-no-room';
    const differences = [
      aDifference({ field: 'memcg.NR_FILE_PMDMAPPED', site: 'mm', legacy: '512', batched: '0', entry }),
      aDifference({ field: 'ret', site: 'mm', legacy: '0', batched: 'NOPAGE' }),
      aDifference({ kind: 'missing', entry: null }),
      aDifference({ field: 'pmd', site: 'mm', legacy: 'huge', batched: 'table', entry }),
    ];
    expect(differenceLines(differences, PLAIN)).toEqual([
      '  field                    at      legacy  batched',
      'not explained',
      '  ret                      mm      0       NOPAGE',
      `explained by ${entry}`,
      '  memcg.NR_FILE_PMDMAPPED  mm      512     0',
      '  pmd                      mm      huge    table',
      'expected to differ: no entry',
      '  young                    slot 0  0       1',
    ]);
  });

  it('is absent without differences', () => {
    expect(differenceLines([], PLAIN)).toEqual([]);
  });
});

it('an explanation is given once and wrapped', () => {
  const differences = [0, 1].map((at) => aDifference({ at, explanation: 'one two three' }));
  expect(explanationLines([...differences, aDifference()], 8)).toEqual(['one two', 'three']);
});
