/**
 * The root causes of docs/findings.md: which of them makes a difference between 6.1 and 6.12.117. A cause is found by
 * taking it away: the case is played again on the reference, which has neither half of the gate, and on the reference
 * with one half of it.
 */
import { requireRevision } from '../../src/campaign/engines.js';
import { SingleRun } from '../../src/campaign/single.js';
import { caseAt } from '../../src/cases/address.js';
import type { Case } from '../../src/cases/case.js';
import type { Revision } from '../../src/mm/revision.js';
import { classId } from '../../src/oracle/classify.js';
import type { Finding } from '../../src/oracle/judge.js';
import type { Report, ReportClass } from '../../src/report/model.js';
import { ALLOWLIST, engine, LEGACY, REFERENCE } from '../support.js';

/** Halves of the gate that it takes; `intended`: none, an entry is missing; `unknown`: no cause that is listed. */
export type Cause = 'F1' | 'F2' | 'F1+F2' | 'intended' | 'unknown';

const STABLE = engine('batched@v6.12.117');
const ONE_HALF = (['F2', 'F1'] as const).map((id) => [id, requireRevision(`reference+${id}`, 'batched')] as const);

const findingsOf = (plain: Case, batched: Revision, legacy = LEGACY): readonly Finding[] =>
  new SingleRun(plain, { legacy, batched, allowlist: ALLOWLIST }).run().findings;
const open = (all: readonly Finding[]): Finding[] => all.filter(({ entry }) => entry === null);
const isAmong = (findings: readonly Finding[], all: readonly Finding[]): boolean =>
  findings.every((finding) => all.some((other) => isAlike(finding, other)));

/** The cause of a class in a case that shows it on the pair of engines. */
export function causeIn(plain: Case, id: string, batched: Revision = STABLE, legacy: Revision = LEGACY): Cause {
  const all = open(findingsOf(plain, batched, legacy));
  const shown = all.filter((finding) => classId(finding) === id);
  const repaired = findingsOf(plain, REFERENCE);
  if (shown.length === 0 || open(repaired).length > 0) return 'unknown';
  // What the pair shows is the gate's only if the model that has the gate shows it too.
  if (!isAmong(shown, open(findingsOf(plain, STABLE)))) return 'unknown';
  if (!isAmong(shown, repaired)) return halfIn(plain, id);
  // The reference does the same, with an entry; it cannot be claimed in a fault in which something else went wrong.
  const wrong = all.find((finding) => !isAmong([finding], repaired));
  return wrong === undefined ? 'intended' : halfIn(plain, classId(wrong));
}

/** The half that shows the class in this case alone, or both. */
function halfIn(plain: Case, id: string): Cause {
  const half = ONE_HALF.find(([, revision]) =>
    open(findingsOf(plain, revision)).some((finding) => classId(finding) === id),
  );
  return half?.[0] ?? 'F1+F2';
}

function isAlike(one: Finding, other: Finding): boolean {
  return (
    one.field === other.field && one.site === other.site && one.legacy === other.legacy && one.batched === other.batched
  );
}

const RANK: readonly Cause[] = ['F2', 'F1', 'F1+F2', 'intended'];

/** The cause of a class of a report: the simplest one that its first case, or its smallest one, has. */
export function causeOf({ id, first, shrunk }: ReportClass, batched?: Revision, legacy?: Revision): Cause {
  const cases = [caseAt(first), ...(shrunk === null ? [] : [shrunk])];
  const causes = cases.map((plain) => causeIn(plain, id, batched, legacy));
  return causes.includes('unknown') ? 'unknown' : (RANK.find((cause) => causes.includes(cause)) ?? 'unknown');
}

/** The classes of a report that no entry explains, by cause. */
export function classesByCause({ classes }: Report, batched?: Revision, legacy?: Revision): Map<Cause, string[]> {
  const byCause = new Map<Cause, string[]>();
  for (const plain of classes) {
    if (plain.entry !== null) continue;
    const cause = causeOf(plain, batched, legacy);
    byCause.set(cause, [...(byCause.get(cause) ?? []), plain.id]);
  }
  return byCause;
}
