/** Hand-made reports and replays; what is not named has the value of an uneventful run. */

import type { OpenPart } from '../../src/campaign/parts.js';
import { type Case, CaseSchema } from '../../src/cases/case.js';
import { MARKS } from '../../src/mm/marks.js';
import type {
  Replay,
  ReplayDifference,
  ReplayFault,
  Report,
  ReportClass,
  ReportViolation,
} from '../../src/report/model.js';
import type { SelftestReport, SelftestTarget } from '../../src/report/selftest_model.js';

export const PLAIN = { color: false, width: 75 } as const;

export function aCase(changes: Readonly<Record<string, unknown>> = {}): Case {
  return CaseSchema.parse({
    arch: 'arm64',
    span: 16,
    vma: { start: 0, pages: 16, flags: ['shared'] },
    file: { size: 65536, mmapMiss: 20 },
    folios: [{ at: 0, order: 4 }],
    steps: [{ read: 5 }],
    ...changes,
  });
}

export function aClass(changes: Partial<ReportClass> = {}): ReportClass {
  return {
    id: 'young.page.0-1.prefault',
    kind: 'difference',
    field: 'young',
    site: 'page',
    legacy: 0,
    batched: 1,
    facts: ['in-window', 'not-fault'],
    count: 5123,
    share: 0.415,
    first: 'g2.arm64.16.1.17',
    shrunk: aCase(),
    entry: null,
    underReview: false,
    ...changes,
  };
}

export function aViolation(changes: Partial<ReportViolation> = {}): ReportViolation {
  return {
    invariant: 'I5',
    sentence: 'an entry maps the page of its index',
    engine: 'batched@v6.6',
    count: 3,
    first: 'g2.arm64.16.1.99',
    shrunk: null,
    ...changes,
  };
}

/** A class that nothing explains, as a part counts it. */
export function aClassCount(): OpenPart['counts']['classes'][number] {
  return {
    id: 'young:0>1:run=other',
    kind: 'difference',
    field: 'young',
    legacy: 0,
    batched: 1,
    facts: ['run=other'],
    entry: null,
    count: 1,
    first: 'g2.arm64.16.1.17',
    position: 17,
  };
}

export function aPart(changes: Partial<OpenPart> = {}): OpenPart {
  const marks = MARKS.map(() => 0);
  return {
    kind: 'part',
    schemaVersion: 1,
    version: '0.1.0',
    generatorVersion: 2,
    plan: {
      kind: 'fuzz',
      engines: { legacy: 'legacy@v6.1', batched: 'batched@reference' },
      architectures: ['arm64'],
      spans: [8, 64],
      faults: 20000,
      seed: 1,
      races: false,
      invariants: 'sampled',
    },
    allowlist: 'the-hash',
    shard: { index: 1, of: 2 },
    counts: {
      cases: 16,
      run: { arm64: 10000 },
      effective: 6000,
      marks: { legacy: marks, batched: marks },
      classes: [],
      entryHits: {},
      violations: [],
      died: [],
      deaths: 0,
    },
    stopped: 'complete',
    timing: { seconds: 0.04 },
    ...changes,
  };
}

export function aReport(changes: Partial<Report> = {}): Report {
  return {
    schemaVersion: 1,
    version: '0.1.0',
    generatorVersion: 2,
    engines: { legacy: 'legacy@v6.1', batched: 'batched@reference' },
    architectures: ['x86-64', 'arm64'],
    spans: [8, 64],
    seed: 1,
    sweep: null,
    races: false,
    invariants: 'sampled',
    faults: { planned: 20000, run: 20000, effective: 12345 },
    marks: { 'legacy.finish-one': 12, 'batched.finish-one': 12 },
    coldMarks: [],
    classes: [],
    violations: [],
    died: [],
    deaths: 0,
    allowlist: {},
    staleEntries: [],
    expiredEntries: [],
    notHit: [],
    stopped: 'complete',
    verdict: 'agree',
    timing: { seconds: 0.04, faultsPerSecond: 512000 },
    ...changes,
  };
}

export function aDifference(changes: Partial<ReplayDifference> = {}): ReplayDifference {
  return {
    field: 'young',
    site: 'page',
    at: 0,
    legacy: '0',
    batched: '1',
    kind: 'difference',
    classId: 'young.page.0-1.prefault',
    entry: null,
    explanation: '',
    ...changes,
  };
}

export function aFault(changes: Partial<ReplayFault> = {}): ReplayFault {
  return {
    access: 'read slot 5',
    before: '................',
    legacyRow: 'oooooyoooooooooo',
    batchedRow: 'yyyyyoyyyyyyyyyy',
    legacyReturn: 'NOPAGE',
    batchedReturn: 'NOPAGE',
    differences: [0, 1, 2, 3, 4].map((at) => aDifference({ at })),
    ...changes,
  };
}

export function aReplay(changes: Partial<Replay> = {}): Replay {
  return {
    address: 'g2.arm64.16.1.17',
    case: aCase(),
    legacy: 'legacy@v6.1',
    batched: 'batched@v6.6',
    faults: [aFault()],
    alone: { legacy: 0, batched: 0 },
    legacyTrace: [],
    batchedTrace: [],
    legacyState: ['slot 0 pte present', 'slot 0 young 0', 'mm ret NOPAGE'],
    batchedState: ['slot 0 pte present', 'slot 0 young 1', 'mm ret NOPAGE'],
    violations: [],
    expiredEntries: [],
    verdict: 'divergent',
    ...changes,
  };
}

export function aTarget(changes: Partial<SelftestTarget> = {}): SelftestTarget {
  return {
    id: 'M1',
    kind: 'mutant',
    title: 'the test is negated',
    legacy: 'legacy@v6.1',
    batched: 'batched@reference+M1',
    architectures: ['x86-64', 'arm64'],
    spans: [8, 64, 512],
    races: false,
    passed: true,
    sign: { kind: 'class', id: 'young:1>0:faultPage', first: 'g2.arm64.8.1.32.l' },
    faults: 1234,
    ...changes,
  };
}

export function aSelftest(changes: Partial<SelftestReport> = {}): SelftestReport {
  return {
    schemaVersion: 1,
    version: '0.1.0',
    generatorVersion: 2,
    seed: 1,
    quick: false,
    targets: [aTarget()],
    pairs: { checked: 0, failed: [], covered: [] },
    stopped: 'complete',
    passed: true,
    timing: { seconds: 2.5, targets: { M1: 0.012 } },
    ...changes,
  };
}
