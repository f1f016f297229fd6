/** A replay as a person reads it. */
import { describe, expect, it } from 'vitest';
import { renderReplay } from '../../src/report/replay_text.js';
import { aDifference, aFault, aReplay, PLAIN } from './samples.js';

const options = { ...PLAIN, trace: false };
const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1) ?? '';

describe('a replay', () => {
  it('shows case, faults and final states, and ends with the verdict', () => {
    expect(renderReplay(aReplay(), options)).toMatchInlineSnapshot(`
      "g2.arm64.16.1.17: legacy@v6.1 against batched@v6.6

      machine  arm64, 16 slots, fault-around of 16 pages
      mapping  slots 0 to 15, shared
      file     regular, i_size 16 pages, mmap_miss 20
      cache    [==============]
      access   read slot 5

      Fault 1: read slot 5
      before   ................
      legacy   oooooyoooooooooo   NOPAGE
      batched  yyyyyoyyyyyyyyyy   NOPAGE
               ^^^^^^^^^^^^^^^^

      field  at         legacy  batched  explained by
      young  slots 0-4  0       1        -

      Final states
      --- legacy@v6.1
      +++ batched@v6.6
      @@ -1,3 +1,3 @@
       slot 0 pte present
      -slot 0 young 0
      +slot 0 young 1
       mm ret NOPAGE

      verdict: divergent, 5 differences without explanation
      "
    `);
  });

  it('shows the steps if asked, and what invariants say', () => {
    const replay = aReplay({
      address: null,
      legacyTrace: [{ fault: 1, name: 'set', at: 'slot 0', detail: 'o' }],
      batchedTrace: [{ fault: 1, name: 'set', at: 'slot 0', detail: 'y' }],
      faults: [aFault({ differences: [aDifference({ explanation: 'the test is inverted' })] })],
      alone: { legacy: 0, batched: 1 },
      violations: [{ invariant: 'I5', engine: 'batched@v6.6', sentence: 'an entry maps the page of its index' }],
    });
    expect(renderReplay(replay, { ...options, trace: true })).toMatchInlineSnapshot(`
      "legacy@v6.1 against batched@v6.6

      machine  arm64, 16 slots, fault-around of 16 pages
      mapping  slots 0 to 15, shared
      file     regular, i_size 16 pages, mmap_miss 20
      cache    [==============]
      access   read slot 5

      Fault 1: read slot 5
      before   ................
      legacy   oooooyoooooooooo   NOPAGE
      batched  yyyyyoyyyyyyyyyy   NOPAGE
               ^^^^^^^^^^^^^^^^

      field  at      legacy  batched  explained by
      young  slot 0  0       1        -

      the test is inverted

      Then each engine went on alone: legacy took no further fault, batched took
      1 further fault.

      Steps
        legacy@v6.1   batched@v6.6
      fault 1
      > set slot 0 o  set slot 0 y

      Final states
      --- legacy@v6.1
      +++ batched@v6.6
      @@ -1,3 +1,3 @@
       slot 0 pte present
      -slot 0 young 0
      +slot 0 young 1
       mm ret NOPAGE

      Violated invariants
        I5 on batched@v6.6: an entry maps the page of its index

      verdict: divergent, 1 difference without explanation, 1 violated invariant
      "
    `);
  });

  it.each([
    ['agree', [], 'verdict: agree, no difference in 1 fault'],
    ['explained', [aDifference({ entry: 'a' })], 'verdict: explained, 1 difference, all in the allowlist'],
    ['undecided', [], 'verdict: undecided, a difference is still under review'],
    [
      'divergent',
      [aDifference({ kind: 'missing', entry: 'a' })],
      'verdict: divergent, 1 difference without explanation',
    ],
    ['divergent', [], 'verdict: divergent, see above'],
  ] as const)('that is %s with %j ends with its reason', (verdict, differences, line) => {
    expect(lastLine(renderReplay(aReplay({ verdict, faults: [aFault({ differences })] }), options))).toBe(line);
  });

  it('names expired entries, and counts them in the verdict', () => {
    const text = renderReplay(aReplay({ verdict: 'agree', expiredEntries: ['a', 'b'] }), options);
    expect(text).toContain('\nExpired allowlist entries (their day has passed)\n  a\n  b\n');
    expect(lastLine(text)).toBe('verdict: agree, no difference in 1 fault, 2 allowlist entries are stale');
  });

  it('never lets a file control the terminal', () => {
    const hostile = '\u001b[2J\u202e\n';
    const replay = aReplay({
      address: hostile,
      legacyState: [hostile],
      faults: [aFault({ access: hostile, differences: [aDifference({ legacy: hostile, explanation: hostile })] })],
      violations: [{ invariant: hostile, engine: hostile, sentence: hostile }],
      expiredEntries: [hostile],
    });
    expect(renderReplay(replay, options)).not.toMatch(/(?!\n)\p{Cc}|\p{Bidi_Control}/u);
  });
});
