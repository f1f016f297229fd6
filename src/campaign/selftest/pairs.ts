/**
 * Two bugs planted together. Each bug has a witness, its regression fixture. Played with both bugs, the two witnesses
 * must show at least two classes; and each should show something that the other bug alone does not, unless that one
 * covers it: what is not mapped at all cannot be mapped wrongly.
 */
import { join } from 'node:path';
import { PLANTED_BUGS, type PlantedBug, sharedStep } from '../../batched/index.js';
import type { Case } from '../../cases/case.js';
import { InputError, listYaml } from '../../cases/files.js';
import { readFixture } from '../../cases/fixture.js';
import type { Revision } from '../../mm/revision.js';
import type { Allowlist } from '../../oracle/allowlist.js';
import { classId } from '../../oracle/classify.js';
import { requireRevision } from '../engines.js';
import { SingleRun } from '../single.js';

/** Two bugs that can be planted together. */
export type Pair = readonly [PlantedBug, PlantedBug];

export const pairId = ([a, b]: Pair): string => `${a.id}+${b.id}`;

/** The revision that a bug, or a pair of them, is planted in. */
export const baseOf = (...bugs: readonly PlantedBug[]): Revision =>
  requireRevision(bugs.find(({ base }) => base !== undefined)?.base ?? 'reference', 'batched');

/** The revision with these bugs planted in it. */
export const revisionWith = (...bugs: readonly PlantedBug[]): Revision =>
  requireRevision([baseOf(...bugs).name, ...bugs.map(({ id }) => id)].join('+'), 'batched');

/** Every pair whose bugs do not replace the same step. */
export function combinablePairs(): Pair[] {
  return PLANTED_BUGS.flatMap((a, i) =>
    PLANTED_BUGS.slice(i + 1)
      .filter((b) => sharedStep(a, b) === undefined)
      .map((b): Pair => [a, b]),
  );
}

/** The case of each planted bug's regression fixture, by id of the bug. */
export type Witnesses = ReadonlyMap<string, Case>;

/**
 * Reads the witnesses below the fixtures folder.
 * @throws InputError if a planted bug has none
 */
export function readWitnesses(root: string): Witnesses {
  const folder = join(root, 'regressions');
  const witnesses = new Map<string, Case>();
  for (const file of listYaml(folder)) {
    const fixture = readFixture(file);
    for (const engine of Object.keys(fixture.expect)) {
      const [, id, ...more] = engine.split('+');
      if (id !== undefined && more.length === 0) witnesses.set(id, fixture.case);
    }
  }
  const missing = PLANTED_BUGS.find(({ id }) => !witnesses.has(id));
  if (missing !== undefined) throw new InputError(folder, `no regression fixture for the planted bug ${missing.id}`);
  return witnesses;
}

/** What the case shows of a revision against legacy that nothing explains: classes, and violated invariants. */
export function signsOf(plain: Case, legacy: Revision, batched: Revision, allowlist: Allowlist): Set<string> {
  const { findings, broken } = new SingleRun(plain, { legacy, batched, allowlist }).run();
  return new Set([
    ...findings.filter(({ entry }) => entry === null).map(classId),
    ...broken.filter(({ engine }) => engine === batched.id).map(({ invariant }) => `invariant ${invariant}`),
  ]);
}

export class PairCheck {
  private readonly known = new Map<string, ReadonlySet<string>>();

  private readonly legacy = requireRevision('v6.1', 'legacy');

  constructor(
    private readonly allowlist: Allowlist,
    private readonly witnesses: Witnesses,
  ) {}

  /** Classes and invariants that the two witnesses show with both bugs planted. */
  classes(pair: Pair): number {
    return new Set(pair.flatMap((bug) => [...this.signs(bug, pair)])).size;
  }

  /** The bug that the other one covers: its witness shows nothing beyond what the other alone shows there. */
  covered(pair: Pair): PlantedBug | null {
    const [a, b] = pair;
    if (!this.adds(a, b)) return a;
    return this.adds(b, a) ? null : b;
  }

  /** Does the witness of the bug, played on both, show something that the other bug alone does not? */
  private adds(bug: PlantedBug, other: PlantedBug): boolean {
    const alone = this.signs(bug, [other]);
    return [...this.signs(bug, [bug, other])].some((sign) => !alone.has(sign));
  }

  /** What the witness of a bug shows with these bugs planted, and not without them. */
  private signs(bug: PlantedBug, planted: readonly PlantedBug[]): ReadonlySet<string> {
    const revision = revisionWith(...planted);
    const key = `${bug.id} ${revision.id}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const plain = this.witnesses.get(bug.id);
    if (plain === undefined) throw new Error(`no witness of ${bug.id}`);
    const before = signsOf(plain, this.legacy, baseOf(...planted), this.allowlist);
    const after = signsOf(plain, this.legacy, revision, this.allowlist);
    const signs = new Set([...after].filter((sign) => !before.has(sign)));
    this.known.set(key, signs);
    return signs;
  }
}
