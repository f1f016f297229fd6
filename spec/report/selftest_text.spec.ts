/** The self-test's report for people. */
import { describe, expect, it } from 'vitest';
import { renderSelftest, selftestLine } from '../../src/report/selftest_text.js';
import { aSelftest, aTarget, PLAIN } from './samples.js';

describe('the text of a self-test', () => {
  it('is counts by kind, what found each bug, and the result', () => {
    const targets = [
      aTarget({ id: 'reference', kind: 'control', sign: null, faults: 20_000 }),
      aTarget({ id: 'field young', kind: 'canary' }),
      aTarget(),
      aTarget({ id: 'M18', races: true, sign: { kind: 'invariant', id: 'I20', first: 'a' } }),
      aTarget({ id: 'R34', kind: 'known-bug', architectures: ['arm64-contpte'] }),
    ];
    const timing = { seconds: 2.5, targets: { M1: 0.012, M18: 0, R34: 1.5 } };
    expect(renderSelftest(aSelftest({ targets, timing }), PLAIN)).toBe(`Self-test (ptediff 0.1.0)
seed 1, 2.5 s

control    1 of 1 without a finding
canary     1 of 1 killed
mutant     2 of 2 killed
known-bug  1 of 1 killed
revision   0 of 0 killed

bug          faults  time     only with      by
M1   killed  1,234   12 ms                   young:1>0:faultPage
M18  killed  1,234   1 ms     races          invariant I20
R34  killed  1,234   1500 ms  arm64-contpte  young:1>0:faultPage

self-test: all 4 killed
`);
  });

  it('tells survivors and loud controls in full', () => {
    const targets = [
      aTarget({ passed: false, sign: null, faults: 400_000 }),
      aTarget({ id: 'reference', kind: 'control', title: 'silent', passed: false }),
    ];
    const text = renderSelftest(aSelftest({ targets, passed: false, quick: true }), PLAIN);
    expect(text).toContain('seed 1, quick, 2.5 s\n');
    expect(text).toContain('\nM1   SURVIVED  400,000  12 ms\n');
    expect(text).toContain(`survived: M1
  the test is negated
  400,000 faults on x86-64, arm64 with spans of 8, 64, 512
not silent: reference
  silent
  1,234 faults on x86-64, arm64 with spans of 8, 64, 512
  young:1>0:faultPage at g2.arm64.8.1.32.l
`);
    expect(text.endsWith('\nself-test: 1 of 1 survived, 1 control not silent\n')).toBe(true);
  });

  it('tells pairs that are one class, and bugs that cover others', () => {
    const pairs = {
      checked: 648,
      failed: [{ id: 'M1+M9', classes: 1, covered: null }],
      covered: [{ id: 'M11+M17', classes: 5, covered: 'M17' }],
    };
    const text = renderSelftest(aSelftest({ pairs, passed: false }), PLAIN);
    expect(text).toContain(`648 pairs of bugs planted together: 647 show at least two classes
  M1+M9 shows 1 class
  one bug covers the other: M11+M17 (M17)
`);
    expect(text.endsWith('\nself-test: 1 pair not told apart\n')).toBe(true);
  });

  it('says that it is partial', () => {
    const partial = aSelftest({ stopped: 'interrupted', passed: false });
    expect(selftestLine(partial)).toBe('self-test: 1 killed before it was interrupted');
    const targets = [aTarget(), aTarget({ passed: false })];
    expect(selftestLine({ ...partial, targets })).toBe(
      'self-test: 1 killed, 1 of 2 survived before it was interrupted',
    );
  });

  it('has no control characters of others in it', () => {
    const targets = [aTarget({ sign: { kind: 'died', id: 'a\u001b[2Jb', first: 'x' } })];
    expect(renderSelftest(aSelftest({ targets }), PLAIN)).not.toContain('\u001b');
  });
});
